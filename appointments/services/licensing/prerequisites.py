"""What is on file of applicants, for many at once: whether it is there, never what it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from appointments.models import BackgroundAnswers
from appointments.services.licensing.answers import unexplained
from producers.models import Address, ContactInfo, Producer
from producers.selectors import HELD
from rulebook.rules.license_request_question import ApplicantFact


@dataclass(frozen=True, slots=True)
class GivenAnswers:
    """That questions were answered, by agent type."""

    answered_on: date
    any_yes: bool
    unexplained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applicant:
    """One producer as an applicant."""

    resident_state: str = ""
    address: bool = False
    email: bool = False
    phone: bool = False
    birth_date: bool = False
    tax_number: bool = False
    answers: dict[str, GivenAnswers] = field(default_factory=dict)

    def fact(self, agent_type: str) -> ApplicantFact:
        """As the rules read it, for a license of this agent type."""
        given = self.answers.get(agent_type)
        return ApplicantFact(
            self.address,
            self.email,
            self.phone,
            self.birth_date,
            self.tax_number,
            given.answered_on if given else None,
            given.any_yes if given else False,
            given.unexplained if given else (),
        )


def applicants(producer_ids: Collection[int]) -> dict[int, Applicant]:
    """What is on file of these producers, by id: four queries. No number and no date of birth is decrypted."""
    answers, contacts, addresses = _answers(producer_ids), _contacts(producer_ids), _addresses(producer_ids)
    rows = Producer.objects.filter(pk__in=producer_ids).annotate(born=Q(birth_date__isnull=False))
    named = ("pk", "entity_type", "resident_state", "email", "phone", "fein", "ssn_last4", "born")
    return {
        pk: Applicant(
            resident_state,
            pk in addresses,
            bool(email) or any(each for each, _phone in contacts[pk]),
            bool(phone) or any(each for _email, each in contacts[pk]),
            born,
            bool(fein if kind == "firm" else last4),
            answers[pk],
        )
        for pk, kind, resident_state, email, phone, fein, last4, born in rows.values_list(*named)
    }


def _addresses(ids: Collection[int]) -> set[int]:
    """Those with an address on file that a letter would reach."""
    whole = ~Q(line_1="") & ~Q(city="") & ~Q(address_state="") & ~Q(zip_code="")
    return set(Address.objects.filter(HELD, whole, producer__in=ids).values_list("producer_id", flat=True))


def _contacts(ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = ContactInfo.objects.filter(HELD, producer__in=ids).values_list("producer_id", "email", "phone")
    for pk, email, phone in rows:
        found[pk].append((email, phone))
    return found


def _answers(ids: Collection[int]) -> dict[int, dict[str, GivenAnswers]]:
    found: defaultdict[int, dict[str, GivenAnswers]] = defaultdict(dict)
    rows = BackgroundAnswers.objects.filter(producer__in=ids)
    for pk, agent_type, text, any_yes, on in rows.values_list(
        "producer_id", "agent_type", "answers", "any_yes", "answered_on"
    ):
        found[pk][agent_type] = GivenAnswers(on, any_yes, unexplained(text) if any_yes else ())
    return found
