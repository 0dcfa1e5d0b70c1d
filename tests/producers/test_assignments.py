from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.audit.models import AuditEntry
from core.errors import Conflict, InvalidInput
from producers.models import Producer, ProducerAssignment
from producers.services import create_assignment, end_assignment, update_assignment
from producers.signals import assignments_changed
from tests.producers.cast import TESTER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("states")]
LIFE_IN_OREGON = {"states": ["OR"], "loa_categories": ["life"]}


@pytest.fixture
def told() -> Iterator[list[set[int]]]:
    """What higher rooms were told."""
    heard: list[set[int]] = []

    def listen(producer_ids, **_):
        heard.append(producer_ids)

    assignments_changed.connect(listen)
    yield heard
    assignments_changed.disconnect(listen)


def test_an_assignment_is_kept_sorted_and_told(ines, told):
    fields = {"states": ["tx", "CA ", "TX"], "loa_categories": ["life", "health"]}
    assignment = create_assignment(ines.pk, fields, actor=TESTER)
    assert assignment.states == ["CA", "TX"]
    assert assignment.loa_categories == ["health", "life"]
    assert told == [{ines.pk}]
    assert AuditEntry.objects.get(action="assignment.created").subject_id == str(ines.pk)


def test_the_same_assignment_again_changes_nothing(ines, told):
    first = create_assignment(ines.pk, LIFE_IN_OREGON, actor=TESTER)
    again = create_assignment(ines.pk, {"states": ["or"], "loa_categories": ["life", "life"]}, actor=TESTER)
    assert again == first
    assert len(told) == 1
    assert AuditEntry.objects.filter(action="assignment.created").count() == 1


def test_an_ended_assignment_does_not_stand_in_the_way_of_the_same_again(ines):
    first = create_assignment(ines.pk, LIFE_IN_OREGON, actor=TESTER)
    end_assignment(first.pk, actor=TESTER)
    assert create_assignment(ines.pk, LIFE_IN_OREGON, actor=TESTER) != first


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"states": ["ZZ"]}, "There is no state “ZZ”."),
        ({"states": ["US"]}, "There is no state “US”."),
        ({"states": []}, "Choose at least one state."),
        ({"loa_categories": ["lifelike"]}, "There is no LOA category “lifelike”."),
        ({"loa_categories": []}, "Choose at least one LOA category."),
        ({"cocodes": ["11111"]}, "No company with CoCode “11111” is on file"),
        ({"agent_type": "wizard"}, "The agent type is one of"),
        ({"scorecard_type": "golf"}, "The scorecard type is one of"),
        ({"scorecard_type": "license_and_appointment"}, "needs at least one company"),
    ],
)
def test_what_is_wrong_is_said(ines, heron, fields, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        create_assignment(ines.pk, LIFE_IN_OREGON | fields, actor=TESTER)
    assert not ProducerAssignment.objects.exists()


def test_companies_on_file_may_be_named(ines, heron):
    fields = LIFE_IN_OREGON | {"cocodes": [heron], "scorecard_type": "license_and_appointment"}
    assert create_assignment(ines.pk, fields, actor=TESTER).cocodes == [heron]


def test_an_update_tells_what_changed_and_minds_the_version(ines, told):
    assignment = create_assignment(ines.pk, LIFE_IN_OREGON, actor=TESTER)
    update_assignment(assignment.pk, {"states": ["OR", "CA"]}, actor=TESTER, expected_version=1)
    assert AuditEntry.objects.get(action="assignment.updated").changes == {"states": [["OR"], ["CA", "OR"]]}
    with pytest.raises(Conflict, match="Somebody else"):
        update_assignment(assignment.pk, {"states": ["TX"]}, actor=TESTER, expected_version=1)
    assert len(told) == 2


def test_an_update_to_the_same_tells_nobody(ines, told):
    assignment = create_assignment(ines.pk, LIFE_IN_OREGON, actor=TESTER)
    update_assignment(assignment.pk, LIFE_IN_OREGON, actor=TESTER)
    assert len(told) == 1


def test_an_ended_assignment_stays_on_file_and_cannot_be_changed(ines, told):
    assignment = create_assignment(ines.pk, LIFE_IN_OREGON, actor=TESTER)
    ended = end_assignment(assignment.pk, actor=TESTER, reason="Left the agency")
    assert ended.ended_at is not None
    assert AuditEntry.objects.get(action="assignment.ended").reason == "Left the agency"
    with pytest.raises(Conflict, match="has ended"):
        end_assignment(assignment.pk, actor=TESTER)
    with pytest.raises(Conflict, match="has ended"):
        update_assignment(assignment.pk, {"states": ["TX"]}, actor=TESTER)
    assert len(told) == 2


def test_a_producer_may_have_several(ines: Producer):
    create_assignment(ines.pk, LIFE_IN_OREGON, actor=TESTER)
    create_assignment(ines.pk, LIFE_IN_OREGON | {"agent_type": "surplus"}, actor=TESTER)
    assert ines.assignments.count() == 2
