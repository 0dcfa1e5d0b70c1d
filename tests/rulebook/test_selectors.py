"""What is read for a whole request set: the reasons, the registry's rates, and the fees as they are shipped."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rulebook import selectors, services
from rulebook.models import Fee, StateRule
from rulebook.rules.fees import RegistryRates, appointment_fee, termination_fee

DAY = date(2026, 11, 21)


def test_reasons_are_those_of_the_states_with_the_defaults_of_the_organisation(shipped):
    book = selectors.load_reason_book(DAY, {"TX": "CANCELLED"})
    assert [reason.slug for reason in book.offered("TX")] == ["CANCELLED"]
    assert book.asked("TX", "") == "CANCELLED"
    assert book.takes_none("DC")
    assert book.accepted("MT") is None
    assert book.find("cancelled FOR cause").for_cause == "yes"


def test_a_local_rule_changes_the_reasons_of_its_days(shipped):
    services.override_rule(
        jurisdiction="TX",
        field="termination_reason_codes",
        value="CANCELLED|DEATH",
        effective_from=DAY,
        effective_to=DAY,
        reason="Bulletin",
        author_label="Ada",
    )
    assert len(selectors.load_reason_book(DAY, {}).offered("TX")) == 2
    assert len(selectors.load_reason_book(DAY + timedelta(days=1), {}).offered("TX")) == 1


def test_reasons_are_read_in_as_many_queries_for_all_states_as_for_one(shipped, django_assert_num_queries):
    selectors.load_rule_book()
    with django_assert_num_queries(2):
        selectors.load_reason_book(DAY, {})


def test_the_registrys_rates_are_those_of_its_price_list(shipped, django_assert_num_queries):
    with django_assert_num_queries(1):
        rates = selectors.registry_rates(DAY)
    assert rates == RegistryRates(
        appointment_cents=153,
        termination_cents=153,
        application_resident_cents=500,
        application_non_resident_cents=618,
        renewal_resident_cents=500,
        renewal_non_resident_cents=500,
    )


def test_a_rate_is_not_known_before_its_price_list(shipped):
    assert selectors.registry_rates(date(2016, 3, 31)) == RegistryRates()


def test_the_latest_price_counts_and_an_undated_one_is_the_oldest(db):
    item = selectors.RATE_ITEMS["appointment_cents"]
    for cents, since in ((153, None), (170, date(2026, 1, 1)), (160, date(2020, 1, 1))):
        Fee.objects.create(item=item, payee="registry", amount_cents=cents, effective_from=since)
    assert selectors.registry_rates(DAY).appointment_cents == 170
    assert selectors.registry_rates(date(2019, 1, 1)).appointment_cents == 153


@pytest.mark.parametrize(
    ("state", "residency", "entity", "cents", "per_line"),
    [
        ("AR", "R", "individual", 2000, False),
        ("AR", "NR", "individual", 6000, False),
        ("SD", "R", "individual", 1000, False),
        ("SD", "NR", "individual", 2000, False),
        ("OH", "R", "individual", 1000, True),
        ("AL", "R", "individual", 4000, False),
        ("MS", "NR", "individual", 2500, False),
        ("KY", "NR", "firm", 12000, False),
        ("ME", "NR", "firm", 0, False),
        ("VA", "NR", "individual", 700, True),
        ("MT", "R", "individual", None, False),
        ("CO", "R", "individual", 0, False),
    ],
)
def test_the_shipped_fees_of_appointments(shipped, state, residency, entity, cents, per_line):
    fee = appointment_fee(selectors.load_rule_book(), state, residency, entity, DAY)
    assert (fee.cents, fee.per_line) == (cents, per_line)
    assert fee.decision.source or cents is None


def test_the_shipped_fees_of_terminations(shipped):
    book = selectors.load_rule_book()
    assert termination_fee(book, "NC", "R", "individual", DAY).per_line
    assert termination_fee(book, "CA", "R", "individual", DAY).cents is None


def test_a_fee_whose_sources_disagree_says_so(shipped):
    told = StateRule.objects.get(jurisdiction="ME", field="appointment_fee_nonresident_usd")
    assert "$70" in told.conflict


def test_a_local_rule_about_documents_names_reasons_that_exist(shipped):
    with pytest.raises(services.ValidationError, match="is none of"):
        services.draft_override(
            jurisdiction="TX",
            field="termination_document_reasons",
            value="LEFT",
            effective_from=None,
            effective_to=None,
            reason="Bulletin",
            author_label="Ada",
        )
