from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import ProtectedError

from core import clock
from core.audit.models import AuditEntry
from core.errors import Conflict
from core.imports import files, selectors, services
from core.imports.enums import RunStatus
from core.imports.models import FilePiece, ImportRow, ImportRun
from core.imports.transitions import RUNS
from core.jobs import services as jobs
from core.jobs.models import Job
from core.jobs.runner import run_job
from core.state_table import any_right
from tests.core.imports.engine.conftest import outcomes, row
from tests.core.models import Parcel

MANY = [f"n{number:02},{number}" for number in range(10)]


def test_undone_rows_are_told_from_kept_ones(desk):
    run = desk.processed("a,1", "b,2", "c,x")
    Parcel.objects.filter(name="b").update(status="sent")
    run = desk.work(services.undo(run, actor=desk.actor))
    assert [state for _, _, state in outcomes(run)] == ["undone", "done", ""]
    assert run.message == "1 row could not be undone; it says what has built on it."
    assert set(Parcel.objects.values_list("name", flat=True)) == {"b"}
    assert AuditEntry.objects.filter(action="upload.undone").count() == 1


def test_what_was_kept_may_be_undone_later_and_is_then_said_no_more(desk):
    run = desk.processed("a,1")
    Parcel.objects.update(status="sent")
    run = desk.work(services.undo(run, actor=desk.actor))
    Parcel.objects.update(status="draft")
    run = desk.work(services.undo(run, actor=desk.actor))
    assert (row(run, 2).state, row(run, 2).problems, run.message) == ("undone", [], "")


def test_what_the_database_holds_on_to_is_kept_and_the_rest_undone(desk, upload, monkeypatch):
    def undo(rows, actor, whole=upload.undo):
        if any(each.values["name"] == "n04" for each in rows):
            raise ProtectedError("held", set())
        return whole(rows, actor)

    monkeypatch.setattr(upload, "undo", undo)
    run = desk.work(services.undo(desk.processed(*MANY), actor=desk.actor))
    assert run.results == {"done": 1, "failed": 0, "undone": 9}
    assert row(run, 6).problems[0]["message"] == "Something has been built on it meanwhile."


def test_an_undone_upload_is_processed_no_more(desk):
    run = desk.work(services.undo(desk.processed(*MANY[:2], "c,x"), actor=desk.actor))
    with pytest.raises(Conflict, match="not possible"):
        services.process(run, actor=desk.actor)
    with pytest.raises(Conflict, match="upload the file again"):
        services.check_again(run, actor=desk.actor)
    with pytest.raises(Conflict, match="upload the file again"):
        services.mend(run, 4, {"weight": "1"}, actor=desk.actor)
    assert desk.upload(*MANY[:2], "c,x").question == "", "then it is asked for nothing"


def test_the_rest_of_a_cancelled_upload_may_be_undone(desk, upload):
    upload.break_at = "write"
    run = services.cancel(desk.processed(*MANY, "x,1,,boom"), actor=desk.actor)
    run = desk.work(services.undo(run, actor=desk.actor))
    assert (run.status, Parcel.objects.count()) == ("done", 0)


def test_undoing_that_breaks_goes_on(desk, upload, monkeypatch):
    run = desk.processed(*MANY)
    whole = upload.undo

    def undo(rows, actor):
        if any(each.number == 4 for each in rows):
            raise RuntimeError
        return whole(rows, actor)

    monkeypatch.setattr(upload, "undo", undo)
    run = desk.work(services.undo(run, actor=desk.actor))
    assert (run.status, run.results["undone"], Parcel.objects.count()) == ("failed", 6, 4)
    monkeypatch.setattr(upload, "undo", whole)
    run = desk.work(services.undo(run, actor=desk.actor))
    assert (run.status, Parcel.objects.count()) == ("done", 0)


def test_undoing_whose_job_is_cancelled_may_be_asked_for_again(desk, upload, monkeypatch):
    run = services.undo(desk.processed(*MANY), actor=desk.actor)

    def undo(rows, actor, whole=upload.undo):
        jobs.cancel(Job.objects.get(pk=run.job_id), actor=desk.actor)
        monkeypatch.undo()
        return whole(rows, actor)

    monkeypatch.setattr(upload, "undo", undo)
    run = desk.work(run)
    assert (run.status, run.results["undone"]) == ("failed", 3)
    assert "Undo it again" in run.message


def test_types_that_cannot_undo_and_uploads_that_made_nothing_say_so(desk, upload):
    run = desk.processed("a,x", "b,1")
    ImportRow.objects.update(state="")
    ImportRun.objects.update(results={})
    with pytest.raises(Conflict, match="Nothing of it"):
        services.undo(run, actor=desk.actor)
    upload.can_be_undone = False
    with pytest.raises(Conflict, match="cannot be undone"):
        services.undo(run, actor=desk.actor)


def prune() -> Job:
    job = jobs.enqueue("imports.prune", actor=services.keeping._KEEPER)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def test_files_and_secrets_go_on_their_day(desk, settings):
    settings.IMPORT_FILES_KEPT_DAYS = 0
    old = desk.read("a,x,078-05-1120,")
    settings.IMPORT_FILES_KEPT_DAYS = 1
    young = desk.read("b,x,078-05-1120,")
    assert prune().result == {"deleted": 1}
    assert set(FilePiece.objects.values_list("run", flat=True)) == {young.pk}
    assert (row(old, 2).secrets, row(young, 2).secrets) == (None, '{"code": "078-05-1120"}')
    assert AuditEntry.objects.get(action="upload.file_deleted").subject_id == str(old.pk)
    with pytest.raises(Conflict, match="Upload it again"):
        files.content_of(old)
    assert prune().result == {"deleted": 0}


def test_rows_outlive_their_file_without_the_secret(desk):
    run = desk.read("a,x,078-05-1120,")
    ImportRun.objects.update(kept_until=clock.today() - timedelta(days=1))
    prune()
    services.mend(run, 2, {"weight": "5"}, actor=desk.actor)
    run = services.check_again(run, actor=desk.actor)
    assert outcomes(run) == [(2, "new", "")]
    assert [each["code"] for each in row(run, 2).problems] == ["only_the_end"]


def test_uploads_at_work_keep_their_file_and_dead_ones_are_settled(desk):
    working, dead = desk.upload("a,1"), desk.upload("b,1")
    ImportRun.objects.update(kept_until=clock.today())
    Job.objects.filter(pk=dead.job_id).update(status="failed")
    assert prune().result == {"deleted": 1}
    dead.refresh_from_db()
    assert (dead.status, FilePiece.objects.get().run) == ("failed", working)
    with pytest.raises(Conflict, match="upload it again"):
        services.check_again(dead, actor=desk.actor)


def test_uploads_are_seen_by_those_who_read_and_handled_with_the_right_of_their_type(desk, staff, upload):
    upload.right = "jobs.view_job"
    run = desk.read("a,1")
    reader = staff("imports.view_importrun", "imports.add_importrun")
    assert list(selectors.runs_for(reader)) == [run]
    assert not selectors.may(run, "process", reader.has_perm)
    assert not selectors.runs_for(staff("jobs.view_job", email="b@example.com"))


def test_rows_are_counted_as_they_stand(desk):
    run = desk.processed("a,1", "b,x")
    assert selectors.row_counts(run) == {
        "outcomes": {"new": 1, "update": 0, "unchanged": 0, "error": 1, "skipped": 0},
        "states": {"done": 1, "failed": 0, "undone": 0},
    }
    assert [each.number for each in selectors.failed_rows(run)] == [3]


POSSIBLE = {
    "parsed": {"parse", "process", "cancel", "mend"},
    "done": {"parse", "undo", "mend"},
    "paused": {"parse", "process", "cancel", "mend"},
    "failed": {"parse", "process", "undo", "cancel", "mend"},
    "cancelled": {"undo"},
    "processing": {"pause", "cancel"},
    "parsing": {"cancel"},
    "undoing": set(),
    "uploaded": {"parse", "cancel"},
}
EVENTS = ("parse", "process", "pause", "cancel", "undo", "mend")


@pytest.mark.parametrize("status", RunStatus.values)
def test_what_may_be_done_in_each_state(desk, status):
    run = desk.processed("a,1")
    run.status = status
    if status == "uploaded":
        run.parsed_at = None
    assert {event for event in EVENTS if selectors.may(run, event, any_right)} == POSSIBLE[status]
    assert not any(selectors.may(run, event, lambda _right: False) for event in EVENTS)


def test_every_state_has_a_way_in_and_all_but_the_last_a_way_out():
    assert RUNS.states == set(RunStatus.values)
    sources = {move.source for move in RUNS.moves}
    assert sources == set(RunStatus.values)


def test_there_is_no_processing_where_no_row_is_worth_it(desk):
    assert not selectors.may(desk.read("a,x"), "process", any_right)
