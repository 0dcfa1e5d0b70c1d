from __future__ import annotations

import base64
from datetime import date
from random import Random

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from core.jobs.models import Job
from core.lists.paging import capped_count, keyset_page, sort_keys
from tests.core.models import Parcel

pytestmark = pytest.mark.django_db


@pytest.fixture
def _parcels():
    dice = Random(7)
    weights = [None, None, None, 1, 1, 1, 2, 3, 3, 5, 5, 5, 5]
    dice.shuffle(weights)
    Parcel.objects.bulk_create(
        Parcel(name=dice.choice("abc"), weight=weight, sent_on=date(2026, 1, 1) if weight else None)
        for weight in weights
    )


def walk(rows, keys, size):
    """Every page forward, then every page back; the ids as they were seen."""
    pages, mark = [], ""
    while True:
        page = keyset_page(rows, keys, size, after=mark)
        pages.append([row.pk for row in page.rows])
        if not page.next:
            break
        mark = page.next
    back, mark = [pages[-1]], page.previous
    while mark:
        page = keyset_page(rows, keys, size, before=mark)
        back.insert(0, [row.pk for row in page.rows])
        mark = page.previous
    return pages, back


@pytest.mark.usefixtures("_parcels")
@pytest.mark.parametrize("size", [1, 2, 3, 5, 13, 50])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "paths", [("weight",), ("name",), ("name", "weight"), ("sent_on",), (), ("parent__name",)]
)
def test_every_row_is_met_once_forward_and_again_on_the_way_back(paths, descending, size):
    rows = Parcel.objects.all()
    keys = sort_keys(rows, paths, descending=descending)
    expected = list(
        rows.order_by(*(key.ordering(backwards=False) for key in keys)).values_list("pk", flat=True)
    )
    forward, back = walk(rows, keys, size)
    assert [pk for page in forward for pk in page] == expected
    assert back == forward


@pytest.mark.usefixtures("_parcels")
def test_rows_without_a_value_come_last_both_ways():
    for descending in (False, True):
        page = keyset_page(
            Parcel.objects.all(), sort_keys(Parcel.objects.all(), ["weight"], descending=descending), 50
        )
        assert [row.weight for row in page.rows][-3:] == [None, None, None]


@pytest.mark.usefixtures("_parcels")
def test_an_annotation_can_be_sorted_by():
    rows = Parcel.objects.annotate(double=F("weight") * 2)
    forward, back = walk(rows, sort_keys(rows, ["double"], descending=True), 4)
    assert sum(map(len, forward)) == 13
    assert back == forward


def test_moments_are_met_to_the_microsecond():
    Job.objects.bulk_create(Job(kind="x", title="x", actor_kind="task") for _ in range(30))
    forward, _ = walk(Job.objects.all(), sort_keys(Job.objects.all(), ["created_at"], descending=True), 4)
    assert len({pk for page in forward for pk in page}) == sum(map(len, forward)) == 30


@pytest.mark.usefixtures("_parcels")
@pytest.mark.parametrize("mark", ["x", "!!!", "WzFd", "bnVsbA", "W251bGwsIngiXQ", "e30", "W1tdLHt9XQ"])
def test_a_mark_that_means_nothing_leads_to_the_first_page(mark):
    keys = sort_keys(Parcel.objects.all(), ["weight"], descending=False)
    first = keyset_page(Parcel.objects.all(), keys, 3)
    assert keyset_page(Parcel.objects.all(), keys, 3, after=mark).rows == first.rows


@pytest.mark.usefixtures("_parcels")
def test_counting_stops_at_the_cap():
    assert capped_count(Parcel.objects.all()) == (13, False)
    assert capped_count(Parcel.objects.all(), cap=5) == (5, True)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_later_page_is_read_from_its_place_in_the_index():
    keys = sort_keys(Job.objects.all(), ["created_at"], descending=True)
    Job.objects.bulk_create(Job(kind="x", title="x", actor_kind="task") for _ in range(30))
    mark = keyset_page(Job.objects.all(), keys, 5).next
    with CaptureQueriesContext(connection) as captured:
        keyset_page(Job.objects.all(), keys, 5, after=mark)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {captured[0]['sql']}")
        plan = str(cursor.fetchall())
    assert "SEARCH jobs_job USING INDEX jobs_newest" in plan
    assert "TEMP B-TREE" not in plan


def forged(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "values",
    ["[1e400, 1]", "[" * 1500, '["\\ud800", 1]', '["\\u0000", 1]', '["0001-01-01T00:00:00+14:00", 1]'],
)
@pytest.mark.parametrize("path", ["title", "created_at"])
def test_a_mark_of_ones_own_making_never_reaches_the_database(path, values):
    keys = sort_keys(Job.objects.all(), [path], descending=False)
    assert keyset_page(Job.objects.all(), keys, 3, after=forged(values)).rows == []


def test_a_mark_that_was_tampered_with_is_refused():
    Job.objects.bulk_create(Job(kind="x", title="x", actor_kind="task") for _ in range(5))
    keys = sort_keys(Job.objects.all(), ["created_at"], descending=True)
    mark = keyset_page(Job.objects.all(), keys, 2).next
    with pytest.raises(ValueError, match="cannot be read"):
        keyset_page(Job.objects.all(), keys, 2, after="A" + mark[1:], strict=True)
