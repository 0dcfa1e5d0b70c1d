"""The uploads about producers: onboarding, and what they should hold."""

from producers.imports.agent import AGENT
from producers.imports.assignment import ASSIGNMENT

__all__ = ["AGENT", "ASSIGNMENT"]
