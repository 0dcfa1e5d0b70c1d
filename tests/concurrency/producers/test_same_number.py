"""Two people put the same producer, company or assignment on file at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from appointments.models import Company
from appointments.services import DuplicateCompany, create_company
from core.errors import DomainError
from producers.models import Producer, ProducerAssignment
from producers.services import DuplicateProducer, create_assignment
from producers.services import records as records_module
from rulebook.models import Jurisdiction
from tests.at_once import at_once
from tests.producers.cast import TESTER, put_on_file

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def all_at_once(do: Callable[[], Any]) -> list[Any]:
    """What each of several threads got: an answer, or the refusal it met."""

    def one(_number: int) -> Any:
        try:
            return do()
        except DomainError as refusal:
            return refusal

    return at_once(one, AT_ONCE)


def test_one_gets_the_npn_and_the_others_are_told_who_has_it():
    answers = all_at_once(lambda: put_on_file("88100001"))
    assert Producer.objects.count() == 1
    assert sum(isinstance(answer, Producer) for answer in answers) == 1
    assert sum(isinstance(answer, DuplicateProducer) for answer in answers) == AT_ONCE - 1


def test_an_npn_taken_after_it_was_looked_up_is_still_a_sentence(monkeypatch):
    """The race itself, in slow motion: the second is past its look-up when the first is saved."""
    look_up = records_module.apply_fields

    def look_up_and_be_overtaken(producer, fields):
        look_up(producer, fields)
        monkeypatch.setattr(records_module, "apply_fields", look_up)
        put_on_file("88100001", last_name="Faster")

    monkeypatch.setattr(records_module, "apply_fields", look_up_and_be_overtaken)
    with pytest.raises(DuplicateProducer, match="belongs to Faster"):
        put_on_file("88100001", last_name="Slower")


def test_one_gets_the_cocode_and_the_others_are_told_whose_it_is():
    answers = all_at_once(lambda: create_company({"name": "Heron", "cocode": "77001"}, actor=TESTER))
    assert Company.objects.count() == 1
    assert sum(isinstance(answer, DuplicateCompany) for answer in answers) == AT_ONCE - 1


def test_the_same_assignment_is_made_once():
    Jurisdiction.objects.create(code="OR", name="Oregon")
    ines = put_on_file("88100001")
    fields: Any = {"states": ["OR"], "loa_categories": ["life"]}
    answers = all_at_once(lambda: create_assignment(ines.pk, fields, actor=TESTER))
    assert ProducerAssignment.objects.count() == 1
    assert len({answer.pk for answer in answers}) == 1
