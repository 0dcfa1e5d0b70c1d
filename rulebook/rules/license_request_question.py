"""What the rules about license requests are asked: a license or more lines on it, or a license for another term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rulebook.rules.appointment_lines import WantedLine
from rulebook.rules.book import normalised
from rulebook.rules.facts import LicenseFact, LineFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.vocabulary import AgentType, Residency

APPLICATION = "license_application"
RENEWAL = "license_renewal"


class LicenseAction(StrEnum):
    """What is asked for, in the words of a scorecard."""

    APPLY = "apply"
    AMEND = "amend"
    RENEW = "renew"
    RENEW_LATE = "renew_late"
    REINSTATE = "reinstate"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    LicenseAction.APPLY: "Apply for a license",
    LicenseAction.AMEND: "Add lines to a license",
    LicenseAction.RENEW: "Renew",
    LicenseAction.RENEW_LATE: "Renew late",
    LicenseAction.REINSTATE: "Reinstate",
}


@dataclass(frozen=True, slots=True)
class ApplicantFact:
    """What a form asks of the applicant: whether it is on file, never what it is.

    ``unexplained`` are the background questions that are answered with yes and not explained.
    """

    address: bool = False
    email: bool = False
    phone: bool = False
    birth_date: bool = False
    tax_number: bool = False
    answered_on: date | None = None
    any_yes: bool = False
    unexplained: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplicationQuestion:
    """A license for these lines: on ``target``, a license in force that they are added to, or on a new one."""

    state: str
    lines: tuple[WantedLine, ...]
    agent_type: str = AgentType.PRODUCER
    residency: str = Residency.NON_RESIDENT
    target: LicenseFact | None = None
    class_code: str = ""

    @property
    def action(self) -> LicenseAction:
        return LicenseAction.AMEND if self.target else LicenseAction.APPLY

    @property
    def name(self) -> str:
        return license_name(self.agent_type, self.target.number if self.target else "", self.class_code)


@dataclass(frozen=True, slots=True)
class RenewalQuestion:
    """A license by its number, for another term; ``license`` is None where the registry shows none such."""

    state: str
    number: str
    license: LicenseFact | None
    residency: str = Residency.NON_RESIDENT

    @property
    def agent_type(self) -> str:
        """As whom the questions are answered: for a license of another kind, as a producer."""
        if self.license is None or self.license.agent_type == AgentType.OTHER:
            return AgentType.PRODUCER
        return self.license.agent_type

    @property
    def name(self) -> str:
        if self.license is None:
            return license_name(AgentType.OTHER, self.number, "")
        return license_name(self.license.agent_type, self.number, self.license.class_code)


LicenseQuestion = ApplicationQuestion | RenewalQuestion


def license_name(agent_type: str, number: str, class_code: str) -> str:
    """A license in the words by which two requests for the same one are known as such."""
    words = {AgentType.SURPLUS.value: "Surplus lines license", AgentType.OTHER.value: "License"}
    noun = words.get(agent_type, f"{agent_type.capitalize()} license")
    of_class = f" (class {class_code})" if class_code else ""
    return f"{noun}{f' {number}' if number else ''}{of_class}"


def kind_of(question: LicenseQuestion) -> str:
    return APPLICATION if isinstance(question, ApplicationQuestion) else RENEWAL


def carries(held: LicenseFact, wanted: WantedLine) -> bool:
    """Whether a license has the line, and active."""
    return any(line.active and is_line(line, wanted) for line in held.lines)


def is_line(line: LineFact, wanted: WantedLine) -> bool:
    """By its code, or its name: states do not always agree with themselves on codes."""
    if wanted.loa_code and line.code == wanted.loa_code:
        return True
    return bool(wanted.loa and line.name) and normalised(line.name) == normalised(wanted.loa)


def applications(
    held: Holdings, state: str, agent_type: str, residency: str, lines: Sequence[WantedLine]
) -> list[ApplicationQuestion]:
    """One question a license: lines go on the license in force that takes them, the rest on a new one a class.

    What is carried already is left out where anything else is asked for of the same license.
    """
    places: dict[tuple[int, str], list[WantedLine]] = {}
    targets = list(held.in_force(state, agent_type))
    for line in lines:
        target = next((i for i, one in enumerate(targets) if _takes(line, one)), -1)
        places.setdefault((target, "" if target >= 0 else _class_for(line)), []).append(line)
    found = []
    for (position, class_code), wanted in places.items():
        target_license = targets[position] if position >= 0 else None
        missing = [line for line in wanted if target_license is None or not carries(target_license, line)]
        found.append(
            ApplicationQuestion(
                state,
                tuple(missing or wanted),
                agent_type,
                target_license.residency if target_license and target_license.residency else residency,
                target_license,
                target_license.class_code if target_license else class_code,
            )
        )
    return found


def _takes(line: WantedLine, held: LicenseFact) -> bool:
    return line.license_class_codes is None or held.class_code in line.license_class_codes


def _class_for(line: WantedLine) -> str:
    """The class to apply for: of those that may carry the line, the first by its code; of any class, none is said."""
    return min(line.license_class_codes, default="") if line.license_class_codes else ""
