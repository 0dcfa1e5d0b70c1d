from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core import clock
from core.errors import InvalidInput
from producers.as_of import AsOf, end_of


def test_nothing_asked_means_today():
    as_of = AsOf.read()
    assert (as_of.on, as_of.known_at, as_of.is_today, as_of.query) == (clock.today(), None, True, "")


def test_a_day_of_knowledge_means_its_end():
    assert AsOf.read(known_at="2026-03-02").known_at == end_of(date(2026, 3, 2))


def test_a_moment_keeps_its_zone():
    asked = AsOf.read(known_at="2026-03-02T12:00:00+02:00").known_at
    assert asked == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_the_query_string_reads_back_as_the_same_moment():
    from django.http import QueryDict

    as_of = AsOf.read("2026-03-01", "2026-03-02")
    again = QueryDict(as_of.query)
    assert AsOf.read(again["on"], again["known_at"]) == as_of


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-02-30", "0001-01-01", "9999-12-31", "2026-13-01T00:00:00Z", "'"]
)
def test_what_is_no_date_is_said(text):
    with pytest.raises(InvalidInput, match="is not a date"):
        AsOf.read(on=text)
    with pytest.raises(InvalidInput, match="is not a date"):
        AsOf.read(known_at=text)


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2201-01-01T00:00:00Z"]
)
def test_a_moment_beyond_the_calendar_is_refused_like_a_day(moment):
    with pytest.raises(InvalidInput):
        AsOf.read(known_at=moment)
