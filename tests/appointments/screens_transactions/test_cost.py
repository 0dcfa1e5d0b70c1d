"""The page before money is spent."""

from __future__ import annotations

import pytest
from django.urls import reverse

from appointments.models import GatewaySettings, Transaction
from producers.models import License
from rulebook.models import StateRule
from tests.appointments.handling.cast import statuses, transactions
from tests.appointments.screens_transactions.conftest import said, text

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/transactions/submit/"


class TestThePage:
    def test_it_counts_by_kind_state_and_company_with_today_s_fees(self, submitter):
        transactions(2)
        page = text(submitter.get(ADDRESS, {"ids": "1,2"}))
        for words in ("Heron Life Insurance Co", "$32.00", "$3.06", "$35.06", "Submit for $35.06"):
            assert words in page

    def test_it_says_when_they_leave_and_that_they_can_be_taken_back(self, submitter):
        transactions()
        page = text(submitter.get(ADDRESS, {"ids": "1"}))
        assert "leave 15 seconds after you submit; until then you can take them back" in page
        assert "No second person is needed up to $1,000.00" in page

    def test_what_is_not_ready_is_named_and_not_priced(self, submitter):
        transactions()
        transactions(2, status="held")
        page = text(submitter.get(ADDRESS, {"ids": "1,2,3"}))
        assert "these are not sent: 2 held" in page
        assert "Submit for $17.53" in page

    def test_what_is_no_longer_eligible_says_why_and_costs_nothing(self, submitter):
        transactions(2)
        License.objects.filter(producer__npn="88200000").update(active=False)
        page = text(submitter.get(ADDRESS, {"ids": "1,2"}))
        assert "GT-00000001 is not eligible any more" in page
        assert "Submit for $17.53" in page

    def test_a_fee_that_is_not_known_is_billed_by_the_state_and_not_nought(self, submitter):
        StateRule.objects.filter(field="appointment_fee_usd").delete()
        transactions()
        page = text(submitter.get(ADDRESS, {"ids": "1"}))
        assert "and 1 billed by the state" in page
        assert "Submit for $1.53 + state bills" in page

    def test_above_the_limit_it_names_who_may_approve(self, submitter, pia):
        GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": 1_000})
        transactions()
        page = text(submitter.get(ADDRESS, {"ids": "1"}))
        assert "above $10.00: a second person approves it before it leaves. Pia Novak may approve." in page
        assert "Ask a second person to approve $17.53" in page

    def test_with_nobody_to_approve_it_says_whom_to_ask(self, submitter):
        GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": 1_000})
        transactions()
        assert "ask an administrator" in text(submitter.get(ADDRESS, {"ids": "1"}))

    def test_with_nothing_ready_there_is_no_button(self, submitter):
        transactions(status="approved")
        page = text(submitter.get(ADDRESS, {"ids": "1"}))
        assert "None of these transactions can be submitted now." in page
        assert "Submit for" not in page

    def test_a_batch_and_a_request_set_can_be_submitted_whole(self, submitter):
        transactions(2)
        assert "1 transaction ready" in text(submitter.get(ADDRESS, {"batch": "2"}))
        unknown = "00000000-0000-0000-0000-000000000001"
        assert "None of these" in text(submitter.get(ADDRESS, {"request_set": unknown}))

    def test_three_rows_take_the_queries_of_one(self, submitter, queries_of):
        transactions(4)
        one = queries_of(lambda: submitter.get(ADDRESS, {"ids": "1"}))
        assert queries_of(lambda: submitter.get(ADDRESS, {"ids": "2,3,4"})) == one


class TestSubmitting:
    def test_the_agreed_cost_sends(self, submitter):
        rows = transactions(2)
        data = {"ids": "1,2", "agreed_cents": "3506", "back": reverse("appointments:transactions")}
        answer = submitter.post(ADDRESS, data, follow=True)
        assert statuses(rows) == ["queued", "queued"]
        assert said(answer) == ["2 transactions submitted."]

    def test_another_cost_comes_again_with_both_amounts_and_sends_nothing(self, submitter):
        rows = transactions()
        answer = submitter.post(ADDRESS, {"ids": "1", "agreed_cents": "1000"})
        page = text(answer)
        assert answer.status_code == 409
        assert "Nothing was sent." in page
        assert "<dd>$10.00</dd>" in page
        assert "<dd>$17.53</dd>" in page
        assert 'name="agreed_cents" value="1753"' in page
        assert statuses(rows) == ["ready_to_submit"]

    @pytest.mark.parametrize("agreed", [None, "", "17.53", "-1", "٣"])
    def test_a_form_that_names_no_cost_sends_nothing(self, submitter, agreed):
        rows = transactions()
        data = {"ids": "1"} | ({} if agreed is None else {"agreed_cents": agreed})
        answer = submitter.post(ADDRESS, data)
        assert "Nothing was sent" in said(answer)[0]
        assert statuses(rows) == ["ready_to_submit"]

    def test_above_the_limit_they_wait_for_the_second_person(self, submitter):
        GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": 1_000})
        rows = transactions()
        answer = submitter.post(ADDRESS, {"ids": "1", "agreed_cents": "1753"}, follow=True)
        assert statuses(rows) == ["awaiting_approval"]
        assert "Above the cost limit" in said(answer)[0]

    def test_sent_twice_it_is_sent_once(self, submitter):
        rows = transactions()
        for _ in range(2):
            answer = submitter.post(ADDRESS, {"ids": "1", "agreed_cents": "1753"}, follow=True)
        assert statuses(rows) == ["queued"]
        assert "is “Queued”" in said(answer)[0]
        assert Transaction.objects.count() == 1
