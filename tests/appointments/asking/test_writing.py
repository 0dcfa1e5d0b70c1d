"""Numbers, batches and rows, for whatever kind of transaction."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection
from django.db import transaction as database
from django.test.utils import CaptureQueriesContext

from appointments.enums import TransactionKind, TransactionStatus
from appointments.models import Transaction, TransactionBatch
from appointments.services.asking.drafts import Draft
from appointments.services.asking.writing import take_numbers, until_unique, write
from appointments.signals import transactions_moved
from core.errors import Conflict
from tests.appointments.asking import world
from tests.producers.cast import TESTER


def _application(holder, state="TX", **fields) -> Draft:
    """A license application: of no company and no line."""
    given = {
        "kind": TransactionKind.LICENSE_APPLICATION,
        "index": 0,
        "external_id": "",
        "producer_id": holder.pk,
        "npn": holder.npn,
        "entity_type": holder.entity_type,
        "state": state,
        "company_id": None,
        "cocode": "",
        "loa_code": "",
        "loa": "",
        "loa_category": "",
        "status": TransactionStatus.READY_TO_SUBMIT,
        "reason_code": "in_good_standing",
        "reason_text": "In Good Standing",
        "decisions": (),
        "application": {"lines": ["16"]},
    }
    return Draft(**(given | fields))


def test_a_license_transaction_is_written_without_company_and_request_set(ines):
    with database.atomic():
        (row,) = write([_application(ines)], bulk=None, actor=TESTER)
    kept = Transaction.objects.get(pk=row.pk)
    assert (kept.kind, kept.company, kept.bulk_request, kept.batch.company) == (
        "license_application",
        None,
        None,
        None,
    )
    assert (kept.application, kept.is_open) == ({"lines": ["16"]}, True)


def test_numbers_go_on_where_they_stood(ines):
    with database.atomic():
        assert [take_numbers(3, 1), take_numbers(2, 2), take_numbers(1, 1)] == [(1, 1), (4, 2), (6, 4)]


def test_a_batch_for_each_place(ines):
    drafts = [_application(ines), _application(ines, "CA"), _application(ines, loa_code="16")]
    with database.atomic():
        rows = write(drafts, bulk=None, actor=TESTER)
    assert [row.batch_id for row in rows] == [1, 2, 1]
    assert TransactionBatch.objects.count() == 2


def test_nothing_takes_no_number(ines):
    with CaptureQueriesContext(connection) as captured:
        assert write([], bulk=None, actor=TESTER) == []
    assert len(captured) == 0


def test_the_same_while_it_is_open_is_refused_by_the_database(ines):
    with database.atomic():
        write([_application(ines)], bulk=None, actor=TESTER)
    with pytest.raises(IntegrityError), database.atomic():
        write([_application(ines)], bulk=None, actor=TESTER)


def test_who_was_second_judges_anew(ines):
    tries = []

    def judge_and_write() -> str:
        tries.append(len(tries))
        if len(tries) == 1:
            raise IntegrityError
        return "judged anew"

    assert (until_unique(judge_and_write), tries) == ("judged anew", [0, 1])


def test_who_is_always_second_is_told_so_in_the_end(ines):
    def always_second() -> None:
        raise IntegrityError

    with pytest.raises(Conflict):
        until_unique(always_second)


def test_higher_rooms_are_told_whose_transactions_came(ines, django_capture_on_commit_callbacks):
    told: list[list[int]] = []

    def hear(producer_ids: list[int], **_: object) -> None:
        told.append(producer_ids)

    transactions_moved.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            world.ask(world.request())
    finally:
        transactions_moved.disconnect(hear)
    assert told == [[ines.pk]]
