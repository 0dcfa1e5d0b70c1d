"""The transactions list, its presets, and the steps taken from it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from appointments.models import GatewaySettings, Transaction
from producers.models import License
from tests.appointments.handling.cast import statuses, transactions
from tests.appointments.screens_transactions.conftest import said, text

pytestmark = pytest.mark.django_db
LIST = "appointments:transactions"


def act(browser, action, rows, **params):
    data = {"action": action, "ids": [row.pk for row in rows]}
    return browser.post(reverse(LIST), data, query_params=params)


class TestFinding:
    @pytest.mark.parametrize(
        ("params", "found"),
        [
            ({}, True),
            ({"status": "ready_to_submit"}, True),
            ({"status": "held"}, False),
            ({"kind": "appointment"}, True),
            ({"kind": "termination"}, False),
            ({"state": "OR"}, True),
            ({"state": "CA"}, False),
            ({"producer": "88200000"}, True),
            ({"producer": "88299999"}, False),
            ({"batch": "TB-000001"}, True),
            ({"batch": "TB-000002"}, False),
            ({"batch": "1"}, True),
            ({"batch": "nonsense"}, False),
            ({"external_id": "hr-1"}, True),
            ({"external_id": "hr-2"}, False),
            ({"actionable": "true"}, True),
            ({"actionable": "false"}, False),
            ({"reason": "in_good_standing"}, True),
            ({"reason": "already_appointed"}, False),
            ({"for_cause": "true"}, False),
            ({"since": "2020-01-01"}, True),
            ({"q": "GT-00000001"}, True),
            ({"q": "gt-1"}, True),
            ({"q": "TB-1"}, True),
            ({"q": "GT-2"}, False),
            ({"q": "88200000"}, True),
            ({"q": "hr-1"}, True),
            ({"q": "nobody"}, False),
            ({"request_set": "00000000-0000-0000-0000-000000000001"}, False),
        ],
    )
    def test_filters_and_search_find_it_or_not(self, auditor, params, found):
        transactions(external_id="hr-1")
        page = text(auditor.get(reverse(LIST), params))
        assert ('value="1" aria-label="Choose GT-00000001"' in page or "GT-00000001</a>" in page) == found

    def test_the_company_is_chosen_from_a_list(self, auditor):
        (row,) = transactions()
        assert "GT-00000001</a>" in text(auditor.get(reverse(LIST), {"company": row.company_id}))

    def test_each_status_is_counted_and_leads_to_its_rows(self, auditor):
        transactions(2)
        transactions(status="held")
        page = text(auditor.get(reverse(LIST)))
        assert "Ready to submit <b>2</b>" in page
        assert "Held <b>1</b>" in page

    def test_what_waits_for_a_person_is_a_list_of_its_own(self, auditor):
        transactions(status="held")
        transactions(status="approved")
        page = text(auditor.get(reverse("appointments:transactions_actionable")))
        assert "GT-00000001" in page
        assert "GT-00000002" not in page

    def test_an_empty_list_says_what_will_be_in_it(self, auditor):
        assert "No transaction yet." in text(auditor.get(reverse(LIST)))
        assert "Nothing waits for you." in text(auditor.get(reverse("appointments:transactions_actionable")))

    def test_the_rows_come_as_a_file(self, auditor):
        transactions()
        answer = auditor.get(reverse(LIST), {"export": "csv"})
        lines = b"".join(answer.streaming_content).decode().splitlines()
        assert lines[1].startswith("GT-00000001,Appointment,")

    @pytest.mark.parametrize("name", [LIST, "appointments:transactions_actionable"])
    def test_three_rows_take_the_queries_of_one(self, submitter, queries_of, name):
        transactions()
        one = queries_of(lambda: submitter.get(reverse(name)))
        transactions(2)
        assert queries_of(lambda: submitter.get(reverse(name))) == one


class TestSteps:
    def test_submit_leads_to_the_cost_of_the_chosen_rows(self, submitter):
        rows = transactions(3)
        page = text(act(submitter, "submit", rows[:2]))
        assert "2 transactions ready to be submitted" in page
        assert "Submit for $35.06" in page
        assert statuses(rows) == ["ready_to_submit"] * 3

    def test_all_rows_of_a_filter_can_be_chosen(self, submitter):
        transactions(3)
        transactions(1, status="held")
        answer = submitter.post(
            reverse(LIST),
            {"action": "submit", "all_matching": "on"},
            query_params={"status": "ready_to_submit"},
        )
        assert "3 transactions ready to be submitted" in text(answer)

    def test_closing_asks_first_and_says_what_it_does_not_do(self, specialist):
        rows = [*transactions(2), *transactions(1, status="submitted")]
        page = text(act(specialist, "close", rows))
        assert "Close 2 transactions" in page
        assert "cancels nothing" in page
        assert "refunds nothing" in page
        assert "1 submitted" in page

    def test_the_step_tells_what_worked_and_what_did_not(self, specialist):
        rows = [*transactions(2), *transactions(1, status="submitted")]
        data = {"ids": "1,2,3", "back": reverse(LIST), "reason": "asked for by mistake"}
        answer = specialist.post(reverse("appointments:transactions_step", args=["close"]), data, follow=True)
        assert statuses(rows) == ["closed", "closed", "submitted"]
        done, refused = said(answer)
        assert done == "2 transactions closed."
        assert refused.startswith("1 transaction was left as it is. GT-00000003")

    def test_equal_reasons_are_told_once_with_the_first_numbers(self, specialist):
        transactions(9, status="submitted")
        data = {"ids": ",".join(map(str, range(1, 10))), "back": reverse(LIST)}
        answer = specialist.post(reverse("appointments:transactions_step", args=["close"]), data, follow=True)
        (refused,) = said(answer)
        assert "GT-00000004 and 5 more: each is “Submitted”" in refused
        assert "GT-00000005" not in refused

    @pytest.mark.parametrize(
        ("step", "status", "person", "then"),
        [
            ("take_back", "queued", "submitter", "ready_to_submit"),
            ("approve", "awaiting_approval", "approver", "ready_to_submit"),
            ("mend", "failed", "specialist", "ready_to_submit"),
            ("close", "declined", "specialist", "closed"),
        ],
    )
    def test_each_step_moves_what_may_move(self, request, step, status, person, then):
        rows = transactions(2, status=status)
        browser = request.getfixturevalue(person)
        address = reverse("appointments:transactions_step", args=[step])
        assert "2 transactions" in text(browser.get(address, {"ids": "1,2"}))
        browser.post(address, {"ids": "1,2"})
        assert statuses(rows) == [then, then]

    def test_held_ones_are_released_for_the_cost_on_the_button(self, submitter):
        rows = transactions(2, status="held", just_in_time=True)
        address = reverse("appointments:transactions_step", args=["release"])
        assert "Release 2 for $35.06" in text(submitter.get(address, {"ids": "1,2"}))
        submitter.post(address, {"ids": "1,2", "agreed_cents": "3506"})
        assert statuses(rows) == ["queued", "queued"]

    def test_a_release_above_the_limit_names_who_may_approve(self, submitter, pia):
        GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": 1_000})
        rows = transactions(1, status="held", just_in_time=True)
        address = reverse("appointments:transactions_step", args=["release"])
        assert "above $10.00: a second person" in text(submitter.get(address, {"ids": "1"}))
        submitter.post(address, {"ids": "1", "agreed_cents": "1753"})
        assert statuses(rows) == ["awaiting_approval"]

    def test_a_release_at_another_cost_shows_both_amounts(self, submitter):
        rows = transactions(1, status="held", just_in_time=True)
        address = reverse("appointments:transactions_step", args=["release"])
        answer = submitter.post(address, {"ids": "1", "agreed_cents": "100"})
        assert answer.status_code == 409
        assert "$1.00" in text(answer)
        assert "$17.53" in text(answer)
        assert statuses(rows) == ["held"]

    def test_a_release_that_names_no_cost_sends_nothing(self, submitter):
        rows = transactions(1, status="held", just_in_time=True)
        answer = submitter.post(reverse("appointments:transactions_step", args=["release"]), {"ids": "1"})
        assert "Nothing was sent" in said(answer)[0]
        assert statuses(rows) == ["held"]

    def test_what_may_not_be_released_any_more_says_why_and_costs_nothing(self, submitter):
        transactions(2, status="held", just_in_time=True)
        License.objects.filter(producer__npn="88200000").update(active=False)
        page = text(
            submitter.get(reverse("appointments:transactions_step", args=["release"]), {"ids": "1,2"})
        )
        assert "Release 1 for $17.53" in page
        assert "GT-00000001 is not eligible any more" in page

    def test_what_cannot_take_the_step_says_where_it_stands(self, specialist):
        transactions(2, status="approved")
        page = text(specialist.get(reverse("appointments:transactions_step", args=["close"]), {"ids": "1,2"}))
        assert "None of the chosen transactions can take this step now. They are: 2 approved." in page

    def test_nothing_chosen_says_so(self, specialist):
        page = text(specialist.get(reverse("appointments:transactions_step", args=["close"])))
        assert "Choose transactions in the list first." in page

    def test_a_step_that_does_not_exist_is_not_found(self, specialist):
        assert specialist.get("/admin/transactions/step/claim/").status_code == 404

    def test_the_way_back_leads_only_into_the_product(self, specialist):
        transactions()
        data = {"ids": "1", "back": "https://elsewhere.example/"}
        answer = specialist.post(reverse("appointments:transactions_step", args=["close"]), data)
        assert answer.url == Transaction.objects.get().get_absolute_url()

    def test_more_than_ten_thousand_are_refused_at_once(self, specialist):
        ids = ",".join(map(str, range(1, 10_002)))
        address = reverse("appointments:transactions_step", args=["close"])
        answer = specialist.post(address, {"ids": ids}, follow=True)
        assert "too many for one step" in said(answer)[0]
