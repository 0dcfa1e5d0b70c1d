"""What must be true of a producer before it is written; every fault is found at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core import clock
from core.accounts.models import User
from core.crypto import keyed_hash
from core.errors import FieldError, InvalidInput
from producers.enums import EntityType, Tracking
from producers.identity import Malformed, clean_fein, clean_npn, clean_ssn, plain
from producers.models import Producer
from producers.models.producer import SSN_HASH_PURPOSE
from producers.states import state_names


class ProducerFields(TypedDict, total=False):
    """What a person or a client may say about a producer. Absent means unchanged; blank means blank."""

    entity_type: str
    npn: str | None
    dummy_npn: bool
    external_id: str
    first_name: str
    middle_name: str
    last_name: str
    suffix: str
    company_name: str
    fein: str
    email: str
    phone: str
    resident_state: str
    ssn: str
    birth_date: date | None
    agency: Producer | None
    owner: User | None
    tracking: str


class DuplicateProducer(InvalidInput):
    """The NPN or SSN is on file already. ``existing`` says whose NPN it is; of an SSN nobody is told whose."""

    status = 409

    def __init__(self, path: str, message: str, existing: Producer | None = None) -> None:
        super().__init__([{"path": path, "code": "duplicate", "message": message}])
        self.code = "duplicate_producer"
        instead = f"Open {existing.display_name} instead, or correct" if existing else "Correct"
        self.fix = f"{instead} the number."
        self.existing = existing


def ssn_hash(ssn: str) -> str:
    """What a social security number is found by; blank for blank."""
    return keyed_hash(ssn, SSN_HASH_PURPOSE) if ssn else ""


def apply_fields(producer: Producer, fields: ProducerFields) -> None:
    """Put normalised fields on the producer, or raise InvalidInput with every fault. Nothing is written."""
    faults: list[FieldError] = []
    for name, value in fields.items():
        setattr(producer, name, _normalised(name, value, faults))
    if "ssn" in fields:
        producer.ssn_hash, producer.ssn_last4 = ssn_hash(producer.ssn), producer.ssn[-4:]
    producer.sort_name = sort_name(producer)
    faults += _faults_of(producer, fields)
    if faults:
        raise InvalidInput(faults)
    refuse_duplicates(producer, fields)


def sort_name(producer: Producer) -> str:
    """What lists sort by and searches look up: ``last, first middle``, or the company name, in lower case."""
    if producer.is_firm:
        return producer.company_name.casefold()[:210]
    given = " ".join(part for part in (producer.first_name, producer.middle_name) if part)
    return ", ".join(part for part in (producer.last_name, given) if part).casefold()[:210]


_CLEANERS: dict[str, Callable[[str], str]] = {
    "npn": clean_npn,
    "ssn": clean_ssn,
    "fein": clean_fein,
    "resident_state": lambda text: plain(text).upper(),
    "email": lambda text: plain(text).lower(),
}


def _normalised(name: str, value: object, faults: list[FieldError]) -> object:
    if isinstance(value, str):
        try:
            value = _CLEANERS.get(name, plain)(value)
        except Malformed as malformed:
            faults.append({"path": name, "code": "malformed", "message": str(malformed)})
    return (value or None) if name == "npn" else value


def _faults_of(producer: Producer, fields: ProducerFields) -> list[FieldError]:
    found = [
        *_wrong_name(producer),
        *_wrong_npn(producer, fields),
        *_wrong_agency(producer, fields),
        *_wrong_details(producer, fields),
    ]
    return [{"path": path, "code": code, "message": message} for path, code, message in found]


Fault = tuple[str, str, str]


def _wrong_name(producer: Producer) -> list[Fault]:
    if producer.entity_type not in EntityType.values:
        return [("entity_type", "unknown", "The entity type is “individual” or “firm”.")]
    if producer.is_firm and not producer.company_name:
        return [("company_name", "required", "An agency needs its name.")]
    if not producer.is_firm and not producer.last_name:
        return [("last_name", "required", "An individual needs a last name, as the registry has it.")]
    return []


def _wrong_npn(producer: Producer, fields: ProducerFields) -> list[Fault]:
    if producer.tracking not in Tracking.values:
        return [("tracking", "unknown", "NIPR tracking is “active” or “inactive”.")]
    if not producer.dummy_npn:
        return []
    if not producer.is_firm:
        return [("dummy_npn", "not_an_agency", "Only an agency may carry a dummy NPN.")]
    if "tracking" not in fields and producer._state.adding:
        producer.tracking = Tracking.INACTIVE
    if producer.tracking == Tracking.ACTIVE:
        return [
            ("tracking", "dummy_npn", "A dummy NPN is never sent to the registry, so it cannot be tracked.")
        ]
    return []


def _wrong_agency(producer: Producer, fields: ProducerFields) -> list[Fault]:
    agency = producer.agency if fields.get("agency") else None
    if agency is None:
        return []
    if not agency.is_firm:
        return [("agency", "not_an_agency", f"{agency.display_name} is an individual, not an agency.")]
    above: Producer | None = agency
    while above is not None:
        if producer.pk and above.pk == producer.pk:
            return [("agency", "circle", "An agency cannot belong to itself, directly or through others.")]
        above = above.agency
    return []


def _wrong_details(producer: Producer, fields: ProducerFields) -> list[Fault]:
    found: list[Fault] = []
    if fields.get("email"):
        try:
            validate_email(producer.email)
        except ValidationError:
            found.append(("email", "malformed", f"“{producer.email}” is not an e-mail address."))
    if fields.get("resident_state") and producer.resident_state not in state_names():
        found.append(("resident_state", "unknown_state", f"There is no state “{producer.resident_state}”."))
    if fields.get("birth_date") and producer.birth_date and producer.birth_date >= clock.today():
        found.append(("birth_date", "future", "A date of birth lies in the past."))
    found += [
        (name, "too_long", f"At most {limit} characters fit here.")
        for name, limit in _TEXT_LIMITS.items()
        if name in fields and len(getattr(producer, name) or "") > limit
    ]
    return found


_TEXT_LIMITS: dict[str, int] = {
    field.name: field.max_length
    for field in Producer._meta.concrete_fields
    if field.max_length and field.name in ProducerFields.__annotations__ and not field.choices
}


def refuse_duplicates(producer: Producer, fields: ProducerFields) -> None:
    """Raise DuplicateProducer when the NPN or SSN given belongs to somebody else."""
    others = Producer.objects.exclude(pk=producer.pk).defer("ssn", "birth_date")
    if fields.get("npn") and (existing := others.filter(npn=producer.npn).first()):
        message = f"NPN {producer.npn} belongs to {existing.display_name}, who is on file already."
        raise DuplicateProducer("npn", message, existing)
    if fields.get("ssn") and others.filter(ssn_hash=producer.ssn_hash).exists():
        raise DuplicateProducer("ssn", _SSN_ON_FILE)


_SSN_ON_FILE = (
    "This social security number is on file already; "
    "an administrator with the right to reveal it can say for whom."
)
"""It names nobody: whoever tries numbers would learn whose they are."""
