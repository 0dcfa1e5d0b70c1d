"""Appointments that a company ended for cause: the producer's other companies and states will ask about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Exists, Q, QuerySet
from django.urls import reverse

from appointments.enums import AppointmentStatus
from appointments.models import Appointment
from core.accounts.models import User
from core.notices.models import Severity
from core.notices.watches import Matter, Topic, Watch, Words
from core.words import counted
from producers.access import CHANGE_PRODUCERS
from producers.enums import ChangeKind
from producers.notices.wording import NOBODY, PRODUCER_NAMES, day, page_of, sentences
from producers.selectors import HELD, found_by_sync
from rulebook.models import ForCause, TerminationReason

FOR_CAUSE = "appointment.terminated_for_cause"
RECENT = timedelta(days=90)
"""What ended longer ago was news to somebody else, unless a sync has only now found it."""


def look(today: date) -> Iterator[Matter]:
    """Terminations for cause. A company ends many lines at once: that is one matter a state."""
    for row in _ended_for_cause(today):
        company = row.company_name or row.company_key
        yield Matter(
            code=FOR_CAUSE,
            subject=f"appointment:{row.producer_id}/{row.state}/{row.company_key}",
            label=row.producer.display_name,
            url=page_of(row.producer, "appointments"),
            deadline=row.status_date,
            owner_id=row.producer.owner_id,
            facts={"company": company, "state": row.state, "reason": row.termination_reason},
        )


def _ended_for_cause(today: date) -> QuerySet[Appointment]:
    """By the reasons that the rule book calls for cause, and those that say so themselves."""
    reasons = Q(termination_reason__icontains="for cause")
    for label in TerminationReason.objects.filter(for_cause=ForCause.YES).values_list("label", flat=True):
        reasons |= Q(termination_reason__iexact=label)
    rows = Appointment.objects.filter(HELD, reasons, status=AppointmentStatus.TERMINATED)
    rows = rows.exclude(termination_reason__icontains="not for cause")
    rows = rows.filter(Q(status_date__gte=today - RECENT) | Exists(found_by_sync(ChangeKind.APPOINTMENT)))
    named = ("state", "company_key", "company_name", "status_date", "termination_reason")
    return rows.select_related("producer").only(*named, *PRODUCER_NAMES).order_by("pk")


def _words(matters: Sequence[Matter], owner: User | None) -> Words:
    nobody = "" if owner else NOBODY
    if len(matters) > 1:
        named = ", ".join(sorted({matter.label for matter in matters})[:5])
        url = f"{reverse('appointments:list')}?status={AppointmentStatus.TERMINATED.value}"
        title = f"{counted(len(matters), 'appointment')} ended for cause"
        return Words(title, sentences(f"Among them those of {named}.", nobody), url)
    only = matters[0]
    company, state, reason = (only.facts[name] for name in ("company", "state", "reason"))
    when = f" on {day(only.deadline)}" if only.deadline else ""
    title = f"{only.label}: {company} ended the appointment in {state} for cause"
    body = f"The registry gives the reason “{reason}”{when}."
    return Words(title, sentences(body, nobody), only.url)


APPOINTMENTS = Watch(
    "appointments.for_cause",
    look,
    (
        Topic(
            FOR_CAUSE, CHANGE_PRODUCERS, _words, Severity.URGENT, one_each=True, by_mail=True, is_event=True
        ),
    ),
)
