"""The fee ledger, and the tab of the producer page."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from appointments.views.transactions.tab import register_tabs
from core.audit.models import AuditEntry
from tests.appointments.handling.cast import transactions
from tests.appointments.screens_transactions.conftest import text
from tests.producers.cast import put_on_file

pytestmark = pytest.mark.django_db
LEDGER = "appointments:ledger"


def charged(count: int = 1, **fields) -> None:
    given = {
        "status": "approved",
        "charged_state_fee_cents": 1_700,
        "charged_nipr_fee_cents": 153,
        "charged_on": date(2026, 5, 4),
        "registry_shows": "shown",
    }
    transactions(count, **(given | fields))


class TestLedger:
    def test_it_tells_estimated_charged_and_their_difference(self, auditor):
        charged(2)
        page = text(auditor.get(reverse(LEDGER)))
        for words in ("All that match", "$35.06", "$37.06", "$2.00", "May 2026", "Heron Life Insurance Co"):
            assert words in page

    def test_what_the_state_bills_is_counted_and_not_nought(self, auditor):
        charged(state_fee_cents=None, charged_state_fee_cents=None)
        page = text(auditor.get(reverse(LEDGER)))
        assert "billed by the state" in page
        assert "1 with a state fee that the state bills" in page

    @pytest.mark.parametrize(
        ("params", "found"),
        [
            ({}, True),
            ({"state": "OR"}, True),
            ({"state": "CA"}, False),
            ({"kind": "appointment"}, True),
            ({"kind": "termination"}, False),
            ({"charged_from": "2026-05-01", "charged_to": "2026-05-31"}, True),
            ({"charged_from": "2026-06-01"}, False),
            ({"charged": "true"}, True),
            ({"charged": "false"}, False),
            ({"billed_later": "false"}, True),
            ({"billed_later": "true"}, False),
            ({"q": "GT-1"}, True),
        ],
    )
    def test_filters_narrow_rows_and_totals_together(self, auditor, params, found):
        charged()
        page = text(auditor.get(reverse(LEDGER), params))
        assert ("GT-00000001" in page) == found
        assert ("$18.53" in page) == found

    def test_the_summary_is_a_file_and_taking_it_is_recorded(self, auditor):
        charged()
        answer = auditor.get(reverse(LEDGER), {"summary": "csv", "state": "OR"})
        header, line = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        assert header.startswith("Month,CoCode,Company,State")
        assert line.startswith("2026-05,77001,Heron Life Insurance Co,OR,1,16.00,1.53,17.00,1.53")
        entry = AuditEntry.objects.get(action="list.exported")
        assert entry.changes["filters"] == [None, "state=OR"]

    def test_the_summary_is_a_workbook_too(self, auditor):
        charged()
        answer = auditor.get(reverse(LEDGER), {"summary": "xlsx"})
        assert b"".join(answer.streaming_content).startswith(b"PK")

    def test_each_row_comes_as_a_file(self, auditor):
        charged()
        answer = auditor.get(reverse(LEDGER), {"export": "csv"})
        assert b"GT-00000001" in b"".join(answer.streaming_content)

    def test_what_never_left_is_not_in_it(self, auditor):
        transactions(status="not_eligible")
        assert "No fee yet." in text(auditor.get(reverse(LEDGER)))

    def test_three_rows_take_the_queries_of_one(self, auditor, queries_of):
        charged()
        one = queries_of(lambda: auditor.get(reverse(LEDGER)))
        charged(2)
        assert queries_of(lambda: auditor.get(reverse(LEDGER))) == one


class TestProducerTab:
    @pytest.fixture(autouse=True)
    def tab(self) -> None:
        register_tabs()

    def page_of(self, browser, row) -> str:
        return text(browser.get(reverse("producers:page", args=[row.producer_id]), {"tab": "transactions"}))

    def test_it_shows_the_transactions_of_this_producer_alone(self, auditor):
        row, other = transactions(2, status="unknown", status_detail="no_answer")
        page = self.page_of(auditor, row)
        assert row.number in page
        assert other.number not in page
        assert "Sent, no answer." in page

    def test_without_any_it_says_what_will_be_here(self, auditor):
        page = text(
            auditor.get(reverse("producers:page", args=[put_on_file("1").pk]), {"tab": "transactions"})
        )
        assert "No transaction yet." in page

    def test_the_latest_are_shown_with_a_way_to_the_others(self, auditor, monkeypatch):
        monkeypatch.setattr("appointments.views.transactions.tab.SHOWN", 1)
        (row,) = transactions()
        assert f"?producer={row.npn}" in self.page_of(auditor, row)
