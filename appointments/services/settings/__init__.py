"""What the organisation does business in, and how transactions leave; each with what saving would change.

``rules`` (gateway business rules), ``reasons`` (default termination reasons), ``gateway``, ``companies``.
"""
