from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.versioned import apply_current, as_known_at
from tests.core.models import Fact

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 3, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)


def fact(code: str, colour: str = "red", owner: str = "ada", **fields) -> Fact:
    return Fact(owner=owner, code=code, colour=colour, **fields)


def learn(*facts: Fact, at: datetime, owner: str = "ada"):
    return apply_current(Fact, {"owner": owner}, facts, known_at=at)


def colours(when: datetime | None = None) -> dict[str, str]:
    return dict(as_known_at(Fact.objects.filter(removed_at=None), when).values_list("code", "colour"))


def test_a_new_fact_is_added():
    [change] = learn(fact("a"), at=MONDAY)
    assert (change.kind, change.before, change.after.code) == ("added", None, Fact.objects.get().code)


def test_an_unchanged_fact_is_left_alone():
    learn(fact("a"), at=MONDAY)
    assert learn(fact("a"), at=TUESDAY) == []
    assert Fact.objects.get().known_from == MONDAY


def test_a_changed_fact_closes_its_row_and_opens_another():
    learn(fact("a", "red"), at=MONDAY)
    [change] = learn(fact("a", "blue"), at=TUESDAY)
    assert (change.kind, change.changes) == ("changed", {"colour": ["red", "blue"]})
    assert list(Fact.objects.order_by("known_from").values_list("colour", "known_from", "known_to")) == [
        ("red", MONDAY, TUESDAY),
        ("blue", TUESDAY, None),
    ]


def test_what_was_known_on_a_day_can_be_asked_later():
    learn(fact("a", "red"), at=MONDAY)
    learn(fact("a", "blue"), at=WEDNESDAY)
    assert (colours(TUESDAY), colours(WEDNESDAY), colours()) == ({"a": "red"}, {"a": "blue"}, {"a": "blue"})
    assert colours(MONDAY - timedelta(seconds=1)) == {}


def test_a_vanished_fact_stays_marked():
    learn(fact("a"), fact("b"), at=MONDAY)
    [change] = learn(fact("a"), at=TUESDAY)
    assert change.kind == "removed"
    current = Fact.objects.get(code="b", known_to=None)
    assert (current.removed_at, current.colour) == (TUESDAY, "red")
    assert learn(fact("a"), at=WEDNESDAY) == []


def test_a_fact_that_comes_back_opens_a_new_version():
    learn(fact("a"), at=MONDAY)
    learn(at=TUESDAY)
    [change] = learn(fact("a"), at=WEDNESDAY)
    assert change.kind == "returned"
    assert colours() == {"a": "red"}


def test_a_fact_that_the_source_itself_marks_removed_is_stored_as_removed_once():
    learn(fact("a"), at=MONDAY)
    [change] = learn(fact("a", removed_at=TUESDAY), at=TUESDAY)
    assert change.kind == "removed"
    assert learn(fact("a", removed_at=WEDNESDAY), at=WEDNESDAY) == []


def test_an_older_document_does_not_undo_a_newer_one():
    learn(fact("a", "blue"), at=TUESDAY)
    assert learn(fact("a", "red"), at=MONDAY) == []
    assert learn(at=MONDAY) == []
    assert colours() == {"a": "blue"}


def test_facts_outside_the_scope_are_not_touched():
    learn(fact("a", owner="bob"), at=MONDAY, owner="bob")
    learn(fact("a"), at=MONDAY)
    learn(at=TUESDAY)
    assert colours() == {"a": "red"}


def test_of_two_incoming_rows_with_one_key_the_later_counts():
    learn(fact("a", "red"), fact("a", "blue"), at=MONDAY)
    assert colours() == {"a": "blue"}


@pytest.mark.parametrize("rows", [3, 3000])
def test_queries_do_not_grow_with_the_rows_of_a_batch(rows):
    learn(*(fact(str(n)) for n in range(rows)), at=MONDAY)
    with CaptureQueriesContext(connection) as captured:
        learn(*(fact(str(n), "blue") for n in range(rows)), at=TUESDAY)
    statements = [query for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 3
