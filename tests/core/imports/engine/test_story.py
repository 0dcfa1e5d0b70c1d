from __future__ import annotations

from core.imports import services
from tests.core.imports.engine.conftest import outcomes, row
from tests.core.models import Parcel


def test_a_file_is_read_processed_and_undone(desk):
    Parcel.objects.create(name="b", weight=1)
    run = desk.read("a,10", "b,20", "c,heavy", ",5", "a,7", "d,4")
    assert (run.status, run.rows_total) == ("parsed", 6), run.message
    assert outcomes(run) == [
        (2, "new", ""), (3, "update", ""), (4, "error", ""), (5, "error", ""), (6, "error", ""), (7, "new", ""),
    ]  # fmt: skip
    assert run.counts == {"new": 2, "update": 1, "error": 3}
    assert row(run, 3).changes == {"weight": ["1", "20"]}
    assert Parcel.objects.count() == 1, "nothing is written by reading"

    run = desk.work(services.process(run, actor=desk.actor))
    assert (run.status, run.results) == ("done", {"done": 3, "failed": 0, "undone": 0}), run.message
    assert dict(Parcel.objects.values_list("name", "weight")) == {"a": 10, "b": 20, "d": 4}

    Parcel.objects.filter(name="d").update(status="sent")
    run = desk.work(services.undo(run, actor=desk.actor))
    assert (run.status, run.results) == ("done", {"done": 1, "failed": 0, "undone": 2})
    assert [problem["message"] for problem in row(run, 7).problems] == ["The parcel has been sent."]
