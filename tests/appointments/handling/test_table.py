"""Every status with every event: it moves to where the table says, or is refused and stays."""

from __future__ import annotations

import pytest
from django.db import transaction as database

from appointments.enums import TransactionStatus
from appointments.models import Transaction
from appointments.moves import locked, move_many
from appointments.services.handling import approving, desk, submit, unknown
from appointments.transitions import TRANSACTIONS
from core.actor import Actor
from tests.appointments.handling.cast import LEO, PIA, SUE, may, transactions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

EVENTS = sorted({move.event for move in TRANSACTIONS.moves})
TABLE = {(move.source, move.event): move for move in TRANSACTIONS.moves}
PAIRS = [(status, event) for status in TransactionStatus.values for event in EVENTS]
GATEWAY = Actor.gateway("NIPR")

DONE_BY_PEOPLE = {
    "submit": lambda pk, right: submit.submit([pk], confirm_cents=None, actor=SUE, has_right=right).results[
        0
    ],
    "release": lambda pk, right: submit.release([pk], actor=SUE, has_right=right).results[0],
    "approve": lambda pk, right: approving.approve([pk], actor=PIA, has_right=right).results[0],
    "close": lambda pk, right: desk.close([pk], actor=LEO, has_right=right).results[0],
    "take_back": lambda pk, right: desk.take_back([pk], actor=SUE, has_right=right).results[0],
    "hold": lambda pk, right: desk.hold([pk], actor=LEO, has_right=right).results[0],
    "mend": lambda pk, right: desk.mend([pk], actor=LEO, has_right=right).results[0],
    "attach": lambda pk, right: unknown.attach_number(
        pk, "N1", reason="Seen on NIPR's screen", actor=PIA, has_right=right
    ),
    "not_there": lambda pk, right: unknown.not_there(pk, reason="NIPR said so", actor=PIA, has_right=right),
    "write_off": lambda pk, right: unknown.write_off(pk, reason="Nobody knows", actor=PIA, has_right=right),
}


def one(status: str) -> Transaction:
    return transactions(1, status, just_in_time=True)[0]


@pytest.mark.parametrize(("status", "event"), PAIRS)
def test_an_event_moves_to_its_target_or_leaves_it_where_it_is(status, event):
    row = one(status)
    with database.atomic():
        moved = move_many(locked([row.pk]), event, actor=GATEWAY)
    move = TABLE.get((status, event))
    row.refresh_from_db()
    assert row.status == (move.target if move else status)
    assert (len(moved.rows), len(moved.refused)) == ((1, 0) if move else (0, 1))


@pytest.mark.parametrize("status", TransactionStatus.values)
@pytest.mark.parametrize("event", DONE_BY_PEOPLE)
def test_an_action_of_people_moves_as_the_table_says_and_else_tells_what_is_possible(status, event):
    row = one(status)
    answer = DONE_BY_PEOPLE[event](row.pk, lambda _right: True)
    move = TABLE.get((status, event))
    row.refresh_from_db()
    assert (answer.ok, answer.status, row.status) == (
        bool(move),
        row.status,
        move.target if move else status,
    )
    if not move:
        labelled = {each.event for each in TRANSACTIONS.moves if each.source == status and each.label}
        assert (answer.code, set(answer.allowed)) == ("wrong_state", labelled)
        assert row.number in answer.message
        assert answer.fix


@pytest.mark.parametrize(
    "move",
    [move for move in TRANSACTIONS.moves if move.event in DONE_BY_PEOPLE],
    ids=lambda m: f"{m.source}-{m.event}",
)
def test_an_action_takes_exactly_its_right(move):
    row = one(move.source)
    refused = DONE_BY_PEOPLE[move.event](row.pk, lambda right: right != move.right)
    assert (refused.code, refused.status) == ("not_allowed", move.source)
    assert move.right in refused.message
    assert DONE_BY_PEOPLE[move.event](row.pk, may(move.right)).status == move.target


@pytest.mark.parametrize("event", sorted({move.event for move in TRANSACTIONS.moves if move.label}))
def test_every_event_that_has_a_button_has_an_action(event):
    assert event in DONE_BY_PEOPLE


@pytest.mark.parametrize("status", TransactionStatus.values)
def test_every_status_that_is_not_final_has_a_way_out(status):
    ways = [move for move in TRANSACTIONS.moves if move.source == status]
    assert bool(ways) == (status not in {"approved", "closed"})


def test_only_what_is_open_refuses_a_second_request():
    for status in TransactionStatus.values:
        row = one(status)
        open_now = status in {
            "ready_to_submit", "held", "awaiting_approval", "queued", "submitting", "unknown", "submitted",
            "awaiting_validation", "approved",
        }  # fmt: skip
        assert Transaction.objects.get(pk=row.pk).is_open is open_now
