"""What must be true of a producer before it is written; every fault is found at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypedDict

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


@dataclass(slots=True)
class Checked:
    """Fields as they are to be kept, what follows from them with them, and everything that is wrong."""

    values: dict[str, Any]
    faults: list[FieldError]


_STANDING = ("entity_type", "dummy_npn", "tracking", "first_name", "middle_name", "last_name", "company_name")
"""Fields that rules look at though they were not given."""


def apply_fields(producer: Producer, fields: ProducerFields) -> None:
    """Put normalised fields on the producer, or raise InvalidInput with every fault. Nothing is written."""
    standing = {name: getattr(producer, name) for name in _STANDING}
    checked = check_fields(fields, standing, pk=None if producer._state.adding else producer.pk)
    for name, value in checked.values.items():
        setattr(producer, name, value)
    if checked.faults:
        raise InvalidInput(checked.faults)
    refuse_duplicates(producer, fields)


def check_fields(fields: ProducerFields, standing: Mapping[str, Any], *, pk: int | None) -> Checked:
    """Judge fields for a producer in which ``standing`` stands; ``pk`` is None for one that is new.

    Asks the database nothing but who is above an agency's agency. Whether an NPN or a social security number is
    somebody else's is not judged here (:func:`refuse_duplicates`).
    """
    faults: list[FieldError] = []
    values = {name: _normalised(name, value, faults) for name, value in fields.items()}
    if "ssn" in values:
        values["ssn_hash"] = ssn_hash(str(values["ssn"]))
    checked = check_clean_fields(values, standing, pk=pk)
    checked.faults[:0] = faults
    return checked


def check_clean_fields(values: dict[str, Any], standing: Mapping[str, Any], *, pk: int | None) -> Checked:
    """The same of fields that are normalised, where an ``ssn`` comes with its ``ssn_hash``."""
    checked = Checked(values, [])
    if "ssn" in values:
        values["ssn_last4"] = values["ssn"][-4:]
    record = {**standing, **values}
    values["sort_name"] = _sorted_as(record)
    for found in (
        _wrong_name(record),
        _wrong_npn(record, checked, is_new=pk is None),
        _wrong_agency(record, pk),
        _wrong_details(values),
    ):
        checked.faults += [{"path": path, "code": code, "message": message} for path, code, message in found]
    return checked


def sort_name(producer: Producer) -> str:
    """What lists sort by and searches look up: ``last, first middle``, or the company name, in lower case."""
    return _sorted_as({name: getattr(producer, name) for name in _STANDING})


def _sorted_as(record: Mapping[str, Any]) -> str:
    if record["entity_type"] == _FIRM:
        return str(record["company_name"]).casefold()[:210]
    given = " ".join(part for part in (record["first_name"], record["middle_name"]) if part)
    return ", ".join(part for part in (record["last_name"], given) if part).casefold()[:210]


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


Fault = tuple[str, str, str]


# Enums make their values anew each time they are asked.
_ENTITY_TYPES, _TRACKINGS = frozenset(EntityType.values), frozenset(Tracking.values)
_FIRM = EntityType.FIRM.value


def _wrong_name(record: Mapping[str, Any]) -> list[Fault]:
    if record["entity_type"] not in _ENTITY_TYPES:
        return [("entity_type", "unknown", "The entity type is “individual” or “firm”.")]
    is_firm = record["entity_type"] == _FIRM
    if is_firm and not record["company_name"]:
        return [("company_name", "required", "An agency needs its name.")]
    if not is_firm and not record["last_name"]:
        return [("last_name", "required", "An individual needs a last name, as the registry has it.")]
    return []


def _wrong_npn(record: Mapping[str, Any], checked: Checked, *, is_new: bool) -> list[Fault]:
    tracking = record["tracking"]
    if tracking not in _TRACKINGS:
        return [("tracking", "unknown", "NIPR tracking is “active” or “inactive”.")]
    if not record["dummy_npn"]:
        return []
    if record["entity_type"] != _FIRM:
        return [("dummy_npn", "not_an_agency", "Only an agency may carry a dummy NPN.")]
    if "tracking" not in checked.values and is_new:
        tracking = checked.values["tracking"] = Tracking.INACTIVE
    if tracking == Tracking.ACTIVE:
        return [
            ("tracking", "dummy_npn", "A dummy NPN is never sent to the registry, so it cannot be tracked.")
        ]
    return []


def _wrong_agency(record: Mapping[str, Any], pk: int | None) -> list[Fault]:
    agency: Producer | None = record.get("agency")
    if agency is None:
        return []
    if not agency.is_firm:
        return [("agency", "not_an_agency", f"{agency.display_name} is an individual, not an agency.")]
    if pk is None or record["entity_type"] != _FIRM:
        return []  # nobody belongs to it, so no way leads back to it
    above: Producer | None = agency
    while above is not None:
        if above.pk == pk:
            return [("agency", "circle", "An agency cannot belong to itself, directly or through others.")]
        above = above.agency
    return []


@lru_cache(maxsize=4096)
def is_email(text: str) -> bool:
    """Whether it is an e-mail address: Django's verdict, with the domain's part of it remembered.

    An upload asks for the addresses of a chunk when it reads them, and again when it judges them.
    """
    user, at, domain = text.rpartition("@")
    return (
        bool(at) and len(text) <= _LONGEST_EMAIL and bool(_is_email_user(user)) and _is_email_domain(domain)
    )


_is_email_user = validate_email.user_regex.match
_LONGEST_EMAIL = 320
"""As Django's validator has it."""


@lru_cache(maxsize=4096)
def _is_email_domain(domain: str) -> bool:
    return domain in validate_email.domain_allowlist or validate_email.validate_domain_part(domain)


def _wrong_details(values: Mapping[str, Any]) -> list[Fault]:
    found: list[Fault] = []
    if (email := values.get("email")) and not is_email(email):
        found.append(("email", "malformed", f"“{email}” is not an e-mail address."))
    if (state := values.get("resident_state")) and state not in state_names():
        found.append(("resident_state", "unknown_state", f"There is no state “{state}”."))
    if (birth_date := values.get("birth_date")) and birth_date >= clock.today():
        found.append(("birth_date", "future", "A date of birth lies in the past."))
    found += [
        (name, "too_long", f"At most {limit} characters fit here.")
        for name, value in values.items()
        if (limit := _TEXT_LIMITS.get(name)) and len(value or "") > limit
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
        raise DuplicateProducer("ssn", SSN_ON_FILE)


SSN_ON_FILE = (
    "This social security number is on file already; "
    "an administrator with the right to reveal it can say for whom."
)
"""It names nobody: whoever tries numbers would learn whose they are."""
