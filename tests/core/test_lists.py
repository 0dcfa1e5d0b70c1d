"""A list on the screen and in files, tried on parcels."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.http import Http404, QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_filters.filters import CharFilter, DateFilter, NumberFilter
from django_filters.filterset import FilterSet

from core.audit.models import AuditEntry
from core.errors import Conflict, NotAllowed
from core.lists.cells import Badge, Link, in_file, on_screen
from core.lists.definition import BulkAction, Column, EmptyState, ListDefinition, PageButton
from core.lists.models import SavedView
from core.lists.screen import ListScreen
from core.lists.services import delete_view, save_view, views_for
from core.lists.views import list_view
from tests.core.models import Parcel

pytestmark = pytest.mark.django_db


class ParcelFilter(FilterSet):
    status = CharFilter()
    weight = NumberFilter(label="Weight")
    sent_on = DateFilter(label="Sent on")


def drop(parcels, actor) -> str:
    if parcels.filter(status="sent").exists():
        raise Conflict("A sent parcel cannot be dropped.")
    return f"Dropped {parcels.update(status='dropped')}."


PARCELS = ListDefinition[Parcel](
    key="parcels",
    title="Parcels",
    selector=lambda user: Parcel.objects.select_related("parent").exclude(status="hidden"),
    columns=(
        Column("name", "Name", str, sort="name"),
        Column("status", "Status", lambda p: Badge(p.status, "info")),
        Column("weight", "Weight", lambda p: p.weight, sort="weight"),
        Column("parent", "Inside", lambda p: Link(p.parent.name, "/x") if p.parent else None),
        Column("sent_on", "Sent", lambda p: p.sent_on, default=False),
    ),
    default_sort="name",
    filterset_class=ParcelFilter,
    search=lambda rows, term: rows.filter(name__icontains=term),
    row_url=lambda p: f"/parcels/{p.pk}/",
    actions=(
        BulkAction("drop", "Drop", drop, confirm="They cannot be picked up again.", danger=True),
        BulkAction("burn", "Burn", drop, right="lists.share_view"),
    ),
    nouns=("parcel", "parcels"),
    empty=EmptyState("No parcels yet.", "Parcels come by mail.", PageButton("Add a parcel", lambda: "/add/")),
)


@pytest.fixture
def ask(staff, rf: RequestFactory):
    """Open the list as a member of staff; with ``post`` send a form to it."""
    user = staff()

    def answer(query: str = "", post: dict | None = None, by=None):
        request = rf.post(f"/parcels/?{query}", post) if post is not None else rf.get(f"/parcels/?{query}")
        request.user = by or user
        request.session = {}
        request._messages = Messages()
        response = list_view(PARCELS)(request)
        if hasattr(response, "render"):
            response.render()
        response.told = request._messages
        return response

    return answer


class Messages(list):
    def add(self, level, message, extra_tags=""):
        self.append(message)


def make(count: int, **fields) -> None:
    box = Parcel.objects.create(name="box", status="hidden")
    Parcel.objects.bulk_create(
        Parcel(name=f"parcel {n:04d}", parent=box, weight=n, **fields) for n in range(count)
    )


def names_in(response) -> list[str]:
    text = response.content.decode()
    return [
        part.split("<")[0]
        for part in text.split('as-row-link" href="')[1:]
        for part in [part.split(">", 1)[1]]
    ]


def test_strangers_are_sent_to_the_door(ask, stranger):
    assert ask(by=stranger).status_code == 302


def test_a_list_shows_its_rows_each_leading_to_its_record(ask):
    make(3)
    response = ask()
    assert names_in(response) == ["parcel 0000", "parcel 0001", "parcel 0002"]
    assert "3 parcels" in response.content.decode()


def test_every_cell_is_escaped(ask):
    Parcel.objects.create(name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in ask().content.decode()


@pytest.mark.parametrize(
    "query", ["", "sort=-weight&status=draft", "q=parcel&page_size=25", "columns=name&columns=parent"]
)
def test_queries_do_not_grow_with_the_rows(ask, query):
    counts = []
    for rows in (1, 40):
        Parcel.objects.all().delete()
        make(rows)
        with CaptureQueriesContext(connection) as captured:
            ask(query)
        counts.append(len([q for q in captured if "parcel" in q["sql"] or "savedview" in q["sql"]]))
    assert counts == [3, 3]


def test_search_filter_and_sort_work_together(ask):
    make(30)
    Parcel.objects.filter(weight__lt=15).update(status="sent")
    assert names_in(ask("q=parcel+000&status=sent&sort=-weight"))[:2] == ["parcel 0009", "parcel 0008"]


def test_a_filter_that_cannot_be_understood_matches_nothing_and_says_why(ask):
    make(3)
    text = ask("weight=heavy").content.decode()
    assert "Enter a number." in text
    assert "No parcels match" in text


def test_days_are_picked_from_a_calendar(ask):
    make(1, sent_on=date(2026, 1, 2))
    text = ask("sent_on=2026-01-02").content.decode()
    assert 'type="date" name="sent_on" value="2026-01-02"' in text
    assert len(names_in(ask("sent_on=2026-01-02"))) == 1


def test_pages_lead_to_their_neighbours_and_keep_the_filters(ask):
    make(60)
    first = ask("status=draft&page_size=25").content.decode()
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    mark = first.split('rel="next" href="?')[1].split('"')[0].replace("&amp;", "&")
    assert "status=draft" in mark
    assert names_in(ask(mark))[0] == "parcel 0025"


@pytest.mark.parametrize(
    ("query", "expected"), [("", "ascending"), ("sort=-name", "descending"), ("sort=weight", "none")]
)
def test_a_sorted_column_says_so_to_screen_readers(ask, query, expected):
    make(1)
    head = ask(query).content.decode().split("<thead>")[1].split("</thead>")[0]
    assert f'aria-sort="{expected}"' in head.split("Name")[0]


def test_columns_can_be_chosen(ask):
    make(1)
    head = ask("columns=name&columns=sent_on").content.decode().split("<thead>")[1].split("</thead>")[0]
    assert "Sent" in head
    assert "Weight" not in head


def test_an_empty_list_says_what_to_do_next(ask):
    text = ask().content.decode()
    assert "No parcels yet." in text
    assert 'href="/add/"' in text


def test_an_empty_answer_offers_to_widen_the_search(ask):
    make(1)
    assert "Show all parcels" in ask("q=nothing").content.decode()


def test_counting_stops_at_ten_thousand(staff):
    make(10_001)
    assert ListScreen(PARCELS, staff(), QueryDict()).count_text == "10,000+ parcels"


def test_a_csv_file_holds_all_matching_rows_in_order_without_formulas(ask):
    make(60)
    Parcel.objects.create(name="=cmd()", weight=-3)
    response = ask("export=csv&sort=-weight&columns=name&columns=weight&columns=sent_on")
    lines = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert lines[0] == ["Name", "Weight", "Sent"]
    assert lines[1] == ["parcel 0059", "59", ""]
    assert lines[-1] == ["'=cmd()", "-3", ""]
    assert len(lines) == 62


def test_an_xlsx_file_holds_the_same(ask):
    make(3, sent_on=date(2026, 1, 2))
    response = ask("export=xlsx&columns=name&columns=sent_on")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    response.close()
    assert [row[0].value for row in sheet.iter_rows()] == [
        "Name",
        "parcel 0000",
        "parcel 0001",
        "parcel 0002",
    ]
    assert sheet["B2"].value.date() == date(2026, 1, 2)


def test_an_export_is_audited(ask):
    make(1)
    ask("export=csv&status=draft")
    entry = AuditEntry.objects.get(action="list.exported")
    assert entry.changes["list"] == [None, "parcels"]
    assert entry.changes["filters"] == [None, "status=draft"]


def test_the_queries_of_an_export_do_not_grow_with_its_rows(ask):
    counts = []
    for rows in (1, 300):
        Parcel.objects.all().delete()
        make(rows)
        with CaptureQueriesContext(connection) as captured:
            b"".join(ask("export=csv").streaming_content)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_action_asks_first_and_then_does_it_to_the_chosen_rows(ask):
    make(3)
    ids = list(Parcel.objects.filter(status="draft").values_list("pk", flat=True))[:2]
    question = ask(post={"action": "drop", "ids": ids}).content.decode()
    assert "Drop: 2 parcels" in question
    assert not Parcel.objects.filter(status="dropped").exists()
    answer = ask(post={"action": "drop", "ids": ids, "confirmed": "1"})
    assert answer.told == ["Dropped 2."]
    assert set(Parcel.objects.filter(status="dropped").values_list("pk", flat=True)) == set(ids)


def test_an_action_on_all_that_match_keeps_to_the_filters(ask):
    make(5)
    answer = ask("q=0003", post={"action": "drop", "all_matching": "on", "confirmed": "1"})
    assert answer.told == ["Dropped 1."]


def test_rows_that_a_person_may_not_see_cannot_be_acted_on(ask):
    make(1)
    hidden = Parcel.objects.get(status="hidden")
    assert ask(post={"action": "drop", "ids": [hidden.pk], "confirmed": "1"}).told == [
        "Choose at least one parcel first."
    ]


@pytest.mark.parametrize("ids", [["x"], [""], ["1; DROP TABLE"], ["9" * 40]])
def test_ids_that_are_none_are_passed_over(ask, ids):
    make(1)
    assert ask(post={"action": "drop", "ids": ids, "confirmed": "1"}).told == [
        "Choose at least one parcel first."
    ]


def test_a_refusal_of_the_service_is_shown(ask):
    make(1, status="sent")
    answer = ask(post={"action": "drop", "all_matching": "on", "confirmed": "1"})
    assert answer.told == ["A sent parcel cannot be dropped."]


def test_an_action_without_the_right_is_neither_offered_nor_done(ask):
    make(1)
    assert 'value="burn"' not in ask().content.decode()
    refused = ask(post={"action": "burn", "all_matching": "on"})
    assert refused.status_code == 403
    assert "Can share saved views" in refused.content.decode()


def test_a_view_is_saved_and_opened_again(ask):
    make(1)
    saved = ask("q=0000&sort=-weight&after=abc", post={"save_view": "1", "name": "Heavy"})
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Heavy", "q=0000&sort=-weight")
    assert saved.url == f"/parcels/?view={view.pk}"
    assert ask(f"view={view.pk}").url.startswith("/parcels/?q=0000&sort=-weight&view=")


def test_saving_under_the_same_name_replaces_the_view(staff):
    user = staff()
    save_view(user, "parcels", "Mine", "q=1")
    save_view(user, "parcels", " Mine ", "q=2")
    assert SavedView.objects.get().query == "q=2"


def test_sharing_a_view_is_a_right(staff):
    owner, other = staff("lists.share_view"), staff(email="other@example.com")
    save_view(owner, "parcels", "Ours", "", shared=True)
    save_view(owner, "parcels", "Mine", "")
    assert [view.name for view in views_for(other, "parcels")] == ["Ours"]
    with pytest.raises(NotAllowed):
        save_view(other, "parcels", "Theirs", "", shared=True)


def test_nobody_deletes_the_view_of_another(staff):
    view = save_view(staff("lists.share_view"), "parcels", "Ours", "", shared=True)
    delete_view(staff(email="other@example.com"), "parcels", view.pk)
    assert SavedView.objects.exists()
    delete_view(view.owner, "parcels", view.pk)
    assert not SavedView.objects.exists()


def test_the_view_of_another_list_or_person_is_not_found(ask, staff):
    view = save_view(staff(email="other@example.com"), "parcels", "Private", "")
    with pytest.raises(Http404):
        ask(f"view={view.pk}")


@pytest.mark.parametrize(
    ("value", "shown", "filed"),
    [
        (True, "Yes", True),
        (12345, "12,345", 12345),
        (["CA", "TX"], "CA, TX", "CA, TX"),
        (Badge("Done", "success"), '<span class="as-badge as-badge--success">Done</span>', "Done"),
        (date(2026, 1, 2), '<time datetime="2026-01-02">2 Jan 2026</time>', date(2026, 1, 2)),
    ],
)
def test_each_kind_of_value_has_its_form_on_screen_and_in_files(value, shown, filed):
    assert (on_screen(value), in_file(value)) == (shown, filed)


ENDLESS = "1" * 5000  # more digits than Python reads as a number


@pytest.mark.parametrize("name", ["page_size", "view", "delete_view"])
def test_a_number_without_end_is_no_number(ask, name):
    answer = ask(post={name: ENDLESS}) if name == "delete_view" else ask(f"{name}={ENDLESS}")
    assert answer.status_code in {200, 302}


def test_the_name_of_a_view_is_kept_without_what_a_database_refuses(staff):
    assert save_view(staff(), "parcels", "Sent\0 today", "").name == "Sent today"
