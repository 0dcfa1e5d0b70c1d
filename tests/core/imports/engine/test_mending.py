from __future__ import annotations

import json

import pytest

from core.audit.models import AuditEntry
from core.errors import Conflict, InvalidInput
from core.imports import services
from core.imports.models import ImportRow
from core.imports.services import mending
from tests.core.imports.engine.conftest import outcomes, row
from tests.core.models import Parcel


def test_a_mended_row_is_checked_again_and_its_problems_go(desk):
    run = desk.read("a,heavy", "b,2")
    mended = services.mend(run, 2, {"weight": " 12 ", "name": "A"}, actor=desk.actor)
    assert (mended.cells, mended.mended) == ({"name": "A", "weight": "12"}, True)
    assert run.check_due
    run = services.check_again(run, actor=desk.actor)
    assert (run.status, outcomes(run), run.check_due) == (
        "parsed", [(2, "new", ""), (3, "new", "")], False,
    )  # fmt: skip
    assert (row(run, 2).label, row(run, 2).problems, run.counts) == ("A", [], {"new": 2})
    entry = AuditEntry.objects.get(action="upload.row_mended")
    assert entry.changes == {"row": [None, 2], "columns": [None, "weight, name"]}


def test_rows_that_were_mended_are_not_processed_unchecked(desk):
    run = desk.read("a,1")
    services.mend(run, 2, {"weight": "2"}, actor=desk.actor)
    with pytest.raises(Conflict, match="check it again"):
        services.process(run, actor=desk.actor)


def test_mending_puts_secrets_aside_and_takes_them_away(desk):
    run = desk.read("a,1,,")
    stored = services.mend(run, 2, {"code": "078-05-1120", "note": "my 078-05-1120"}, actor=desk.actor)
    assert stored.cells == {"name": "a", "weight": "1", "code": "•••-••-1120", "note": "my •••-••-1120"}
    assert json.loads(row(run, 2).secrets) == {"code": "078-05-1120", "note": "my 078-05-1120"}
    unchanged = services.mend(run, 2, {"code": "•••-••-1120", "name": "a"}, actor=desk.actor)
    assert json.loads(unchanged.secrets)["code"] == "078-05-1120"
    assert AuditEntry.objects.filter(action="upload.row_mended").count() == 1, (
        "nothing changed the second time"
    )
    emptied = services.mend(run, 2, {"code": "", "note": "plain"}, actor=desk.actor)
    assert (emptied.secrets, emptied.cells) == (None, {"name": "a", "weight": "1", "note": "plain"})


def test_a_mask_of_something_else_is_no_secret(desk):
    run = desk.read("a,1,078-05-1120,")
    with pytest.raises(InvalidInput, match="only the end"):
        services.mend(run, 2, {"code": "•••-••-9999"}, actor=desk.actor)


@pytest.mark.parametrize(
    ("cells", "code"), [({"nosuch": "1"}, "unknown_column"), ({"name": "x" * 10_001}, "too_long")]
)
def test_cells_that_cannot_be_are_refused(desk, cells, code):
    run = desk.read("a,1")
    with pytest.raises(InvalidInput) as refusal:
        services.mend(run, 2, cells, actor=desk.actor)
    assert refusal.value.errors[0]["code"] == code


def test_there_is_no_mending_a_row_that_is_not_there_or_is_done(desk):
    run = desk.processed("a,1", "b,x")
    with pytest.raises(InvalidInput, match="no row 9"):
        services.mend(run, 9, {"name": "c"}, actor=desk.actor)
    with pytest.raises(Conflict, match="Row 2 is done"):
        services.mend(run, 2, {"name": "c"}, actor=desk.actor)


def test_control_characters_are_no_text(desk):
    run = desk.read("a,x")
    assert services.mend(run, 2, {"name": "\0a\ud800\nb"}, actor=desk.actor).cells["name"] == "a  b"


def test_what_was_processed_is_mended_and_processed_again(desk):
    run = desk.processed("a,1", "b,x", "c,3")
    services.mend(run, 3, {"weight": "2"}, actor=desk.actor)
    run = services.check_again(run, actor=desk.actor)
    assert (run.status, outcomes(run)) == (
        "parsed", [(2, "new", "done"), (3, "new", ""), (4, "new", "done")],
    )  # fmt: skip
    assert run.results == {"done": 2, "failed": 0, "undone": 0}
    run = desk.work(services.process(run, actor=desk.actor))
    assert (run.status, run.results["done"], Parcel.objects.count()) == ("done", 3, 3)


def test_checking_what_was_processed_ends_done_when_nothing_waits(desk):
    run = desk.processed("a,1", "b,x")
    run = desk.work(services.check_again(run, actor=desk.actor, wait=False))
    assert (run.status, outcomes(run)) == ("done", [(2, "new", "done"), (3, "error", "")])
    assert run.finished_at is not None


def test_the_world_may_have_changed_since(desk):
    run = desk.read("a,1", "b,2")
    Parcel.objects.create(name="a", weight=1)
    Parcel.objects.create(name="b", weight=9)
    assert outcomes(services.check_again(run, actor=desk.actor)) == [(2, "unchanged", ""), (3, "update", "")]


@pytest.mark.parametrize("wait", [True, False])
def test_checking_here_and_by_a_job_come_to_the_same(desk, wait):
    run = desk.read("a,x,078-05-1120,", "b,2", "a,3", "c,4")
    services.mend(run, 2, {"weight": "1"}, actor=desk.actor)
    run = services.check_again(run, actor=desk.actor, wait=wait)
    if not wait:
        assert run.status == "parsing"
        run = desk.work(run)
    assert (run.status, run.counts, run.rows_total) == ("parsed", {"new": 3, "error": 1}, 4)
    assert [each["code"] for each in row(run, 4).problems] == ["repeated"]
    assert row(run, 2).secrets is not None


def test_many_rows_are_checked_by_a_job(desk, monkeypatch):
    monkeypatch.setattr(mending, "AT_ONCE", 1)
    run = desk.read("a,1", "b,2")
    assert services.check_again(run, actor=desk.actor).status == "parsing"


def test_a_check_that_breaks_leaves_the_upload_as_it_was(desk, upload):
    run = desk.read("a,1", "b,2,,boom")
    upload.break_at = "judge"
    with pytest.raises(RuntimeError):
        services.check_again(run, actor=desk.actor)
    run.refresh_from_db()
    assert (run.status, run.check_due, outcomes(run)) == ("parsed", False, [(2, "new", ""), (3, "new", "")])


def test_a_judge_that_breaks_fails_the_upload_and_it_can_be_read_again(desk, upload):
    upload.break_at = "judge"
    run = desk.read("a,1", "b,2", "c,3", "d,4,,boom")
    assert (run.status, run.parsed_at) == ("failed", None)
    assert "Read it again" in run.message
    with pytest.raises(Conflict, match="read it again"):
        services.process(run, actor=desk.actor)
    upload.break_at = ""
    run = desk.work(services.check_again(run, actor=desk.actor))
    assert (run.status, run.rows_total, run.message) == ("parsed", 4, "")
    assert ImportRow.objects.count() == 4


def test_a_row_whose_values_may_have_slipped_is_an_error_until_somebody_has_mended_it(desk):
    run = desk.read("a,1,,left, right", "b,2,,fine")
    row = run.rows.get(number=2)
    assert (row.outcome, [problem["code"] for problem in row.problems]) == ("error", ["slipped"])
    services.check_again(run, actor=desk.actor, wait=True)
    assert run.rows.get(number=2).outcome == "error"
    services.mend(run, 2, {"note": "left, right"}, actor=desk.actor)
    services.check_again(run, actor=desk.actor, wait=True)
    assert run.rows.get(number=2).outcome == "new"
