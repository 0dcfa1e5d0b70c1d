"""Inserting many rows at once must store what ``bulk_create`` would."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DataError, IntegrityError
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from core.bulk import insert_many
from producers.models import Change, License, Producer

pytestmark = pytest.mark.django_db
KNOWN = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
ODD = ["", "\\N", "NULL", "a,b", 'say "hi"', "two\nlines", "tab\there", "Łódź 🜁", " padded "]


def license_of(producer: Producer, number: str, **fields: object) -> License:
    return License(producer=producer, state="OR", license_number=number, known_from=KNOWN, **fields)


@pytest.fixture
def ida() -> Producer:
    return Producer.objects.create(npn="100")


def test_odd_texts_arrive_as_they_are(ida: Producer):
    insert_many([license_of(ida, str(place), adhs=text) for place, text in enumerate(ODD)])
    assert list(License.objects.order_by("pk").values_list("adhs", flat=True)) == ODD


def test_absent_and_empty_stay_apart(ida: Producer):
    insert_many([license_of(ida, "1"), license_of(ida, "2", issue_date=KNOWN.date(), active=True)])
    assert list(License.objects.order_by("pk").values_list("issue_date", "active", "adhs", "known_from")) == [
        (None, False, "", KNOWN),
        (KNOWN.date(), True, "", KNOWN),
    ]


def test_structures_arrive_as_they_are(ida: Producer):
    fields = {"name": ["O'Neill", None], "count": [1, 2.5], "odd": ["\\", '"']}
    insert_many(
        [Change(producer=ida, kind="license", effect="added", subject="x", fields=fields, known_at=KNOWN)]
    )
    assert Change.objects.get().fields == fields


def test_many_rows_are_one_statement(ida: Producer):
    with CaptureQueriesContext(database) as queries:
        insert_many([license_of(ida, str(number)) for number in range(300)])
    assert len(queries) <= 1
    assert License.objects.count() == 300


def test_nothing_is_nothing():
    insert_many([])


def test_what_the_database_refuses_is_refused_as_always(ida: Producer):
    with pytest.raises(IntegrityError):
        insert_many([license_of(ida, "1"), license_of(ida, "1")])


def test_a_number_that_does_not_fit_is_refused(ida: Producer):
    with pytest.raises((DataError, OverflowError)):
        insert_many([license_of(ida, "1", position=2**70)])
