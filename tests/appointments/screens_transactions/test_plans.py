"""The page of a request set: planned, carried out, changed, under way; and the list of them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from appointments.models import BulkRequest, Transaction
from appointments.services.asking.appointments import ask_appointments
from core import clock
from core.audit.models import AuditEntry
from tests.appointments.asking.world import build, licensed, producer, request, rule
from tests.appointments.screens_transactions.conftest import said, text
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(db: None) -> None:
    """California and Texas, two carriers, and one producer with a license in California."""
    build()
    licensed()


def asked(*requests, **flags) -> BulkRequest:
    """Done at once, and read again as pages read it."""
    bulk = ask_appointments(requests or [request()], actor=TESTER, wait=True, **flags)
    return BulkRequest.objects.get(pk=bulk.pk)


def page_of(browser, bulk, **params) -> str:
    return text(browser.get(reverse("appointments:plan", args=[bulk.pk]), params))


def approve(browser, bulk):
    return browser.post(reverse("appointments:plan_approve", args=[bulk.pk]), follow=True)


class TestPlan:
    def test_it_counts_by_outcome_and_reason_and_tells_the_cost(self, auditor):
        bulk = asked(request(), request(state="TX"), request(npn="91234567"), dry_run=True)
        page = page_of(auditor, bulk)
        for words in (
            "Plan: Appointments", "Ready to submit", "In Good Standing", "Not eligible",
            "Required License Not Found", "Cannot be judged", "Line by line", "$32.00",
        ):  # fmt: skip
            assert words in page
        assert not Transaction.objects.exists()

    def test_each_line_says_what_to_do(self, auditor):
        page = page_of(auditor, asked(request(state="TX"), dry_run=True))
        assert "Apply for a license in Texas" in page

    def test_rows_come_in_pages(self, auditor, monkeypatch):
        monkeypatch.setattr("appointments.views.transactions.plan.ROWS_A_PAGE", 1)
        bulk = asked(request(external_id="first"), request(state="TX", external_id="last"), dry_run=True)
        assert "first" in page_of(auditor, bulk)
        assert "last" not in page_of(auditor, bulk)
        lines = int(page_of(auditor, bulk).split("Page 1 of ")[1].split("<")[0])
        assert "last" in page_of(auditor, bulk, page=lines)
        assert "last" in page_of(auditor, bulk, page=999)
        assert "first" in page_of(auditor, bulk, page="x")

    @pytest.mark.parametrize(("kind", "begins"), [("csv", b"\xef\xbb\xbfRow,"), ("xlsx", b"PK")])
    def test_it_can_be_taken_as_a_file_and_that_is_recorded(self, auditor, kind, begins):
        bulk = asked(dry_run=True)
        answer = auditor.get(reverse("appointments:plan_file", args=[bulk.pk, kind]))
        assert b"".join(answer.streaming_content).startswith(begins)
        assert AuditEntry.objects.filter(action="plan.exported").exists()

    def test_another_format_is_not_found(self, auditor):
        assert (
            auditor.get(reverse("appointments:plan_file", args=[asked(dry_run=True).pk, "pdf"])).status_code
            == 404
        )

    def test_approved_it_is_carried_out_as_shown(self, specialist, django_capture_on_commit_callbacks):
        bulk = asked(dry_run=True)
        assert "Approve the plan as shown" in page_of(specialist, bulk)
        answer = approve(specialist, bulk)
        run = BulkRequest.objects.get(planned_from=bulk)
        assert answer.redirect_chain[0][0] == reverse("appointments:plan", args=[run.pk])
        assert "this plan</a>" in text(answer)

    def test_a_plan_is_carried_out_once(self, specialist):
        bulk = asked(dry_run=True)
        approve(specialist, bulk)
        assert "carried out already" in page_of(specialist, bulk)
        assert "carried out already" in said(approve(specialist, bulk))[0]
        assert BulkRequest.objects.filter(planned_from=bulk).count() == 1

    def test_a_plan_that_submits_asks_for_the_right_to_spend(self, specialist, submitter):
        bulk = asked(dry_run=True, submit=True)
        assert "Needs the right “Can submit transactions: spends money”" in page_of(specialist, bulk)
        assert approve(specialist, bulk).status_code == 403
        assert "They are submitted at once." in page_of(submitter, bulk)
        approve(submitter, bulk)
        assert BulkRequest.objects.filter(planned_from=bulk).exists()

    def test_with_nothing_to_carry_out_the_button_says_so(self, specialist):
        bulk = asked(request(npn="91234567"), dry_run=True)
        assert "There is nothing in it that could be carried out" in page_of(specialist, bulk)

    def test_a_fresh_plan_can_be_made(self, specialist):
        bulk = asked(dry_run=True)
        specialist.post(reverse("appointments:plan_again", args=[bulk.pk]))
        assert BulkRequest.objects.filter(dry_run=True).count() == 2

    def test_more_lines_take_no_more_queries(self, auditor, queries_of):
        one = asked(dry_run=True)
        three = asked(request(), request(cocode="77002"), request(loa_categories=["health"]), dry_run=True)
        assert queries_of(lambda: page_of(auditor, one)) == queries_of(lambda: page_of(auditor, three))


class TestCarriedOut:
    def test_it_counts_what_it_made_and_what_it_could_not(self, submitter):
        producer("88100002")
        bulk = asked(request(), request(npn="88100002"), request(npn="91234567"))
        page = page_of(submitter, bulk)
        for words in ("What came of it", "In Good Standing", "Not eligible", "No transaction", "91234567"):
            assert words in page
        assert "Submit what is ready…" in page
        assert "Show the transactions" in page

    def test_its_transactions_are_found_in_the_list(self, submitter):
        bulk = asked()
        page = text(submitter.get(reverse("appointments:transactions"), {"request_set": str(bulk.pk)}))
        assert "GT-00000001" in page
        assert "2 transactions ready" in page_of_cost(submitter, bulk)

    def test_changed_since_it_was_planned_says_what_to_do(self, specialist):
        bulk = BulkRequest.objects.create(
            kind="appointment",
            status="changed",
            message="The fee of California is another.",
            requests=[request()],
            asked_by_kind="person",
            asked_by_label="Leo",
            created_at=clock.now(),
        )
        page = page_of(specialist, bulk)
        assert "Things have changed since the plan was made; it stopped." in page
        assert "The fee of California is another." in page
        assert "Make a fresh plan" in page

    def test_a_rule_that_changed_stops_the_run(self, specialist):
        bulk = asked(dry_run=True)
        rule("CA", "appointment_fee_usd", "99")
        approve(specialist, bulk)
        assert not Transaction.objects.filter(status="queued").exists()


def page_of_cost(browser, bulk) -> str:
    return text(browser.get(reverse("appointments:transactions_submit"), {"request_set": str(bulk.pk)}))


class TestUnderWay:
    def running(self, **fields) -> BulkRequest:
        given = {
            "kind": "appointment",
            "status": "running",
            "requests": [request()],
            "done": 1,
            "asked_by_kind": "person",
            "asked_by_label": "Leo",
            "created_at": clock.now(),
        }
        return BulkRequest.objects.create(**(given | fields))

    def test_the_page_follows_it(self, auditor):
        bulk = self.running()
        page = page_of(auditor, bulk)
        assert reverse("appointments:plan_progress", args=[bulk.pk]) in page
        assert 'hx-trigger="every 1s"' in page

    def test_when_it_has_ended_the_whole_page_comes_again(self, auditor):
        bulk = self.running()
        address = reverse("appointments:plan_progress", args=[bulk.pk])
        assert "judged" in text(auditor.get(address))
        BulkRequest.objects.update(status="done")
        assert auditor.get(address).headers["HX-Refresh"] == "true"

    def test_one_that_failed_says_why(self, auditor):
        page = page_of(auditor, self.running(status="failed", message="The database was away."))
        assert "The database was away." in page


class TestList:
    def test_all_sets_are_listed(self, auditor):
        asked()
        asked(dry_run=True)
        page = text(auditor.get(reverse("appointments:plans")))
        assert "Plan: appointments" in page
        assert "Request: appointments" in page

    @pytest.mark.parametrize(
        ("params", "found"),
        [({"dry_run": "true"}, False), ({"status": "done"}, True), ({"asked_by": "tests"}, True),
         ({"kind": "termination"}, False), ({"since": "2020-01-01"}, True)],
    )  # fmt: skip
    def test_sets_are_found(self, auditor, params, found):
        asked()
        page = text(auditor.get(reverse("appointments:plans"), params))
        assert ("Request: appointments" in page) == found

    def test_three_sets_take_the_queries_of_one(self, auditor, queries_of):
        asked(dry_run=True)
        one = queries_of(lambda: auditor.get(reverse("appointments:plans")))
        asked(dry_run=True)
        asked(dry_run=True)
        assert queries_of(lambda: auditor.get(reverse("appointments:plans"))) == one
