"""What appointments and terminations cost on a day, by state, and who says so. Changes are made in the library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase

from appointments import access
from appointments.views.asking import reading
from appointments.views.asking.reading import money
from core import clock
from core.access import back_office_page, render_page
from producers.enums import EntityType, Residency
from producers.states import state_choices
from rulebook.models import Fee, Payee
from rulebook.rules import fees as rules
from rulebook.rules.book import RuleBook
from rulebook.selectors import load_rule_book

WHO = (
    ("Resident", Residency.RESIDENT, EntityType.INDIVIDUAL),
    ("Non-resident", Residency.NON_RESIDENT, EntityType.INDIVIDUAL),
    ("Resident agency", Residency.RESIDENT, EntityType.FIRM),
    ("Non-resident agency", Residency.NON_RESIDENT, EntityType.FIRM),
)


@dataclass(frozen=True, slots=True)
class StateFees:
    """The fees of a state as they are drawn, in the order of ``WHO``, and the termination fee."""

    state: str
    name: str
    appointments: list[tuple[str, str, bool]]
    """For whom, how much, and whether each line counts."""
    termination: str
    source: str
    since: date | None
    known: bool


@back_office_page(right=access.VIEW_TRANSACTIONS)
def fees_page(request: HttpRequest) -> HttpResponseBase:
    """All fees on a day."""
    on, problem = reading.day(request.GET.get("on", ""))
    on = on or clock.today()
    book = load_rule_book()
    in_force = Q(effective_from=None) | Q(effective_from__lte=on)
    context = {
        "on": on,
        "is_today": on == clock.today(),
        "problem": problem,
        "who": [each[0] for each in WHO],
        "states": [_of_state(book, state, name, on) for state, name in state_choices()],
        "registry": Fee.objects.filter(in_force, payee=Payee.REGISTRY).filter(
            Q(effective_to=None) | Q(effective_to__gte=on)
        ),
    }
    return render_page(request, "appointments/settings/fees.html", context, "Fees")


def _of_state(book: RuleBook, state: str, name: str, on: date) -> StateFees:
    found = [
        (label, rules.appointment_fee(book, state, residency, entity_type, on))
        for label, residency, entity_type in WHO
    ]
    first = found[0][1].decision
    ending = rules.termination_fee(book, state, Residency.RESIDENT, EntityType.INDIVIDUAL, on)
    return StateFees(
        state,
        name,
        [(label, money(fee.cents), fee.per_line) for label, fee in found],
        money(ending.cents),
        first.source or ending.decision.source,
        first.effective_from,
        found[0][1].cents is not None,
    )
