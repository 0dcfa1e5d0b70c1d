"""Stopped at any moment, an upload goes on where it was: nothing is asked for twice, and nothing is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.imports import planning
from appointments.models import BulkRequest, Company, Transaction
from appointments.services.asking import running
from core.imports import services
from core.imports.models import ImportRun
from core.jobs.context import draining
from core.jobs.models import Job
from core.jobs.runner import run_job
from core.jobs.services import retry
from tests.appointments.asking import world
from tests.appointments.imports import desk
from tests.appointments.imports.world import FOX, HERON, cells

pytestmark = pytest.mark.usefixtures("two_a_chunk")


class Killed(BaseException):
    """The worker dies; no handler of the product catches it."""


def _read(people: list[str], **options) -> ImportRun:
    rows = [cells(agent_npn=npn, states="CA;TX", loa_category="16") for npn in people]
    return desk.appoint(*rows, **options)


@contextmanager
def at_chunk(monkeypatch, number: int, act: Callable[[], object], *, within: bool = False) -> Iterator[None]:
    """Something happens right before the transaction of the chunk of that number, or ``within`` it."""
    name = "judge_rows" if within else "until_unique"
    real, seen = getattr(running, name), []

    def acting(*args, **rest):
        seen.append(args)
        if len(seen) == number:
            act()
        return real(*args, **rest)

    with monkeypatch.context() as patched:
        patched.setattr(running, name, acting)
        yield


def _die(*_args, **_rest) -> None:
    raise Killed


def _whole(run: ImportRun, people: list[str], sets: int = 1) -> None:
    assert run.status == "done"
    assert {(outcome, state) for _number, outcome, state in desk.outcomes(run)} == {("new", "done")}
    assert Transaction.objects.count() == Transaction.objects.filter(is_open=True).count() == 2 * len(people)
    assert BulkRequest.objects.count() == sets
    assert set(BulkRequest.objects.values_list("status", flat=True)) == {"done"}
    assert run.results["transactions"] == 2 * len(people)
    numbers = [number for row in run.rows.all() for number in row.effect["transactions"]]
    assert len(numbers) == len(set(numbers)) == 2 * len(people)


@pytest.mark.parametrize("chunk", range(1, 7))
@pytest.mark.parametrize("batches", ["one", "by_state"])
def test_killed_at_any_chunk_it_goes_on(people, monkeypatch, chunk, batches):
    run = services.process(_read(people, batches=batches), actor=desk.TESTER)
    with at_chunk(monkeypatch, chunk, _die, within=True), pytest.raises(Killed):
        run_job(run.job_id)
    done = Transaction.objects.count()
    assert done == 2 * (chunk - 1)
    _again(run)
    _whole(run, people, sets=2 if batches == "by_state" else 1)


def _again(run: ImportRun) -> None:
    """As after a reaper has found the job without a worker."""
    Job.objects.filter(pk=run.job_id).update(status="queued")
    run_job(run.job_id)
    run.refresh_from_db()


@pytest.mark.parametrize("point", ["put_sets_on_file", "end"])
def test_killed_beside_its_chunks_it_goes_on(people, monkeypatch, point):
    module = {"put_sets_on_file": "planning", "end": "carrying"}[point]
    run = services.process(_read(people), actor=desk.TESTER)
    with monkeypatch.context() as patched:
        patched.setattr(f"appointments.imports.{module}.{point}", _die)
        with pytest.raises(Killed):
            run_job(run.job_id)
    _again(run)
    _whole(run, people)


def test_the_job_run_twice_asks_once(people):
    run = desk.process(_read(people))
    _again(run)
    _whole(run, people)


def test_paused_it_rests_and_goes_on(people, monkeypatch):
    run = services.process(_read(people), actor=desk.TESTER)
    with at_chunk(monkeypatch, 3, lambda: services.pause(_fresh(run), actor=desk.TESTER)):
        run = desk.work(run)
    bulk = BulkRequest.objects.get()
    assert (run.status, bulk.status, bulk.message) == (
        "paused", "queued", "Its upload is paused; resume that to go on.",
    )  # fmt: skip
    assert Transaction.objects.count() == 4
    assert sum(state == "done" for _number, _outcome, state in desk.outcomes(run)) == 2
    run = desk.work(services.resume(run, actor=desk.TESTER))
    _whole(run, people)


def test_cancelled_the_rest_is_left(people, monkeypatch):
    run = services.process(_read(people), actor=desk.TESTER)
    with at_chunk(monkeypatch, 3, lambda: services.cancel(_fresh(run), actor=desk.TESTER)):
        run = desk.work(run)
    bulk = BulkRequest.objects.get()
    assert (run.status, bulk.status) == ("cancelled", "failed")
    assert bulk.message == "Its upload was cancelled before everything was asked for."
    assert Transaction.objects.count() == 4


def test_cancelled_while_it_is_paused_the_rest_is_left(people, monkeypatch):
    run = services.process(_read(people), actor=desk.TESTER)
    with at_chunk(monkeypatch, 2, lambda: services.pause(_fresh(run), actor=desk.TESTER)):
        desk.work(run)
    services.cancel(_fresh(run), actor=desk.TESTER)
    bulk = BulkRequest.objects.get()
    assert (bulk.status, bulk.message) == (
        "failed",
        "Its upload was cancelled before everything was asked for.",
    )


def test_a_worker_that_goes_down_hands_it_on(people, monkeypatch):
    run = services.process(_read(people), actor=desk.TESTER)
    try:
        with at_chunk(monkeypatch, 2, draining.set):
            run = desk.work(run)
    finally:
        draining.clear()
    assert (run.status, Job.objects.get(pk=run.job_id).status) == ("processing", "queued")
    run = desk.work(run)
    _whole(run, people)


def test_after_an_error_from_inside_it_can_go_on(people, monkeypatch):
    run = services.process(_read(people), actor=desk.TESTER)

    def break_down():
        raise ZeroDivisionError

    with at_chunk(monkeypatch, 4, break_down):
        run = desk.work(run)
    assert (run.status, BulkRequest.objects.get().status) == ("failed", "failed")
    retry(Job.objects.get(pk=run.job_id), actor=desk.TESTER)
    run = desk.work(run)
    _whole(run, people)


def test_rows_mended_while_it_rests_are_asked_for_as_mended(people, monkeypatch):
    rows = [cells(agent_npn=npn, loa_category="16") for npn in people]
    run = services.process(desk.appoint(*rows), actor=desk.TESTER)
    with at_chunk(monkeypatch, 2, lambda: services.pause(_fresh(run), actor=desk.TESTER)):
        run = desk.work(run)
    assert Transaction.objects.count() == 2
    services.mend(run, 7, {"cocode": FOX}, actor=desk.TESTER)
    run = services.check_again(_fresh(run), actor=desk.TESTER)
    run = desk.process(run)
    assert run.status == "done"
    told = dict(Transaction.objects.filter(is_open=True).values_list("npn", "cocode"))
    assert told == dict.fromkeys(people[:5], HERON) | {people[5]: FOX}
    given_up, further = BulkRequest.objects.order_by("created_at")
    assert (given_up.status, further.status) == ("changed", "done")
    assert "another request set" in given_up.message
    assert further.name == "appoint.csv · rows processed later"


def test_ids_of_request_sets_are_always_the_same(people):
    run = _read(people)
    desk.process(run)
    (pk,) = BulkRequest.objects.values_list("pk", flat=True)
    assert pk == planning.uuid5(planning._IDS, f"{run.pk}:0")


def test_a_row_of_several_chunks_is_told_as_a_whole(people, monkeypatch):
    """Its states are in two chunks, and the worker dies between them."""
    monkeypatch.setattr("appointments.services.asking.chunks.CHUNK", 1)
    Company.objects.get(cocode=HERON).states.filter(state="OR").delete()
    run = services.process(
        desk.appoint(cells(agent_npn=people[0], states="CA;OR;TX", loa_category="16")), actor=desk.TESTER
    )
    with at_chunk(monkeypatch, 3, _die), pytest.raises(Killed):
        run_job(run.job_id)
    assert desk.outcomes(run) == [(2, "new", "")]
    _again(run)
    row = desk.row(run, 2)
    assert (row.state, row.effect["made"]) == ("done", 2)
    assert list(row.changes) == ["CA", "TX"]
    assert "OR: Heron Life Insurance Co does not appoint" in desk.said(run, 2)


def _fresh(run: ImportRun) -> ImportRun:
    return ImportRun.objects.get(pk=run.pk)


def test_statements_do_not_grow_with_the_rows(place):
    def statements(count: int, start: int) -> tuple[int, int]:
        npns = [str(88_300_000 + start + number) for number in range(count)]
        for npn in npns:
            world.licensed(npn)
        run = services.upload(
            "appointment", "a.csv", desk.file_of([cells(agent_npn=npn) for npn in npns], desk.APPOINT_HEADER), {},
            actor=desk.TESTER, again=True,
        )  # fmt: skip
        with CaptureQueriesContext(connection) as reading:
            run_job(run.job_id)
        run = services.process(_fresh(run), actor=desk.TESTER)
        with CaptureQueriesContext(connection) as processing:
            run_job(run.job_id)
        assert Transaction.objects.filter(bulk_request__upload=run).count() == 2 * count
        return len(reading), len(processing)

    with mock.patch("appointments.services.asking.chunks.CHUNK", 500):
        statements(1, 0)
        few, many = statements(2, 10), statements(40, 100)
    assert few == many
