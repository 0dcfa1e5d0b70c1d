"""What holds for every request set. No database: facts and rules are literals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from appointments.services.asking import shelf
from appointments.services.asking.chunks import CHUNK, chunks, digest
from appointments.services.asking.drafts import Judged
from appointments.services.asking.judging import judge_appointments
from appointments.services.asking.known import Known, KnownProducer
from appointments.services.asking.requests import AppointmentAsked, kept_appointments
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import (
    AppointmentFact,
    BusinessRuleFact,
    CompanyFact,
    CompanyStateFact,
    LicenseFact,
    LineFact,
    ProducerFact,
)
from rulebook.rules.fees import RegistryRates

TODAY = date(2026, 11, 21)
STATES, NPNS, COMPANIES = ("CA", "TX", "OR"), ("1", "2", "3", "4"), ("77001", "77002", "99999")
LINES = {"16": ("life",), "935": ("health",), "1081": ("life", "fraternal")}
BOOK = RuleBook.of(
    {
        ("CA", "appoints_individuals"): "yes",
        ("TX", "appoints_individuals"): "no",
        ("OR", "appoints_individuals"): "registry",
        ("CA", "jit_allowed"): "yes",
        ("CA", "appointment_fee_usd"): "16",
        ("OR", "appointment_fee_usd"): "0",
    },
    lines={("US", code): categories for code, categories in LINES.items()},
)
DAYS = st.one_of(st.none(), st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days)))

LICENSES = st.builds(
    LicenseFact,
    state=st.sampled_from(STATES),
    number=st.sampled_from("ABC"),
    residency=st.sampled_from(("R", "NR")),
    active=st.booleans(),
    expiration_date=DAYS,
    lines=st.lists(st.sampled_from([LineFact(code, code) for code in LINES]), max_size=3).map(tuple),
    agent_type=st.just("producer"),
)
APPOINTMENTS = st.builds(
    AppointmentFact,
    state=st.sampled_from(STATES),
    cocode=st.sampled_from(COMPANIES),
    loa_code=st.sampled_from(list(LINES)),
    status=st.sampled_from(("appointed", "terminated")),
)
REQUESTS = st.builds(
    AppointmentAsked,
    index=st.just(0),
    npn=st.sampled_from(NPNS),
    state=st.sampled_from(STATES),
    cocode=st.sampled_from(COMPANIES),
    effective_date=DAYS,
    external_id=st.just(""),
    loa_categories=st.lists(st.sampled_from(("life", "health", "16", "travel")), min_size=1, max_size=3).map(
        tuple
    ),
    agent_type=st.sampled_from(("producer", "adjuster")),
)


@st.composite
def worlds(draw: st.DrawFn) -> Known:
    """Producers with whatever licenses and appointments, one of them not synced, one not tracked."""
    people = {
        npn: KnownProducer(int(npn), npn, "individual", tracked=npn != "3", synced=npn != "4") for npn in NPNS
    }
    facts = {
        int(npn): ProducerFact(
            npn,
            licenses=tuple(draw(st.lists(LICENSES, max_size=3))),
            appointments=tuple(draw(st.lists(APPOINTMENTS, max_size=3))),
        )
        for npn in NPNS
    }
    setting = {state: CompanyStateFact(just_in_time=draw(st.booleans())) for state in STATES}
    internal = draw(st.booleans())
    companies = {
        cocode: CompanyFact(
            cocode,
            cocode,
            loa_categories=frozenset(("life", "health")),
            create_internal_appointment=internal,
            states=setting,
        )
        for cocode in COMPANIES[:2]
    }
    return Known(
        book=BOOK,
        today=TODAY,
        producers=people,
        facts=facts,
        companies=companies,
        company_ids={"77001": 1, "77002": 2},
        rates=RegistryRates(appointment_cents=153),
        business_rules={state: [BusinessRuleFact(state, code) for code in LINES] for state in STATES},
    )


def _numbered(rows: list[AppointmentAsked]) -> list[AppointmentAsked]:
    return [replace(row, index=index) for index, row in enumerate(rows)]


def _outcomes(judged: Judged) -> dict[int, list[Any]]:
    """By row, without what is settled among the rows of a batch: who carries a fee that is taken once."""
    told: dict[int, list[Any]] = {index: [refusal.code] for index, refusal in judged.refusals.items()}
    for draft in judged.drafts:
        told.setdefault(draft.index, []).append((draft.loa_code, draft.status, draft.reason_code))
    return told


@given(worlds(), st.lists(REQUESTS, max_size=8))
def test_judging_twice_without_writing_gives_the_same(known, rows):
    asked = _numbered(rows)
    first, second = judge_appointments(known, asked), judge_appointments(known, asked)
    assert (first.drafts, first.refusals) == (second.drafts, second.refusals)
    assert digest(judge_appointments(replace(known), asked)) == digest(first)


@given(
    worlds(),
    st.lists(REQUESTS, max_size=8, unique_by=lambda row: (row.npn, row.state, row.cocode)),
    st.randoms(),
)
def test_the_order_of_requests_changes_no_outcome(known, rows, dice):
    asked = _numbered(rows)
    shuffled = dice.sample(asked, len(asked))
    assert _outcomes(judge_appointments(known, asked)) == _outcomes(judge_appointments(known, shuffled))


@given(worlds(), st.lists(REQUESTS, max_size=8))
def test_no_two_that_are_not_refused_share_a_key(known, rows):
    drafts = [draft for draft in judge_appointments(known, _numbered(rows)).drafts if not draft.not_eligible]
    assert len({draft.key for draft in drafts}) == len(drafts)


@given(worlds(), st.lists(REQUESTS, max_size=8))
def test_only_what_may_be_sent_costs_something(known, rows):
    for draft in judge_appointments(known, _numbered(rows)).drafts:
        if draft.payable:
            assert draft.nipr_fee_cents == 153
        else:
            assert (draft.state_fee_cents, draft.nipr_fee_cents) == (0, 0)


@given(worlds(), st.lists(REQUESTS, max_size=8))
def test_every_request_is_answered_once_by_refusal_or_by_lines(known, rows):
    asked = _numbered(rows)
    judged = judge_appointments(known, asked)
    with_lines = {draft.index for draft in judged.drafts}
    assert with_lines.isdisjoint(judged.refusals)
    assert with_lines | set(judged.refusals) == {row.index for row in asked}


@given(worlds(), st.lists(REQUESTS, max_size=8))
def test_taking_a_license_away_makes_nothing_eligible(known, rows):
    asked = _numbered(rows)
    before = {draft.key for draft in judge_appointments(known, asked).drafts if draft.payable}
    bare = {pk: replace(fact, licenses=fact.licenses[1:]) for pk, fact in known.facts.items()}
    poorer = replace(known, facts=bare)
    after = {draft.key for draft in judge_appointments(poorer, asked).drafts if draft.payable}
    assert after <= before


@given(st.lists(REQUESTS, max_size=30))
def test_requests_are_kept_and_read_back_as_they_were(rows):
    asked = _numbered(rows)
    kept = [row.as_json() for row in asked]
    assert kept_appointments(kept, range(len(kept))) == asked


@given(st.lists(st.tuples(st.sampled_from(NPNS), st.sampled_from(STATES)), max_size=2_000))
def test_chunks_hold_every_row_once_and_split_no_batch(places):
    rows = [{"npn": npn, "state": state, "cocode": "77001"} for npn, state in places]
    found = chunks(rows)
    assert sorted(index for chunk in found for index in chunk) == list(range(len(rows)))
    where = {}
    for number, chunk in enumerate(found):
        for index in chunk:
            assert where.setdefault(places[index], number) == number
    largest = max((places.count(place) for place in set(places)), default=0)
    assert all(len(chunk) <= max(CHUNK, largest) for chunk in found)


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=50)), max_size=20), st.randoms())
def test_a_plan_is_read_back_in_the_order_of_its_rows(bodies, dice):
    entries = [{"index": index, "body": body} for index, body in enumerate(bodies)]
    mixed = dice.sample(entries, len(entries))
    half = len(mixed) // 2
    assert list(shelf.read(shelf.add(shelf.add(None, mixed[:half]), mixed[half:]))) == entries
