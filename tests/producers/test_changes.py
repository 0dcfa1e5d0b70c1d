from __future__ import annotations

import pytest

from core.actor import Actor
from core.audit.models import AuditEntry
from producers.models import Change
from producers.services import acknowledge_changes
from tests.producers.cast import find_change

pytestmark = pytest.mark.django_db


def test_all_that_match_are_acknowledged_by_whoever_did_it(ines, ada):
    for _ in range(3):
        find_change(ines)
    assert acknowledge_changes(Change.objects.filter(producer=ines), actor=Actor.person(ada)) == 3
    assert {change.acknowledged_by for change in Change.objects.select_related("acknowledged_by")} == {ada}
    assert AuditEntry.objects.get(action="changes.acknowledged").changes == {"unacknowledged": [3, 0]}


def test_who_saw_it_first_stays(ines, ada, leo):
    find_change(ines)
    acknowledge_changes(Change.objects.all(), actor=Actor.person(ada))
    assert acknowledge_changes(Change.objects.all(), actor=Actor.person(leo)) == 0
    assert Change.objects.get().acknowledged_by == ada
    assert AuditEntry.objects.filter(action="changes.acknowledged").count() == 1
