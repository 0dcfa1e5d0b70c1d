"""The page of one transaction, and what is done on it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from appointments.models import (
    AttemptTransaction,
    GatewaySettings,
    SubmissionAttempt,
    SupportingDocument,
    Transaction,
)
from appointments.views.fixes import PLACES
from appointments.views.transactions.why import reasons
from core import clock
from core.audit.models import AuditEntry
from core.errors import Conflict
from tests.appointments.handling.cast import SUE, sibling, statuses, transactions
from tests.appointments.screens_transactions.conftest import said, text

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a paper"


def page_of(browser, row) -> str:
    return text(browser.get(row.get_absolute_url()))


def unknown(**fields) -> Transaction:
    """Sent by Sue an hour ago, without an answer."""
    given = {
        "status_detail": "no_answer",
        "first_sent_at": clock.now() - timedelta(hours=1),
        "unknown_since": clock.now() - timedelta(hours=1),
        "submitted_by_user_id": SUE.user_id,
        "submitted_by_label": SUE.label,
    }
    (row,) = transactions(status="unknown", **(given | fields))
    return row


def attempt(row: Transaction, **fields) -> SubmissionAttempt:
    given = {
        "purpose": "send",
        "worker": "w",
        "epoch": uuid.uuid4(),
        "send_number": 1,
        "claimed_at": clock.now() - timedelta(minutes=50),
        "lease_until": clock.now(),
        "sending_at": clock.now() - timedelta(minutes=50),
        "ended_at": clock.now() - timedelta(minutes=49),
        "outcome": "unknown",
        "transactions": 1,
    }
    made = SubmissionAttempt.objects.create(**(given | fields))
    AttemptTransaction.objects.create(attempt=made, transaction=row)
    return made


class TestWhatItSays:
    def test_status_detail_message_errors_and_rejection_have_each_their_place(self, auditor):
        (row,) = transactions(
            status="failed",
            status_detail="refused",
            nipr_message="Validation failed",
            validation_errors=[{"code": "1007", "text": "The company is not authorized."}],
            rejection_response="Correct the name.",
        )
        page = page_of(auditor, row)
        assert "NIPR refused the document; nothing was charged." in page
        assert "<dt>NIPR message</dt><dd>Validation failed</dd>" in page
        assert "<code>1007</code> The company is not authorized." in page
        assert "<dt>Rejection response</dt><dd>Correct the name.</dd>" in page

    def test_a_decision_is_shown_with_its_facts_its_source_and_what_mends_it(self, specialist):
        (row,) = transactions(
            status="not_eligible",
            eligibility_text="Required License Not Active",
            decisions=[
                {
                    "rule": "appointment_license_active",
                    "outcome": "fail",
                    "text": "No license in Oregon is in force.",
                    "facts": {"license_numbers": ["OR-1"], "expiration_date": "2026-06-01"},
                    "source": "ORS 744.001",
                    "effective_from": "2020-07-01",
                    "effective_to": None,
                    "confidence": "",
                    "override": False,
                    "fix": {
                        "code": "renew_or_apply",
                        "text": "Renew or apply again",
                        "params": {"state": "OR"},
                    },
                },
                {
                    "rule": "other",
                    "outcome": "unknown",
                    "text": "Nobody knows.",
                    "facts": {},
                    "fix": {"code": "no_such_code", "text": "Ask the state", "params": {}},
                },
            ],
        )
        page = page_of(specialist, row)
        for words in (
            "No license in Oregon is in force.", "ORS 744.001", "In force since 1 Jul 2020", "OR-1",
            "1 Jun 2026", "Renew or apply again</a>", "What helps:</span> Ask the state", 'aria-label="Not known"',
        ):  # fmt: skip
            assert words in page

    @pytest.mark.parametrize("code", sorted(PLACES))
    def test_each_fix_leads_to_a_page_that_is_there(self, ada, client_of, code):
        params = {"state": "OR", "field": "jit_days", "loa_code": "16", "cocode": "77001", "number": "GT-1"}
        fix = {"code": code, "text": "Mend it", "params": params}
        (row,) = transactions(decisions=[{"rule": "r", "outcome": "fail", "text": "No.", "fix": fix}])
        (reason,) = reasons(row, ada)
        assert reason.fix
        assert client_of(ada).get(reason.fix.url.partition("#")[0]).status_code == 200

    def test_a_fix_that_needs_a_right_says_which(self, auditor):
        fix = {"code": "open_company_state", "text": "Open Oregon", "params": {"cocode": "77001"}}
        (row,) = transactions(decisions=[{"rule": "r", "outcome": "fail", "text": "No.", "fix": fix}])
        assert "Open Oregon: needs the right “Can change company”" in page_of(auditor, row)

    def test_fees_stand_as_estimated_and_as_charged(self, auditor):
        (row,) = transactions(
            status="approved",
            charged_state_fee_cents=1_700,
            charged_nipr_fee_cents=153,
            charged_on=clock.today(),
        )
        page = page_of(auditor, row)
        assert "$17.53" in page
        assert "$18.53" in page

    def test_a_fee_that_the_state_bills_is_not_nought(self, auditor):
        (row,) = transactions(state_fee_cents=None)
        assert "billed by the state" in page_of(auditor, row)
        assert "$1.53 + state" in page_of(auditor, row)

    def test_what_happened_is_told_oldest_first(self, auditor):
        row = unknown()
        Transaction.objects.update(created_at=clock.now() - timedelta(hours=2))
        attempt(row, note="Nothing came within 60 seconds.")
        attempt(row, purpose="ask", claimed_at=clock.now(), sending_at=None, ended_at=None, outcome="")
        page = page_of(auditor, row)
        told = page[page.index("oldest first") :]
        order = [
            told.index(words)
            for words in (
                "Asked for",
                "Sent to NIPR",
                "No answer after 60.0 s. Nothing came",
                "Not on its way yet",
            )
        ]
        assert order == sorted(order)

    def test_who_did_what_is_told_with_the_reason(self, auditor, specialist):
        (row,) = transactions()
        address = reverse("appointments:transactions_step", args=["close"])
        specialist.post(address, {"ids": str(row.pk), "reason": "Asked for by mistake"})
        page = page_of(auditor, row)
        assert "Reason: Asked for by mistake" in page
        assert ", Leo Marchetti</p>" in page

    def test_more_history_takes_no_more_queries(self, auditor, queries_of):
        (row,) = transactions()
        one = queries_of(lambda: page_of(auditor, row))
        for _ in range(3):
            attempt(row)
        sibling(row)
        assert queries_of(lambda: page_of(auditor, row)) == one

    def test_one_that_does_not_exist_is_not_found(self, auditor):
        assert auditor.get("/admin/transactions/99/").status_code == 404


class TestButtons:
    @pytest.mark.parametrize(
        ("status", "labels"),
        [
            ("ready_to_submit", ["Submit…", "Hold for first business…", "Close…"]),
            ("held", ["Release…", "Close…"]),
            ("awaiting_approval", ["Approve…", "Close…"]),
            ("queued", ["Take back…"]),
            ("failed", ["Make ready again…", "Close…"]),
            ("declined", ["Close…"]),
            ("submitting", []),
            ("approved", []),
            ("closed", []),
        ],
    )
    def test_they_are_the_moves_from_its_status(self, admin, status, labels):
        (row,) = transactions(status=status, just_in_time=True)
        page = page_of(admin, row)
        every = [
            "Submit…",
            "Hold for first business…",
            "Release…",
            "Approve…",
            "Take back…",
            "Make ready again…",
        ]
        assert [label for label in [*every, "Close…"] if label in page] == sorted(
            labels, key=[*every, "Close…"].index
        )

    def test_only_what_may_be_appointed_just_in_time_is_offered_to_be_held(self, admin):
        (row,) = transactions(status="ready_to_submit", just_in_time=False)
        assert "Hold for first business…" not in page_of(admin, row)

    def test_without_the_right_the_button_stays_and_names_it(self, specialist):
        (row,) = transactions()
        assert "Needs the right “Can submit transactions: spends money”" in page_of(specialist, row)

    def test_what_waits_for_documents_cannot_be_approved_yet(self, approver):
        (row,) = transactions(status="awaiting_approval", status_detail="documents_required")
        assert "are not attached yet" in page_of(approver, row)

    def test_what_was_sent_before_cannot_be_taken_back(self, submitter):
        (row,) = transactions(status="queued", first_sent_at=clock.now())
        assert "It has been sent before; it cannot be taken back" in page_of(submitter, row)


class TestUnknown:
    def test_it_says_what_is_known_and_not_to_enter_it_again(self, auditor):
        GatewaySettings.objects.update_or_create(pk=1, defaults={"polling": True})
        page = page_of(auditor, unknown())
        assert "no answer. We are going to ask NIPR." in page
        assert "Do not enter it again." in page

    def test_where_nipr_is_not_asked_a_person_has_to_look(self, approver):
        page = page_of(approver, unknown())
        assert "polling is not switched on" in page
        assert "Ask NIPR now" not in page

    def test_opening_asks_once_a_minute_by_a_post(self, approver):
        GatewaySettings.objects.update_or_create(pk=1, defaults={"polling": True})
        row = unknown()
        assert 'hx-trigger="load' in page_of(approver, row)
        attempt(row, purpose="ask", claimed_at=clock.now())
        page = page_of(approver, row)
        assert 'hx-trigger="load' not in page
        assert "We are asking NIPR" in page

    def test_an_auditor_never_asks(self, auditor):
        GatewaySettings.objects.update_or_create(pk=1, defaults={"polling": True})
        row = unknown()
        assert "Ask NIPR now" not in page_of(auditor, row)
        assert auditor.post(reverse("appointments:transaction_ask", args=[row.pk])).status_code == 403

    def test_asking_shows_what_came_of_it(self, approver, monkeypatch):
        row = unknown()
        asked = []
        monkeypatch.setattr(
            "appointments.gateway.reconcile.ask_now", lambda ids, actor: asked.append(ids) or len(ids)
        )
        address = reverse("appointments:transaction_ask", args=[row.pk])
        assert "NIPR has been asked" in said(approver.post(address, follow=True))[0]
        quiet = approver.post(address, headers={"HX-Request": "true"})
        assert (quiet.status_code, quiet.headers["HX-Refresh"]) == (204, "true")
        assert asked == [[row.pk], [row.pk]]

    def test_a_registry_that_does_not_answer_is_told_only_to_who_pressed_the_button(
        self, approver, monkeypatch
    ):
        row = unknown()

        def no_answer(ids, actor):
            raise Conflict("NIPR did not answer just now.", "It is asked again by itself.")

        monkeypatch.setattr("appointments.gateway.reconcile.ask_now", no_answer)
        address = reverse("appointments:transaction_ask", args=[row.pk])
        assert "NIPR did not answer" in said(approver.post(address, follow=True))[0]
        quiet = approver.post(address, headers={"HX-Request": "true"})
        assert (quiet.status_code, "HX-Refresh" in quiet.headers) == (204, False)

    def test_one_that_is_known_is_not_asked_about(self, approver):
        (row,) = transactions(status="submitted")
        answer = approver.post(reverse("appointments:transaction_ask", args=[row.pk]), follow=True)
        assert "NIPR was not asked" in said(answer)[0]

    @pytest.mark.parametrize(
        ("event", "given", "then"),
        [
            ("attach", {"nipr_trans": "90001", "reason": "Called NIPR"}, "submitted"),
            ("not_there", {"reason": "Called NIPR"}, "ready_to_submit"),
            ("write_off", {"reason": "Nobody knows"}, "closed"),
        ],
    )
    def test_a_person_says_what_became_of_it(self, approver, event, given, then):
        row = unknown()
        approver.post(reverse("appointments:transaction_settle", args=[row.pk, event]), given)
        assert statuses([row]) == [then]
        assert AuditEntry.objects.filter(action=f"transaction.{event}", reason=given["reason"]).exists()

    @pytest.mark.parametrize("event", ["attach", "not_there", "write_off"])
    def test_without_a_reason_nothing_is_said(self, approver, event):
        row = unknown()
        address = reverse("appointments:transaction_settle", args=[row.pk, event])
        assert "Say how you found out" in said(approver.post(address, {"nipr_trans": "9"}, follow=True))[0]
        assert statuses([row]) == ["unknown"]

    def test_whoever_submitted_it_does_not_say_that_it_is_not_there(self, approver, pia):
        row = unknown(submitted_by_user_id=pia.pk, submitted_by_label=str(pia))
        address = reverse("appointments:transaction_settle", args=[row.pk, "not_there"])
        assert "somebody else" in said(approver.post(address, {"reason": "Because"}, follow=True))[0]
        assert statuses([row]) == ["unknown"]

    def test_whoever_may_not_settle_reads_which_right_it_takes(self, specialist):
        page = page_of(specialist, unknown())
        assert "This needs the right “Can approve transactions as the second person”." in page
        assert "Attach the number" not in page

    def test_another_answer_is_not_found(self, approver):
        assert approver.post(f"/admin/transactions/{unknown().pk}/settle/approve/").status_code == 404


class TestJustInTime:
    def day(self, browser, row, text_given, **options):
        address = reverse("appointments:transaction_first_business", args=[row.pk])
        return browser.post(address, {"day": text_given}, **options)

    def test_the_day_of_first_business_starts_the_clock(self, specialist):
        (row,) = transactions(status="held", just_in_time=True)
        assert "It waits for the first business." in page_of(specialist, row)
        self.day(specialist, row, clock.today().isoformat())
        assert "15 days left" in page_of(specialist, row)

    @pytest.mark.parametrize(
        ("left", "words"), [(0, "Today is the last day"), (-3, "3 days ago"), (1, "1 day left")]
    )
    def test_the_days_left_are_counted(self, specialist, left, words):
        day = clock.today() + timedelta(days=left)
        (row,) = transactions(status="held", just_in_time=True, appoint_by=day)
        assert words in page_of(specialist, row)

    @pytest.mark.parametrize("given", ["soon", "2026-13-45", "2999-01-01"])
    def test_a_day_that_cannot_be_is_refused(self, specialist, given):
        (row,) = transactions(status="held", just_in_time=True)
        assert said(self.day(specialist, row, given, follow=True))
        row.refresh_from_db()
        assert row.first_business_date is None

    def test_the_clock_can_be_taken_back(self, specialist):
        (row,) = transactions(status="held", just_in_time=True, first_business_date=clock.today())
        self.day(specialist, row, "")
        row.refresh_from_db()
        assert row.first_business_date is None

    def test_it_is_asked_only_where_it_counts(self, specialist):
        (row,) = transactions(status="held")
        assert "Day of first business" not in page_of(specialist, row)


class TestDocuments:
    def attach(self, browser, row, content=PDF, name="paper.pdf"):
        address = reverse("appointments:transaction_attach", args=[row.pk])
        return browser.post(address, {"file": SimpleUploadedFile(name, content)}, follow=True)

    def waiting(self) -> Transaction:
        (row,) = transactions(status="awaiting_approval", status_detail="documents_required", for_cause=True)
        return row

    def test_a_document_is_attached_listed_and_read(self, specialist):
        row = self.waiting()
        answer = self.attach(specialist, row)
        assert "“paper.pdf” is attached." in said(answer)
        assert "paper.pdf</a>" in text(answer)
        paper = SupportingDocument.objects.get()
        file = specialist.get(reverse("appointments:transaction_paper", args=[row.pk, paper.pk]))
        assert file.content == PDF
        assert file["Content-Disposition"] == 'attachment; filename="paper.pdf"'
        assert file["X-Content-Type-Options"] == "nosniff"
        assert AuditEntry.objects.filter(action="transaction.document_read").exists()

    def test_then_a_second_person_may_approve(self, specialist, approver):
        row = self.waiting()
        self.attach(specialist, row)
        approver.post(reverse("appointments:transactions_step", args=["approve"]), {"ids": str(row.pk)})
        assert statuses([row]) == ["ready_to_submit"]

    def test_what_is_no_document_is_refused_by_its_content(self, specialist):
        row = self.waiting()
        assert "neither a PDF" in said(self.attach(specialist, row, b"<html>", "paper.pdf"))[0]
        assert not SupportingDocument.objects.exists()

    def test_no_file_and_a_large_one_are_refused(self, specialist, monkeypatch):
        row = self.waiting()
        address = reverse("appointments:transaction_attach", args=[row.pk])
        assert "Choose a file first" in said(specialist.post(address, follow=True))[0]
        monkeypatch.setattr("appointments.services.handling.documents.LARGEST", 3)
        assert "larger than 10 MB" in said(self.attach(specialist, row))[0]

    def test_a_document_of_another_transaction_is_not_found(self, specialist):
        row, other = self.waiting(), transactions()[0]
        self.attach(specialist, row)
        address = reverse(
            "appointments:transaction_paper", args=[other.pk, SupportingDocument.objects.get().pk]
        )
        assert specialist.get(address).status_code == 404


class TestBatch:
    def test_it_shows_its_transactions_and_what_they_cost(self, auditor):
        (row,) = transactions()
        sibling(row, status="not_eligible", state_fee_cents=None, nipr_fee_cents=None)
        page = text(auditor.get(reverse("appointments:batch", args=[row.batch_id])))
        for words in ("TB-000001", "GT-00000001", "GT-00000002", "$17.53", "Health"):
            assert words in page

    def test_actions_are_for_all_that_can_take_them(self, submitter):
        (row,) = transactions()
        sibling(row, status="held")
        page = text(submitter.get(reverse("appointments:batch", args=[row.batch_id])))
        assert "Submit all…" in page
        assert "Release all…" in page
        assert "Approve all…" not in page

    def test_three_rows_take_the_queries_of_one(self, auditor, queries_of):
        (row,) = transactions()
        address = reverse("appointments:batch", args=[row.batch_id])
        one = queries_of(lambda: auditor.get(address))
        sibling(row)
        sibling(row, loa_code="99")
        assert queries_of(lambda: auditor.get(address)) == one
