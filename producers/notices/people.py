"""What happened to one producer and cannot wait for a list: regulators, a lapsed home licence, a sync to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from core.accounts.models import User
from core.notices.models import Severity
from core.notices.watches import Matter, Topic, Watch, Words
from producers.access import CHANGE_PRODUCERS, SYNC_PRODUCERS
from producers.enums import ChangeEffect, ChangeKind, Residency, SyncStatus, Tracking
from producers.models import Change, License, Producer, RegulatoryAction
from producers.notices.wording import NOBODY, PRODUCER_NAMES, counted, day, page_of, sentences
from producers.selectors import HELD, PERSONAL

ACTION = "producer.regulatory_action"
LAPSED = "producer.resident_license_lapsed"
REFUSED = "producer.alerts_refused"
WRONG_NPN = "producer.invalid_npn"
UNREADABLE = "producer.processing_error"

RECENT = timedelta(days=365)
"""An action or a lapse from longer ago was news to somebody else; the producer's page shows it."""
TO_MEND = {SyncStatus.INVALID_NPN: WRONG_NPN, SyncStatus.PROCESSING_ERROR: UNREADABLE}
"""Failures that no later sync will mend by itself; for the others the nightly sync tries again."""


def look(today: date) -> Iterator[Matter]:
    """Everything that is told producer by producer."""
    yield from _actions(today)
    yield from _lapsed(today)
    yield from _refused()
    yield from _to_mend()


# Regulators


def _actions(today: date) -> Iterator[Matter]:
    """Actions of the past year, and older ones that a sync found to be new."""
    found = Change.objects.filter(
        kind=ChangeKind.REGULATORY_ACTION,
        effect=ChangeEffect.ADDED,
        producer=OuterRef("producer"),
        state=OuterRef("state"),
        known_at=OuterRef("known_from"),
    )
    news = Q(action_date__gte=today - RECENT) | Exists(found)
    rows = RegulatoryAction.objects.filter(HELD, news).select_related("producer").defer(*_personal())
    for action in rows.order_by("pk"):
        key = "/".join(str(value) for value in action.natural_key_values())
        said = [action.reason, action.disposition, action.action_date and day(action.action_date)]
        yield _matter(
            action.producer,
            ACTION,
            f"{action.producer.display_name}: regulatory action in {action.state}",
            f"{'; '.join(part for part in said if part)}.".capitalize() if any(said) else "",
            subject=f"regulatory_action:{key}"[:200],
            url=page_of(action.producer, "actions"),
        )


# Home states


def _lapsed(today: date) -> Iterator[Matter]:
    """Tracked producers whose resident licence ran out or was ended, and who hold no other."""
    in_force = _resident().filter(
        Q(expiration_date=None) | Q(expiration_date__gte=today), active=True, producer=OuterRef("producer")
    )
    ran_out = Q(expiration_date__gte=today - RECENT, expiration_date__lt=today)
    ended = Q(active=False) & (Q(expiration_date=None) | Q(expiration_date__gte=today))
    rows = _resident().filter(ran_out | ended, ~Exists(in_force), producer__tracking=Tracking.ACTIVE)
    names = ("state", "license_number", "expiration_date", *PRODUCER_NAMES)
    seen: set[int] = set()
    for row in rows.select_related("producer").only(*names).order_by("-expiration_date", "-pk"):
        if row.producer_id in seen:
            continue
        seen.add(row.producer_id)
        expired = row.expiration_date if row.expiration_date and row.expiration_date < today else None
        why = f"expired on {day(expired)}" if expired else "is not active at the registry"
        yield _matter(
            row.producer,
            LAPSED,
            f"{row.producer.display_name}: the resident license in {row.state} has lapsed",
            f"License {row.license_number} {why}. Non-resident licenses and appointments rest on it.",
            url=page_of(row.producer, "licenses"),
            deadline=expired,
        )


def _resident() -> QuerySet[License]:
    return License.objects.filter(HELD, residency=Residency.RESIDENT)


# The registry


def _refused() -> Iterator[Matter]:
    rows = Producer.objects.filter(tracking=Tracking.ACTIVE).exclude(alert_problem="")
    for producer in rows.defer(*PERSONAL).order_by("pk"):
        yield _matter(
            producer,
            REFUSED,
            f"{producer.display_name}: the registry refused to watch NPN {producer.npn}",
            f"{_ended(producer.alert_problem)} There are no daily updates until that is mended: check NPN and name.",
            url=reverse("producers:edit", args=[producer.pk]),
        )


def _to_mend() -> Iterator[Matter]:
    rows = Producer.objects.filter(sync_status__in=TO_MEND)
    for producer in rows.defer(*PERSONAL).order_by("pk"):
        status = SyncStatus(producer.sync_status)
        wrong_npn = status is SyncStatus.INVALID_NPN
        yield _matter(
            producer,
            TO_MEND[status],
            f"{producer.display_name}: the last sync failed with {status.label}",
            _ended(producer.sync_message),
            url=reverse("producers:edit" if wrong_npn else "producers:page", args=[producer.pk]),
        )


def _ended(text: str) -> str:
    """A sentence with its full stop."""
    return text and f"{text.rstrip('.')}."


def _personal() -> list[str]:
    return [f"producer__{name}" for name in PERSONAL]


def _matter(
    producer: Producer,
    code: str,
    title: str,
    body: str,
    *,
    url: str,
    subject: str = "",
    deadline: date | None = None,
) -> Matter:
    return Matter(
        code=code,
        subject=subject or f"producer:{producer.pk}",
        label=producer.display_name,
        url=url,
        deadline=deadline,
        owner_id=producer.owner_id,
        facts={"title": title, "body": body},
    )


# Words


def _told(what: str, where: Callable[[], str]) -> Callable[[Sequence[Matter], User | None], Words]:
    """One by one in their own words; when they are many, how many, whose first ones, and the list."""

    def words(matters: Sequence[Matter], owner: User | None) -> Words:
        nobody = "" if owner else NOBODY
        if len(matters) == 1:
            only = matters[0]
            return Words(only.facts["title"], sentences(only.facts["body"], nobody), only.url)
        named = ", ".join(matter.label for matter in matters[:5])
        body = f"Among them {named}."
        return Words(f"{counted(len(matters), 'producer')}: {what}", sentences(body, nobody), where())

    return words


def _changes() -> str:
    return f"{reverse('producers:changes')}?kind={ChangeKind.REGULATORY_ACTION.value}"


def _expired() -> str:
    return f"{reverse('producers:licenses')}?residency={Residency.RESIDENT.value}&expired=true&removed=false"


def _tracked() -> str:
    return f"{reverse('producers:list')}?alerts_refused=true"


def _failed(status: SyncStatus) -> Callable[[], str]:
    return lambda: f"{reverse('producers:list')}?sync_status={status.value}"


PEOPLE = Watch(
    "producers.people",
    look,
    (
        Topic(
            ACTION,
            CHANGE_PRODUCERS,
            _told("regulatory actions reported", _changes),
            Severity.URGENT,
            one_each=True,
            by_mail=True,
        ),
        Topic(
            LAPSED,
            CHANGE_PRODUCERS,
            _told("the resident license has lapsed", _expired),
            Severity.URGENT,
            one_each=True,
            by_mail=True,
        ),
        Topic(REFUSED, SYNC_PRODUCERS, _told("the registry refused to watch them", _tracked), one_each=True),
        Topic(
            WRONG_NPN,
            SYNC_PRODUCERS,
            _told("the last sync failed with Invalid NPN", _failed(SyncStatus.INVALID_NPN)),
            one_each=True,
        ),
        Topic(
            UNREADABLE,
            SYNC_PRODUCERS,
            _told("the last sync failed with Processing Error", _failed(SyncStatus.PROCESSING_ERROR)),
            one_each=True,
        ),
    ),
)
