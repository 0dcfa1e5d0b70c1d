"""The pages on which licenses are asked for, renewed in bulk, and questions answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import BackgroundAnswers, BulkRequest, Transaction
from appointments.services.licensing.questions import QUESTIONS
from appointments.views.licensing.actions import RENEW, register_actions
from core import clock
from core.actor import Actor
from core.audit.models import AuditEntry
from core.errors import Conflict
from producers import lists, page
from producers.models import License, Producer
from tests.appointments.asking import world as asking
from tests.appointments.gateway.world import set_gateway
from tests.appointments.licensing.world import NPN, answer, expiring
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db
SECRET = "A glass of sherry too many in 2009."


@pytest.fixture
def registered(monkeypatch):
    """What the wiring does, for one test."""
    monkeypatch.setattr(page, "_actions", dict(page._actions))
    monkeypatch.setattr(lists, "ON_LICENSES", lists.LICENSES.actions)
    before = list(lists.ON_LICENSES)
    register_actions()
    yield
    lists.ON_LICENSES[:] = before


def where(producer, query=""):
    return reverse("appointments:license_request", args=[producer.pk]) + query


def html(response):
    return response.content.decode()


TEXAS = "?action=apply&state=TX&category=life"


def test_the_cells_of_a_scorecard_are_chosen_and_priced(ines, specialist):
    text = html(specialist.get(where(ines, TEXAS)))
    assert "Apply for a license" in text
    assert "Ready to submit" in text
    assert "$5.61" in text
    assert "billed by the state" in text
    assert not BulkRequest.objects.exists()


def test_preparing_writes_what_was_ticked_and_leads_to_it(ines, specialist):
    response = specialist.post(where(ines, TEXAS), {"pick": "TX::", "cents:TX::": "561", "do": "prepare"})
    assert response.status_code == 302
    row = Transaction.objects.get()
    assert (row.state, row.status) == ("TX", "ready_to_submit")
    assert f"request_set={row.bulk_request_id}" in response.url


def test_preparing_and_submitting_agrees_to_the_cost_that_was_shown(ines, submitter):
    set_gateway()
    posted = {"pick": "TX::", "cents:TX::": "561", "do": "submit"}
    submitter.post(where(ines, TEXAS), posted)
    assert Transaction.objects.get().status == "queued"


@pytest.mark.parametrize("cents", ["560", "", "x"])
def test_at_another_cost_nothing_is_sent(ines, submitter, cents):
    set_gateway()
    response = submitter.post(
        where(ines, TEXAS), {"pick": "TX::", "cents:TX::": cents, "do": "submit"}, follow=True
    )
    assert Transaction.objects.get().status == "ready_to_submit"
    assert "Prepared, and not sent" in html(response)


def test_who_may_not_spend_is_told_and_refused(ines, specialist):
    assert "Needs the right" in html(specialist.get(where(ines, TEXAS)))
    response = specialist.post(where(ines, TEXAS), {"pick": "TX::", "cents:TX::": "561", "do": "submit"})
    assert response.status_code == 403
    assert not Transaction.objects.exists()


def test_nothing_ticked_is_said(ines, specialist):
    response = specialist.post(where(ines, TEXAS), {"do": "prepare"})
    assert response.status_code == 422
    assert "Tick at least one" in html(response)


def test_without_a_word_every_license_and_whether_it_can_be_renewed_is_shown(ines, admin):
    expiring(ines, "TX", residency="NR")
    text = html(admin.get(where(ines)))
    assert "Not yet renewable" in text
    assert "Not known when the state renews" in text
    assert reverse("rulebook:change_rule", args=["TX", "renewal_window_days"]) in text


@pytest.mark.parametrize("action", ["renew", "renew_late", "reinstate"])
def test_each_action_of_a_cell_finds_its_license(ines, specialist, action):
    License.objects.update(expiration_date=clock.today() + timedelta(days=9))
    text = html(specialist.get(where(ines, f"?action={action}&state=CA&category=life")))
    assert 'value="CA:CA-88100001:1"' in text
    assert 'value="CA:CA-88100001:1"' not in html(
        specialist.get(where(ines, f"?action={action}&state=CA&category=title"))
    )


def test_what_is_missing_is_shown_with_the_page_that_mends_it(ines, specialist):
    Producer.objects.update(email="")
    BackgroundAnswers.objects.all().delete()
    text = html(specialist.get(where(ines, TEXAS)))
    assert reverse("producers:edit", args=[ines.pk]) in text
    assert reverse("appointments:background_answers", args=[ines.pk]) in text
    assert "back=action%3Dapply" in text
    assert 'name="pick"' not in text


def test_who_is_not_tracked_is_asked_nothing_for(ines, specialist):
    Producer.objects.update(tracking="inactive")
    assert "NIPR tracking is inactive" in html(specialist.get(where(ines, TEXAS)))
    specialist.post(where(ines, TEXAS), {"pick": "TX::", "do": "prepare"})
    assert not Transaction.objects.exists()


def test_words_that_mean_nothing_are_left_out(ines, specialist):
    query = "?action=conquer&state=XX&state=TX&category=magic&category=life&agent_type=wizard"
    assert specialist.get(where(ines, query)).status_code == 200


def test_a_line_that_is_no_business_of_ours_is_said(ines, specialist):
    text = html(specialist.get(where(ines, "?action=apply&state=TX&category=title")))
    assert "no active line" in text


def test_queries_do_not_grow_with_the_states(ines, specialist):
    def count(query):
        with CaptureQueriesContext(connection) as captured:
            assert specialist.get(where(ines, query)).status_code == 200
        return len(captured)

    one = "?action=apply&category=life&state=TX"
    count(one)
    assert count(one) == count(one + "&state=OR&state=CA")


# Answers


def questions(producer, query="?agent_type=producer&back=action%3Dapply%26state%3DTX%26category%3Dlife"):
    return reverse("appointments:background_answers", args=[producer.pk]) + query


def all_no(**changes):
    return {"do": "record"} | {f"yes-{each.number}": "no" for each in QUESTIONS} | changes


def test_answers_are_kept_and_lead_back_to_the_request(ines, specialist):
    BackgroundAnswers.objects.all().delete()
    response = specialist.post(questions(ines), all_no())
    assert response.url == where(ines, TEXAS)
    assert BackgroundAnswers.objects.get().any_yes is False


def test_where_it_leads_back_to_is_never_another_site(ines, specialist):
    response = specialist.post(questions(ines, "?back=https://evil.example/"), all_no())
    assert response.url.startswith(where(ines))


def test_what_was_typed_stays_when_something_is_wrong(ines, specialist):
    changes = {"yes-1a": "yes", "explanation-1a": "", "yes-3": "", "yes-2": "yes", "explanation-2": SECRET}
    response = specialist.post(questions(ines), all_no(**changes))
    assert response.status_code == 422
    assert "Explain the yes to question 1a." in html(response)
    assert "Answer question 3 with yes or no." in html(response)
    assert SECRET in html(response)


def test_answers_on_file_are_not_shown(ines, admin):
    answer(ines, yes="1b")
    text = html(admin.get(questions(ines)))
    assert "It was long ago" not in text
    assert "Answered on" in text
    assert "no-store" in admin.get(questions(ines))["Cache-Control"]


def test_who_may_sees_them_once_says_why_and_is_on_the_record(ines, admin, specialist):
    answer(ines, yes="1b")
    assert "Needs the right" in html(specialist.get(questions(ines)))
    assert specialist.post(questions(ines), {"do": "reveal", "reason": "Just looking"}).status_code == 403
    assert "Say why" in html(admin.post(questions(ines), {"do": "reveal", "reason": ""}))
    assert not AuditEntry.objects.filter(action="background_answers.read").exists()
    assert "It was long ago" in html(admin.post(questions(ines), {"do": "reveal", "reason": "A state asked"}))
    assert AuditEntry.objects.filter(action="background_answers.read").count() == 1


def test_the_auditor_opens_neither_page(ines, auditor):
    assert auditor.get(where(ines)).status_code == 403
    assert auditor.get(questions(ines)).status_code == 403


# In bulk


def test_a_plan_is_made_of_the_licenses_chosen(ines, leo):
    License.objects.update(expiration_date=clock.today() + timedelta(days=9))
    response = RENEW.run(lists.selectors.license_list(), Actor.person(leo))
    bulk = BulkRequest.objects.get()
    assert response.url == reverse("appointments:plan", args=[bulk.pk])
    assert (bulk.kind, bulk.dry_run, bulk.requests[0]["license_number"]) == (
        "license_renewal",
        True,
        f"CA-{NPN}",
    )


def test_what_is_gone_or_has_no_npn_is_left_out(ines):
    License.objects.update(removed_at=clock.now())
    assert "None of these can be renewed" in str(RENEW.run(License.objects.all(), TESTER))


def test_more_than_a_request_set_takes_is_refused(ines, monkeypatch):
    monkeypatch.setattr("appointments.views.licensing.actions.MOST", 0)
    with pytest.raises(Conflict):
        RENEW.run(License.objects.all(), TESTER)


def test_the_button_and_the_action_are_where_people_look(registered, ines, specialist):
    text = html(specialist.get(reverse("producers:page", args=[ines.pk])))
    assert where(ines) in text
    assert "Renew…" in html(specialist.get(reverse("producers:licenses")))
    assert asking.NPN == NPN


def test_from_the_list_everything_that_matches_is_planned(registered, ines, specialist):
    License.objects.update(expiration_date=clock.today() + timedelta(days=9))
    expiring(ines, "TX", residency="NR")
    url = reverse("producers:licenses") + "?state=CA"
    response = specialist.post(url, {"action": "renew", "all_matching": "on"})
    bulk = BulkRequest.objects.get()
    assert response.url == reverse("appointments:plan", args=[bulk.pk])
    assert [each["state"] for each in bulk.requests] == ["CA"]


def test_more_licenses_than_a_page_takes_are_narrowed_first(ines, specialist):
    License.objects.bulk_create(
        License(producer=ines, state="TX", license_number=str(number), residency="NR", known_from=clock.now())
        for number in range(101)
    )
    text = html(specialist.get(where(ines)))
    assert "Choose fewer states" in text
    assert "There is no license" not in text
    assert "Not yet renewable" in html(specialist.get(where(ines, "?action=renew&state=CA")))
