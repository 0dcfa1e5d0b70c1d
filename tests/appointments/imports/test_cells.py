"""What cells mean: kept exactly, or refused with what would be right."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.imports import APPOINTMENT, TERMINATE
from appointments.imports.dates import read_day
from core.imports.headers import match
from core.imports.resource import CellFault
from tests.appointments.imports.world import cells, ending_cells


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("11/23/2026", date(2026, 11, 23)),
        ("1/2/2026", date(2026, 1, 2)),
        ("2024-02-29", date(2024, 2, 29)),
        ("02/29/2024", date(2024, 2, 29)),
        ("2026-11-23 00:00:00", date(2026, 11, 23)),
        ("2026-11-23T00:00:00", date(2026, 11, 23)),
    ],
)
def test_dates_are_read_exactly(text, day):
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("45321", "day_number", "2024-01-30"),
        ("45321.0", "day_number", "2024-01-30"),
        ("46349", "day_number", "2026-11-23"),
        ("11/23/26", "short_year", "2026-11-23"),
        ("26-11-23", "short_year", "2026-11-23"),
        ("02/29/2025", "not_a_date", "2025 is no leap year"),
        ("2025-02-29", "not_a_date", "2025 is no leap year"),
        ("02/29/1900", "not_a_date", "1900 is no leap year"),
        ("02/30/2024", "not_a_date", "no day 30"),
        ("23/11/2026", "not_a_date", "no month 23. The month stands first"),
        ("04/31/2026", "not_a_date", "no day 31"),
        ("20261123", "not_a_date", "2026-11-23"),
        ("0226-11-23", "not_a_date", "the year is 226"),
        ("0000-02-01", "not_a_date", "the year is 0"),
        ("20269999", "not_a_date", "write it as"),
        ("tomorrow", "not_a_date", "write it as 2026-11-23 or 11/23/2026"),
        ("2026-11-23 14:30:00", "not_a_date", "write it as"),
        ("٢٠٢٦-١١-٢٣", "not_a_date", "write it as"),
        ("99/99/99", "not_a_date", "write it as"),
    ],
)
def test_other_dates_are_refused_with_what_may_be_meant(text, code, words):
    with pytest.raises(CellFault) as fault:
        read_day(text)
    assert fault.value.code == code
    assert words in str(fault.value)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_dates(text):
    values, problems = APPOINTMENT.resource.read(cells(effective_date=text))
    assert isinstance(values.get("effective_date"), date) or not text or problems[0]["message"]


@pytest.mark.parametrize(
    ("text", "cocode"), [("101", "00101"), ("00101", "00101"), ("7", "00007"), (" 77001 ", "77001")]
)
def test_zeros_that_a_spreadsheet_took_are_put_back(text, cocode):
    values, problems = APPOINTMENT.resource.read(cells(cocode=text))
    assert (values["cocode"], problems) == (cocode, [])


@pytest.mark.parametrize("text", ["77001;77002", "123456", "7700A", "0", "00000", "-1", "1e3", ";"])
def test_what_is_no_cocode_is_refused(text):
    _values, (problem,) = APPOINTMENT.resource.read(cells(cocode=text))
    assert (problem["column"], problem["value"]) == ("cocode", text)


def test_every_fault_of_a_row_is_told_at_once():
    _values, problems = APPOINTMENT.resource.read(
        {"agent_npn": "12A", "states": "", "loa_category": ";", "cocode": "x", "agent_type": "boss",
         "effective_date": "45321"}
    )  # fmt: skip
    assert [each["column"] for each in problems] == [
        "agent_npn", "states", "loa_category", "cocode", "agent_type", "effective_date",
    ]  # fmt: skip


LETTERS = st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters=";|\n\x7f")
WORDS = st.text(LETTERS, min_size=1, max_size=20).filter(
    lambda text: bool(text.strip()) and text.strip() == text
)
LISTS = st.lists(WORDS, min_size=1, max_size=5, unique=True).map(tuple)
ROWS = st.fixed_dictionaries(
    {
        "agent_npn": st.integers(1, 10**10 - 1).map(str),
        "states": st.one_of(
            st.just(("ALL",)),
            st.lists(st.sampled_from(["CA", "TX", "OR", "NY"]), min_size=1, unique=True).map(
                lambda found: tuple(sorted(found))
            ),
        ),
        "cocode": st.integers(1, 99_999).map(lambda number: f"{number:05d}"),
    },
    optional={
        "effective_date": st.dates(date(1900, 1, 1), date(2199, 12, 31)),
        "external_id": WORDS,
    },
)


@given(ROWS, LISTS, st.sampled_from([None, "producer", "adjuster", "surplus"]))
def test_what_is_written_out_is_read_as_the_same_appointments(row, lines, agent_type):
    row = row | {"loa_category": lines} | ({"agent_type": agent_type} if agent_type else {})
    assert APPOINTMENT.resource.read(APPOINTMENT.resource.texts(row)) == (row, [])


@given(ROWS, LISTS, st.one_of(st.none(), WORDS))
def test_what_is_written_out_is_read_as_the_same_terminations(row, lines, reason):
    row = row | {"line_of_authority": lines} | ({"termination_reason": reason} if reason else {})
    assert TERMINATE.resource.read(TERMINATE.resource.texts(row)) == (row, [])


def test_a_comma_may_belong_to_the_name_of_a_line():
    values, _problems = TERMINATE.resource.read(ending_cells(line_of_authority="Life, Accident & Health; 16"))
    assert values["line_of_authority"] == ("Life, Accident & Health", "16")


def test_a_header_reason_is_the_reason_of_the_termination_unless_the_file_is_one_of_failed_rows():
    assert match(["Reason"], TERMINATE.resource, remembered={}).columns == ["termination_reason"]
    of_failed_rows = ["termination_reason", "reason", "upload_row"]
    assert match(of_failed_rows, TERMINATE.resource, remembered={}).columns == of_failed_rows
