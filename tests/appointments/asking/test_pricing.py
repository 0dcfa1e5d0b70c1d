"""What is asked for costs: the state's fee by residency, by line or once, and the registry's by transaction."""

from __future__ import annotations

from appointments.models import Transaction
from rulebook.models import Fee
from tests.appointments.asking import world
from tests.appointments.asking.world import ask, only, request


def _state_fees(answer):
    return [line["state_fee"] for line in answer["requests"][0]["transactions"]]


def test_the_residency_of_the_license_that_carries_the_line_decides(ines):
    world.license_of(ines, "TX")
    ines.licenses.filter(state="CA").update(residency="NR")
    assert only(ask(request(loa_categories=["16"]))).state_fee_cents == 5800


def test_by_line_where_the_state_counts_so(ines):
    assert _state_fees(ask(request())) == ["16.00", "16.00"]


def test_once_for_a_batch_where_it_does_not(ines):
    world.license_of(ines, "TX", residency="NR")
    answer = ask(
        request(state="TX", loa_categories=["life", "health"]), request(state="TX", cocode=world.FOX)
    )
    assert _state_fees(answer) == ["10.00", "0.00", "0.00", "0.00"]
    assert answer["cost"] == {"state": "20.00", "nipr": "9.18", "total": "29.18", "billed_later": 0}


def test_the_one_fee_is_carried_by_the_first_that_is_eligible(ines):
    world.license_of(ines, "TX", residency="NR")
    world.appointed(ines, "TX")
    fees = _state_fees(ask(request(state="TX", loa_categories=["16", "935", "936"])))
    assert fees == ["0.00", "10.00", "0.00"]


def test_the_one_fee_is_carried_over_the_requests_of_a_batch(ines):
    world.license_of(ines, "TX", residency="NR")
    answer = ask(request(state="TX", loa_categories=["16"]), request(state="TX", loa_categories=["935"]))
    assert answer["cost"]["state"] == "10.00"


def test_a_fee_that_is_not_known_is_billed_by_the_state_and_is_not_zero(ines):
    from rulebook.models import StateRule

    StateRule.objects.filter(jurisdiction="CA", field__startswith="appointment_fee").delete()
    answer = ask(request())
    assert _state_fees(answer) == [None, None]
    assert answer["cost"] == {"state": "0.00", "nipr": "3.06", "total": "3.06", "billed_later": 2}
    assert Transaction.objects.first().billed_by_state


def test_what_is_not_eligible_is_not_priced(ines):
    world.appointed(ines)
    answer = ask(request(loa_categories=["16"]))
    assert answer["cost"] == {"state": "0.00", "nipr": "0.00", "total": "0.00", "billed_later": 0}


def test_a_rate_of_the_registry_that_is_not_known_stays_unknown(ines):
    Fee.objects.all().delete()
    row = only(ask(request(loa_categories=["16"])))
    assert (row.state_fee_cents, row.nipr_fee_cents) == (1600, None)


def test_where_the_price_comes_from_is_told(ines):
    (line,) = ask(request(loa_categories=["16"]))["requests"][0]["transactions"]
    assert line["decisions"][-1]["rule"] == "state_fee"
