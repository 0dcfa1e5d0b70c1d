"""Many ask for the same appointment at once: one gets it, the others are told that it is under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count
from threading import Barrier, get_ident

import pytest
from django.db import connection

from appointments.models import Company, Transaction, TransactionBatch
from appointments.services.asking import known, writing
from producers.models import Producer
from tests.appointments.asking import world
from tests.appointments.asking.world import ask, end, ending, reasons, request
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 20


@pytest.fixture
def ines(db: None) -> Producer:
    world.build()
    return world.licensed()


def test_one_appointment_is_written_and_the_others_are_duplicates(ines):
    answers = at_once(lambda _: ask(request(loa_categories=["16"])), AT_ONCE)
    told = Counter(reasons(answer)["16"] for answer in answers)
    assert told == {"in_good_standing": 1, "duplicate_transaction": AT_ONCE - 1}
    assert Transaction.objects.filter(is_open=True).count() == 1
    assert Transaction.objects.count() == AT_ONCE


def test_one_termination_is_written_and_the_others_are_duplicates(ines):
    world.appointed(ines)
    answers = at_once(lambda _: end(ending()), AT_ONCE)
    told = Counter(reasons(answer)["16"] for answer in answers)
    assert told == {"in_good_standing": 1, "duplicate_transaction": AT_ONCE - 1}


def test_what_is_recorded_without_being_open_is_recorded_once_too(ines):
    """No index stands over it: the lock on the producer does."""
    Company.objects.update(create_internal_appointment=True)
    world.rule("CA", "appoints_individuals", "no")
    answers = at_once(lambda _: ask(request(loa_categories=["16"])), AT_ONCE)
    told = Counter(reasons(answer)["16"] for answer in answers)
    assert told == {"entity_type_not_appointed": 1, "already_appointed": AT_ONCE - 1}
    assert Transaction.objects.filter(status="recorded").count() == 1


def test_without_the_lock_the_index_over_open_ones_decides(ines, monkeypatch):
    """Everybody judges before anybody writes, as two would who do not lock: all but one find out by the index."""
    threads = 5
    judged = Barrier(threads)
    waited: set[int] = set()
    of_producers, insert = known._producers, writing.insert_many

    def meet_then_insert(rows):
        if connection.vendor != "sqlite" and get_ident() not in waited:
            waited.add(get_ident())
            judged.wait(60)
        insert(rows)

    monkeypatch.setattr(known, "_producers", lambda npns, *, lock: of_producers(npns, lock=False))
    monkeypatch.setattr(writing, "take_numbers", _numbers_nobody_waits_for())
    monkeypatch.setattr(writing, "insert_many", meet_then_insert)
    answers = at_once(lambda _: ask(request(loa_categories=["16"])), threads=threads)
    told = Counter(reasons(answer)["16"] for answer in answers)
    assert told == {"in_good_standing": 1, "duplicate_transaction": threads - 1}
    assert Transaction.objects.filter(is_open=True).count() == 1


def _numbers_nobody_waits_for() -> Callable[[int, int], tuple[int, int]]:
    """Numbers of the test's own, since the real counter lets only one writer in at a time."""
    numbers = count(1, 1_000)

    def take(_transactions: int, _batches: int) -> tuple[int, int]:
        number = next(numbers)
        return number, number

    return take


def test_numbers_are_given_once(ines):
    """Different producers at once: nobody waits for a producer, and no number is given twice."""
    for number in range(AT_ONCE):
        world.licensed(str(88_300_000 + number))
    at_once(lambda number: ask(request(npn=str(88_300_000 + number))), AT_ONCE)
    assert Transaction.objects.filter(is_open=True).count() == 2 * AT_ONCE
    assert TransactionBatch.objects.count() == AT_ONCE
    assert Transaction.objects.order_by("-pk").first().pk == 2 * AT_ONCE
