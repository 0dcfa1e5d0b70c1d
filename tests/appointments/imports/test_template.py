"""Templates: the columns of the contract, what they accept, and the key of termination reasons."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from appointments.imports import APPOINTMENT, TERMINATE
from appointments.models import DefaultTerminationReason
from core.imports.blanks import csv_template, xlsx_template
from core.imports.headers import match
from tests.appointments.asking import world

pytestmark = pytest.mark.usefixtures("place")


def test_the_columns_are_those_of_the_contract():
    assert list(APPOINTMENT.resource.columns) == [
        "agent_npn", "states", "loa_category", "cocode", "agent_type", "effective_date", "external_id",
    ]  # fmt: skip
    assert list(TERMINATE.resource.columns) == [
        "agent_npn", "states", "line_of_authority", "cocode", "termination_reason", "effective_date", "external_id",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Line of Authority", "line_of_authority"),
        ("LOA Categories", "line_of_authority"),
        ("LOA", "line_of_authority"),
        ("Carrier CoCode", "cocode"),
        ("CoCode", "cocode"),
        ("State(s)", "states"),
        ("State", "states"),
        ("NPN", "agent_npn"),
        ("Agent NPN", "agent_npn"),
        ("TERMINATION-REASON", "termination_reason"),
        ("Effective Date", "effective_date"),
        ("External ID", "external_id"),
    ],
)
def test_headers_of_terminations_go_by_their_synonyms(header, column):
    assert match([header], TERMINATE.resource, remembered={}).columns == [column]


def test_the_template_of_terminations_says_which_reasons_states_take():
    DefaultTerminationReason.objects.create(state="TX", reason="DEATH")
    world.rule("CA", "termination_document_reasons", "FRAUD")
    world.rule("OR", "termination_reason_codes", "NOT_REQUIRED")
    book = load_workbook(BytesIO(xlsx_template(TERMINATE).read()))
    assert book.sheetnames == ["template", "accepted_values", "termination_reason_key"]
    header, *rows = ([value or "" for value in row] for row in book["termination_reason_key"].values)
    assert tuple(header) == (
        "state", "state_name", "termination_reason", "label", "taken_when_blank", "for_cause", "documents", "note",
    )  # fmt: skip
    told = {(row[0], row[2]): tuple(row[3:]) for row in rows}
    assert told["CA", "VOLUNTARY"] == ("Voluntary termination", "", "no", "", "")
    assert told["CA", "FRAUD"] == ("Fraud", "", "yes: a second person approves", "needed", "")
    assert told["TX", "DEATH"] == ("Death", "yes", "no", "", "")
    assert told["OR", ""][-1] == "Takes no reason: leave it blank."
    assert ("CA", "DEATH") not in told


def test_what_the_key_offers_is_taken_as_it_stands():
    """Every slug and every label of the sheet names a reason."""
    sheet = TERMINATE.sheets()[0]
    reasons = TERMINATE.way.reading([]).reasons
    for row in sheet.rows:
        if row[2]:
            assert reasons.find(row[2]).slug == reasons.find(row[3]).slug == row[2]


def test_accepted_values_come_from_what_is_on_file():
    values = {
        name: dict(column.accepted())
        for name, column in APPOINTMENT.resource.columns.items()
        if column.accepted
    }
    assert values["cocode"] == {world.HERON: "Heron Life Insurance Co", world.FOX: "Fox Mutual"}
    assert {"ALL", "CA", "TX"} <= set(values["states"])
    assert "life" in values["loa_category"]
    assert set(values["agent_type"]) == {"producer", "adjuster", "surplus"}


@pytest.mark.parametrize("upload", [APPOINTMENT, TERMINATE], ids=lambda each: each.name)
def test_the_csv_template_holds_the_headers_alone(upload):
    assert csv_template(upload).lstrip("\ufeff").strip() == ",".join(upload.resource.columns)
