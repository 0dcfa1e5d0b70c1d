"""What happened to one producer and cannot wait for a list: regulators, a lapsed home licence, a sync to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Exists, Q
from django.urls import reverse

from core.accounts.models import User
from core.notices.models import Severity
from core.notices.watches import Matter, Topic, Watch, Words
from core.words import counted
from producers.access import CHANGE_PRODUCERS, SYNC_PRODUCERS
from producers.enums import ChangeKind, SyncStatus, Tracking
from producers.models import Producer, RegulatoryAction
from producers.notices.wording import NOBODY, PRODUCER_NAMES, day, page_of, sentences
from producers.selectors import HELD, PERSONAL, found_by_sync, lapsed_residents, without_personal

ACTION = "producer.regulatory_action"
LAPSED = "producer.resident_license_lapsed"
REFUSED = "producer.alerts_refused"
WRONG_NPN = "producer.invalid_npn"
UNREADABLE = "producer.processing_error"

RECENT = timedelta(days=90)
"""An action from longer ago was news to somebody else, unless a sync has only now found it."""
REMEMBERED = timedelta(days=365)
"""Who has had no resident licence for longer has left the business."""
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
    """Recent actions, and older ones that a sync found to be new or changed."""
    found = found_by_sync(ChangeKind.REGULATORY_ACTION)
    news = Q(action_date__gte=today - RECENT) | Exists(found)
    rows = (
        RegulatoryAction.objects.filter(HELD, news)
        .select_related("producer")
        .defer(*without_personal("producer__"))
    )
    for action in rows.order_by("pk"):
        key = "/".join(str(value) for value in action.natural_key_values())
        said = [action.reason, action.disposition, action.action_date and day(action.action_date)]
        yield _matter(
            action.producer,
            ACTION,
            f"{action.producer.display_name}: regulatory action in {action.state}",
            f"{'; '.join(part for part in said if part)}." if any(said) else "",
            subject=f"regulatory_action:{key}"[:200],
            url=page_of(action.producer, "actions"),
        )


# Home states


def _lapsed(today: date) -> Iterator[Matter]:
    """Tracked producers whose resident licence ran out or was ended, and who hold no other."""
    rows = lapsed_residents(today, today - REMEMBERED).filter(producer__tracking=Tracking.ACTIVE)
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
        facts={"title": title, "body": body, "is_firm": producer.is_firm},
    )


# Words


def _told(what: str, **filters: str) -> Callable[[Sequence[Matter], User | None], Words]:
    """One by one in their own words; when they are many, how many, whose first ones, and the list."""

    def words(matters: Sequence[Matter], owner: User | None) -> Words:
        nobody = "" if owner else NOBODY
        if len(matters) == 1:
            only = matters[0]
            return Words(only.facts["title"], sentences(only.facts["body"], nobody), only.url)
        named = ", ".join(matter.label for matter in matters[:5])
        agencies = sum(matter.facts["is_firm"] for matter in matters)
        apart = (
            f"{counted(agencies, 'agency', 'agencies')} among them, listed by themselves." if agencies else ""
        )
        body = sentences(f"Among them {named}.", apart, nobody)
        return Words(f"{counted(len(matters), 'producer')}: {what}", body, _list(matters, owner, filters))

    return words


def _list(matters: Sequence[Matter], owner: User | None, filters: dict[str, str]) -> str:
    """The list with most of them; agencies have one of their own."""
    name = "producers:agencies" if all(matter.facts["is_firm"] for matter in matters) else "producers:list"
    whose = {"owner": owner.pk} if owner else {}
    return f"{reverse(name)}?{urlencode({**filters, **whose})}"


PEOPLE = Watch(
    "producers.people",
    look,
    (
        Topic(
            ACTION,
            CHANGE_PRODUCERS,
            _told("regulatory actions reported", regulatory_action="true"),
            Severity.URGENT,
            one_each=True,
            by_mail=True,
            is_event=True,
        ),
        Topic(
            LAPSED,
            CHANGE_PRODUCERS,
            _told("the resident license has lapsed", resident_lapsed="true"),
            Severity.URGENT,
            one_each=True,
            by_mail=True,
        ),
        Topic(
            REFUSED,
            SYNC_PRODUCERS,
            _told("the registry refused to watch them", alerts_refused="true"),
            one_each=True,
        ),
        *(
            Topic(
                code,
                SYNC_PRODUCERS,
                _told(f"the last sync failed with {status.label}", sync_status=status.value),
                one_each=True,
            )
            for status, code in TO_MEND.items()
        ),
    ),
)
