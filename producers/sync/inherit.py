"""What an alert does not say stays as it was.

An alert row carries less than a row of a full report: no county, no CE credits, often no reason. Read literally,
each alert would seem to wipe those fields out. So rows of an alert take over from the current row of the same fact
what the alert cannot say or has left out, before the two are compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from producers.models import (
    Address,
    ContactInfo,
    License,
    LicenseLine,
    OtherName,
    RegistryFact,
    RegulatoryAction,
)
from producers.sync.facts import Scope
from producers.sync.rows import numbered

R = TypeVar("R", bound=RegistryFact)
Key = tuple[Any, ...]

BELONGS_TO = {
    "status_reason": "status",
    "status_reason_date": "status",
    "termination_reason": "status",
    "renewal_date": "status",
    "ce_renewal_date": "ce_compliance",
}
"""What is left out is as before only while what it belongs to is: a new status may well have no reason."""


@dataclass(frozen=True, slots=True)
class Inheritance:
    """How a row of an alert finds its predecessor, and what it takes over from it."""

    identity: tuple[str, ...]
    """What an alert always gives; rows equal in these are versions of one fact, or look-alikes."""
    told_by: tuple[str, ...] = ()
    """Where several rows are alike, those that agree in these belong together."""
    silent: tuple[str, ...] = ()
    """Never in an alert."""
    may_omit: tuple[str, ...] = ()
    """Blank in an alert means left out."""


ALERTS: dict[type[RegistryFact], Inheritance] = {
    License: Inheritance(
        identity=("state", "license_number", "license_class_code"),
        told_by=("issue_date",),
        silent=("branch_id", "adhs"),
        may_omit=("license_class", "residency", "issue_date", "expiration_date", "updated_date"),
    ),
    LicenseLine: Inheritance(
        identity=(
            "state",
            "license_number",
            "license_class_code",
            "branch_id",
            "license_position",
            "loa_code",
        ),
        told_by=("loa", "issue_date"),
        silent=("ce_credits_needed",),
        may_omit=(
            "loa",
            "issue_date",
            "status_reason",
            "status_reason_date",
            "ce_compliance",
            "ce_renewal_date",
        ),
    ),
    RegulatoryAction: Inheritance(
        identity=("state", "action_id"),
        told_by=("action_date",),
        silent=("length_of_order",),
        may_omit=(
            "origin",
            "reason",
            "disposition",
            "action_date",
            "effective_date",
            "enter_date",
            "file_reference",
            "penalty",
        ),
    ),
    Address: Inheritance(
        identity=("state", "type_code"),
        told_by=("line_1", "city"),
        silent=("branch_id",),
        may_omit=("type_name", "country", "updated_date"),
    ),
    ContactInfo: Inheritance(
        identity=("state",),
        told_by=("email", "phone"),
        silent=("branch_id", "phone_updated", "fax_updated", "email_updated"),
    ),
    OtherName: Inheritance(identity=("state", "name"), silent=("type",)),
}


def inherited(
    model: type[R], scope: Scope, rows: Sequence[R], gives: Inheritance, guessed: set[int] | None = None
) -> list[R]:
    """The rows of alerts, completed from the current rows of their scope. One query.

    ``guessed`` gathers the producers of whom nobody can tell from the alert which row has changed.
    """
    if not scope:
        return list(rows)
    current = model._default_manager.filter(scope.condition(), known_to=None, removed_at=None)
    elders = _by_identity(current.order_by("position", "pk"), gives)
    for row in rows:
        row.follow()
    for identity, juniors in _by_identity(rows, gives).items():
        if guessed is not None and _is_guess(juniors, elders.get(identity, []), gives):
            guessed.add(juniors[0].producer_id)
        for junior, elder in _pairs(juniors, elders.get(identity, []), gives):
            _take_over(junior, elder, gives)
    return numbered(rows)


def _by_identity(rows: Iterable[R], gives: Inheritance) -> dict[Key, list[R]]:
    groups: defaultdict[Key, list[R]] = defaultdict(list)
    for row in rows:
        groups[(row.producer_id, *(getattr(row, name) for name in gives.identity))].append(row)
    return groups


def _is_guess(juniors: list[R], elders: list[R], gives: Inheritance) -> bool:
    """Whether rows that are no longer told as they were could be several, which differ in what an alert cannot say."""

    def told(row: R) -> Key:
        return tuple(getattr(row, name) for name in gives.told_by if name not in gives.may_omit)

    gone = Counter(map(told, elders)) - Counter(map(told, juniors))
    keys = [name for name in gives.silent if elders and name in elders[0].NATURAL_KEY]
    return len({tuple(getattr(row, name) for name in keys) for row in elders if told(row) in gone}) > 1


def _pairs(juniors: list[R], elders: list[R], gives: Inheritance) -> Iterable[tuple[R, R]]:
    """Each row with the predecessor that resembles it most; a predecessor serves once."""
    left = list(elders)
    unpaired = list(juniors)
    for wanted in range(len(gives.told_by), -1, -1):
        for junior in list(unpaired):
            elder = next((each for each in left if _likeness(junior, each, gives) >= wanted), None)
            if elder is not None:
                left.remove(elder)
                unpaired.remove(junior)
                yield junior, elder


def _likeness(junior: RegistryFact, elder: RegistryFact, gives: Inheritance) -> int:
    return sum(_alike(getattr(junior, name), getattr(elder, name)) for name in gives.told_by)


def _take_over(junior: R, elder: R, gives: Inheritance) -> None:
    for name in gives.silent:
        setattr(junior, name, getattr(elder, name))
    for name in gives.may_omit:
        owner = BELONGS_TO.get(name)
        as_before = owner is None or _alike(getattr(junior, owner), getattr(elder, owner))
        if as_before and _is_omitted(junior, name):
            setattr(junior, name, getattr(elder, name))
    for name in (*junior.COMPARED, *junior.NATURAL_KEY):
        if _alike(getattr(junior, name), getattr(elder, name)):
            setattr(junior, name, getattr(elder, name))
    if elder.BOOKKEEPING.issuperset(elder.difference(junior)):
        for name in elder.BOOKKEEPING:
            setattr(junior, name, getattr(elder, name))


def _is_omitted(row: RegistryFact, name: str) -> bool:
    """Blank; or, where there is no reason, the status once more."""
    value = getattr(row, name)
    return value in ("", None) or (name == "status_reason" and _alike(value, getattr(row, "status", None)))


def _alike(one: Any, other: Any) -> bool:
    """Equal, or the same text in other capitals: the two services do not write alike."""
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return bool(one == other)
