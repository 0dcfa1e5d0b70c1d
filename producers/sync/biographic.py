"""What the registry says about who the producer is, and how that meets what is on file here.

A blank field is filled. A value that came from the registry follows the registry. A value that differs from what the
registry last said is somebody's edit: it is kept, and the difference is said in the sync message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from nipr.wire import messages
from nipr.wire.values import bare_fein
from producers.identity import Malformed, clean_ssn
from producers.models import Producer
from producers.services.validation import sort_name, ssn_hash
from producers.sync.rows import JURISDICTIONS

WORDS = {
    "last_name": "last name",
    "first_name": "first name",
    "middle_name": "middle name",
    "suffix": "suffix",
    "company_name": "name",
    "fein": "FEIN",
    "state_domicile": "state of domicile",
    "resident_state": "resident state",
}
WARNED_ABOUT = frozenset({"last_name", "company_name", "fein", "resident_state"})
"""Differences that hint at a wrong NPN or a move. A nickname for a first name is nobody's worry."""

_LIMITS = {
    column.name: column.max_length
    for column in Producer._meta.concrete_fields
    if column.name in WORDS and column.max_length
}
PERSONAL_FIELDS = ("ssn", "ssn_hash", "ssn_last4", "birth_date")
WRITTEN_FIELDS = (*WORDS, "sort_name", *PERSONAL_FIELDS)


@dataclass(slots=True)
class Followed:
    """What following the registry did to a producer's own fields."""

    changes: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    touched: bool = False


def registry_values(report: messages.EntityReport) -> dict[str, str]:
    """The producer's own fields, as the registry has them; blank where it says nothing."""
    who = report.biographic
    if report.entity_type is messages.EntityType.FIRM:
        values = {
            "company_name": who.company_name,
            "fein": bare_fein(who.fein),
            "state_domicile": who.state_domicile.upper(),
        }
    else:
        values = {name: getattr(who, name) for name in ("last_name", "first_name", "middle_name", "suffix")}
    values["resident_state"] = resident_state(report.licenses) or _residence(report.addresses)
    return {name: value for name, value in values.items() if value and _fits(name, value)}


def alert_values(alert: messages.EntityAlert, home: str) -> dict[str, str]:
    """The same from an alert. Names differ from state to state; those of the resident state count."""
    values: dict[str, str] = {}
    moved_to = resident_state(row for state in alert.states for row in state.licenses or ())
    if moved_to:
        values["resident_state"] = moved_to
    for state in alert.states:
        if state.demographics is not None and state.state == (moved_to or home):
            names = ("last_name", "first_name", "middle_name", "suffix", "company_name")
            values |= {name: getattr(state.demographics, name) for name in names}
    return {name: value for name, value in values.items() if value and _fits(name, value)}


def resident_state(licenses: Iterable[messages.License]) -> str:
    """Where the youngest active resident licence is; blank when there is none."""
    resident = [
        (row.issue_date or date.min, row.state)
        for row in licenses
        if row.residency is messages.Residency.RESIDENT and row.active and row.state in JURISDICTIONS
    ]
    return max(resident)[1] if resident else ""


def follow(producer: Producer, said_before: Mapping[str, str], values: Mapping[str, str]) -> Followed:
    """Bring the producer's own fields in line with the registry, as far as nobody here decided otherwise."""
    followed = Followed()
    for name, value in values.items():
        ours = getattr(producer, name)
        if same_to_a_reader(ours, value):
            continue
        if not ours or same_to_a_reader(ours, said_before.get(name, "")):
            followed.changes[name] = [ours, value]
            setattr(producer, name, value)
        elif name in WARNED_ABOUT:
            followed.warnings.append(
                f"The {WORDS[name]} at the registry is “{value}”, here it is “{ours}”: it was left as it is."
            )
    if followed.changes:
        producer.sort_name = sort_name(producer)
        followed.touched = True
    return followed


def fill_personal(
    producer: Producer, who: messages.Biographic, followed: Followed, *, taken: set[str]
) -> None:
    """Date of birth and social security number, where we have none. Masked numbers are no numbers."""
    if who.birth_date and producer.birth_date is None:
        producer.birth_date = who.birth_date
        followed.touched = True
    elif who.birth_date and producer.birth_date != who.birth_date:
        followed.warnings.append("The date of birth at the registry is another than the one on file here.")
    ssn = unmasked_ssn(who)
    if not ssn or producer.ssn_hash:
        return
    if ssn_hash(ssn) in taken:
        followed.warnings.append("Another producer has the social security number the registry gives.")
        return
    producer.ssn, producer.ssn_hash, producer.ssn_last4 = ssn, ssn_hash(ssn), ssn[-4:]
    taken.add(producer.ssn_hash)
    followed.touched = True


def unmasked_ssn(who: messages.Biographic) -> str:
    """The number, if it is one."""
    try:
        return clean_ssn(who.ssn)
    except Malformed:
        return ""


def _residence(addresses: Iterable[messages.Address]) -> str:
    """The state of a residence address: the next best thing where no resident licence is active."""
    states = (row.address_state.upper() for row in addresses if row.type_code == "1")
    return next((state for state in states if state in JURISDICTIONS), "")


def same_to_a_reader(ours: str, theirs: str) -> bool:
    """Equal to a reader: the registry writes names in capitals."""
    return " ".join(ours.split()).casefold() == " ".join(theirs.split()).casefold()


def _fits(name: str, value: str) -> bool:
    return len(value) <= _LIMITS[name]
