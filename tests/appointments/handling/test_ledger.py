"""The fee ledger, and its comparison with the registry's book."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from appointments.models import Transaction
from appointments.selectors.ledger import ledger_rows, ledger_total, spending
from appointments.services.ledger.books import invoice
from appointments.services.ledger.comparison import compare_with_book, key_of
from core import clock
from core.errors import Conflict, InvalidInput
from nipr.simulator.testing import running_simulator
from tests.appointments.handling.cast import transactions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

NOV, DEC = date(2026, 11, 20), date(2026, 12, 2)


def charged(count: int = 1, on: date = NOV, state: int | None = 1_600, nipr: int = 153, **fields):
    given = {"charged_on": on, "charged_state_fee_cents": state, "charged_nipr_fee_cents": nipr}
    return transactions(count, "approved", **(given | fields))


def test_charges_are_summed_by_month_company_and_state():
    charged(2)
    charged(1, DEC, state=2_000)
    transactions(1, "queued")
    rows = ledger_rows()
    assert [(row.month, row.count, row.charged_cents, row.difference_cents) for row in rows] == [
        (None, 1, 0, 0),
        (date(2026, 12, 1), 1, 2_153, 400),
        (date(2026, 11, 1), 2, 3_506, 0),
    ]
    assert (rows[0].company, rows[0].cocode, rows[0].state) == ("Heron Life Insurance Co", "77001", "OR")
    assert (rows[0].estimated_cents, rows[0].not_charged_yet) == (1_753, 1)


def test_what_the_state_bills_later_is_counted_and_is_no_difference():
    charged(1, state=None, state_fee_cents=None)
    total = ledger_total()
    assert (total.count, total.billed_later, total.charged_cents, total.difference_cents) == (1, 1, 153, 0)


def test_what_costs_nothing_is_not_in_the_ledger():
    for status in ("ready_to_submit", "not_eligible", "recorded", "held", "failed", "closed"):
        transactions(1, status)
    written_off = transactions(1, "closed", unknown_since=clock.now())
    assert list(spending()) == written_off


def test_an_empty_ledger_sums_to_nothing():
    assert (ledger_rows(), ledger_total().count, ledger_total().charged_cents) == ([], 0, 0)


def test_rows_and_total_are_one_query_each(connection_queries):
    charged(5)
    assert connection_queries(ledger_rows) == 1
    assert connection_queries(ledger_total) == 1


# The registry's side


def test_a_book_that_agrees_has_no_difference():
    rows = charged(3)
    book = {key_of(row): 1_753 for row in rows}
    comparison = compare_with_book(book)
    assert (comparison.agreed, comparison.agreed_cents, comparison.differences) == (3, 5_259, [])


def test_differences_are_told_both_ways():
    more, missing, at_nipr = charged(1)[0], charged(1)[0], transactions(1, "submitted", nipr_trans="N7")[0]
    book = {key_of(more): 2_000, "N7": 153, "0/elsewhere": 99, "1/free": 0}
    told = {each.number: each for each in compare_with_book(book).differences}
    assert (told[more.number].ours_cents, told[more.number].theirs_cents) == (1_753, 2_000)
    assert (told[missing.number].ours_cents, told[missing.number].theirs_cents) == (1_753, None)
    assert told[at_nipr.number].message == "It is not charged here yet."
    assert (told[""].key, told[""].message) == ("0/elsewhere", "It is not known here.")
    assert len(told) == 4


def test_a_book_of_a_period_wants_only_what_was_charged_in_it():
    inside = charged(1, NOV)[0]
    charged(1, DEC)
    book = {key_of(inside): 1_753}
    assert not compare_with_book(book, since=date(2026, 11, 1), until=date(2026, 11, 30)).differences
    assert len(compare_with_book(book).differences) == 1


def test_a_hundred_entries_take_the_queries_of_three(connection_queries):
    few, many = charged(3), charged(60)
    books = [{key_of(row): 1_753 for row in rows} for rows in (few, many)]
    assert connection_queries(lambda: compare_with_book(books[0])) == connection_queries(
        lambda: compare_with_book(books[1])
    )


def test_an_invoice_is_read_and_lines_of_one_transaction_are_added_up():
    text = '\ufeffNIPR_trans,Amount\nN1,16.00\nN1,$1.53\nN2,"1,000.00"\n'
    assert invoice(text) == {"N1": 1_753, "N2": 100_000}
    assert invoice("batch,trans,cents\nb1,t1,153\n") == {"b1/t1": 153}


def test_lines_that_cannot_be_read_are_all_named():
    with pytest.raises(InvalidInput) as refusal:
        invoice("nipr_trans,amount\n,1.00\nN1,a lot\nN2,1.005\nN3,1\n")
    assert [error["path"] for error in refusal.value.errors] == ["lines.2", "lines.3", "lines.4"]


def test_a_file_that_is_no_invoice_is_refused():
    with pytest.raises(Conflict):
        invoice("name,age\nx,1\n")


def test_the_command_compares_with_an_invoice(tmp_path, capsys):
    row = charged(1, nipr_trans="N1")[0]
    file = tmp_path / "invoice.csv"
    file.write_text("nipr_trans,cents\nN1,1753\n")
    call_command("reconcile_fees", csv=str(file))
    assert "1 agree, $17.53 in all." in capsys.readouterr().out
    Transaction.objects.filter(pk=row.pk).update(charged_state_fee_cents=0)
    with pytest.raises(CommandError, match="1 differ"):
        call_command("reconcile_fees", csv=str(file))
    assert f"{row.number} N1: here $1.53, there $17.53. The amounts differ." in capsys.readouterr().out


def test_the_command_compares_with_the_simulators_own_book(settings, capsys):
    with running_simulator(producers=3) as simulator:
        settings.NIPR_URL_TEMPLATE = simulator.base_url
        call_command("reconcile_fees")
        assert "0 agree" in capsys.readouterr().out
        charged(1)
        with pytest.raises(CommandError, match="1 differ"):
            call_command("reconcile_fees")


def test_the_command_says_when_there_is_no_book(settings):
    settings.NIPR_URL_TEMPLATE = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="could not be read"):
        call_command("reconcile_fees")
    settings.NIPR_URL_TEMPLATE = "https://example.com"
    with pytest.raises(CommandError, match="invoice"):
        call_command("reconcile_fees")
