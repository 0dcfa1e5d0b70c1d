"""Judging requests for licenses: which licenses they come to, and whether each may be asked for. No database here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from appointments.enums import StatusDetail, TransactionKind, TransactionStatus
from appointments.services.asking.checkpoints import checkpoint
from appointments.services.asking.drafts import Draft, Judged, Refusal
from appointments.services.asking.known import KnownProducer
from appointments.services.asking.requests import Asked
from appointments.services.asking.twice import refuse_repeated
from appointments.services.licensing.known import LicenseKnown
from appointments.services.licensing.requests import ApplicationAsked, RenewalAsked
from rulebook.decision import Decision
from rulebook.rules import license_request_fee
from rulebook.rules.appointment_lines import WantedLine, pick, supported_lines
from rulebook.rules.facts import LicenseFact
from rulebook.rules.fees import RegistryRates
from rulebook.rules.holdings import Holdings, lasts_longest
from rulebook.rules.license_request import LicenseVerdict, judge_license
from rulebook.rules.license_request_question import (
    ApplicationQuestion,
    LicenseQuestion,
    RenewalQuestion,
    applications,
)
from rulebook.rules.vocabulary import Residency


def judge_applications(known: LicenseKnown, asked: Sequence[ApplicationAsked]) -> Judged:
    """Every request of a chunk judged and priced: one transaction a license."""
    judged = Judged()
    looked_up: dict[tuple[str, str, tuple[str, ...]], tuple[WantedLine, ...]] = {}
    for row in asked:
        producer = checkpoint(known.facts, row)
        if isinstance(producer, Refusal):
            judged.refusals[row.index] = producer
            continue
        key = (row.state, row.agent_type, row.loa_categories)
        if key not in looked_up:
            looked_up[key] = _lines(known, row)
        lines = looked_up[key]
        if not lines:
            judged.refusals[row.index] = _no_line(row)
            continue
        judged.drafts.extend(_applications(known, row, producer, lines))
    return _finished(judged, known)


def judge_renewals(known: LicenseKnown, asked: Sequence[RenewalAsked]) -> Judged:
    """Every request of a chunk judged and priced: one transaction a license."""
    judged = Judged()
    for row in asked:
        producer = checkpoint(known.facts, row)
        if isinstance(producer, Refusal):
            judged.refusals[row.index] = producer
        else:
            judged.drafts.append(_renewal(known, row, producer))
    return _finished(judged, known)


def _finished(judged: Judged, known: LicenseKnown) -> Judged:
    refuse_repeated(judged.drafts)
    _price(judged.drafts, known)
    return judged


def _lines(known: LicenseKnown, row: ApplicationAsked) -> tuple[WantedLine, ...]:
    rules = known.facts.business_rules.get(row.state, ())
    supported = supported_lines(known.facts.book, rules, row.state, row.agent_type)
    return pick(supported, row.loa_categories).lines


def _no_line(row: ApplicationAsked) -> Refusal:
    asked = ", ".join(row.loa_categories)
    return Refusal(
        "no_active_line",
        f"The business rules have no active line for {asked} in {row.state} ({row.agent_type}). "
        f"Switch one on in the gateway business rules of {row.state}.",
    )


def _applications(
    known: LicenseKnown, row: ApplicationAsked, producer: KnownProducer, lines: Sequence[WantedLine]
) -> Iterator[Draft]:
    held = known.held(producer.pk)
    residency = known.residency(producer.pk, row.state)
    who = known.people[producer.pk].fact(row.agent_type)
    for question in applications(held, row.state, row.agent_type, residency, lines):
        verdict = judge_license(question, held, who)
        yield _draft(TransactionKind.LICENSE_APPLICATION, row, producer, question, verdict)


def _renewal(known: LicenseKnown, row: RenewalAsked, producer: KnownProducer) -> Draft:
    held = known.held(producer.pk)
    license_ = _named(held, row)
    residency = license_.residency if license_ and license_.residency else ""
    question = RenewalQuestion(
        row.state, row.license_number, license_, residency or known.residency(producer.pk, row.state)
    )
    who = known.people[producer.pk].fact(question.agent_type)
    verdict = judge_license(question, held, who)
    return _draft(TransactionKind.LICENSE_RENEWAL, row, producer, question, verdict)


def _named(held: Holdings, row: RenewalAsked) -> LicenseFact | None:
    """The license of that number; of several classes under one number the one named, else the longest lasting."""
    same = (each for each in held.in_state(row.state) if each.number == row.license_number)
    of_class = (each for each in same if row.license_class_code in ("", each.class_code))
    return min(of_class, key=lasts_longest, default=None)


def _draft(
    kind: TransactionKind,
    row: Asked,
    producer: KnownProducer,
    question: LicenseQuestion,
    verdict: LicenseVerdict,
) -> Draft:
    status, detail = _status(verdict)
    license_ = verdict.license
    new_class = question.class_code if isinstance(question, ApplicationQuestion) else ""
    return Draft(
        kind=kind,
        index=row.index,
        external_id=row.external_id,
        producer_id=producer.pk,
        npn=producer.npn,
        entity_type=producer.entity_type,
        state=row.state,
        company_id=None,
        cocode="",
        loa_code="",
        loa=question.name,
        loa_category=_category(question),
        status=status,
        reason_code=verdict.reason.value,
        reason_text=verdict.text,
        decisions=verdict.decisions,
        status_detail=detail,
        agent_type=question.agent_type,
        license_number=license_.number if license_ else "",
        license_class_code=license_.class_code if license_ else new_class,
        residency=str(question.residency),
        application=_application(question, verdict),
    )


def _status(verdict: LicenseVerdict) -> tuple[TransactionStatus, StatusDetail]:
    if not verdict.eligible:
        return TransactionStatus.NOT_ELIGIBLE, StatusDetail.NONE
    if verdict.documents_required:
        return TransactionStatus.AWAITING_APPROVAL, StatusDetail.DOCUMENTS_REQUIRED
    return TransactionStatus.READY_TO_SUBMIT, StatusDetail.NONE


def _category(question: LicenseQuestion) -> str:
    """The category, where it is one; several, and renewals, stand for the whole license."""
    if isinstance(question, RenewalQuestion):
        return ""
    found = {line.category for line in question.lines}
    return found.pop() if len(found) == 1 else ""


def _application(question: LicenseQuestion, verdict: LicenseVerdict) -> dict[str, Any]:
    """What the document is written from, besides what is read of the producer when it is; nothing secret."""
    lines = _asked_lines(question)
    license_ = verdict.license
    expires = license_.expiration_date if license_ else None
    return {
        "action": verdict.action.value,
        "lines": [{"loa_code": code, "loa": name} for code, name in lines],
        "loa_codes": [code for code, _name in lines if code],
        "expiration_date": expires.isoformat() if expires else None,
    }


def _asked_lines(question: LicenseQuestion) -> list[tuple[str, str]]:
    if isinstance(question, ApplicationQuestion):
        return [(line.loa_code, line.loa) for line in question.lines]
    held = question.license.lines if question.license else ()
    return [(line.code, line.name) for line in held if line.active]


def _price(drafts: Iterable[Draft], known: LicenseKnown) -> None:
    """The registry's fee of today; what the state takes is not known, and billed by it."""
    told: dict[str, Decision] = {}
    for draft in drafts:
        if draft.payable:
            if draft.state not in told:
                told[draft.state] = license_request_fee.evaluate(known.facts.book, draft.state)
            draft.state_fee_cents = None
            draft.nipr_fee_cents = _registry_fee(draft, known.facts.rates)
            draft.decisions += (told[draft.state],)


def _registry_fee(draft: Draft, rates: RegistryRates) -> int | None:
    resident = draft.residency == Residency.RESIDENT
    if draft.kind == TransactionKind.LICENSE_APPLICATION:
        return rates.application_resident_cents if resident else rates.application_non_resident_cents
    return rates.renewal_resident_cents if resident else rates.renewal_non_resident_cents
