"""The termination reason that is taken where none is given, state by state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction as database

from appointments import access
from appointments.models import DefaultTerminationReason
from appointments.services.settings.values import Effect
from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import FieldError, InvalidInput, NotAllowed
from core.state_table import HasRight, any_right
from producers.states import state_names
from rulebook.models import Jurisdiction
from rulebook.rules.reasons import ReasonBook
from rulebook.selectors import load_reason_book


def set_default_reasons(
    reasons: Mapping[str, str], *, actor: Actor, has_right: HasRight = any_right
) -> Effect:
    """``{state: slug}``; an empty slug takes the default away. States not named keep theirs.

    Raises InvalidInput (paths are the states) for a reason that the state does not take.
    """
    if not has_right(access.CHANGE_RULES):
        raise NotAllowed(access.CHANGE_RULES)
    _refuse_wrong(reasons)
    with audit.operation(), database.atomic():
        places = Jurisdiction.objects.select_for_update().order_by("pk").in_bulk(list(reasons))
        difference = _compared(reasons)
        DefaultTerminationReason.objects.filter(state__in=difference.removed).delete()
        DefaultTerminationReason.objects.bulk_create(
            [DefaultTerminationReason(state=state, reason=reasons[state]) for state in difference.written],
            update_conflicts=True,
            unique_fields=["state"],
            update_fields=["reason"],
        )
        audit.record_many(
            audit.AuditRecord("default_reason.changed", actor, places[state], {"reason": list(pair)})
            for state, pair in difference.said.items()
        )
    return difference.effect()


def preview_default_reasons(reasons: Mapping[str, str]) -> Effect:
    """What :func:`set_default_reasons` would change."""
    _refuse_wrong(reasons)
    return _compared(reasons).effect()


def offered_reasons(state: str) -> list[tuple[str, str]]:
    """The reasons that may be a default there, as ``(slug, label)``; empty where the state takes none."""
    return [(fact.slug, fact.label) for fact in load_reason_book(clock.today(), {}).offered(state)]


@dataclass(slots=True)
class _Difference:
    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What each state's default was, and what it becomes."""

    @property
    def removed(self) -> list[str]:
        return [state for state, (_before, after) in self.said.items() if not after]

    @property
    def written(self) -> list[str]:
        return [state for state, (_before, after) in self.said.items() if after]

    def effect(self) -> Effect:
        added = sum(not before for before, _after in self.said.values())
        removed = len(self.removed)
        return Effect(added, len(self.said) - added - removed, removed)


def _compared(reasons: Mapping[str, str]) -> _Difference:
    rows = DefaultTerminationReason.objects.filter(state__in=list(reasons))
    current = dict(rows.values_list("state", "reason"))
    pairs = {state: (current.get(state, ""), slug) for state, slug in sorted(reasons.items())}
    return _Difference({state: pair for state, pair in pairs.items() if pair[0] != pair[1]})


def _refuse_wrong(reasons: Mapping[str, str]) -> None:
    book = load_reason_book(clock.today(), {})
    faults = list(_faults(reasons, book))
    if faults:
        raise InvalidInput(faults)


def _faults(reasons: Mapping[str, str], book: ReasonBook) -> Iterator[FieldError]:
    names = state_names()
    for state, slug in reasons.items():
        if state not in names:
            yield _fault(state, "unknown_state", f"There is no state “{state}”.")
        elif slug and book.takes_none(state):
            yield _fault(state, "not_accepted", f"{names[state]} takes no reason; leave it empty.")
        elif slug and slug not in {fact.slug for fact in book.offered(state)}:
            taken = ", ".join(fact.label for fact in book.offered(state)) or "none that is known"
            message = f"{names[state]} does not take “{slug}”. It takes: {taken}."
            yield _fault(state, "not_accepted", message)


def _fault(path: str, code: str, message: str) -> FieldError:
    return {"path": path, "code": code, "message": message}
