"""What the form for a license asks of a producer, and where what is missing is entered."""

from __future__ import annotations

from dataclasses import dataclass

from appointments.services.licensing.prerequisites import Applicant
from appointments.views.fixes import FixLink, answers_url, fix_link
from core import clock
from core.accounts.models import User
from producers.models import Producer
from rulebook.decision import Fix
from rulebook.rules.license_request_prerequisites import missing

_WORDS = {
    "address": ("Address", "The registry shows none. Sync the producer."),
    "email": ("E-mail address", "Enter it."),
    "phone": ("Phone number", "Enter it."),
    "birth_date": ("Date of birth", "Enter it."),
    "ssn": ("SSN", "Enter it."),
    "fein": ("FEIN", "Enter it."),
    "answers": ("Background questions", "Answer them."),
    "fresh_answers": ("Background questions", "They were answered more than a year ago. Answer them again."),
    "explanation": ("Background questions", "A yes is not explained. Answer them again."),
}
_INDIVIDUAL = ("address", "email", "phone", "birth_date", "ssn")
_FIRM = ("address", "email", "phone", "fein")


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """One thing the form asks: whether it is there, and what to do where it is not."""

    label: str
    there: bool
    place: FixLink | None = None
    note: str = ""


def prerequisites(
    producer: Producer, who: Applicant, agent_type: str, user: User, query: str
) -> list[Prerequisite]:
    """Everything a form asks of this producer, for an agent type; ``query`` leads back from the answers."""
    fact = who.fact(agent_type)
    lacking = set(missing(fact, firm=producer.is_firm, as_of=clock.today()))
    names = _FIRM if producer.is_firm else _INDIVIDUAL
    found = [_one(name, name in lacking, producer, user) for name in names]
    worst = next((each for each in ("answers", "fresh_answers", "explanation") if each in lacking), "")
    url = answers_url(producer.pk, agent_type, query)
    note = f"Answered on {fact.answered_on:%-d %b %Y}" if fact.answered_on else ""
    if worst:
        found.append(Prerequisite(_WORDS[worst][0], there=False, place=FixLink(_WORDS[worst][1], url)))
    else:
        place = FixLink("Answer them again", url)
        found.append(Prerequisite("Background questions", there=True, place=place, note=note))
    return found


def _one(name: str, lacks: bool, producer: Producer, user: User) -> Prerequisite:
    label, words = _WORDS[name]
    if not lacks:
        return Prerequisite(label, there=True)
    fix = Fix("complete_producer", words, {"missing": [name]})
    return Prerequisite(label, there=False, place=fix_link(fix, producer.pk, user))
