from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from core.actor import Actor, ActorKind
from core.audit.models import AuditEntry
from core.errors import Conflict, NotAllowed
from core.imports import services
from core.imports.models import ImportRow, ImportRun
from core.jobs import services as jobs
from core.jobs.context import LeaseLost
from core.jobs.models import Job
from core.jobs.runner import run_job
from tests.core.imports.engine.conftest import Desk, outcomes, row
from tests.core.models import Parcel

MANY = [f"n{number:02},{number}" for number in range(10)]


def test_rows_are_written_in_chunks_and_the_upload_is_closed(desk, upload):
    run = desk.processed(*MANY)
    assert (run.status, Parcel.objects.count(), upload.closed) == ("done", 10, ["processing"])
    job = desk.job(run)
    assert (job.status, job.counts["done"], job.result["status"]) == ("done", 10, "done")
    assert AuditEntry.objects.filter(action__startswith="upload.").order_by("pk").values_list(
        "action", flat=True
    ).distinct().count() == 4  # fmt: skip


def test_a_message_that_comes_twice_writes_once(desk):
    run = desk.processed(*MANY)
    run_job(run.job_id)
    assert Parcel.objects.count() == 10


def test_processing_again_changes_nothing(desk):
    desk.processed(*MANY)
    again = desk.read(*MANY, again=True)
    assert again.counts == {"unchanged": 10}
    with pytest.raises(Conflict, match="No row waits"):
        services.process(again, actor=desk.actor)
    assert Parcel.objects.count() == 10


def test_the_order_of_rows_does_not_matter(desk):
    desk.processed(*MANY[::-1])
    assert dict(Parcel.objects.values_list("name", "weight")) == {f"n{n:02}": n for n in range(10)}


def test_what_changed_since_is_judged_anew(desk):
    run = desk.read("a,1", "b,2")
    Parcel.objects.create(name="a", weight=5)
    run = desk.work(services.process(run, actor=desk.actor))
    assert row(run, 2).outcome == "update"
    assert run.counts == {"update": 1, "new": 1}
    assert Parcel.objects.filter(name="a").count() == 1


def test_a_row_that_cannot_be_written_any_more_fails_alone(desk, upload, monkeypatch):
    def write(rows, work, whole=upload.write):
        for each in rows:
            if each.values["name"] == "n04":
                each.fault("name", "gone", "It is gone; look it up.")
        whole([each for each in rows if not each.faulty], work)

    monkeypatch.setattr(upload, "write", write)
    run = desk.processed(*MANY)
    assert (run.status, run.results) == ("done", {"done": 9, "failed": 1, "undone": 0})
    failed = row(run, 6)
    assert (failed.state, failed.outcome, failed.problems[0]["message"]) == (
        "failed", "error", "It is gone; look it up.",
    )  # fmt: skip


def test_a_row_that_the_database_refuses_costs_only_itself(desk, upload, monkeypatch):
    tried = []

    def write(rows, work, whole=upload.write):
        tried.append([each.number for each in rows])
        whole(rows, work)
        if any(each.values["name"] == "n04" for each in rows):
            raise IntegrityError("duplicate key")

    monkeypatch.setattr(upload, "write", write)
    run = desk.processed(*MANY)
    assert run.results == {"done": 9, "failed": 1, "undone": 0}
    assert "same moment" in row(run, 6).problems[0]["message"]
    assert Parcel.objects.count() == 9
    assert tried[:5] == [[2, 3, 4], [5, 6, 7], [5, 6, 7], [5], [6, 7]], "once more, then in halves"
    run = services.check_again(run, actor=desk.actor)
    assert outcomes(run)[4] == (6, "new", ""), "checked again it may be processed again"


def test_a_refusal_that_passes_costs_nothing(desk, upload, monkeypatch):
    refused = []

    def write(rows, work, whole=upload.write):
        if not refused:
            refused.append(True)
            raise IntegrityError("duplicate key")
        whole(rows, work)

    monkeypatch.setattr(upload, "write", write)
    assert desk.processed(*MANY).results["done"] == 10


def test_a_breakdown_loses_its_chunk_only_and_can_be_gone_on_with(desk, upload):
    lines = [*MANY[:5], "boomer,1,,boom", *MANY[5:]]
    upload.break_at = "write"
    run = desk.processed(*lines)
    assert run.status == "failed"
    assert run.message.startswith("Something went wrong inside at rows 5 to 7, of which nothing was done.")
    assert (run.results["done"], Parcel.objects.count()) == (3, 3)
    assert (desk.job(run).status, upload.closed) == ("failed", ["failed"])
    upload.break_at = ""
    run = desk.work(services.resume(run, actor=desk.actor))
    assert (run.status, run.message, Parcel.objects.count()) == ("done", "", 11)


def test_the_job_of_a_failed_upload_may_be_tried_again(desk, upload):
    upload.break_at = "write"
    run = desk.processed(*MANY, "boomer,1,,boom")
    upload.break_at = ""
    jobs.retry(desk.job(run), actor=desk.actor)
    assert desk.work(run).status == "done"
    assert Parcel.objects.count() == 11


def stop_after(upload, monkeypatch, chunks, stop):
    """Call ``stop`` while the chunk after so many is being written."""
    seen = []

    def write(rows, work, whole=upload.write):
        whole(rows, work)
        seen.append(rows)
        if len(seen) == chunks:
            stop()

    monkeypatch.setattr(upload, "write", write)


def test_a_paused_upload_stops_whole_and_goes_on(desk, upload, monkeypatch):
    run = desk.read(*MANY)
    stop_after(upload, monkeypatch, 2, lambda: ImportRun.objects.update(status="paused"))
    run = desk.work(services.process(run, actor=desk.actor))
    assert (run.status, Parcel.objects.count(), desk.job(run).status) == ("paused", 6, "done")
    assert upload.closed == ["paused"]
    run = desk.work(services.resume(run, actor=desk.actor))
    assert (run.status, run.results["done"], Parcel.objects.count()) == ("done", 10, 10)


def test_a_cancelled_upload_keeps_what_is_done(desk, upload, monkeypatch):
    run = desk.read(*MANY)
    stop_after(upload, monkeypatch, 1, lambda: services.cancel(ImportRun.objects.get(), actor=desk.actor))
    run = desk.work(services.process(run, actor=desk.actor))
    assert (run.status, Parcel.objects.count()) == ("cancelled", 3)
    assert upload.closed == ["cancelled"]
    with pytest.raises(Conflict):
        services.process(run, actor=desk.actor)


def test_a_cancelled_job_pauses_its_upload(desk, upload, monkeypatch):
    run = desk.read(*MANY)
    stop_after(
        upload, monkeypatch, 1, lambda: jobs.cancel(Job.objects.get(kind="imports.process"), actor=desk.actor)
    )
    run = desk.work(services.process(run, actor=desk.actor))
    assert (run.status, desk.job(run).status) == ("paused", "cancelled")
    assert "Resume" in run.message


def test_of_two_jobs_only_the_one_the_upload_names_writes(desk, upload, monkeypatch):
    run = desk.read(*MANY)
    first = services.process(run, actor=desk.actor).job_id
    services.pause(run, actor=desk.actor)
    services.resume(run, actor=desk.actor)
    run_job(first)
    assert (Parcel.objects.count(), upload.closed) == (0, [])
    assert desk.work(run).status == "done"


def test_a_job_overtaken_within_a_chunk_writes_nothing_of_it(desk, upload, monkeypatch):
    def overtaken(rows, work, whole=upload.write):
        whole(rows, work)
        Job.objects.filter(pk=work.ctx.job.pk).update(run_number=99)

    monkeypatch.setattr(upload, "write", overtaken)
    desk.processed(*MANY)
    assert (Parcel.objects.count(), ImportRow.objects.filter(state="done").count()) == (0, 0)


def test_types_with_a_way_of_their_own_note_what_became_of_rows(desk, upload, monkeypatch):
    def carry_out(work):
        for rows in work.waiting():
            with transaction.atomic():
                upload.write(rows, work)
                work.settle(rows, posted=len(rows))

    monkeypatch.setattr(upload, "carry_out", carry_out)
    run = desk.processed(*MANY)
    assert (run.status, run.results["posted"], run.results["done"]) == ("done", 10, 10)


def test_settling_for_another_job_is_refused(desk, upload, monkeypatch):
    def carry_out(work):
        rows = next(work.waiting())
        ImportRun.objects.update(job_id=None)
        with pytest.raises(LeaseLost), transaction.atomic():
            work.settle(rows)

    monkeypatch.setattr(upload, "carry_out", carry_out)
    desk.processed(*MANY)
    assert not ImportRow.objects.filter(state="done").exists()


def test_what_spends_has_to_be_agreed_to_at_its_cost_of_now(desk):
    run = desk.read("a,1", "b,2", "c,x", options={"send": True})
    assert run.foreseen == {"cost_cents": 300, "transactions": 2}
    for cents in (None, 299):
        with pytest.raises(services.CostChanged) as refusal:
            services.process(run, actor=desk.actor, confirm_cents=cents)
        assert (refusal.value.code, refusal.value.cost_cents) == ("cost_changed", 300)
    services.process(run, actor=desk.actor, confirm_cents=300)
    services.pause(run, actor=desk.actor)
    assert services.resume(run, actor=desk.actor).status == "processing", "it was agreed to already"
    services.pause(run, actor=desk.actor)
    services.check_again(run, actor=desk.actor)
    with pytest.raises(services.CostChanged):
        services.process(run, actor=desk.actor)


def test_options_take_their_rights_when_asked_and_when_it_begins(staff, desk):
    user = staff("imports.add_importrun")
    may_not = Desk(Actor.person(user))
    run = desk.read("a,1", options={"send": True})
    with pytest.raises(NotAllowed, match="view upload"):
        services.process(run, actor=may_not.actor, confirm_cents=150)
    rightful = staff("imports.add_importrun", "imports.view_importrun", email="r@example.com")
    services.process(run, actor=Actor.person(rightful), confirm_cents=150)
    rightful.user_permissions.clear()
    run = desk.work(run)
    assert run.status == "failed"
    assert "right" in run.message
    assert not Parcel.objects.exists()


def test_who_has_left_gets_nothing_written(staff, desk):
    user = staff("imports.add_importrun")
    run = desk.read("a,1")
    services.process(run, actor=Actor.person(user))
    user.is_active = False
    user.save()
    run = desk.work(run)
    assert (run.status, Parcel.objects.count()) == ("failed", 0)


def test_behind_what_is_written_stands_who_asked(staff, desk, upload, monkeypatch):
    actors = []
    monkeypatch.setattr(upload, "write", lambda rows, work: actors.append(work.actor))
    user = staff("imports.add_importrun")
    run = desk.read("a,1")
    desk.work(services.process(run, actor=Actor.person(user)))
    assert actors == [Actor(ActorKind.IMPORT, user.pk, f"Upload {run.pk} (Ines Abernathy)")]


def test_a_client_needs_its_scopes_still(desk, upload, monkeypatch):
    from core.api.models import ClientScopes
    from core.api.services import create_api_client

    actors = []
    monkeypatch.setattr(upload, "write", lambda rows, work: actors.append(work.actor))
    made = create_api_client("Payroll", ["read", "write"], actor=desk.actor)
    client = Actor.api_client(made.client_id, "Payroll")
    run = Desk(client).read("a,1")
    services.process(run, actor=client)
    assert desk.work(run).status == "done"
    assert (actors[0].client_id, actors[0].kind) == (made.client_id, ActorKind.IMPORT)
    run = Desk(client).read("b,1")
    services.process(run, actor=client)
    ClientScopes.objects.update(scopes="read")
    assert desk.work(run).status == "failed"


def test_a_dead_job_is_noticed_and_the_upload_goes_on(desk):
    run = services.process(desk.read(*MANY), actor=desk.actor)
    assert services.settle_dead(run).status == "processing", "its job waits"
    Job.objects.filter(pk=run.job_id).update(status="failed")
    run = services.settle_dead(run)
    assert (run.status, "Go on" in run.message) == ("failed", True)
    run = desk.work(services.resume(run, actor=desk.actor))
    assert (run.status, Parcel.objects.count()) == ("done", 10)


def test_an_upload_that_ended_meanwhile_is_not_given_up(desk):
    run = services.process(desk.read(*MANY), actor=desk.actor)
    stale = ImportRun.objects.get(pk=run.pk)
    desk.work(run)
    assert services.settle_dead(stale).status == "done"
    assert not AuditEntry.objects.filter(action="upload.failed").exists()


def test_an_upload_paused_while_its_worker_is_dead_is_closed_when_the_job_comes_back(desk, upload):
    run = services.process(desk.read(*MANY), actor=desk.actor)
    services.pause(run, actor=desk.actor)
    run = desk.work(run)
    assert (run.status, upload.closed) == ("paused", ["paused"])


def test_what_was_counted_for_a_chunk_that_came_to_nothing_is_not_kept(desk, upload, monkeypatch):
    def carry_out(work):
        rows = next(work.waiting())
        with transaction.atomic():
            upload.write(rows, work)
            work.settle(rows, posted=len(rows))
            raise RuntimeError

    monkeypatch.setattr(upload, "carry_out", carry_out)
    run = desk.processed(*MANY)
    assert (run.status, run.results, desk.job(run).counts) == (
        "failed", {"done": 0, "failed": 0, "undone": 0}, {},
    )  # fmt: skip
    assert not Parcel.objects.exists()
