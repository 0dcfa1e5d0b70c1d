"""Answers to background questions: encrypted, complete, and read on the record only."""

from __future__ import annotations

import pytest
from django.db import connection

from appointments.models import BackgroundAnswers
from appointments.services.licensing.answers import read_answers, record_answers
from appointments.services.licensing.questions import QUESTIONS, questions_for
from core import clock
from core.audit.models import AuditEntry
from core.errors import InvalidInput, NotAllowed
from tests.appointments.asking import world as asking
from tests.appointments.licensing.world import NPN

pytestmark = pytest.mark.django_db
SECRET = "A glass of sherry too many in 2009."


def given(yes="", explanation=SECRET):
    return {
        each.number: {"yes": each.number == yes, "explanation": explanation if each.number == yes else ""}
        for each in QUESTIONS
    }


def paths(refusal):
    return [error["path"] for error in refusal.value.errors]


def test_answers_are_kept_encrypted_and_the_trail_says_that_but_not_what(ines, leo):
    row = record_answers(ines.pk, "producer", given("1a"), user=leo)
    assert (row.any_yes, row.answered_on, row.recorded_by_label) == (True, clock.today(), leo.name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM appointments_backgroundanswers")
        assert "sherry" not in str(cursor.fetchall())
    entry = AuditEntry.objects.get(action="background_answers.recorded")
    assert entry.subject_id == str(ines.pk)
    assert "1a" not in str(entry.changes)
    assert "sherry" not in str(entry.changes)


def test_what_is_answered_again_takes_the_place_of_what_was(ines, leo):
    record_answers(ines.pk, "producer", given("1a"), user=leo)
    record_answers(ines.pk, "producer", given(), user=leo)
    assert BackgroundAnswers.objects.filter(producer=ines).count() == 1
    assert not BackgroundAnswers.objects.get(producer=ines).any_yes


def test_reading_takes_a_right_of_its_own_and_a_reason(ines, leo, ada):
    record_answers(ines.pk, "producer", given("2"), user=ada)
    with pytest.raises(NotAllowed):
        read_answers(ines.pk, "producer", user=leo, reason="A state has asked")
    with pytest.raises(InvalidInput) as refusal:
        read_answers(ines.pk, "producer", user=ada, reason=" a ")
    assert paths(refusal) == ["reason"]
    assert not AuditEntry.objects.filter(action="background_answers.read").exists()
    shown = read_answers(ines.pk, "producer", user=ada, reason="A state has asked")
    assert [each.question.number for each in shown if each.yes] == ["2"]
    assert next(each.explanation for each in shown if each.yes) == SECRET
    assert AuditEntry.objects.get(action="background_answers.read").reason == "A state has asked"


def test_recording_takes_the_right_to_prepare(ines, otto):
    with pytest.raises(NotAllowed):
        record_answers(ines.pk, "producer", given(), user=otto)


def test_every_question_is_answered_and_every_yes_explained(ines, leo):
    answers = given("1a", explanation=" ")
    del answers["3"]
    answers["99"] = {"yes": False}
    with pytest.raises(InvalidInput) as refusal:
        record_answers(ines.pk, "wizard", answers, user=leo)
    assert paths(refusal) == ["agent_type", "answers.99", "answers.1a", "answers.3"]
    assert BackgroundAnswers.objects.get(producer=ines).recorded_by_label == "tests"


def test_a_firm_is_not_asked_what_only_a_person_can_answer(place, leo):
    firm = asking.producer(asking.FIRM, entity_type="firm", company_name="Blue Harbor Agency")
    numbers = [each.number for each in questions_for(firm=True)]
    assert "7" not in numbers
    record_answers(firm.pk, "producer", {number: {"yes": False} for number in numbers}, user=leo)
    assert BackgroundAnswers.objects.filter(producer=firm).exists()


def test_an_explanation_to_a_no_is_not_kept(ines, ada):
    answers = given()
    answers["1a"]["explanation"] = SECRET
    record_answers(ines.pk, "producer", answers, user=ada)
    shown = read_answers(ines.pk, "producer", user=ada, reason="To look it up")
    assert not any(each.explanation for each in shown)


def test_nothing_is_read_where_nothing_was_answered(ines, ada):
    assert read_answers(ines.pk, "surplus", user=ada, reason="To look it up") == []
    assert ines.npn == NPN
