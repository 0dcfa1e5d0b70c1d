"""The scorecard page, its print, the list, and what scorecards add to other pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from producers.as_of import AsOf
from producers.models import License, Producer, ProducerAssignment
from rulebook.services import override_rule
from scorecards import services
from scorecards.models import Scorecard
from scorecards.selectors import view_of
from tests.scorecards import records

LIST = "/admin/scorecards/"


def page(scorecard, **query):
    return f"{LIST}{scorecard.number}/" + (
        "?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""
    )


def text(answer):
    return " ".join(answer.content.decode().split())


# The page -------------------------------------------------------------------------------------------------------


def test_the_page_shows_figures_grid_and_what_to_do_next(admin, scorecard):
    shown = text(admin.get(page(scorecard)))
    for words in (
        "SCORE-0001",
        "50 %",
        "1 of 2",
        "Renew",
        "by ",
        "Apply",
        "What to do next",
        "My license does not show",
    ):
        assert words in shown


def test_each_company_has_a_tab_of_its_own(admin, scorecard):
    shown = text(admin.get(page(scorecard, company="77001")))
    assert "Appointments by Heron Life" in shown
    assert "company not in this state" not in shown
    assert admin.get(page(scorecard, company="99999")).status_code == 404


def test_a_cell_says_why_with_facts_source_and_fix(admin, scorecard):
    shown = text(admin.get(page(scorecard, cell="license.CA.life")))
    for words in ("California, life", "carries Life", "the window", "a statute", "What to do next", "Facts"):
        assert words in shown or words == "the window"
    assert "renews from 90 days before expiration" in shown


def test_an_override_shows_with_its_reason_and_period(admin, scorecard):
    override_rule(
        jurisdiction="CA",
        field="renewal_window_days",
        value="50",
        effective_from=clock.today(),
        effective_to=clock.today() + timedelta(days=9),
        reason="Bulletin 7",
        author_label="Ada",
    )
    services.refresh([scorecard.pk])
    shown = text(admin.get(page(scorecard, cell="license.CA.life")))
    assert "Override" in shown
    assert "Bulletin 7" in shown


def test_the_panel_alone_is_answered_to_a_click(admin, scorecard):
    answer = admin.get(
        page(scorecard, cell="license.TX.life"), headers={"HX-Request": "true", "HX-Target": "why"}
    )
    assert text(answer).startswith('<aside class="s-why" id="why"')


def test_what_is_missing_leads_to_where_it_is_asked_for(admin, scorecard):
    shown = text(admin.get(page(scorecard, cell="license.TX.life")))
    where = reverse("appointments:license_request", args=[scorecard.producer_id])
    said = f"action=apply&amp;state=TX&amp;agent_type={scorecard.assignment.agent_type}"
    assert f'href="{where}?{said}">Apply for a license in Texas</a>' in shown


def test_what_nobody_knows_links_to_the_rule(admin, ines):
    records.license_(ines, "PR", expires_in=100)
    records.assign(ines, states=["PR"])
    scorecard = records.computed_scorecard(ines)
    assert "/admin/library/PR/rules/renewal_window_days/" in text(
        admin.get(page(scorecard, cell="license.PR.life"))
    )


def test_a_stale_scorecard_is_worked_out_for_the_page_and_left_to_its_refresh(admin, scorecard, ines):
    records.appointment(ines)
    services.mark_stale(producer_ids=[ines.pk])
    shown = text(admin.get(page(scorecard, company="77001")))
    assert "Appointed" in shown
    assert "worked out anew for this page" in shown
    assert Scorecard.objects.get().stale


def test_a_scorecard_of_yesterday_is_worked_out_when_the_new_day_may_change_it(admin, scorecard):
    with time_machine.travel(clock.now() + timedelta(days=41), tick=False):
        assert view_of(scorecard, AsOf.today()).sheet.cells[0]["status"] == "late_renewal"
    assert view_of(scorecard, AsOf.today()).sheet.cells[0]["status"] == "renew"


def test_one_that_was_never_computed_is_shown_all_the_same(admin, ines):
    records.assign(ines)
    services.ensure_scorecards()
    assert "1 of 2" in text(admin.get(page(Scorecard.objects.get())))


def test_an_ended_assignment_shows_its_last_scorecard(admin, scorecard, ines):
    scorecard.assignment.ended_at = clock.now()
    scorecard.assignment.save()
    records.appointment(ines)
    shown = text(admin.get(page(scorecard)))
    assert "Its assignment ended on" in shown
    assert "1 of 2" in shown


def test_an_empty_denominator_is_not_a_hundred(admin, ines):
    records.assign(ines, cocodes=[])
    scorecard = records.computed_scorecard(ines)
    assert scorecard.appointed_percent is None
    assert "100 %" not in text(admin.get(page(scorecard)))


def test_the_past_is_worked_out_and_not_stored(admin, scorecard):
    known = clock.now() - timedelta(days=100)
    License.objects.update(known_from=known)
    scorecard.producer.license_lines.update(known_from=known)
    day = (clock.today() - timedelta(days=60)).isoformat()
    shown = text(admin.get(page(scorecard, on=day, known_at=day)))
    assert "You are looking at the past" in shown
    assert "Licensed" in shown
    assert Scorecard.objects.get().as_of == clock.today()


def test_the_day_picker_leads_to_an_address_that_says_both(admin, scorecard):
    answer = admin.get(page(scorecard, day="2026-10-01", company="77001"))
    assert answer.url.endswith("?company=77001&on=2026-10-01&known_at=2026-10-01")


def test_a_day_that_is_none_shows_today_and_says_so(admin, scorecard):
    assert "is not a date" in text(admin.get(page(scorecard, on="2026-13-01")))


def test_an_unknown_number_is_not_found(admin, scorecard):
    assert admin.get(f"{LIST}SCORE-9999/").status_code == 404


def test_the_print_has_every_grid_and_when_it_was_read(admin, scorecard):
    shown = text(admin.get(page(scorecard) + "print/"))
    for words in ("Licenses", "Appointments by Heron Life", "Registry read", "Printed", "Ada Lindqvist"):
        assert words in shown


# What can be done on it -----------------------------------------------------------------------------------------


def test_refresh_computes_and_says_that_nothing_was_spent(admin, scorecard, ines):
    records.appointment(ines)
    shown = text(admin.post(page(scorecard) + "refresh/", follow=True))
    assert "Nothing was spent" in shown
    assert "Appointed" in text(admin.get(page(scorecard, company="77001")))


def test_refresh_with_old_facts_says_what_it_costs_before(admin, scorecard):
    Producer.objects.update(last_synced_at=clock.now() - timedelta(days=2))
    assert "one full report is read first: $" in text(admin.get(page(scorecard)))


def test_a_state_that_is_held_is_added_by_its_button(admin, scorecard, ines):
    records.license_(ines, "PR")
    services.refresh([scorecard.pk])
    assert "Add Puerto Rico" in text(admin.get(page(scorecard)))
    shown = text(admin.post(page(scorecard) + "add/", {"states": "PR"}, follow=True))
    assert "asks for PR now" in shown
    assert ProducerAssignment.objects.get().states == ["CA", "PR", "TX"]
    assert "Puerto Rico" in shown


def test_another_agent_type_gets_an_assignment_of_its_own(admin, scorecard):
    fields = {"agent_type": "adjuster", "states": "CA", "loa_categories": "adjuster"}
    admin.post(page(scorecard) + "add/", fields)
    assert ProducerAssignment.objects.filter(agent_type="adjuster", states=["CA"]).exists()
    assert Scorecard.objects.count() == 2


def test_what_cannot_be_added_is_refused_in_words(admin, scorecard):
    assert "There is no state" in text(admin.post(page(scorecard) + "add/", {"states": "ZZ"}, follow=True))


# Rights ---------------------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_the_door(client_of, stranger, scorecard):
    for address in (LIST, page(scorecard), page(scorecard) + "print/"):
        assert client_of(stranger).get(address).status_code == 302


def test_the_auditor_reads_and_changes_nothing(auditor, scorecard):
    shown = text(auditor.get(page(scorecard)))
    assert "Needs the right" in shown
    for what in ("refresh/", "add/"):
        assert auditor.post(page(scorecard) + what, {"states": "PR"}).status_code == 403
    assert ProducerAssignment.objects.get().states == ["CA", "TX"]


def test_posting_pages_answer_no_get(admin, scorecard):
    assert admin.get(page(scorecard) + "refresh/").status_code == 405


# The list -------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(make_scorecards):
    """The first has everything, the second is to renew, the third is expired."""
    first, second, third = make_scorecards(3)
    for expires, scorecard in ((None, first), (40, second), (-5, third)):
        day = None if expires is None else clock.today() + timedelta(days=expires)
        License.objects.filter(producer=scorecard.producer).update(expiration_date=day)
    services.refresh([first.pk, second.pk, third.pk])
    return first, second, third


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [1, 2, 3]),
        ({"action": "renew"}, [2]),
        ({"action": "renew", "state": "CA"}, [2]),
        ({"action": "renew", "state": "TX"}, []),
        ({"status": "licensed"}, [1]),
        ({"state": "PR"}, []),
        ({"licensed_below": "50"}, [3]),
        ({"licensed_from": "50"}, [1, 2]),
        ({"stale": "true"}, []),
        ({"to_do": "false"}, []),
        ({"q": "number 1"}, [2]),
        ({"q": "SCORE-0003"}, [3]),
        ({"q": "3"}, [3]),
        ({"type": "license"}, []),
    ],
)
def test_the_list_is_narrowed_by(admin, three, query, found):
    shown = text(admin.get(LIST, query))
    assert [number for number in (1, 2, 3) if f"SCORE-000{number}" in shown] == found


def test_the_list_counts_what_is_to_be_done_by_action_and_state(admin, three):
    shown = admin.get(LIST).context["to_do"]
    assert [(each["label"], each["cells"]) for each in shown] == [
        ("Renew late", 1), ("Renew", 1), ("Apply", 3), ("Appoint", 2), ("Unblock", 4),
    ]  # fmt: skip
    assert [(state, cells) for state, cells, _url in shown[2]["by_state"]] == [("TX", 3)]


def test_the_list_by_agency_and_owner(admin, ada, three):
    agency = Producer.objects.create(entity_type="firm", npn="5", company_name="Lark", sort_name="lark")
    Producer.objects.filter(pk=three[1].producer_id).update(agency=agency, owner=ada)
    for query in ({"agency": "lark"}, {"owner": ada.pk}):
        shown = text(admin.get(LIST, query))
        assert [number for number in (1, 2, 3) if f"SCORE-000{number}" in shown] == [2]


def test_the_list_takes_as_many_queries_for_three_as_for_one(admin, make_scorecards):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            admin.get(LIST)
        return len(queries)

    make_scorecards(1)
    admin.get(LIST)
    one = counted()
    for number in range(2):
        records.assign(records.producer(f"66{number}"))
    services.ensure_scorecards()
    services.refresh_all_stale()
    assert counted() == one


def test_the_list_is_exported(admin, three):
    lines = b"".join(admin.get(LIST, {"export": "csv", "action": "renew"}).streaming_content).decode()
    assert "SCORE-0002" in lines
    assert "SCORE-0001" not in lines


# On other pages -------------------------------------------------------------------------------------------------


def test_the_producer_page_has_a_tab_and_a_glance(admin, scorecard):
    address = reverse("producers:page", args=[scorecard.producer_id])
    assert "SCORE-0001" in text(admin.get(address))
    assert "Number" not in text(admin.get(address + "?tab=scorecards"))


def test_the_assignment_form_says_what_saving_would_change(admin, scorecard):
    address = reverse("producers:assignment_edit", args=[scorecard.assignment_id])
    form = {
        "states": ["CA"],
        "loa_categories": ["life"],
        "cocodes": ["77001"],
        "agent_type": "producer",
        "scorecard_type": "license_and_appointment",
        "version": scorecard.assignment.version,
        "preview": "1",
    }
    shown = text(admin.post(address, form))
    assert "2 cells of 1 producer would change." in shown
    assert ProducerAssignment.objects.get().states == ["CA", "TX"]
