"""One box finds what begins with what was typed, and only what the person may see."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from agentsync.search import search
from core.accounts.models import User
from producers.models import License, Producer
from tests.agentsync.conftest import producer

pytestmark = pytest.mark.usefixtures("book")


def titles(user: User, text: str) -> dict[str, list[str]]:
    return {found.subject.key: [hit.title for hit in found.hits] for found in search(user, text)}


@pytest.mark.parametrize(
    ("text", "subject", "found"),
    [
        ("smith", "producers", ["Joan Smith", "Jim Smithers"]),
        ("SMITH, J", "producers", ["Joan Smith"]),
        ("joan smith", "producers", ["Joan Smith"]),
        ("joan@example.com", "producers", ["Joan Smith"]),
        ("8810", "producers", ["Joan Smith", "Jim Smithers"]),
        ("hr-7", "producers", ["Jim Smithers"]),
        ("smith", "agencies", ["Smith & Daughters"]),
        ("8820", "agencies", ["Smith & Daughters"]),
        ("0k12", "licenses", ["CA 0K12345", "CA 0K12999"]),
        ("TX-9", "licenses", ["TX TX-998"]),
        ("field", "companies", ["Smithfield Life"]),
        ("770", "companies", ["Smithfield Life"]),
        ("score-0001", "scorecards", ["SCORE-0001"]),
        ("  smith  ", "agencies", ["Smith & Daughters"]),
    ],
)
def test_finds(leo: User, text: str, subject: str, found: list[str]) -> None:
    assert titles(leo, text)[subject] == found


@pytest.mark.parametrize(
    "text", ["", "s", "zzz", "%", "_mith", "smith%", "' OR 1=1 --", "\\", "\x00zzz", "s" * 500]
)
def test_finds_nothing_where_nothing_begins_so(leo: User, text: str) -> None:
    assert titles(leo, text) == {}


def test_a_license_that_the_registry_replaced_is_not_found(leo: User) -> None:
    old = License.objects.get(license_number="TX-998")
    License.objects.filter(pk=old.pk).update(known_to=old.known_from)
    assert "licenses" not in titles(leo, "TX-9")


def test_shows_only_what_the_person_may_see(stranger: User) -> None:
    assert titles(stranger, "smith") == {}


def test_more_than_a_handful_is_kept_for_the_asking(specialist: Client) -> None:
    for number in range(10):
        producer(f"8830{number:04d}", f"Nell {number}", "Smith")
    page = specialist.get("/admin/search/?q=smith").text
    assert "Show more results" in page
    assert page.count("found-title") == 8 + 1 + 1
    more = specialist.get("/admin/search/?q=smith&in=producers").text
    assert more.count("found-title") == 12


def test_the_palette_finds_the_same_and_leads_to_the_page(specialist: Client) -> None:
    for number in range(10):
        producer(f"8830{number:04d}", f"Nell {number}", "Smith")
    page = specialist.get("/admin/search/?s=smith&extended=1").text
    assert "Smith &amp; Daughters" in page
    assert "/admin/search/?q=smith" in page


def test_what_is_typed_is_shown_as_text(specialist: Client) -> None:
    page = specialist.get("/admin/search/", {"q": "<script>alert(1)</script>"}).text
    assert "<script>alert(1)" not in page


def test_the_number_of_queries_does_not_grow_with_what_is_found(
    leo: User, django_assert_max_num_queries
) -> None:
    for number in range(10):
        producer(f"8830{number:04d}", f"Nell {number}", "Smith")
    leo.get_all_permissions()
    with django_assert_max_num_queries(8):
        search(leo, "smith")


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        (Producer.objects.filter(npn__prefix="8810"), "npn"),
        (Producer.objects.filter(entity_type="individual", sort_name__prefix="smith"), "sort_name"),
        (License.objects.filter(license_number__prefix="0K12"), "license_number"),
    ],
)
def test_beginnings_are_looked_up_in_an_index(rows, column: str) -> None:
    Producer.objects.bulk_create(
        Producer(npn=str(10_000_000 + number), sort_name=f"name {number}") for number in range(2000)
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE producers_producer")
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = rows.values("pk").explain()
    assert f"{column}>" in plan or f"({column})::text ~>=~" in plan or f"{column})::text >=" in plan, plan


def test_the_palette_leads_to_pages_by_name_and_never_to_tables(admin: Client) -> None:
    page = admin.get("/admin/search/?s=scorec&extended=1").text
    assert 'href="/admin/scorecards/"' in page
    assert "oauth" not in admin.get("/admin/search/?s=token&extended=1").text.lower()


@pytest.mark.parametrize("page", ["x", "9", "-1", "1" * 5000])
def test_a_page_of_the_palette_that_does_not_exist_is_not_found(admin: Client, page: str) -> None:
    assert admin.get("/admin/search/", {"s": "scorec", "page": page}).status_code == 404


def test_names_leave_the_palette_with_the_right_to_see_them(specialist: Client, leo: User) -> None:
    assert "Joan Smith" in specialist.get("/admin/search/?s=smith&extended=1").text
    leo.groups.clear()
    assert "Joan Smith" not in specialist.get("/admin/search/?s=smith&extended=1").text
