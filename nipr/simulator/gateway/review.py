"""Who decides what and when: reviews, freezes, declines, and what an approval does to the registry."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from nipr.simulator.gateway.book import Taken
from nipr.simulator.gateway.policy import IMMEDIATE, POLL, Policy
from nipr.simulator.registry import Registry
from nipr.simulator.scene import EventKind
from nipr.wire.gateway.replying import APPROVED_TEXT, Decision
from nipr.wire.gateway.values import GatewayKind, GatewayTransaction
from nipr.wire.messages import AppointmentStatus

EVENTS = {
    GatewayKind.APPOINTMENT: EventKind.FILE_APPOINTMENT,
    GatewayKind.TERMINATION: EventKind.FILE_TERMINATION,
    GatewayKind.LICENSE_APPLICATION: EventKind.GRANT_LICENSE,
    GatewayKind.LICENSE_RENEWAL: EventKind.RENEW_AS_ASKED,
}


class Review:
    """Moves what was taken towards its decision."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def frozen_until(self, transaction: GatewayTransaction, policy: Policy) -> date | None:
        """The day before which the state processes no termination, when that day is still to come."""
        until = policy.frozen.get(transaction.state)
        if transaction.kind is not GatewayKind.TERMINATION or until is None or self._registry.today >= until:
            return None
        return until

    def advance(self, taken: Taken, policy: Policy, *, asked: bool) -> None:
        """As far as the calendar and, when somebody ``asked``, the policy lets it go."""
        today, frozen = self._registry.today, taken.standing.frozen_until
        if taken.is_final or (frozen and today < frozen):
            return
        taken.thaw()
        review = policy.review_of(taken.transaction.state)
        if isinstance(review, int):
            due = taken.review_from + timedelta(days=review)
            if today >= due and (asked or review):
                self.decide(taken, policy, day=due)
        elif review == IMMEDIATE or (review == POLL and asked):
            self.decide(taken, policy, day=today)

    def decide(self, taken: Taken, policy: Policy, *, day: date) -> None:
        """By the rules: declined by the first that concerns it, else approved."""
        transaction = taken.transaction
        rule = next((rule for rule in policy.decline if rule.concerns(transaction)), None)
        refused = (rule.text or "Declined by state.") if rule else ""
        if not refused and policy.checks_facts:
            refused = self._contradicted(transaction)
        self.close(taken, approved=not refused, text=refused, day=day)

    def close(
        self, taken: Taken, *, approved: bool, text: str = "", day: date, effective_date: date | None = None
    ) -> None:
        """Make it final. What is approved happens in the registry on that day."""
        effective = effective_date or taken.transaction.effective_date or day
        at = datetime.combine(day, taken.standing.received_at.time())
        said = text or (APPROVED_TEXT if approved else "Declined by state.")
        taken.decide(Decision(approved, said, effective if approved else None, at))
        if approved and taken.transaction.applicant.npn in self._registry.population:
            self._registry.post(_event(taken.transaction, effective), day=day)

    def _contradicted(self, transaction: GatewayTransaction) -> str:
        """Why the state has to decline, by what the registry holds."""
        if transaction.applicant.npn not in self._registry.population:
            return ""
        report = self._registry.report(transaction.applicant.npn)
        if transaction.kind is GatewayKind.APPOINTMENT:
            held = any(lic.active and lic.state == transaction.state for lic in report.licenses)
            return "" if held else "The producer holds no license in force in this state."
        if transaction.kind is not GatewayKind.TERMINATION or transaction.appointer is None:
            return ""
        current = any(
            row.status == AppointmentStatus.APPOINTED
            and (row.state, row.cocode) == (transaction.state, transaction.appointer.cocode)
            for row in report.appointments
        )
        return "" if current else "There is no active appointment to terminate."


def _event(transaction: GatewayTransaction, effective: date) -> dict[str, Any]:
    company = transaction.appointer
    application = transaction.application
    return {
        "npn": transaction.applicant.npn,
        "event": EVENTS[transaction.kind].value,
        "state": transaction.state,
        "number": transaction.applicant.license_number
        if transaction.kind is GatewayKind.LICENSE_RENEWAL
        else "",
        "loa_codes": " ".join(transaction.loa_codes),
        "effective_date": effective.isoformat(),
        "company": company.name if company else "",
        "cocode": company.cocode if company else "",
        "fein": company.tax_number if company else "",
        "state_company_id": company.state_company_id if company else "",
        "county_code": transaction.county_code,
        "class_code": transaction.license_class,
        "residency": application.residency.value if application else "",
        "reason": transaction.reason.replace("_", " ").capitalize(),
    }
