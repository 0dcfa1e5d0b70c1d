"""The first page: true figures, each leading to the list it counts."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from agentsync.dashboard import dashboard
from agentsync.navigation import NAVIGATION, sidebar
from core.accounts.models import User
from tests.agentsync.conftest import license_of, producer


def figures(user: User) -> dict[str, str]:
    return {tile.title: tile.value for row in dashboard(user) for tile in row.tiles}


def urls(user: User) -> dict[str, str]:
    return {tile.title: tile.url for row in dashboard(user) for tile in row.tiles}


@pytest.mark.usefixtures("book")
def test_counts_what_there_is_to_do(leo: User) -> None:
    shown = figures(leo)
    assert shown["Within 30 days"] == "1"
    assert shown["Within 60 days"] == "1"
    assert shown["Within 90 days"] == "2"
    assert shown["Expired"] == "1"
    assert shown["Not fully licensed"] == "1"
    assert shown["Tracked producers"] == "2"
    assert shown["Producers that failed"] == "1"
    assert shown["Last sync"] == "None yet"


class Rows(HTMLParser):
    """Counts the rows of the list on a page."""

    count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += tag == "tr"


@pytest.mark.usefixtures("book")
def test_every_figure_is_the_length_of_its_list(leo: User, specialist: Client) -> None:
    for title, url in urls(leo).items():
        page = specialist.get(url)
        assert page.status_code == 200, title
        rows = Rows()
        rows.feed(page.text)
        shown = figures(leo)[title]
        if shown.isdigit():
            assert max(rows.count - 1, 0) == int(shown), title


@pytest.mark.usefixtures("book")
def test_takes_the_same_queries_for_many_rows_as_for_few(leo: User, django_assert_num_queries) -> None:
    leo.get_all_permissions()
    with django_assert_num_queries(18):
        dashboard(leo)
    for number in range(20):
        license_of(producer(f"8840{number:04d}", "A", f"Person {number}"), f"N{number}", days=10)
    with django_assert_num_queries(18):
        dashboard(leo)


def test_whoever_holds_no_right_is_told_whom_to_ask(client_of, stranger: User) -> None:
    stranger.is_staff = True
    stranger.save()
    page = client_of(stranger).get("/admin/").text
    assert "An administrator can give you a role" in page
    assert "figure-value" not in page


@pytest.mark.parametrize(
    "entry", [entry for group in NAVIGATION for entry in group.entries], ids=lambda entry: entry.title
)
def test_every_entry_of_the_sidebar_opens_for_the_administrator(admin: Client, entry) -> None:
    assert admin.get(reverse(entry.url_name)).status_code == 200


def test_the_sidebar_shows_what_one_may_open(rf, otto: User, ada: User) -> None:
    def shown(user: User) -> set[str]:
        request = rf.get("/admin/")
        request.user = user
        return {item["title"] for group in sidebar(request) for item in group["items"]}

    assert "Audit trail" in shown(otto)
    assert "API clients" not in shown(otto)
    assert "API clients" in shown(ada)


@pytest.mark.usefixtures("book")
def test_metrics_are_for_those_who_have_the_token(client: Client, settings) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "t" * 32
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": f"Bearer {'x' * 32}"}).status_code == 404
    answer = client.get("/metrics", headers={"authorization": f"Bearer {'t' * 32}"})
    assert answer.status_code == 200
    assert "django_http_requests" in answer.text
