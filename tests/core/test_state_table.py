from __future__ import annotations

import pytest

from core.errors import Conflict, NotAllowed
from core.state_table import Move, StateTable
from tests.core.models import Parcel

TABLE = StateTable[Parcel](
    [
        Move(
            "draft",
            "send",
            "sent",
            right="parcels.send",
            guard=lambda p: "" if p.weight else "It has no weight.",
        ),
        Move("draft", "drop", "dropped"),
        Move("sent", "arrive", "arrived"),
    ]
)


def test_the_buttons_are_the_moves_that_state_guard_and_rights_allow():
    parcel = Parcel(status="draft", weight=1)
    assert [move.event for move in TABLE.allowed(parcel)] == ["send", "drop"]
    assert [move.event for move in TABLE.allowed(parcel, lambda right: right == "")] == ["drop"]
    assert [move.event for move in TABLE.allowed(Parcel(status="draft"))] == ["drop"]


@pytest.mark.parametrize("state", sorted(TABLE.states))
@pytest.mark.parametrize("event", ["send", "drop", "arrive", "fly"])
def test_every_pair_of_state_and_event_moves_or_is_refused_with_what_is_possible(state, event):
    parcel = Parcel(status=state, weight=1)
    listed = {(move.source, move.event) for move in TABLE.moves}
    if (state, event) in listed:
        assert TABLE.move(parcel, event).event == event
    else:
        with pytest.raises(Conflict) as refusal:
            TABLE.move(parcel, event)
        assert refusal.value.allowed == [move.event for move in TABLE.allowed(parcel)]


def test_a_guard_refuses_with_its_sentence():
    with pytest.raises(Conflict, match="It has no weight"):
        TABLE.move(Parcel(status="draft"), "send")


def test_a_missing_right_is_named():
    with pytest.raises(NotAllowed, match=r"parcels\.send"):
        TABLE.move(Parcel(status="draft", weight=1), "send", lambda _right: False)


@pytest.mark.django_db
def test_moving_stores_the_state_and_the_changes_that_come_with_it():
    parcel = Parcel.objects.create(weight=1)
    TABLE.apply(parcel, "send", changes={"name": "sent one"})
    parcel.refresh_from_db()
    assert (parcel.status, parcel.name) == ("sent", "sent one")


@pytest.mark.django_db
def test_of_two_who_hold_the_same_record_the_second_is_told():
    first = Parcel.objects.create(weight=1)
    second = Parcel.objects.get(pk=first.pk)
    TABLE.apply(first, "drop")
    with pytest.raises(Conflict, match="faster: it is “dropped” now"):
        TABLE.apply(second, "send")


def test_the_table_draws_its_own_diagram():
    assert "    sent --> arrived: arrive" in TABLE.diagram()


def test_two_moves_for_one_state_and_event_are_refused():
    with pytest.raises(ValueError, match="share"):
        StateTable[Parcel]([Move("a", "go", "b"), Move("a", "go", "c")])
