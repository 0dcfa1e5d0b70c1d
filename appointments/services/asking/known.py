"""What is known for a chunk of requests, read with a number of queries that does not depend on their number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from appointments.facts import business_rules, company_facts, full_facts
from appointments.models import Appointment, Company, DefaultTerminationReason
from appointments.services.asking.requests import Asked, TerminationAsked
from core import clock
from producers.enums import Tracking
from producers.models import Producer
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import BusinessRuleFact, CompanyFact, ProducerFact
from rulebook.rules.fees import RegistryRates
from rulebook.rules.holdings import Holdings
from rulebook.rules.termination_eligibility import ReasonBook
from rulebook.selectors import load_reason_book, load_rule_book, registry_rates

RegistryKey = tuple[str, str, str, str, str, str, str]
"""State, CoCode, FEIN, line code, line, county and branch: what tells an appointment from the producer's others."""


@dataclass(frozen=True, slots=True)
class KnownProducer:
    """What the checkpoints ask of a producer."""

    pk: int
    npn: str
    entity_type: str
    tracked: bool
    synced: bool


@dataclass(slots=True)
class Known:
    """Facts and rules for one chunk, on one day."""

    book: RuleBook
    today: date
    producers: Mapping[str, KnownProducer]
    facts: Mapping[int, ProducerFact]
    companies: Mapping[str, CompanyFact]
    company_ids: Mapping[str, int]
    rates: RegistryRates = field(default_factory=RegistryRates)
    business_rules: Mapping[str, Sequence[BusinessRuleFact]] = field(default_factory=dict)
    reasons: ReasonBook | None = None
    appointments: Mapping[int, tuple[int, RegistryKey]] = field(default_factory=dict)
    """Rows of the registry that are named by their id: the producer's id, and what tells the row from others."""
    _held: dict[tuple[int, date], Holdings] = field(default_factory=dict, init=False)

    def held(self, producer_id: int, as_of: date) -> Holdings:
        """The producer's holdings on a day, sorted once."""
        key = (producer_id, as_of)
        found = self._held.get(key)
        if found is None:
            found = self._held[key] = Holdings(self.facts[producer_id], self.book, as_of)
        return found

    def company_for(self, cocode: str, fein: str) -> CompanyFact | None:
        """The company on file by its CoCode; without one, by its FEIN."""
        if cocode:
            return self.companies.get(cocode)
        return next((each for each in self.companies.values() if fein and each.fein == fein), None)


def for_appointments(asked: Sequence[Asked], *, lock: bool) -> Known:
    """What judging appointments needs."""
    known = _of_producers(asked, lock=lock)
    known.business_rules = business_rules({row.state for row in asked})
    return known


def for_terminations(asked: Sequence[TerminationAsked], *, lock: bool) -> Known:
    """What judging terminations needs."""
    known = _of_producers(asked, lock=lock)
    defaults = dict(DefaultTerminationReason.objects.values_list("state", "reason"))
    known.reasons = load_reason_book(known.today, defaults)
    known.appointments = _named_rows({row.appointment_id for row in asked if row.appointment_id})
    return known


def _of_producers(asked: Sequence[Asked], *, lock: bool) -> Known:
    producers = _producers({row.npn for row in asked}, lock=lock)
    cocodes = {row.cocode for row in asked}
    companies = company_facts(None if "" in cocodes else cocodes)
    ids = Company.objects.filter(cocode__in=list(companies)).values_list("cocode", "pk")
    today = clock.today()
    return Known(
        book=load_rule_book(),
        today=today,
        producers=producers,
        facts=full_facts([producer.pk for producer in producers.values()]),
        companies=companies,
        company_ids=dict(ids),
        rates=registry_rates(today),
    )


def _producers(npns: Collection[str], *, lock: bool) -> dict[str, KnownProducer]:
    """Producers by NPN. Locked in one order, so that of two who ask for the same at once the second sees the first."""
    rows = Producer.objects.filter(npn__in=npns).order_by("pk")
    if lock:
        rows = rows.select_for_update(no_key=True)
    fields = ("pk", "npn", "entity_type", "tracking", "last_synced_at", "dummy_npn")
    return {
        npn: KnownProducer(pk, npn, kind, tracking == Tracking.ACTIVE, synced is not None and not dummy)
        for pk, npn, kind, tracking, synced, dummy in rows.values_list(*fields)
        if npn
    }


def _named_rows(ids: Iterable[int]) -> dict[int, tuple[int, RegistryKey]]:
    fields = ("pk", "producer_id", "state", "cocode", "fein", "loa_code", "loa", "county_code", "branch_id")
    rows = Appointment.objects.filter(pk__in=list(ids), known_to=None).values_list(*fields)
    return {pk: (producer_id, tuple(rest)) for pk, producer_id, *rest in rows}
