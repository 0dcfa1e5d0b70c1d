from __future__ import annotations

from datetime import date

import pytest

from nipr.simulator.reference import jurisdictions
from nipr.simulator.renewal import Anchor, add_months, first_expiration

AFTER = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("state", "born", "issued", "expires"),
    [
        ("FL", date(1980, 6, 10), date(2010, 1, 4), None),
        ("TX", date(1980, 6, 10), date(2011, 1, 4), date(2027, 6, 30)),
        ("SC", date(1981, 2, 13), date(2010, 1, 4), date(2027, 2, 28)),
        ("CT", date(1980, 6, 10), date(2010, 1, 4), date(2026, 6, 10)),
        ("CA", date(1980, 6, 10), date(2010, 9, 4), date(2026, 9, 30)),
        ("AZ", date(1980, 6, 10), date(2011, 1, 4), date(2027, 6, 30)),
        ("MA", date(1980, 2, 29), date(2011, 1, 4), date(2029, 2, 28)),
        ("DE", date(1980, 6, 10), date(2010, 1, 4), date(2028, 2, 29)),
        ("VT", date(1980, 6, 10), date(2010, 1, 4), date(2027, 3, 31)),
        ("GU", date(1980, 6, 10), date(2010, 1, 4), date(2026, 6, 30)),
    ],
)
def test_a_licence_expires_as_its_state_renews(
    state: str, born: date, issued: date, expires: date | None
) -> None:
    assert first_expiration(jurisdictions()[state], Anchor(issued, born, "1"), AFTER) == expires


@pytest.mark.parametrize(("number", "year"), [("1000002", 2028), ("1000003", 2027)])
def test_louisiana_goes_by_the_parity_of_the_number(number: str, year: int) -> None:
    anchor = Anchor(date(2010, 1, 4), date(1980, 2, 10), number)
    expires = first_expiration(jurisdictions()["LA"], anchor, AFTER)
    assert expires == date(year, 2, 29 if year == 2028 else 28)


def test_a_firm_without_a_birthday_expires_by_its_month_of_issue() -> None:
    anchor = Anchor(date(2018, 5, 5), None, "1")
    assert first_expiration(jurisdictions()["TX"], anchor, AFTER) == date(2026, 5, 31)


def test_every_jurisdiction_has_an_answer() -> None:
    for place in jurisdictions().values():
        expires = first_expiration(place, Anchor(date(2010, 1, 4), date(1980, 6, 10), "7"), AFTER)
        assert (expires is None) == (place.renewal_basis == "perpetual")
        assert expires is None or expires > AFTER


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2026, 2, 28), 24, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), -24, date(2024, 1, 15)),
        (date(2026, 12, 10), 1, date(2027, 1, 10)),
    ],
)
def test_months_are_added_to_the_same_day_or_the_last(day: date, months: int, result: date) -> None:
    assert add_months(day, months) == result
