"""One box that finds producers, agencies, licence numbers, NPNs, companies and scorecards by how they begin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from agentsync.navigation import entries_of
from appointments.models import Company
from core.access import has_right
from producers.enums import EntityType
from producers.models import License, Producer
from scorecards.models import Scorecard

SHORTEST = 2
LONGEST = 100
FIRST = 8
MORE = 200
IN_PALETTE = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of thing one may look for. ``find`` gives queries, each on one index, the better matches first."""

    key: str
    title: str
    icon: str
    right: str
    find: Callable[[str], Sequence[QuerySet[Any]]]
    describe: Callable[[Any], Hit]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one subject; ``more`` when there is more than was asked for."""

    subject: Subject
    hits: list[Hit]
    more: bool


def search(user: Any, text: str, *, limit: int = FIRST, only: str = "") -> list[Found]:
    """Look through every subject the person may see, or through one of them."""
    term = " ".join(text.replace("\0", " ").split())[:LONGEST]
    if len(term) < SHORTEST:
        return []
    subjects = [each for each in SUBJECTS if only in {"", each.key} and has_right(user, each.right)]
    found = (_look(subject, term, limit) for subject in subjects)
    return [each for each in found if each.hits]


def palette(request: HttpRequest, term: str) -> list[SearchResult]:
    """What the command palette offers: pages, then records, then the way to all of them."""
    found = search(request.user, term, limit=IN_PALETTE)
    results = [
        SearchResult(title=entry.title, description="Page", link=reverse(entry.url_name), icon=entry.icon)
        for entry in entries_of(request.user)
        if entry.title.lower().startswith(term.lower())
    ]
    results += [
        SearchResult(title=hit.title, description=hit.detail, link=hit.url, icon=each.subject.icon)
        for each in found
        for hit in each.hits
    ]
    if any(each.more for each in found):
        everything = f"{reverse('admin:search')}?{urlencode({'q': term})}"
        results.append(
            SearchResult(title="Show more results", description=term, link=everything, icon="search")
        )
    return results


def _look(subject: Subject, term: str, limit: int) -> Found:
    rows = list(islice(_distinct(queryset[: limit + 1] for queryset in subject.find(term)), limit + 1))
    return Found(subject, [subject.describe(row) for row in rows[:limit]], more=len(rows) > limit)


def _distinct(querysets: Iterable[Iterable[Model]]) -> Iterable[Model]:
    seen: set[Any] = set()
    for queryset in querysets:
        for row in queryset:
            if row.pk not in seen:
                seen.add(row.pk)
                yield row


def _people(term: str) -> list[QuerySet[Producer]]:
    return _producers(EntityType.INDIVIDUAL, term)


def _agencies(term: str) -> list[QuerySet[Producer]]:
    found = _producers(EntityType.FIRM, term)
    return [*found, _thin(EntityType.FIRM).filter(fein=term.replace("-", ""))] if term[0].isdigit() else found


def _producers(entity_type: EntityType, term: str) -> list[QuerySet[Producer]]:
    rows = _thin(entity_type)
    by_external_id = rows.filter(external_id=term).order_by("pk")
    if term.isdigit():
        return [rows.filter(npn__prefix=term).order_by("npn"), by_external_id]
    if "@" in term:
        return [
            rows.filter(email=spelling).order_by("pk") for spelling in dict.fromkeys((term, term.lower()))
        ]
    names = [
        rows.filter(sort_name__prefix=name).order_by("sort_name", "pk") for name in _spellings(term.lower())
    ]
    return [*names, by_external_id]


def _thin(entity_type: EntityType) -> QuerySet[Producer]:
    return Producer.objects.filter(entity_type=entity_type).only(
        "entity_type",
        "npn",
        "first_name",
        "middle_name",
        "last_name",
        "suffix",
        "company_name",
        "resident_state",
    )


def _spellings(name: str) -> list[str]:
    """Names are kept as “last, first middle”; people type either way round."""
    words = name.split()
    turned = [f"{words[-1]}, {' '.join(words[:-1])}"] if len(words) > 1 and "," not in name else []
    return [name, *turned]


def _licenses(term: str) -> list[QuerySet[License]]:
    rows = (
        License.objects.filter(known_to__isnull=True)
        .select_related("producer")
        .order_by("license_number", "pk")
    )
    rows = rows.only(
        "state", "license_number", "license_class", "producer__entity_type", "producer__first_name",
        "producer__middle_name", "producer__last_name", "producer__suffix", "producer__company_name", "producer__npn",
    )  # fmt: skip
    spellings = dict.fromkeys((term, term.upper()))
    return [rows.filter(license_number__prefix=each) for each in spellings] if _has_digit(term) else []


def _companies(term: str) -> list[QuerySet[Company]]:
    by_number = Q(cocode__prefix=term) if term.isdigit() else Q(pk=None)
    return [Company.objects.filter(Q(name__icontains=term) | by_number).order_by("name")]


def _scorecards(term: str) -> list[QuerySet[Scorecard]]:
    number = f"SCORE-{term.zfill(4)}" if term.isdigit() else term.upper()
    rows = Scorecard.objects.select_related("producer").defer("producer__ssn", "producer__birth_date")
    return [rows.filter(number__prefix=number).order_by("number")] if number.startswith("SC") else []


def _has_digit(term: str) -> bool:
    return any(character.isdigit() for character in term)


def _producer_hit(producer: Producer) -> Hit:
    parts = (f"NPN {producer.npn}" if producer.npn else "", producer.resident_state)
    return Hit(producer.display_name, " - ".join(filter(None, parts)), _page(producer))


def _license_hit(license_: License) -> Hit:
    holder = license_.producer.display_name
    kind = license_.license_class or "license"
    return Hit(f"{license_.state} {license_.license_number}", f"{kind} of {holder}", _page(license_.producer))


def _company_hit(company: Company) -> Hit:
    return Hit(company.name, f"CoCode {company.cocode}", reverse("appointments:company", args=[company.pk]))


def _scorecard_hit(scorecard: Scorecard) -> Hit:
    url = reverse("scorecards:page", args=[scorecard.number])
    return Hit(scorecard.number, scorecard.producer.display_name, url)


def _page(producer: Producer) -> str:
    return reverse("producers:page", args=[producer.pk])


SUBJECTS = (
    Subject("producers", "Producers", "badge", "producers.view_producer", _people, _producer_hit),
    Subject("agencies", "Agencies", "domain", "producers.view_producer", _agencies, _producer_hit),
    Subject("licenses", "Licenses", "id_card", "producers.view_license", _licenses, _license_hit),
    Subject("companies", "Companies", "apartment", "appointments.view_company", _companies, _company_hit),
    Subject(
        "scorecards", "Scorecards", "scoreboard", "scorecards.view_scorecard", _scorecards, _scorecard_hit
    ),
)
