"""Asked again before it leaves: a license transaction whose facts may have changed since it was prepared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from appointments.facts import full_facts
from appointments.models import Transaction
from appointments.services.handling.people import has_second_key
from appointments.services.licensing.prerequisites import applicants
from core import clock
from core.errors import Conflict
from rulebook.rules.appointment_lines import WantedLine
from rulebook.rules.facts import LicenseFact
from rulebook.rules.holdings import Holdings, lasts_longest
from rulebook.rules.license_request import LicenseVerdict, judge_license
from rulebook.rules.license_request_question import (
    RENEWAL,
    ApplicantFact,
    ApplicationQuestion,
    LicenseQuestion,
    RenewalQuestion,
)
from rulebook.selectors import load_rule_book


def no_longer_eligible(rows: Sequence[Transaction]) -> dict[int, Conflict]:
    """Why some of these license transactions must not leave any more, by id.

    A constant number of queries. A yes given since they were prepared counts too: then a second person has to look.
    """
    if not rows:
        return {}
    held = _holdings(rows)
    people = applicants({row.producer_id for row in rows})
    found: dict[int, Conflict] = {}
    for row in rows:
        who = people[row.producer_id].fact(row.agent_type)
        verdict = judge_license(_question(row, held[row.producer_id]), held[row.producer_id], who)
        if objection := _objection(row, verdict, who):
            found[row.pk] = objection
    return found


def _objection(row: Transaction, verdict: LicenseVerdict, who: ApplicantFact) -> Conflict | None:
    if not verdict.eligible:
        fix = f"{verdict.fix.text.rstrip('.')}, or close it." if verdict.fix else "Close it."
        text = f"{row.number} is not eligible any more: {verdict.text}."
        return Conflict(text, fix, code=verdict.reason.value)
    if verdict.documents_required and row.approved_by_user_id is None and not has_second_key(row):
        text = f"{row.number}: a background question has been answered with yes since it was prepared."
        return Conflict(
            text, "Close it and ask again: it then waits for its papers.", code="documents_required"
        )
    return None


def _holdings(rows: Sequence[Transaction]) -> Mapping[int, Holdings]:
    """What the producers hold; no transaction among these stands in its own way."""
    book, today = load_rule_book(), clock.today()
    own = {row.number for row in rows}
    found = {}
    for pk, fact in full_facts({row.producer_id for row in rows}).items():
        others = tuple(each for each in fact.open_transactions if each.number not in own)
        found[pk] = Holdings(replace(fact, open_transactions=others), book, today)
    return found


def _question(row: Transaction, held: Holdings) -> LicenseQuestion:
    license_ = _license(row, held)
    if row.kind == RENEWAL:
        return RenewalQuestion(row.state, row.license_number, license_, row.residency)
    lines = tuple(WantedLine(line["loa_code"], line["loa"]) for line in row.application.get("lines", ()))
    target = license_ if row.license_number else next(iter(held.in_force(row.state, row.agent_type)), None)
    class_code = row.license_class_code
    if target is not None and class_code and target.class_code != class_code:
        target = None
    return ApplicationQuestion(row.state, lines, row.agent_type, row.residency, target, class_code)


def _license(row: Transaction, held: Holdings) -> LicenseFact | None:
    same = (
        each
        for each in held.in_state(row.state)
        if each.number == row.license_number and row.license_class_code in ("", each.class_code)
    )
    return min(same, key=lasts_longest, default=None)
