"""Rows of terminations that name no line: they end the appointment that names none, as some states appoint."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.imports import TERMINATE
from appointments.models import Appointment, DefaultTerminationReason, Transaction
from core.imports import services
from core.imports.headers import match
from producers.models import Producer
from tests.appointments.asking import world
from tests.appointments.imports import desk
from tests.appointments.imports.test_report import export, upload
from tests.appointments.imports.world import FOX, codes, ending, ending_cells, messages, outcome

BARE = ("", "")


def _row(**given: str) -> dict[str, str]:
    return ending_cells(line_of_authority="", **given)


def test_it_ends_the_appointment_without_a_line_and_no_other(ines):
    world.appointed(ines, line=BARE)
    world.appointed(ines)
    world.appointed(ines, line=BARE, cocode=FOX, company_key=FOX, company_name="Fox Mutual")
    (row,) = ending(_row())
    assert (outcome(row), row.foreseen["transactions"]) == ("new", 1)
    assert row.changes == {
        "CA": [
            "Without a line: appointed",
            "Without a line: terminate (Voluntary termination), ready, $1.53",
        ]
    }
    desk.process(desk.terminate(_row()))
    assert list(Transaction.objects.values_list("state", "cocode", "loa_code", "loa", "status")) == [
        ("CA", world.HERON, "", "", "ready_to_submit")
    ]


@pytest.mark.parametrize("holding", [(), (world.LIFE,), (("16", ""),)])
def test_where_there_is_none_a_line_is_needed(ines, holding):
    for line in holding:
        world.appointed(ines, line=line)
    (row,) = ending(_row())
    assert (outcome(row), codes(row), row.problems[0]["column"]) == (
        "error",
        ["required"],
        "line_of_authority",
    )
    assert messages(row).startswith(
        "A line is needed: NPN 88100001 has no current appointment by Heron Life Insurance Co in CA that names no line."
    )
    for line in holding:
        assert messages(row).endswith(f"Its current appointments there are for {line[1] or line[0]}.")


def test_all_is_every_state_with_one_and_named_states_need_one_each(ines):
    world.license_of(ines, "TX", residency="NR")
    world.appointed(ines, "CA", BARE)
    world.appointed(ines, "TX")
    everywhere, named = ending(_row(states="ALL"), _row(states="CA;TX"))
    assert (outcome(everywhere), list(everywhere.changes)) == ("new", ["CA"])
    assert (outcome(named), codes(named)) == ("error", ["required"])
    assert " in TX that names no line." in messages(named)
    Appointment.objects.filter(loa="", loa_code="").delete()
    (none,) = ending(_row(states="ALL"))
    assert codes(none) == ["required"]


def test_one_a_county_and_each_once(ines):
    for county, branch in (("001", "a"), ("001", "b"), ("003", "a")):
        world.appointed(ines, line=BARE, county_code=county, branch_id=branch)
    (row,) = ending(_row())
    assert (outcome(row), row.foreseen["transactions"], codes(row)) == ("new", 2, [])


def test_what_is_under_way_or_has_ended_is_unchanged(ines):
    one = world.appointed(ines, line=BARE)
    world.end(world.ending(cocode="", lines=[], appointment_id=one.pk))
    (under_way,) = ending(_row())
    assert (outcome(under_way), codes(under_way)) == ("unchanged", ["duplicate_transaction"])
    Transaction.objects.all().delete()
    Appointment.objects.update(status="Terminated")
    (ended,) = ending(_row())
    assert outcome(ended) == "unchanged"
    assert messages(ended) == "CA: the appointment without a line has ended already."


def test_what_ends_between_checking_and_processing_fails_with_the_reason(ines):
    world.appointed(ines, line=BARE)
    run = desk.terminate(_row())
    Appointment.objects.update(status="Terminated")
    run = desk.process(run)
    assert desk.outcomes(run)[0][2] == "failed"
    assert desk.said(run, 2) == "CA: the appointment without a line has ended already."
    assert not Transaction.objects.exists()


def test_the_same_twice_is_asked_for_once_and_contradictions_are_left_to_a_person(ines):
    world.appointed(ines, line=BARE)
    assert [outcome(row) for row in ending(_row(), _row())] == ["new", "unchanged"]
    rows = ending(_row(), _row(termination_reason="Fraud"))
    assert [codes(row) for row in rows] == [["contradiction"]] * 2
    assert "(CA: without a line)" in messages(rows[0])


def test_a_header_of_lines_is_needed_all_the_same():
    headers = ["NPN", "State", "CoCode"]
    assert match(headers, TERMINATE.resource, remembered={}).missing == ["line_of_authority"]


def test_a_carrier_without_cocode_is_ended_from_the_list(ines):
    (row,) = ending(_row(cocode=""))
    assert codes(row) == ["required"]
    assert messages(row).endswith(
        "terminate the appointment from the Appointments list: choose it there, then Terminate."
    )


def test_a_report_with_blank_lines_uploads_as_it_is(people, specialist):
    for npn in people[:3]:
        holder = Producer.objects.get(npn=npn)
        world.appointed(holder, line=BARE)
        world.appointed(holder)
    DefaultTerminationReason.objects.create(state="CA", reason="VOLUNTARY")
    content = export(specialist, "csv")
    run = upload(content, "csv")
    assert run.counts == {"new": 6}
    run = desk.process(run)
    assert sorted(Transaction.objects.values_list("npn", "loa", "status")) == sorted(
        (npn, loa, "ready_to_submit") for npn in people[:3] for loa in ("", "Life")
    )
    again = services.upload("terminate", "again.csv", content, {}, actor=desk.TESTER, again=True)
    assert desk.work(again).counts == {"unchanged": 6}


def test_many_are_asked_about_as_often_as_few(place):
    npns = [str(88_700_000 + number) for number in range(30)]
    for npn in npns:
        world.appointed(world.licensed(npn), line=BARE)

    def statements(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            rows = ending(*[_row(agent_npn=npn) for npn in npns[:count]])
        assert {outcome(row) for row in rows} == {"new"}
        return len(captured)

    statements(1)
    assert statements(2) == statements(30) < 40
