"""Licences as they are, and as they were known to be."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from producers.models import License
from tests.producers.cast import give_license

pytestmark = pytest.mark.django_db
ADDRESS = "/producers/88100001/licenses"
MARCH, JUNE = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def renewed(ines):
    """A licence that was to expire in 2026, until its renewal became known in June."""
    old = give_license(ines, "OR", known_from=MARCH, expiration_date=date(2026, 6, 30), lines=2)
    License.objects.filter(pk=old.pk).update(known_to=JUNE)
    give_license(
        ines, "OR", known_from=JUNE, expiration_date=date(2028, 6, 30), lines=0, issue_date=date(2020, 1, 1)
    )


def held(api, **query: str):
    return api.get(ADDRESS, query).json()["results"]


def test_a_licence_reads_with_its_lines(api, ines):
    give_license(ines, "OR", lines=2, known_from=MARCH)
    (license_,) = held(api)
    assert (license_["state"], license_["license_number"], license_["residency"]) == (
        "OR",
        "OR-88100001",
        "R",
    )
    assert (license_["active"], license_["issue_date"]) == (True, "2020-01-01")
    assert [line["loa_code"] for line in license_["lines"]] == ["16", "17"]
    assert (license_["known_from"], license_["known_to"]) == ("2026-03-01T12:00:00Z", None)


def test_now_is_what_was_said_last(api, renewed):
    assert [each["expiration_date"] for each in held(api)] == ["2028-06-30"]


@pytest.mark.parametrize("known_at", ["2026-05-31", "2026-05-31T08:00:00Z", "2026-06-01T07:59:00-04:00"])
def test_the_past_reads_as_it_was_known_then(api, renewed, known_at):
    (license_,) = held(api, known_at=known_at)
    assert license_["expiration_date"] == "2026-06-30"
    assert license_["known_to"] == "2026-06-01T12:00:00Z"
    assert len(license_["lines"]) == 2


def test_before_anything_was_known_there_is_nothing(api, renewed):
    assert held(api, known_at="2026-02-01") == []


def test_a_licence_is_not_there_before_it_was_issued(api, renewed):
    assert held(api, on="2019-12-31") == []
    assert len(held(api, on="2020-01-01")) == 1


@pytest.mark.parametrize("query", [{"on": "soon"}, {"known_at": "2026-13-01"}, {"on": "0001-01-01"}])
def test_a_day_that_is_none_is_refused_at_its_place(api, ines, query):
    answer = api.get(ADDRESS, query)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, next(iter(query)))


def test_licences_come_in_pages_too(api, ines):
    for state in ("CA", "OR", "TX"):
        give_license(ines, state)
    first = api.get(f"{ADDRESS}?page_size=2").json()
    second = api.get(first["next"]).json()
    assert [row["state"] for row in first["results"] + second["results"]] == ["CA", "OR", "TX"]
    assert second["next"] is None


def test_licences_cost_the_same_queries_for_one_and_for_many(api, ines, django_assert_num_queries):
    give_license(ines, "CA")
    held(api)
    with django_assert_num_queries(4):  # the token, the producer, licences, lines
        held(api)
    for state in ("OR", "TX"):
        give_license(ines, state, lines=3)
    with django_assert_num_queries(4):
        held(api)
