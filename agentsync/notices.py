"""What people are told of without asking: renewals that come due, regulators' actions, syncs in trouble.

Each selects what is due and not yet told, never what is exactly so many days away: a missed night tells it late, and
no night tells it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Final

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from core import clock
from core.notices.models import Notice, Severity
from core.notices.selectors import not_yet_notified
from core.notices.services import NoticeDraft, NoticeKey, notify_many
from producers.enums import ChangeEffect, ChangeKind, SyncRunStatus, Tracking
from producers.models import Change, License, Producer, SyncRun

RENEWALS_WITHIN: Final = timedelta(days=30)
NEWS_WITHIN: Final = timedelta(days=14)
AT_ONCE: Final = 500
TROUBLE: Final = (SyncRunStatus.FAILED, SyncRunStatus.STOPPED, SyncRunStatus.INCOMPLETE)


def tell() -> int:
    """Tell everything that is due; the number of new notices."""
    return sum(_tell(drafts()) for drafts in SOURCES)


def _tell(drafts: Iterator[NoticeDraft]) -> int:
    told = 0
    while batch := list(islice(drafts, AT_ONCE)):
        told += notify_many(batch)
    return told


def _renewals() -> Iterator[NoticeDraft]:
    """One notice a producer, state and day, however many licenses of that state end on it."""
    told = Notice.objects.filter(
        code=Concat(Value("renewal_"), OuterRef("state")),
        subject_type=Producer._meta.label_lower,
        subject_id=Cast(OuterRef("producer_id"), CharField()),
        deadline=OuterRef("expiration_date"),
    )
    today = clock.today()
    due = License.objects.filter(
        ~Exists(told),
        known_to__isnull=True,
        removed_at__isnull=True,
        active=True,
        expiration_date__range=(today, today + RENEWALS_WITHIN),
        producer__tracking=Tracking.ACTIVE,
    )
    due = due.select_related("producer", "producer__owner").defer("producer__ssn", "producer__birth_date")
    for each in due.order_by("expiration_date", "pk"):
        producer, day = each.producer, each.expiration_date
        yield NoticeDraft(
            key=NoticeKey(producer, day, f"renewal_{each.state}"),
            title=f"{producer.display_name}: the {each.state} license ends on {day:%-d %B %Y}",
            audience=producer.owner or "producers.change_producer",
            body=f"{each.license_class or 'License'} {each.license_number}".strip(),
            url=_page(producer),
            severity=Severity.WARNING,
        )


def _regulatory_actions() -> Iterator[NoticeDraft]:
    recent = Change.objects.filter(
        kind=ChangeKind.REGULATORY_ACTION,
        effect=ChangeEffect.ADDED,
        known_at__gte=clock.now() - NEWS_WITHIN,
    ).select_related("producer")
    for change in not_yet_notified(recent.defer("producer__ssn", "producer__birth_date"), "regulatory", None):
        yield NoticeDraft(
            key=NoticeKey(change, None, "regulatory"),
            title=f"{change.producer.display_name}: {change.subject}",
            audience="producers.view_change",
            url=_page(change.producer),
            severity=Severity.URGENT,
        )


def _syncs_in_trouble() -> Iterator[NoticeDraft]:
    recent = SyncRun.objects.filter(status__in=TROUBLE, started_at__gte=clock.now() - NEWS_WITHIN)
    for run in not_yet_notified(recent, "sync_trouble", None):
        yield NoticeDraft(
            key=NoticeKey(run, None, "sync_trouble"),
            title=f"{run}: {run.get_status_display()}",
            audience="producers.sync_producer",
            body=run.message,
            url=reverse("producers:run", args=[run.pk]),
            severity=Severity.URGENT,
            by_mail=True,
        )


def _page(producer: Producer) -> str:
    return reverse("producers:page", args=[producer.pk])


SOURCES: Final[Iterable[Callable[[], Iterator[NoticeDraft]]]] = (
    _renewals,
    _regulatory_actions,
    _syncs_in_trouble,
)
