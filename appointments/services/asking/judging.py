"""Judging requests for appointments: which lines they come to, and whether each may be appointed. No database here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appointments.enums import StatusDetail, TransactionKind, TransactionStatus
from appointments.services.asking.checkpoints import checkpoint
from appointments.services.asking.drafts import Draft, Judged, Refusal
from appointments.services.asking.known import Known, KnownProducer
from appointments.services.asking.pricing import price
from appointments.services.asking.requests import AppointmentAsked
from appointments.services.asking.twice import refuse_repeated
from appointments.services.handling.eligibility import judged_on
from rulebook.rules.appointment_eligibility import Verdict, judge
from rulebook.rules.appointment_lines import WantedLine, pick, supported_lines
from rulebook.rules.appointment_question import AppointmentQuestion


def judge_appointments(known: Known, asked: Sequence[AppointmentAsked]) -> Judged:
    """Every request of a chunk judged and priced. The same facts give the same answer, however often asked."""
    judged = Judged()
    supported = _Supported(known)
    for row in asked:
        producer = checkpoint(known, row)
        if isinstance(producer, Refusal):
            judged.refusals[row.index] = producer
            continue
        lines = supported.wanted(row)
        if not lines:
            judged.refusals[row.index] = _no_line(row)
            continue
        judged.drafts.extend(_drafts(known, row, producer, lines))
    refuse_repeated(judged.drafts)
    price(judged.drafts, known)
    return judged


class _Supported:
    """The lines the organisation does business in, looked up once for equal questions."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._lines: dict[tuple[str, str], tuple[WantedLine, ...]] = {}
        self._wanted: dict[tuple[str, str, tuple[str, ...]], tuple[WantedLine, ...]] = {}

    def wanted(self, row: AppointmentAsked) -> tuple[WantedLine, ...]:
        key = (row.state, row.agent_type, row.loa_categories)
        found = self._wanted.get(key)
        if found is None:
            found = self._wanted[key] = pick(self._supported(row), row.loa_categories).lines
        return found

    def _supported(self, row: AppointmentAsked) -> tuple[WantedLine, ...]:
        key = (row.state, row.agent_type)
        if key not in self._lines:
            rules = self.known.business_rules.get(row.state, ())
            self._lines[key] = supported_lines(self.known.book, rules, row.state, row.agent_type)
        return self._lines[key]


def _no_line(row: AppointmentAsked) -> Refusal:
    asked = ", ".join(row.loa_categories)
    return Refusal(
        "no_active_line",
        f"The business rules have no active line for {asked} in {row.state} ({row.agent_type}). "
        f"Switch one on in the gateway business rules of {row.state}.",
    )


def _drafts(
    known: Known, row: AppointmentAsked, producer: KnownProducer, lines: Sequence[WantedLine]
) -> Iterator[Draft]:
    held = known.held(producer.pk, judged_on(row.effective_date, known.today))
    company = known.companies.get(row.cocode)
    for line in lines:
        question = AppointmentQuestion(
            state=row.state,
            cocode=row.cocode,
            categories=line.categories,
            agent_type=row.agent_type,
            loa_code=line.loa_code,
            loa=line.loa,
            license_class_codes=line.license_class_codes,
        )
        yield _draft(known, row, producer, line, judge(question, held, company))


def _draft(
    known: Known, row: AppointmentAsked, producer: KnownProducer, line: WantedLine, verdict: Verdict
) -> Draft:
    status, detail = _status(verdict)
    license_ = verdict.license
    return Draft(
        kind=TransactionKind.APPOINTMENT,
        index=row.index,
        external_id=row.external_id,
        producer_id=producer.pk,
        npn=producer.npn,
        entity_type=producer.entity_type,
        state=row.state,
        company_id=known.company_ids.get(row.cocode),
        cocode=row.cocode,
        loa_code=line.loa_code,
        loa=line.loa,
        loa_category=line.category,
        status=status,
        reason_code=verdict.reason.value,
        reason_text=verdict.text,
        decisions=verdict.decisions,
        status_detail=detail,
        agent_type=row.agent_type,
        license_number=license_.number if license_ else "",
        license_class_code=license_.class_code if license_ else "",
        residency=license_.residency if license_ else "",
        effective_date=row.effective_date,
        just_in_time=status == TransactionStatus.HELD,
    )


def _status(verdict: Verdict) -> tuple[TransactionStatus, StatusDetail]:
    if verdict.recorded:
        detail = StatusDetail.REGISTRY_STATE if verdict.registry_state else StatusDetail.INTERNAL
        return TransactionStatus.RECORDED, detail
    if not verdict.eligible:
        return TransactionStatus.NOT_ELIGIBLE, StatusDetail.NONE
    if verdict.just_in_time:
        return TransactionStatus.HELD, StatusDetail.JUST_IN_TIME
    return TransactionStatus.READY_TO_SUBMIT, StatusDetail.NONE
