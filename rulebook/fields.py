"""The questions that the rule book answers for every state, and what an answer may look like. Plain Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from rulebook.rules.vocabulary import LoaCategory


class Kind(StrEnum):
    NUMBER = "number"
    MONEY = "money"
    CHOICE = "choice"
    WORDS = "words"
    TEXT = "text"


class Group(StrEnum):
    APPOINTMENT = "Appointments"
    JUST_IN_TIME = "Just-in-time"
    TERMINATION = "Terminations"
    RENEWAL = "License renewal"
    EDUCATION = "Continuing education"
    FEES = "State fees"


@dataclass(frozen=True, slots=True)
class RuleField:
    """One question: its name in files and API, its label, and the shape of its answer."""

    name: str
    label: str
    group: Group
    kind: Kind
    unit: str = ""
    choices: tuple[str, ...] = ()
    maximum: int = 3660
    help: str = ""

    def problem_with(self, value: str) -> str:
        """Why the value is no answer to this question; empty when it is one."""
        match self.kind:
            case Kind.NUMBER:
                return self._number_problem(value)
            case Kind.MONEY:
                return _money_problem(value)
            case Kind.CHOICE:
                return "" if value in self.choices else f"Say one of {', '.join(self.choices)}."
            case Kind.WORDS:
                return self._words_problem(value)
            case Kind.TEXT:
                return "" if len(value) <= 500 else "Say it in at most 500 characters."

    def told(self, value: str) -> str:
        """The value as people read it."""
        match self.kind:
            case Kind.NUMBER:
                return f"{value} {self.unit[:-1] if value == '1' else self.unit}".strip()
            case Kind.MONEY:
                return f"${value}"
            case Kind.WORDS | Kind.CHOICE:
                return ", ".join(_sentence_case(word) for word in value.split("|"))
            case Kind.TEXT:
                return value[:1].upper() + value[1:]

    def _number_problem(self, value: str) -> str:
        if not re.fullmatch(r"\d{1,5}", value, re.ASCII) or int(value) > self.maximum:
            return f"Say a whole number from 0 to {self.maximum}."
        return ""

    def _words_problem(self, value: str) -> str:
        words = value.split("|")
        if len(set(words)) != len(words):
            return "Say each word once."
        if self.choices and not set(words) <= set(self.choices):
            return f"Say one or more of {', '.join(self.choices)}, with | between them."
        if not all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", word) for word in words):
            return "Say codes with | between them."
        return ""


def _money_problem(value: str) -> str:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= 100_000 or amount != round(amount, 2):
        return "Say an amount in dollars such as 40 or 40.50."
    return ""


def _sentence_case(word: str) -> str:
    text = word.replace("_", " ")
    return text if "/" in text else text.capitalize()


def _days(name: str, label: str, group: Group, help: str = "") -> RuleField:  # noqa: A002
    return RuleField(name, label, group, Kind.NUMBER, "days", help=help)


_YES_NO = ("yes", "no")
_BASES = (
    "birth_date",
    "birth_date_by_birth_year",
    "birth_date_by_first_issue_year",
    "birth_month_end",
    "birth_month_end_by_birth_year",
    "birth_month_end_by_first_issue_year",
    "birth_month_end_by_license_number_parity",
    "fixed_date",
    "issue_month_end",
    "perpetual",
)

FIELDS: tuple[RuleField, ...] = (
    RuleField(
        "appoints_individuals",
        "Appoints individuals",
        Group.APPOINTMENT,
        Kind.CHOICE,
        choices=(*_YES_NO, "registry"),
        help="Registry: the company keeps its own list and files nothing.",
    ),
    RuleField(
        "appoints_firms",
        "Appoints firms",
        Group.APPOINTMENT,
        Kind.CHOICE,
        choices=(*_YES_NO, "registry"),
    ),
    RuleField(
        "firm_appointment_covers_people",
        "A firm's appointment covers its people",
        Group.APPOINTMENT,
        Kind.TEXT,
    ),
    _days("filing_deadline_days", "File an appointment within", Group.APPOINTMENT),
    RuleField("appointment_date_rule", "Effective date of an appointment", Group.APPOINTMENT, Kind.TEXT),
    _days("appointment_backdate_days", "An appointment may be backdated", Group.APPOINTMENT),
    RuleField("appointment_renewal", "Appointment renewal", Group.APPOINTMENT, Kind.TEXT),
    RuleField(
        "jit_allowed",
        "Just-in-time allowed",
        Group.JUST_IN_TIME,
        Kind.CHOICE,
        choices=(*_YES_NO, "partial", "n/a"),
    ),
    _days("jit_days", "Appoint after first business within", Group.JUST_IN_TIME),
    RuleField(
        "jit_categories",
        "Just-in-time for",
        Group.JUST_IN_TIME,
        Kind.WORDS,
        choices=tuple(LoaCategory),
        help="Only where just-in-time is allowed in part.",
    ),
    RuleField("termination_reason_codes", "Termination reasons", Group.TERMINATION, Kind.WORDS),
    RuleField(
        "termination_document_reasons",
        "Reasons that want documents",
        Group.TERMINATION,
        Kind.WORDS,
        help="Besides those for cause, for which documents always go along.",
    ),
    RuleField("termination_date_rule", "Effective date of a termination", Group.TERMINATION, Kind.TEXT),
    _days(
        "backdate_termination_days",
        "A termination may be backdated",
        Group.TERMINATION,
        "0: the state stamps its own date.",
    ),
    _days("termination_notice_days", "Notice to the producer", Group.TERMINATION),
    RuleField("renewal_cycle_months", "Renewal cycle", Group.RENEWAL, Kind.NUMBER, "months", maximum=240),
    RuleField("renewal_basis", "Expires by", Group.RENEWAL, Kind.CHOICE, choices=_BASES),
    RuleField("renewal_detail", "Renewal in detail", Group.RENEWAL, Kind.TEXT),
    _days("renewal_window_days", "Renewal opens before expiration", Group.RENEWAL),
    _days("late_renewal_days", "Late renewal after expiration", Group.RENEWAL, "0: no late renewal."),
    _days("reinstatement_days", "Reinstatement after expiration", Group.RENEWAL),
    RuleField("ce_hours", "Hours", Group.EDUCATION, Kind.NUMBER, "hours", maximum=500),
    RuleField("ce_ethics_hours", "Of these, ethics", Group.EDUCATION, Kind.NUMBER, "hours", maximum=500),
    RuleField("ce_cycle_months", "Every", Group.EDUCATION, Kind.NUMBER, "months", maximum=240),
    RuleField("appointment_fee_usd", "Appointment fee", Group.FEES, Kind.MONEY),
    RuleField(
        "appointment_fee_nonresident_usd",
        "Appointment fee, non-resident",
        Group.FEES,
        Kind.MONEY,
        help="Where it is not known, the appointment fee counts.",
    ),
    RuleField("appointment_fee_firm_usd", "Appointment fee, firm", Group.FEES, Kind.MONEY),
    RuleField(
        "appointment_fee_firm_nonresident_usd", "Appointment fee, non-resident firm", Group.FEES, Kind.MONEY
    ),
    RuleField(
        "appointment_fee_per_line",
        "Appointment fee for each line",
        Group.FEES,
        Kind.CHOICE,
        choices=(*_YES_NO, "nonresidents"),
        help="Nonresidents: for each line of theirs, and once for a resident.",
    ),
    RuleField("termination_fee_usd", "Termination fee", Group.FEES, Kind.MONEY),
    RuleField(
        "termination_fee_per_line", "Termination fee for each line", Group.FEES, Kind.CHOICE, choices=_YES_NO
    ),
)
FIELDS_OF_REASONS = frozenset({"termination_reason_codes", "termination_document_reasons"})
"""Their words are slugs of termination reasons."""

BY_NAME: dict[str, RuleField] = {field.name: field for field in FIELDS}
