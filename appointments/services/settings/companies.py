"""What a change of a company's state settings would touch, before it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from appointments.enums import AppointmentStatus
from appointments.models import Appointment, Company, CompanyState, Transaction
from appointments.services.companies import CompanyStateFields
from appointments.services.settings.rules import NOT_LEFT
from appointments.services.settings.values import Effect
from producers.selectors import HELD

_COMPARED = ("active", "just_in_time", "state_company_id", "agent_types")


def preview_company_states(company_id: int, states: Sequence[CompanyStateFields]) -> Effect:
    """What :func:`appointments.services.companies.set_company_states` would change.

    Transactions and appointments are those of the company in states whose setting changes: five queries at most.
    """
    company = Company.objects.get(pk=company_id)
    current = {setting.state: setting for setting in company.states.all()}
    told = {fields.get("state", "").strip().upper(): fields for fields in states}
    added = [state for state in told if state not in current]
    changed = [state for state in told if state in current and _differs(current[state], told[state])]
    if not changed:
        return Effect(added=len(added))
    waiting = Transaction.objects.filter(company=company, state__in=changed, status__in=NOT_LEFT)
    held = Appointment.objects.filter(
        HELD, cocode=company.cocode, state__in=changed, status=AppointmentStatus.APPOINTED
    )
    of_waiting = list(waiting.values_list("producer_id", flat=True))
    of_held = list(held.values_list("producer_id", flat=True))
    return Effect(
        added=len(added),
        changed=len(changed),
        transactions=len(of_waiting),
        appointments=len(of_held),
        producers=len({*of_waiting, *of_held}),
    )


def _differs(setting: CompanyState, told: Mapping[str, Any]) -> bool:
    return any(_plain(getattr(setting, name)) != _plain(told[name]) for name in _COMPARED if name in told)


def _plain(value: Any) -> Any:
    return sorted(set(value)) if isinstance(value, (list, tuple, set)) else value
