"""What may be chosen for an upload as a whole."""

from __future__ import annotations

from typing import Final

from core.imports.types import Option

SUBMIT: Final = "submit"
JUST_IN_TIME: Final = "submit_just_in_time"
ONE: Final = "one"
BY_COMPANY: Final = "by_company"
BY_STATE: Final = "by_state"
SEVERAL: Final = "several"
"""Another word for one a company."""

BATCHES: Final = Option(
    "batches",
    "Request sets",
    "What is asked for together is reviewed together, and bears the name of the file.",
    choices=((ONE, "One for the whole file"), (BY_COMPANY, "One a company"), (BY_STATE, "One a state")),
    default=ONE,
)
