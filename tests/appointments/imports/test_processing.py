"""From a file to transactions: asked for in request sets, settled row by row, and never sent unasked."""

from __future__ import annotations

import pytest

from appointments.models import BulkRequest, Company, Transaction
from core.imports import services
from core.imports.models import ImportRun
from tests.appointments.asking import world
from tests.appointments.imports import desk
from tests.appointments.imports.world import FOX, HERON, cells, ending_cells


def test_rows_become_a_named_request_set(people):
    run = desk.appoint(*[cells(agent_npn=npn, states="CA;TX", loa_category="16") for npn in people])
    assert (run.status, run.counts) == ("parsed", {"new": 6})
    assert run.foreseen == {"transactions": 12, "cost_cents": 6 * (1753 + 1153), "billed_later": 0}
    run = desk.process(run)
    assert (run.status, run.message) == ("done", "12 transactions made: 12 are ready to submit.")
    assert (run.results["done"], run.results["transactions"]) == (6, 12)
    bulk = BulkRequest.objects.get()
    assert (bulk.name, bulk.status, bulk.upload_id, bulk.kind) == (
        "appoint.csv",
        "done",
        run.pk,
        "appointment",
    )
    first = desk.row(run, 2)
    assert (first.state, first.outcome) == ("done", "new")
    assert first.effect["request_sets"] == [str(bulk.pk)]
    assert first.effect["transactions"] == ["GT-00000001", "GT-00000002"]
    assert first.changes == {"CA": ["", "Life: ready, $17.53"], "TX": ["", "Life: ready, $11.53"]}
    assert set(Transaction.objects.values_list("status", "prepared_by_kind")) == {
        ("ready_to_submit", "import")
    }


def test_nothing_is_submitted_unless_it_was_chosen(people):
    run = desk.terminate(*_endings(people))
    assert run.options["submit"] is False
    desk.process(run)
    assert set(Transaction.objects.values_list("status", flat=True)) == {"ready_to_submit"}


def test_bad_rows_cost_only_themselves(people):
    run = desk.appoint(
        cells(agent_npn=people[0]), cells(agent_npn="7"), cells(agent_npn=people[1], states="ZZ")
    )
    run = desk.process(run)
    assert desk.outcomes(run) == [(2, "new", "done"), (3, "error", ""), (4, "error", "")]
    assert Transaction.objects.count() == 2


def test_the_second_upload_finds_everything_unchanged(people):
    rows = [cells(agent_npn=npn, loa_category="16") for npn in people]
    desk.process(desk.appoint(*rows))
    again = desk.appoint(*rows)
    assert again.counts == {"unchanged": 6}
    assert again.foreseen.get("cost_cents", 0) == 0
    assert "already open" in desk.said(again, 2)


def test_what_has_become_impossible_fails_with_its_reason(people):
    run = desk.appoint(cells(agent_npn=people[0]), cells(agent_npn=people[1], cocode=FOX))
    Company.objects.get(cocode=FOX).states.all().delete()
    run = desk.process(run)
    assert desk.outcomes(run) == [(2, "new", "done"), (3, "error", "failed")]
    assert "Fox Mutual does not appoint" in desk.said(run, 3)


def test_what_somebody_else_asked_for_meanwhile_is_unchanged(people):
    row = cells(agent_npn=people[0], loa_category="16")
    one, other = desk.appoint(row), desk.appoint(row)
    desk.process(one)
    desk.process(other)
    assert desk.outcomes(other) == [(2, "unchanged", "done")]
    assert Transaction.objects.filter(is_open=True).count() == 1


def test_mended_rows_make_a_further_request_set(people):
    run = desk.process(desk.appoint(cells(agent_npn=people[0]), cells(agent_npn="7")))
    services.mend(run, 3, {"agent_npn": people[1]}, actor=desk.TESTER)
    run.refresh_from_db()
    run = _checked(run)
    run = desk.process(run)
    assert desk.sets() == ["appoint.csv", "appoint.csv · rows processed later"]
    assert desk.outcomes(run) == [(2, "new", "done"), (3, "new", "done")]


@pytest.mark.parametrize(
    ("batches", "names"),
    [
        ("one", ["june.csv"]),
        ("by_company", ["june.csv · Fox Mutual (77002)", "june.csv · Heron Life Insurance Co (77001)"]),
        ("several", ["june.csv · Fox Mutual (77002)", "june.csv · Heron Life Insurance Co (77001)"]),
        ("by_state", ["june.csv · CA", "june.csv · TX"]),
    ],
)
def test_request_sets_bear_names_for_review(people, batches, names):
    rows = [cells(agent_npn=npn, states="CA;TX", cocode=cocode, loa_category="16") for npn in people
            for cocode in (HERON, FOX)]  # fmt: skip
    run = desk.process(desk.appoint(*rows, name="june.csv", batches=batches))
    assert sorted(desk.sets()) == names
    assert run.results["transactions"] == Transaction.objects.count() == 24
    assert {len(row.effect["transactions"]) for row in run.rows.all()} == {2}


def test_a_set_takes_so_many_and_leaves_producers_whole(people, monkeypatch):
    monkeypatch.setattr("appointments.imports.planning.MOST", 5)
    rows = [cells(agent_npn=npn, states="CA;TX", cocode=cocode, loa_category="16") for npn in people[:3]
            for cocode in (HERON, FOX)]  # fmt: skip
    desk.process(desk.appoint(*rows, name="june.csv"))
    assert desk.sets() == [f"june.csv ({number} of 3)" for number in (1, 2, 3)]
    assert {len({each["npn"] for each in bulk.requests}) for bulk in BulkRequest.objects.all()} == {1}


def test_terminations_by_label_default_and_date(people):
    for npn in people[:3]:
        world.appointed(world.Producer.objects.get(npn=npn), "TX")
    rows = [
        ending_cells(agent_npn=people[0], states="TX", termination_reason="voluntary termination"),
        ending_cells(
            agent_npn=people[1], states="TX", termination_reason="DEATH", effective_date="11/20/2026"
        ),
        ending_cells(agent_npn=people[2], states="TX", termination_reason=""),
    ]
    run = desk.terminate(*rows)
    assert [outcome for _number, outcome, _state in desk.outcomes(run)] == ["new", "new", "skipped"]
    assert "Termination Reason Required" in desk.said(run, 4)


def test_the_default_of_the_state_is_taken_where_none_is_given(people):
    from appointments.models import DefaultTerminationReason

    DefaultTerminationReason.objects.create(state="CA", reason="VOLUNTARY")
    run = desk.process(desk.terminate(*_endings(people[:1], termination_reason="")))
    assert desk.row(run, 2).state == "done"
    assert Transaction.objects.get().reason == "VOLUNTARY"


def _endings(npns: list[str], **given: str) -> list[dict[str, str]]:
    for npn in npns:
        world.appointed(world.Producer.objects.get(npn=npn))
    return [ending_cells(agent_npn=npn, **given) for npn in npns]


def _checked(run: ImportRun) -> ImportRun:
    return services.check_again(run, actor=desk.TESTER)
