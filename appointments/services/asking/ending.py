"""Judging requests for terminations: which appointments they mean, and whether each may be ended. No database here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from appointments.enums import StatusDetail, TransactionKind, TransactionStatus
from appointments.services.asking.checkpoints import checkpoint
from appointments.services.asking.drafts import Draft, Judged, Refusal
from appointments.services.asking.known import Known, KnownProducer
from appointments.services.asking.pricing import price
from appointments.services.asking.requests import TerminationAsked
from appointments.services.asking.twice import refuse_repeated
from rulebook.rules.book import normalised
from rulebook.rules.facts import AppointmentFact, CompanyFact, LicenseFact
from rulebook.rules.holdings import Holdings, lasts_longest
from rulebook.rules.license_in_force import in_force
from rulebook.rules.reasons import ReasonBook
from rulebook.rules.termination_eligibility import (
    TerminationQuestion,
    TerminationVerdict,
    judge_termination,
)
from rulebook.rules.vocabulary import AgentType, LoaCategory


def judge_terminations(known: Known, asked: Sequence[TerminationAsked]) -> Judged:
    """Every request of a chunk judged and priced. Tracking is asked of each appointment, not of the request."""
    judged = Judged()
    for row in asked:
        producer = checkpoint(known, row, tracked_only=False)
        if isinstance(producer, Refusal):
            judged.refusals[row.index] = producer
        else:
            judged.drafts.extend(_drafts(known, row, producer))
    refuse_repeated(judged.drafts)
    price(judged.drafts, known)
    return judged


@dataclass(frozen=True, slots=True)
class _Case:
    """One request with what it is about."""

    known: Known
    row: TerminationAsked
    producer: KnownProducer
    held: Holdings
    company: CompanyFact


def _drafts(known: Known, row: TerminationAsked, producer: KnownProducer) -> Iterator[Draft]:
    held = known.held(producer.pk, known.today)
    case = _Case(known, row, producer, held, _company(known, row))
    for target in _targets(case):
        yield _draft(case, target, _judge(case, target))


def _judge(case: _Case, target: AppointmentFact) -> TerminationVerdict:
    question = TerminationQuestion(
        state=case.row.state,
        cocode=case.company.cocode,
        loa_code=target.loa_code,
        loa=target.loa,
        county=target.county,
        reason=case.row.reason,
        effective_date=case.row.effective_date,
        fein=case.company.fein,
    )
    reasons = case.known.reasons or ReasonBook()
    tracked = case.producer.tracked
    return judge_termination(
        question, case.held, case.company.name, reasons, case.known.today, tracked=tracked
    )


def _company(known: Known, row: TerminationAsked) -> CompanyFact:
    """The company asked about; of an appointment named by its id, the one that it is with. Off file it has no name."""
    cocode, fein = row.cocode, ""
    named = known.appointments.get(row.appointment_id or 0)
    if named is not None:
        _state, its_cocode, fein, *_rest = named[1]
        cocode = cocode or its_cocode
    return known.company_for(cocode, fein) or CompanyFact(cocode or "The company", cocode, fein)


def _targets(case: _Case) -> list[AppointmentFact]:
    """The appointments meant, each once. What matches none stands as itself, to be told that there is none."""
    row, held = case.row, case.held
    current = held.appointments(row.state, case.company)
    if row.appointment_id is not None:
        return [_chosen(case, current)]
    found: dict[int, AppointmentFact] = {}
    for value in row.lines:
        matching = [fact for fact in current if _is_meant(fact, value, held) and _in_county(fact, row)]
        for fact in matching or [_nothing(row, value, held)]:
            found.setdefault(id(fact), fact)
    return list(found.values())


def _chosen(case: _Case, current: Sequence[AppointmentFact]) -> AppointmentFact:
    owner, key = case.known.appointments.get(case.row.appointment_id or 0, (0, None))
    same = (fact for fact in current if owner == case.producer.pk and _registry_key(fact) == key)
    return next(same, _nothing(case.row, f"appointment {case.row.appointment_id}", case.held))


def _registry_key(fact: AppointmentFact) -> tuple[str, ...]:
    return fact.state, fact.cocode, fact.fein, fact.loa_code, fact.loa, fact.county, fact.branch


def _nothing(row: TerminationAsked, value: str, held: Holdings) -> AppointmentFact:
    """Stands for an appointment that is not there: as the line of this code, else under the words it was asked by."""
    line = held.book.line(row.state, value)
    code, name = (value, line.name) if line.name else ("", value)
    return AppointmentFact(row.state, row.cocode, loa_code=code, loa=name, county=row.county_code or "")


def _in_county(fact: AppointmentFact, row: TerminationAsked) -> bool:
    return row.county_code is None or fact.county == row.county_code


def _is_meant(fact: AppointmentFact, value: str, held: Holdings) -> bool:
    """By its code, its name or one of its categories."""
    if value in tuple(LoaCategory):
        return value in held.book.categories(fact.state, fact.loa_code, fact.loa)
    plain = normalised(value)
    names = (fact.loa, held.book.line(fact.state, fact.loa_code, fact.loa).name)
    return bool(fact.loa_code == value) or bool(plain and plain in map(normalised, names))


def _draft(case: _Case, target: AppointmentFact, verdict: TerminationVerdict) -> Draft:
    row, producer, held = case.row, case.producer, case.held
    status, detail = _status(verdict)
    categories = held.book.categories(row.state, target.loa_code, target.loa)
    license_ = _license(held, target)
    return Draft(
        kind=TransactionKind.TERMINATION,
        index=row.index,
        external_id=row.external_id,
        producer_id=producer.pk,
        npn=producer.npn,
        entity_type=producer.entity_type,
        state=row.state,
        company_id=case.known.company_ids.get(case.company.cocode),
        cocode=case.company.cocode,
        loa_code=target.loa_code,
        loa=target.loa,
        loa_category=next((word.value for word in LoaCategory if word in categories), ""),
        status=status,
        reason_code=verdict.reason.value,
        reason_text=verdict.text,
        decisions=verdict.decisions,
        status_detail=detail,
        county_code=target.county,
        agent_type=license_.agent_type if license_ else "",
        license_number=license_.number if license_ else "",
        license_class_code=license_.class_code if license_ else "",
        residency=license_.residency if license_ else "",
        effective_date=row.effective_date,
        termination_reason=verdict.reason_slug,
        for_cause=verdict.for_cause,
    )


def _status(verdict: TerminationVerdict) -> tuple[TransactionStatus, StatusDetail]:
    if not verdict.eligible:
        return TransactionStatus.NOT_ELIGIBLE, StatusDetail.NONE
    if verdict.documents_first:
        return TransactionStatus.AWAITING_APPROVAL, StatusDetail.DOCUMENTS_REQUIRED
    if verdict.for_cause:
        return TransactionStatus.AWAITING_APPROVAL, StatusDetail.FOR_CAUSE
    return TransactionStatus.READY_TO_SUBMIT, StatusDetail.NONE


def _license(held: Holdings, target: AppointmentFact) -> LicenseFact | None:
    """The license the appointment sits on: one that names its line goes before others, then one that is in force.

    Of several like that a producer's goes before others, and the one that expires last is first.
    """
    plain = normalised(target.loa)

    def fitness(license_: LicenseFact) -> tuple[object, ...]:
        names = any(
            (target.loa_code and line.code == target.loa_code) or (plain and normalised(line.name) == plain)
            for line in license_.lines
        )
        others = license_.agent_type != AgentType.PRODUCER
        return not names, not in_force(license_, held.as_of), others, lasts_longest(license_)

    return min(held.in_state(target.state), key=fitness, default=None)
