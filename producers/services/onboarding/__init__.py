"""Producers and assignments by the thousand: what the services for one do, with a constant number of queries."""

from producers.services.onboarding.batch import Batch, Decision
from producers.services.onboarding.people import AssignmentKey, Person
from producers.services.onboarding.removing import MEANING, Made, Meaning, came_with, take_back

__all__ = [
    "MEANING",
    "AssignmentKey",
    "Batch",
    "Decision",
    "Made",
    "Meaning",
    "Person",
    "came_with",
    "take_back",
]
