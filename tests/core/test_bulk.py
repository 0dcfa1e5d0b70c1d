"""Writing many rows at once must store what ``bulk_create`` and ``bulk_update`` would."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core.api.models import IdempotencyKey
from core.bulk import insert_many, insert_values, reserve_ids, update_many, update_values
from producers.models import Change, License, Producer, SyncRun

pytestmark = pytest.mark.django_db
KNOWN = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
ODD = [
    "",
    "\\N",
    "NULL",
    "{a}",
    "a,b",
    'say "hi"',
    "two\nlines",
    "one\n\\.\ntwo",
    "\r",
    "tab\there",
    "Łódź 🜁",
]


def license_of(producer: Producer, number: str, **fields: object) -> License:
    return License(producer=producer, state="OR", license_number=number, known_from=KNOWN, **fields)


def person(npn: str, **fields: Any) -> Producer:
    return Producer(npn=npn, created_at=KNOWN, updated_at=KNOWN, **fields)


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
    fields = {"name": ["O'Neill", None], "count": [1, 2.5], "odd": ["\\", '"', "\n\\.\n"]}
    insert_many(
        [Change(producer=ida, kind="license", effect="added", subject="x", fields=fields, known_at=KNOWN)]
    )
    assert Change.objects.get().fields == fields


def test_secrets_arrive_encrypted_and_each_by_itself():
    born = date(1975, 4, 30)
    insert_many([person(npn, ssn="078-05-1120", birth_date=born) for npn in ("1", "2")])
    insert_many([person("3")])
    assert list(Producer.objects.order_by("npn").values_list("ssn", "birth_date")) == [
        ("078-05-1120", born),
        ("078-05-1120", born),
        ("", None),
    ]
    with database.cursor() as cursor:
        cursor.execute("SELECT ssn FROM producers_producer WHERE npn IN ('1', '2')")
        blobs = {bytes(blob) for (blob,) in cursor.fetchall()}
    assert len(blobs) == 2
    assert not any(b"078" in blob for blob in blobs)


def test_bytes_arrive_as_they_are():
    bodies = [b"", bytes(range(256)), b"\\x00"]
    insert_many(
        [
            IdempotencyKey(caller="c", key=str(place), leased_until=KNOWN, created_at=KNOWN, body=body)
            for place, body in enumerate(bodies)
        ]
    )
    stored = IdempotencyKey.objects.order_by("key").values_list("body", flat=True)
    assert [bytes(body) for body in stored] == bodies


def test_many_rows_are_one_statement(ida: Producer):
    with CaptureQueriesContext(database) as queries:
        insert_many([license_of(ida, str(number)) for number in range(300)])
    assert len(queries) <= 1
    assert License.objects.count() == 300


def test_values_are_stored_as_rows_would_be(ida: Producer):
    row = license_of(ida, "1", adhs="two\nlines", issue_date=KNOWN.date())
    insert_many([row])
    insert_values(
        License,
        ("producer_id", "state", "license_number", "known_from", "adhs", "issue_date"),
        [(ida.pk, "OR", "2", KNOWN, "two\nlines", KNOWN.date())],
    )
    columns = [field.attname for field in License._meta.concrete_fields]
    by_object, by_value = License.objects.order_by("license_number").values(*columns)
    assert by_object | {"id": 0, "license_number": ""} == by_value | {"id": 0, "license_number": ""}


def test_values_are_refused_without_their_columns_and_what_differs_by_row(ida: Producer):
    with pytest.raises(ValueError, match="no columns licence"):
        insert_values(License, ("producer_id", "licence"), [(ida.pk, "1")])
    with pytest.raises(ValueError, match="claim is different for each row"):
        insert_values(SyncRun, ("kind", "started_at"), [("nightly", KNOWN)])


def test_values_are_updated_by_their_keys(ida: Producer):
    other = Producer.objects.create(company_name="Same")
    assert update_values(Producer, ("company_name", "agency_id"), [(ida.pk, "New", other.pk)]) == 1
    ida.refresh_from_db()
    other.refresh_from_db()
    assert (ida.company_name, ida.agency, other.company_name) == ("New", other, "Same")


def test_nothing_is_nothing():
    insert_many([])
    insert_values(Producer, ("npn",), [])
    assert update_values(Producer, ("npn",), []) == 0
    assert update_many([], ["npn"]) == 0
    assert list(reserve_ids(Producer, 0)) == []


def test_what_the_database_refuses_is_refused_as_always(ida: Producer):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many([license_of(ida, "1"), license_of(ida, "1")])
    assert not License.objects.exists()


def test_a_number_that_does_not_fit_is_refused(ida: Producer):
    with pytest.raises((DataError, OverflowError)):
        insert_many([license_of(ida, "1", position=2**70)])


def test_rows_may_bring_their_keys_all_or_none(ida: Producer):
    first, second = reserve_ids(License, 2)
    insert_many([license_of(ida, "2", pk=second), license_of(ida, "1", pk=first)])
    assert list(License.objects.order_by("pk").values_list("pk", "license_number")) == [
        (first, "1"),
        (second, "2"),
    ]
    with pytest.raises(ValueError, match="some carry"):
        insert_many([license_of(ida, "3", pk=second + 1), license_of(ida, "4")])


def test_reserved_keys_come_after_those_in_use_and_never_again(ida: Producer):
    reserved = reserve_ids(Producer, 3)
    assert reserved[0] > ida.pk
    assert list(reserved) == sorted(set(reserved))
    later = Producer.objects.create(npn="101")
    assert later.pk > reserved[-1]
    Producer.objects.filter(pk=later.pk).delete()
    assert reserve_ids(Producer, 1)[0] > later.pk


def test_keys_of_an_empty_table_can_be_reserved():
    reserved = reserve_ids(SyncRun, 2)
    assert SyncRun.objects.create(kind="nightly", started_at=KNOWN).pk not in reserved


@pytest.mark.django_db(transaction=True)
def test_those_who_reserve_at_once_get_different_keys():
    """Each in transactions of its own, writing rows between: what two worker processes do."""
    taken: list[int] = []
    start = threading.Barrier(4)

    def reserve(name: int) -> None:
        try:
            start.wait()
            for turn in range(10):
                with transaction.atomic():
                    ids = reserve_ids(Producer, 7)
                    insert_many(
                        [person(f"{name}{turn:02}{place}", pk=pk) for place, pk in enumerate(ids[:3])]
                    )
                Producer.objects.filter(pk=ids[2]).delete()
                taken.extend(ids)
        finally:
            database.close()

    threads = [threading.Thread(target=reserve, args=[name]) for name in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 280
    assert Producer.objects.count() == 80
    assert Producer.objects.create(npn="9").pk > max(taken)


moments = st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC))
texts = st.one_of(
    st.sampled_from(ODD), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
UPDATED = {
    "company_name": texts,
    "ssn": texts,
    "birth_date": st.none() | st.dates(),
    "last_synced_at": st.none() | moments,
    "dummy_npn": st.booleans(),
    "version": st.integers(0, 2**31 - 1),
    "agency": st.none() | st.just("the agency"),
}


@given(
    people=st.lists(st.fixed_dictionaries(UPDATED), min_size=1, max_size=4),
    fields=st.lists(st.sampled_from(sorted(UPDATED)), min_size=1, unique=True),
)
def test_what_is_updated_is_what_bulk_update_would_leave(people: list[dict[str, Any]], fields: list[str]):
    with transaction.atomic():
        agency = Producer.objects.create(company_name="Agency")
        rows = [Producer.objects.create() for _ in people]
        for row, values in zip(rows, people, strict=True):
            for name, value in values.items():
                setattr(row, name, agency if value == "the agency" else value)

        def left_by(update: Any) -> list[dict[str, Any]]:
            with transaction.atomic():
                assert update() == len(rows)
                stored = list(Producer.objects.order_by("pk").values(*UPDATED, "npn", "created_at"))
                transaction.set_rollback(True)
            return stored

        assert left_by(lambda: update_many(rows, fields)) == left_by(
            lambda: Producer.objects.bulk_update(rows, fields)
        )
        transaction.set_rollback(True)


@given(st.lists(json_values, min_size=1, max_size=4))
def test_structures_are_updated_as_bulk_update_would(values: list[Any]):
    with transaction.atomic():
        runs = [SyncRun.objects.create(kind="nightly", started_at=KNOWN) for _ in values]
        for run, value in zip(runs, values, strict=True):
            run.days_read = [value]
        assert update_many(runs, ["days_read"]) == len(runs)
        assert list(SyncRun.objects.order_by("pk").values_list("days_read", flat=True)) == [
            [value] for value in values
        ]
        transaction.set_rollback(True)


def test_keys_that_are_no_numbers_find_their_rows():
    run = SyncRun.objects.create(kind="nightly", started_at=KNOWN)
    run.job_id = uuid.uuid4()
    assert update_many([run], ["job_id", "claim"]) == 1
    assert SyncRun.objects.get(job_id=run.job_id) == run


def test_rows_that_are_gone_are_not_counted(ida: Producer):
    gone = Producer.objects.create()
    Producer.objects.filter(pk=gone.pk).delete()
    ida.company_name = gone.company_name = "New"
    assert update_many([ida, gone], ["company_name"]) == 1
    assert Producer.objects.get().company_name == "New"


def test_updating_many_rows_is_one_statement(ida: Producer):
    rows = [Producer.objects.create() for _ in range(50)]
    with CaptureQueriesContext(database) as queries:
        update_many(rows, ["company_name", "version"])
    assert len(queries) == 1


@pytest.mark.parametrize("fields", [[], ["id"], ["company_name", "id"], ["assignments"]])
def test_only_columns_other_than_the_key_are_updated(ida: Producer, fields: list[str]):
    with pytest.raises(ValueError, match=r"primary key|no column"):
        update_many([ida], fields)


def test_the_same_row_twice_is_refused(ida: Producer):
    with pytest.raises(ValueError, match="twice"):
        update_many([ida, ida], ["company_name"])


def test_a_text_that_is_too_long_is_refused_and_not_cut(ida: Producer):
    if database.vendor == "sqlite":
        pytest.skip("SQLite keeps texts of any length.")
    ida.company_name = "x" * 201
    with pytest.raises(DataError):
        update_many([ida], ["company_name"])
