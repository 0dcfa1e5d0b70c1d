"""Two syncs of one producer at once do no harm."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from nipr.models import RegistryCall
from nipr.simulator.testing import running_simulator
from producers.enums import SyncRunKind, SyncRunStatus
from producers.models import License, Producer, SyncState
from producers.sync import claims, reading
from producers.sync.engine import Sitting, sync_reports
from producers.sync.guard import RemovalGuard
from producers.sync.reporting import PlainReporter
from producers.sync.runs import add_items, open_run
from tests.at_once import at_once
from tests.producers.sync.documents import license_in, report_on
from tests.producers.sync.truth import known, told

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def on_file(*npns: str) -> list[Producer]:
    return [Producer.objects.create(npn=npn) for npn in npns]


def test_each_producer_is_claimed_by_one():
    ids = [producer.pk for producer in on_file(*(str(number) for number in range(1, 41)))]
    claims.ensure_states(ids)
    claimed = at_once(lambda _: claims.claim(ids, uuid4()), THREADS)
    assert max(Counter(pk for each in claimed for pk in each).values()) == 1


def test_without_the_conditional_update_several_would_claim_one():
    """The control: looking first and writing afterwards lets all of them through."""
    [producer] = on_file("1")
    claims.ensure_states([producer.pk])
    looked = Barrier(THREADS)

    def look_then_write(_: int) -> UUID | None:
        token = uuid4()
        free = SyncState.objects.filter(producer=producer, claim=None).exists()
        looked.wait()
        SyncState.objects.filter(producer=producer).update(claim=token, claimed_until=timezone.now())
        return token if free else None

    assert sum(token is not None for token in at_once(look_then_write, THREADS)) == THREADS


def test_runs_over_the_same_producers_at_once_buy_each_report_once(settings, monkeypatch):
    monkeypatch.setattr(reading, "LOOK_AGAIN_SECONDS", 0.05)
    with running_simulator(producers=60) as simulator:
        settings.NIPR_URL_TEMPLATE = simulator.base_url
        producers = on_file(*simulator.npns)

        def sync(number: int) -> str:
            run = open_run(SyncRunKind.SELECTION, asked_by=f"Worker {number}", reason="All at once")
            add_items(run, [producer.pk for producer in producers])
            return reading.carry_out(run, PlainReporter(lambda _: None)).status

        assert at_once(sync, threads=3) == [SyncRunStatus.DONE] * 3
        bought = Counter(RegistryCall.objects.filter(price_cents__gt=0).values_list("npn", flat=True))
        assert set(bought.values()) == {1}
        for producer in producers:
            assert known(producer) == told(simulator.report(producer.npn or ""))


def test_different_reports_of_one_producer_at_once_leave_one_truth():
    [producer] = on_file("100")
    claims.ensure_states([producer.pk])
    began = datetime(2026, 3, 2, tzinfo=UTC)

    def write(number: int) -> None:
        held = license_in("OR", expiration_date=date(2027, 1, 1) + timedelta(days=number))
        for round_ in range(5):
            sync_reports(
                [(producer.pk, report_on("100", held))],
                known_at=began + timedelta(minutes=round_ * THREADS + number),
                sitting=Sitting(None, RemovalGuard()),
            )

    at_once(write, THREADS)
    assert License.objects.filter(known_to=None).count() == 1
    versions = list(License.objects.order_by("known_from").values_list("known_from", "known_to"))
    assert all(after[0] >= (before[1] or before[0]) for before, after in pairwise(versions))
