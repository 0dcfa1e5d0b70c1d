"""A report of current appointments, exported from the list as it is, uploads as terminations."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment, BulkRequest, DefaultTerminationReason, Transaction
from core.imports import services
from core.imports.models import ImportRun
from producers.models import Producer
from tests.appointments.asking import world
from tests.appointments.imports import desk
from tests.appointments.imports.world import FOX

DANGEROUS = ("", "-Life, Accident & Health")
"""A line that a spreadsheet could take for a formula."""


@pytest.fixture
def appointments(people) -> list[str]:
    """Four producers with appointments, one of them ended; a reason that is taken where none is given."""
    holders = list(Producer.objects.filter(npn__in=people[:4]).order_by("npn"))
    world.appointed(holders[0], "CA", world.LIFE)
    world.appointed(holders[0], "TX", world.SICKNESS, renewal_date="2027-01-01")
    world.appointed(holders[1], "CA", world.LIFE, cocode=FOX, company_key=FOX, company_name="Fox Mutual")
    world.appointed(holders[2], "CA", world.HEALTH, status="Terminated")
    world.appointed(holders[3], "CA", DANGEROUS)
    world.appointed(holders[3], "CA", world.FRATERNAL)
    for state in ("CA", "TX"):
        DefaultTerminationReason.objects.create(state=state, reason="VOLUNTARY")
    return people


def export(client: Client, kind: str, **filters: str) -> bytes:
    answer = client.get(reverse("appointments:list"), {"export": kind} | filters)
    return b"".join(answer.streaming_content)


def upload(content: bytes, kind: str) -> ImportRun:
    return desk.work(services.upload("terminate", f"appointments.{kind}", content, {}, actor=desk.TESTER))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_export_uploads_as_it_is(appointments, specialist, kind):
    run = upload(export(specialist, kind), kind)
    assert (run.status, run.question) == ("parsed", "")
    assert run.headers == [
        "Producer", "NPN", "State", "Company", "CoCode", "Line of authority", "Status", "Since", "Renewal",
    ]  # fmt: skip
    assert run.columns == ["", "agent_npn", "states", "", "cocode", "line_of_authority", "", "", ""]
    assert run.counts == {"new": 5, "skipped": 1}
    (ended,) = run.rows.filter(outcome="skipped")
    assert [each["message"] for each in ended.problems] == [
        "Its status is “Terminated”: there is nothing left to end."
    ]
    run = desk.process(run)
    assert set(run.rows.values_list("outcome", "state")) == {("new", "done"), ("skipped", "")}
    ends = Transaction.objects.values_list("npn", "state", "cocode", "loa", "reason", "status", "kind")
    current = Appointment.objects.filter(status="Appointed", known_to=None)
    assert sorted(ends) == sorted(
        (npn, state, cocode, line, "VOLUNTARY", "ready_to_submit", "termination")
        for npn, state, cocode, line in current.values_list("producer__npn", "state", "cocode", "loa")
    )
    assert BulkRequest.objects.get().name == f"appointments.{kind}"


def test_what_was_filtered_is_what_ends(appointments, specialist):
    run = desk.process(upload(export(specialist, "csv", cocode=FOX), "csv"))
    assert list(Transaction.objects.values_list("npn", "cocode")) == [(appointments[1], FOX)]
    assert run.results["done"] == 1


def test_the_export_of_afterwards_changes_nothing(appointments, specialist):
    content = export(specialist, "csv")
    desk.process(upload(content, "csv"))
    again = services.upload("terminate", "again.csv", content, {}, actor=desk.TESTER, again=True)
    assert desk.work(again).counts == {"skipped": 1, "unchanged": 5}


def test_only_lines_that_are_named_end(appointments, specialist):
    """Part time fraternal is a line of life insurance too; the row that says Life does not mean it."""
    text = export(specialist, "csv").decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["Line of authority"] == "Life"]
    holder = Producer.objects.get(npn=appointments[0])
    world.appointed(holder, "CA", world.FRATERNAL)
    content = desk.file_of(rows, tuple(rows[0]))
    desk.process(upload(content, "csv"))
    assert set(Transaction.objects.values_list("loa", flat=True)) == {"Life"}
