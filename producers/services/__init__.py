"""Every write about producers, by name: precondition, change, side effects and audit in one transaction."""

from producers.services.assignments import (
    AssignmentFields,
    create_assignment,
    end_assignment,
    update_assignment,
)
from producers.services.changes import acknowledge_changes
from producers.services.personal import reveal_birth_date, reveal_ssn
from producers.services.records import create_producer, update_producer
from producers.services.tracking import TrackingOutcome, set_tracking
from producers.services.validation import DuplicateProducer, ProducerFields

__all__ = [
    "AssignmentFields",
    "DuplicateProducer",
    "ProducerFields",
    "TrackingOutcome",
    "acknowledge_changes",
    "create_assignment",
    "create_producer",
    "end_assignment",
    "reveal_birth_date",
    "reveal_ssn",
    "set_tracking",
    "update_assignment",
    "update_producer",
]
