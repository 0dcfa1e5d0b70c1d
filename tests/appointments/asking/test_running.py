"""The job that carries a request set out: chunk by chunk, stopped and gone on with, and with a constant price."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import BulkRequest, Company, GatewaySettings, Transaction
from appointments.services.asking import jobs, running
from appointments.services.asking.answer import answer_of
from appointments.services.asking.appointments import ask_appointments
from appointments.services.asking.terminations import ask_terminations
from core.accounts.models import User
from core.actor import Actor
from core.errors import Conflict
from core.jobs.context import draining
from core.jobs.kinds import kind_named
from core.jobs.models import Job
from core.jobs.runner import run_job
from core.jobs.services import cancel, retry
from producers.models import Producer
from tests.appointments.asking import world
from tests.appointments.asking.world import request
from tests.producers.cast import TESTER


@pytest.fixture
def people(place: None) -> list[str]:
    """NPNs of six producers, each with a license for everything."""
    npns = [str(88_200_000 + number) for number in range(6)]
    for npn in npns:
        world.licensed(npn)
    return npns


@pytest.fixture
def two_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appointments.services.asking.chunks.CHUNK", 2)


def _asked(people: list[str], **flags) -> BulkRequest:
    return ask_appointments([request(npn=npn) for npn in people], actor=TESTER, **flags)


def _run(bulk: BulkRequest) -> tuple[Job, BulkRequest]:
    assert bulk.job_id
    run_job(bulk.job_id)
    return Job.objects.get(pk=bulk.job_id), BulkRequest.objects.get(pk=bulk.pk)


@contextmanager
def _dies_at(monkeypatch: pytest.MonkeyPatch, chunk: int) -> Iterator[None]:
    """What comes after so many chunks ends in an error from inside."""
    judge_rows, done = running.judge_rows, []

    def judge(bulk, indexes, *, lock):
        if len(done) == chunk:
            raise ZeroDivisionError
        done.append(indexes)
        return judge_rows(bulk, indexes, lock=lock)

    with monkeypatch.context() as patched:
        patched.setattr(running, "judge_rows", judge)
        yield


def test_a_job_carries_it_out(people):
    job, bulk = _run(_asked(people))
    assert (job.status, bulk.status, bulk.done) == ("done", "done", 6)
    assert job.result["counts"] == {"ready_to_submit": 12}
    assert Transaction.objects.count() == 12


def test_the_job_asks_for_the_right_to_prepare(people):
    kind = kind_named("appointments.bulk")
    assert (kind.right, kind.resumable, kind.run) == ("appointments.add_transaction", True, jobs.carry_out)


def test_what_is_refused_when_the_job_begins_is_told_on_the_request_set(people, leo):
    bulk = ask_appointments([request(npn=people[0])], actor=Actor.person(leo))
    User.objects.filter(pk=leo.pk).update(is_active=False)
    job, bulk = _run(bulk)
    assert (job.status, bulk.status) == ("failed", "failed")
    assert "has no access any more" in bulk.message


def test_a_job_that_died_goes_on_where_it_stopped(people, two_a_chunk, monkeypatch):
    bulk = _asked(people)
    with _dies_at(monkeypatch, 1):
        job, half = _run(bulk)
    assert (job.status, half.status, half.done, Transaction.objects.count()) == ("failed", "failed", 2, 4)
    retry(job, actor=TESTER)
    job, whole = _run(bulk)
    assert (job.status, whole.status, whole.done, Transaction.objects.count()) == ("done", "done", 6, 12)
    assert answer_of(whole)["counts"] == {"ready_to_submit": 12}


def test_a_plan_that_died_goes_on_where_it_stopped(people, two_a_chunk, monkeypatch):
    bulk = _asked(people, dry_run=True)
    with _dies_at(monkeypatch, 2):
        job, _half = _run(bulk)
    retry(job, actor=TESTER)
    _job, whole = _run(bulk)
    assert [entry["index"] for entry in answer_of(whole)["requests"]] == list(range(6))
    assert (whole.status, len(whole.plan_digests)) == ("planned", 3)


def test_a_cancelled_one_says_how_far_it_came(people, two_a_chunk, monkeypatch):
    bulk = _asked(people)
    judge_rows = running.judge_rows

    def judge_and_cancel(asked, indexes, *, lock):
        Job.objects.filter(pk=asked.job_id, cancel_requested_at=None).update(
            cancel_requested_at=asked.created_at
        )
        return judge_rows(asked, indexes, lock=lock)

    monkeypatch.setattr(running, "judge_rows", judge_and_cancel)
    job, stopped = _run(bulk)
    assert (job.status, stopped.status, stopped.done) == ("cancelled", "failed", 2)
    assert stopped.message == "Cancelled after 2 of 6 rows."


def test_a_worker_that_goes_down_hands_it_on(people, two_a_chunk, monkeypatch):
    bulk = _asked(people)
    judge_rows = running.judge_rows

    def judge_and_drain(asked, indexes, *, lock):
        draining.set()
        return judge_rows(asked, indexes, lock=lock)

    with monkeypatch.context() as patched:
        patched.setattr(running, "judge_rows", judge_and_drain)
        try:
            job, half = _run(bulk)
        finally:
            draining.clear()
    assert (job.status, half.status, half.done) == ("queued", "running", 2)
    job, whole = _run(bulk)
    assert (job.status, whole.status, Transaction.objects.count()) == ("done", "done", 12)


def test_the_answer_takes_as_many_statements_for_six_as_for_one(people):
    def statements(bulk: BulkRequest) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer_of(BulkRequest.objects.get(pk=bulk.pk))
        return len(captured)

    _job, one = _run(_asked(people[:1]))
    _job, six = _run(_asked(people))
    assert statements(one) == statements(six) == 3


def test_one_that_is_cancelled_before_it_began_never_begins(people):
    bulk = _asked(people)
    cancel(Job.objects.get(pk=bulk.job_id), actor=TESTER)
    _run(bulk)
    assert not Transaction.objects.exists()


def test_what_has_ended_is_not_carried_out_again(people):
    _job, bulk = _run(_asked(people))
    with pytest.raises(Conflict):
        running.run(bulk)
    assert Transaction.objects.count() == 12


def test_of_two_who_carry_out_one_chunk_one_keeps_it(people):
    bulk = _asked(people)
    slower = BulkRequest.objects.get(pk=bulk.pk)
    _run(bulk)
    BulkRequest.objects.filter(pk=bulk.pk).update(status="running")
    with pytest.raises(Conflict):
        running.run(slower)
    assert Transaction.objects.count() == 12


def _statements(count: int, kind: str, **flags) -> int:
    """How many statements a request set of so many producers takes, once the rule book has been read."""
    ask = {"appointments": ask_appointments, "terminations": ask_terminations}[kind]
    form = {"appointments": world.request, "terminations": world.ending}[kind]
    bulk = ask([form(npn=str(88_200_000 + number)) for number in range(count)], actor=TESTER, **flags)
    with CaptureQueriesContext(connection) as captured:
        running.run(bulk)
    return len(captured)


@pytest.mark.parametrize("kind", ["appointments", "terminations"])
@pytest.mark.parametrize("flags", [{}, {"dry_run": True}], ids=["written", "planned"])
def test_statements_do_not_grow_with_the_requests(people, kind, flags):
    for holder in Producer.objects.all():
        world.appointed(holder, line=world.SICKNESS)
    _statements(1, kind)
    Transaction.objects.all().delete()
    one = _statements(1, kind, **flags)
    Transaction.objects.all().delete()
    assert _statements(6, kind, **flags) == one


@pytest.fixture
def sender(sue: User) -> Actor:
    return Actor.person(sue)


def _submitted(people: list[str], sender: Actor, **flags) -> BulkRequest:
    requests = [request(npn=npn, loa_categories=["16"]) for npn in people]
    return ask_appointments(requests, actor=sender, wait=True, **flags)


def test_with_submit_the_ready_ones_are_queued(people, sender):
    bulk = _submitted(people, sender, submit=True)
    assert set(Transaction.objects.values_list("status", flat=True)) == {"queued"}
    assert answer_of(bulk)["counts"] == {"queued": 6}


def test_just_in_time_ones_wait_unless_they_are_asked_for(people, sender):
    Company.objects.get(cocode=world.HERON).states.update(just_in_time=True)
    _submitted(people[:1], sender, submit=True)
    assert Transaction.objects.get().status == "held"


def test_just_in_time_ones_alone_may_be_sent(people, sender):
    Company.objects.get(cocode=world.HERON).states.filter(state="CA").update(just_in_time=True)
    requests = [request(npn=people[0], loa_categories=["16"])]
    requests.append(request(npn=people[0], cocode=world.FOX, loa_categories=["16"]))
    ask_appointments(requests, actor=sender, wait=True, submit_just_in_time=True)
    assert dict(Transaction.objects.values_list("cocode", "status")) == {
        world.HERON: "queued",
        world.FOX: "ready_to_submit",
    }
    assert Transaction.objects.get(cocode=world.HERON).just_in_time


def test_the_second_key_goes_by_the_cost_of_the_whole_set(people, sender, monkeypatch):
    """Six at 17.53 each, sent two by two: no part is above 50, all of it is."""
    monkeypatch.setattr("appointments.services.asking.sending.AT_ONCE", 2)
    GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": 5_000})
    _submitted(people, sender, submit=True)
    told = set(Transaction.objects.values_list("status", "status_detail"))
    assert told == {("awaiting_approval", "above_limit")}


def test_a_run_that_died_while_submitting_does_not_send_again_what_was_taken_back(
    people, sender, monkeypatch
):
    monkeypatch.setattr("appointments.services.asking.sending.AT_ONCE", 2)
    from appointments.services.asking import sending

    submit, sent = sending.submit, []

    def submit_and_die(ids, **rest):
        if len(sent) == 1:
            raise ZeroDivisionError
        sent.append(ids)
        return submit(ids, **rest)

    requests = [request(npn=npn, loa_categories=["16"]) for npn in people]
    bulk = ask_appointments(requests, actor=sender, submit=True)
    with monkeypatch.context() as patched:
        patched.setattr(sending, "submit", submit_and_die)
        job, _half = _run(bulk)
    Transaction.objects.filter(status="queued").update(status="ready_to_submit", status_detail="taken_back")
    retry(job, actor=TESTER)
    _run(bulk)
    rows = list(Transaction.objects.order_by("pk").values_list("status", flat=True))
    assert rows == ["ready_to_submit"] * 2 + ["queued"] * 4


def test_an_id_that_the_caller_gives_is_used_once(people):
    mine = uuid4()
    assert _asked(people[:1], bulk_id=mine, wait=True).pk == mine
    with pytest.raises(Conflict):
        _asked(people[:1], bulk_id=mine, wait=True)
    assert Transaction.objects.count() == 2
