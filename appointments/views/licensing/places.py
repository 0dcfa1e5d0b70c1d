"""Where what stands in the way of a license is mended."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from appointments import access
from appointments.services.licensing.prerequisites import Applicant
from appointments.views.asking import places
from appointments.views.asking.places import Place
from core import clock
from core.access import has_right, right_label
from core.accounts.models import User
from producers.access import CHANGE_PRODUCERS, SYNC_PRODUCERS
from producers.models import Producer
from rulebook.decision import Fix
from rulebook.rules.license_request_prerequisites import ANSWERS, missing

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
    place: Place | None = None
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
    url = answers_url(producer, agent_type, query)
    note = f"Answered on {fact.answered_on:%-d %b %Y}" if fact.answered_on else ""
    if worst:
        found.append(Prerequisite(_WORDS[worst][0], there=False, place=Place(_WORDS[worst][1], url)))
    else:
        place = Place("Answer them again", url)
        found.append(Prerequisite("Background questions", there=True, place=place, note=note))
    return found


def _one(name: str, lacks: bool, producer: Producer, user: User) -> Prerequisite:
    label, words = _WORDS[name]
    if not lacks:
        return Prerequisite(label, there=True)
    right = SYNC_PRODUCERS if name == "address" else CHANGE_PRODUCERS
    page = "producers:page" if name == "address" else "producers:edit"
    if has_right(user, right):
        return Prerequisite(label, there=False, place=Place(words, reverse(page, args=[producer.pk])))
    return Prerequisite(label, there=False, place=Place(f"It takes the right “{right_label(right)}”."))


def answers_url(producer: Producer, agent_type: str, query: str) -> str:
    """The page of the background questions, which leads back to where one came from."""
    said = {"agent_type": agent_type, "back": query}
    return f"{reverse('appointments:background_answers', args=[producer.pk])}?{urlencode(said)}"


def place_of(fix: Fix | None, producer: Producer, user: User, query: str) -> Place | None:
    """The page of a fix; of what is missing for the form, the first place to mend it."""
    if fix is None:
        return None
    if fix.code == "give_answers":
        url = answers_url(producer, str(fix.params.get("agent_type", "")), query)
        return Place(fix.text, url if has_right(user, access.PREPARE) else "")
    if fix.code == "complete_producer":
        gone = [name for name in fix.params.get("missing", ()) if name not in ANSWERS]
        one = _one(str(gone[0]), True, producer, user) if gone else None
        return Place(fix.text, one.place.url if one and one.place else "")
    return places.place_of(fix, producer, user)
