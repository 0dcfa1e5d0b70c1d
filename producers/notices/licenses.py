"""Licences to renew: windows that open, days that run out, and licences that have expired."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache, partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.accounts.models import User
from core.notices.models import Severity
from core.notices.watches import Matter, Topic, Watch, Words
from core.words import counted
from producers.access import CHANGE_PRODUCERS
from producers.enums import Tracking
from producers.models import License
from producers.notices.wording import (
    NOBODY,
    PRODUCER_NAMES,
    by_state,
    day,
    licenses_list,
    page_of,
    sentences,
)
from producers.selectors import HELD
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import LicenseFact
from rulebook.rules.renewal_opens import opens_on
from rulebook.rules.renewal_window import FIELD
from rulebook.selectors import load_rule_book

BANDS = (7, 30, 60, 90)
"""People are told when a licence first has no more than so many days left."""
CALM = 30
"""With so many days left the days matter more than that the window has opened."""
REMEMBERED = timedelta(days=365)
"""What expired longer ago is history, not news."""

OPENED = "license.renewal_opened"
EXPIRED = "license.expired"
WINDOW_NOT_KNOWN = None

Opens = Callable[[str, date], date | None]
NAMED = (
    "state",
    "license_number",
    "license_class_code",
    "branch_id",
    "position",
    "expiration_date",
    *PRODUCER_NAMES,
)


def expires_in(band: int) -> str:
    """The code of the notice that so many days are left."""
    return f"license.expires_in_{band}"


def look(today: date) -> Iterator[Matter]:
    """Every licence of a tracked producer that runs out, and every one that has."""
    book = load_rule_book()
    opens = _opening(book, today)
    for license_ in _running_out(today, today + timedelta(days=_farthest(book, today))):
        matter = _to_renew(license_, today, opens)
        if matter is not None:
            yield matter
    for license_ in _run_out(today):
        yield _matter(license_, EXPIRED)


def tracked() -> QuerySet[License]:
    """Licences whose facts are kept up to date, with just what notices say of them."""
    rows = License.objects.filter(HELD, producer__tracking=Tracking.ACTIVE).select_related("producer")
    return rows.only(*NAMED).order_by("expiration_date", "pk")


def _running_out(today: date, last: date) -> QuerySet[License]:
    return tracked().filter(active=True, expiration_date__range=(today, last))


def _run_out(today: date) -> QuerySet[License]:
    """Expired, and no other licence of the same class in the state has taken their place."""
    replaced = License.objects.filter(
        HELD,
        Q(expiration_date=None) | Q(expiration_date__gte=today),
        active=True,
        producer=OuterRef("producer"),
        state=OuterRef("state"),
        license_class_code=OuterRef("license_class_code"),
    )
    lately = tracked().filter(expiration_date__gte=today - REMEMBERED, expiration_date__lt=today)
    return lately.filter(~Exists(replaced))


def _farthest(book: RuleBook, today: date) -> int:
    """How far ahead a renewal window may be open, in days."""
    rules = (book.value(state, FIELD, today) for state in book.jurisdictions)
    return max([*BANDS, *(rule.number for rule in rules if rule)])


def _opening(book: RuleBook, today: date) -> Opens:
    """When the window opens of a licence in a state that expires on a day; asked once for each pair."""

    @cache
    def opens(state: str, expires: date) -> date | None:
        found = opens_on(LicenseFact(state=state, number="", expiration_date=expires), book, today)
        return found[0] if found else WINDOW_NOT_KNOWN

    return opens


def _to_renew(license_: License, today: date, opens: Opens) -> Matter | None:
    """What there is to say of it today: nothing while its window is known to be shut."""
    expires = license_.expiration_date
    if expires is None:
        return None
    left, opened = (expires - today).days, opens(license_.state, expires)
    band = next((band for band in BANDS if left <= band), None)
    if opened is WINDOW_NOT_KNOWN:
        return _matter(license_, expires_in(band), known=False) if band else None
    if opened > today:
        return None
    code = expires_in(band) if band else OPENED
    return _matter(license_, code, told_first=OPENED if left > CALM and code != OPENED else "")


def _matter(license_: License, code: str, *, told_first: str = "", known: bool = True) -> Matter:
    producer = license_.producer
    key = "/".join(str(value) for value in license_.natural_key_values())
    return Matter(
        code=code,
        subject=f"license:{key}",
        label=f"{producer.display_name}: {license_.state} license {license_.license_number}",
        url=page_of(producer, "licenses"),
        deadline=license_.expiration_date,
        owner_id=producer.owner_id,
        told_first=told_first,
        facts={"state": license_.state, "window_known": known},
    )


# Words


def _days_left(band: int, matters: Sequence[Matter], owner: User | None) -> Words:
    url = licenses_list(owner, expiring_in=band, active="true")
    return _words(matters, owner, f"expires within {band} days", f"expire within {band} days", url)


def _window_opened(matters: Sequence[Matter], owner: User | None) -> Words:
    url = licenses_list(owner, renewal_open="true", active="true")
    return _words(matters, owner, "can be renewed now", "can be renewed now", url)


def _has_expired(matters: Sequence[Matter], owner: User | None) -> Words:
    url = licenses_list(owner, expired="true", removed="false")
    words = _words(matters, owner, "has expired", "have expired", url)
    late = "Nothing may be sold under an expired license until it is renewed or reinstated."
    return words._replace(body=sentences(words.body, late))


def _words(matters: Sequence[Matter], owner: User | None, verb: str, verbs: str, url: str) -> Words:
    nobody = "" if owner else NOBODY
    expired = matters[0].code == EXPIRED
    if len(matters) == 1 and (only := matters[0]).deadline:
        when = f"It {'expired' if expired else 'expires'} on {day(only.deadline)}."
        return Words(f"{only.label} {verb}", sentences(when, _window(matters), nobody), only.url)
    first = min(matter.deadline for matter in matters if matter.deadline)
    states = f"{by_state(matter.facts['state'] for matter in matters)}."
    when = f"The first {'expired' if expired else 'expires'} on {day(first)}."
    return Words(
        f"{counted(len(matters), 'license')} {verbs}", sentences(when, states, _window(matters), nobody), url
    )


def _window(matters: Sequence[Matter]) -> str:
    """What is known of the renewal windows: open, or not known."""
    if matters[0].code == EXPIRED:
        return ""
    not_known = [matter for matter in matters if not matter.facts["window_known"]]
    if not not_known:
        return "The renewal window is open."
    where = ", ".join(sorted({matter.facts["state"] for matter in not_known}))
    if len(not_known) == len(matters):
        return f"When the renewal window opens is not known ({where})."
    return f"The renewal window is open for {len(matters) - len(not_known):,}; when it opens is not known in {where}."


_SEVERITIES = {7: Severity.URGENT, 30: Severity.WARNING}
LICENSES = Watch(
    "producers.licenses",
    look,
    (
        Topic(OPENED, CHANGE_PRODUCERS, _window_opened, Severity.INFO),
        *(
            Topic(
                expires_in(band),
                CHANGE_PRODUCERS,
                partial(_days_left, band),
                _SEVERITIES.get(band, Severity.INFO),
                by_mail=band == min(BANDS),
            )
            for band in BANDS
        ),
        Topic(EXPIRED, CHANGE_PRODUCERS, _has_expired, Severity.URGENT, by_mail=True),
    ),
)
