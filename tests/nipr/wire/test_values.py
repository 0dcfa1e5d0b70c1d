"""Single values, as the registry writes them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nipr.wire import values


@given(st.dates())
def test_every_date_survives_both_forms(day):
    assert values.parse_date(values.us_date(day)) == day
    assert values.parse_date(values.iso_date(day)) == day


@pytest.mark.parametrize(
    "text",
    [
        "1/2/2024",
        "01/02/2024",
        "2024-01-02",
        "20240102",
        "2024-01-02Z",
        "2024-01-02-06:00",
        "2024-01-02T00:00:00",
    ],
)
def test_dates_are_read_in_every_form_seen(text):
    assert values.parse_date(text) == date(2024, 1, 2)


@pytest.mark.parametrize("text", ["01/02/24", "13/13/2024", "2/30/2024", "today", "2024", "٠١/٠٢/٢٠٢٤x"])
def test_anything_else_is_no_date(text):
    with pytest.raises(values.NotADate):
        values.parse_date(text)
    assert values.loose_date(text) is None


@pytest.mark.parametrize("npn", ["1", "99000017", "0123456789", "9999999999"])
def test_one_to_ten_digits_are_an_npn(npn):
    assert values.is_npn(npn)


@pytest.mark.parametrize("npn", ["", "0", "12345678901", "12a", " 12", "12\n", "-12", "1.5", "１２", "٣"])
def test_anything_else_is_no_npn(npn):
    assert not values.is_npn(npn)


def test_leading_zeros_do_not_make_another_npn():
    assert values.same_npn("0099000017", "99000017")
    assert not values.same_npn("990000170", "99000017")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("000000101", "00-0000101"), ("00-0000101", "00-0000101"), ("L-77", "L-77"), ("", "")],
)
def test_feins_are_dashed_and_other_ids_left_alone(text, expected):
    assert values.fein(text) == expected
    assert values.bare_fein(expected) == text.replace("00-", "00")


def test_phones_compare_across_services():
    assert values.phone_from_international("+1-555-0100142") == "555-010-0142"
    assert values.international_phone("555-010-0142") == "+1-555-0100142"
    assert values.phone_from_international("x123") == "x123"


@pytest.mark.parametrize("text", ["", "12.5", "-1", "\u0663", "9" * 10, "9" * 5000])
def test_what_is_no_number_of_credits_is_left_blank(text):
    assert values.whole_number(text) is None
