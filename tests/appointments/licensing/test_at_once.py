"""Several ask for the same license at the same moment: one transaction is made."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments.models import BackgroundAnswers, Transaction
from appointments.services.licensing.answers import record_answers
from appointments.services.licensing.questions import QUESTIONS
from core import clock
from producers.models import License
from tests.appointments.asking import world as asking
from tests.appointments.licensing import world
from tests.appointments.licensing.world import APPLICATION, RENEWAL, application, ask, renewal
from tests.at_once import all_at_once
from tests.conftest import person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ines(transactional_db):
    world.build()
    producer = world.complete(asking.licensed())
    License.objects.update(expiration_date=clock.today() + timedelta(days=20))
    return producer


@pytest.mark.parametrize(("kind", "request_"), [(APPLICATION, application()), (RENEWAL, renewal())])
def test_of_six_who_ask_for_the_same_license_one_gets_a_transaction(ines, kind, request_):
    answers = all_at_once(*[lambda: ask(kind, request_)] * 6)
    reasons = sorted(
        line["eligibility_reason"]["code"]
        for answered in answers
        for line in answered["requests"][0]["transactions"]
    )
    assert reasons == ["duplicate_transaction"] * 5 + ["in_good_standing"]
    assert Transaction.objects.filter(is_open=True).count() == 1


def test_of_four_who_answer_at_once_one_set_of_answers_stays(ines):
    leo = person("leo")
    BackgroundAnswers.objects.all().delete()
    given = {each.number: {"yes": False} for each in QUESTIONS}
    all_at_once(*[lambda: record_answers(ines.pk, "producer", given, user=leo)] * 4)
    assert BackgroundAnswers.objects.filter(producer=ines).count() == 1
