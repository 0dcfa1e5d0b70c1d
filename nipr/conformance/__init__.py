"""Does a gateway behave as the product relies on? Eight questions to a test account, or to the simulator.

What is known of the gateway was read from samples. Before unknown outcomes are handled without a person, these checks
have to pass on the registry's test site: ``manage.py check_gateway``.
"""

from nipr.conformance.checks import Conformance, Finding, Outcome
from nipr.conformance.subject import Subject

__all__ = ["Conformance", "Finding", "Outcome", "Subject"]
