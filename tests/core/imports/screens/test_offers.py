"""What is offered for a cell that is wrong."""

from __future__ import annotations

import pytest

from core.imports.types import upload_named
from core.imports.views.offers import MOST_OFFERED, Offers
from tests.core.imports.engine.parcels import PARCELS
from tests.core.imports.screens.conftest import page_of

pytestmark = pytest.mark.django_db
COLORS = [("deep_blue", "Deep blue"), ("red", "Red"), ("yellow", "Yellow")]


@pytest.fixture
def accepts(monkeypatch):
    """Let notes be colors."""
    asked: list[int] = []

    def accepted():
        asked.append(1)
        return COLORS

    monkeypatch.setattr(upload_named(PARCELS).resource.columns["note"], "accepted", accepted)
    return asked


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("yelow", ["yellow"]),
        ("Deep blue", ["deep_blue"]),
        ("red; yelow", ["red;yellow"]),
        ("yelow|yellow", ["yellow"]),
        ("red", []),
        ("red; chartreuse", []),
        ("", []),
        (";;", []),
        ("yelow;" * 100, []),
    ],
)
def test_slips_are_put_right_where_every_part_can_be_told(accepts, text, offered):
    assert Offers(upload_named(PARCELS)).for_cell("note", text, ["Wrong."]) == offered


def test_what_a_message_names_goes_before_guesses(accepts):
    offers = Offers(upload_named(PARCELS))
    assert offers.for_cell("note", "yelow", ["Did you mean “red” or “deep_blue”?"]) == ["red", "deep_blue"]


def test_nothing_is_offered_for_secrets_and_for_columns_that_take_anything(accepts):
    offers = Offers(upload_named(PARCELS))
    assert offers.for_cell("code", "x", ["Did you mean “12345”?"]) == []
    assert offers.for_cell("name", "x", ["Wrong."]) == []


def test_long_lists_are_not_offered(monkeypatch):
    many = [(str(number), "") for number in range(MOST_OFFERED + 1)]
    monkeypatch.setattr(upload_named(PARCELS).resource.columns["note"], "accepted", lambda: many)
    assert Offers(upload_named(PARCELS)).accepted("note") == []


def test_what_a_column_accepts_is_asked_for_once_a_page_and_stands_on_it(clerk, desk, accepts):
    run = desk.read("Ada,1,,yelow", "Ben,1,,read")
    for row in run.rows.all():
        row.outcome = "error"
        row.problems = [
            {"level": "error", "column": "note", "code": "x", "message": "No color.", "value": ""}
        ]
        row.save()
    accepts.clear()
    text = page_of(clerk, run)
    assert len(accepts) == 1
    assert 'data-offer="yellow" data-cell="cell-2-note"' in text
    assert 'data-offer="red" data-cell="cell-3-note"' in text
    assert 'list="accepted-note"' in text
    assert '<datalist id="accepted-note">' in text
