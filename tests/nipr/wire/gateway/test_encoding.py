from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from lxml import etree

from nipr.wire.gateway import (
    GatewayTransaction,
    document,
    encode_transaction,
    question_about,
    question_from,
    read_transaction,
)
from nipr.wire.gateway.requests import BadField, read_document
from nipr.wire.xml import Element, parse
from tests.nipr.gateway.samples import APPLICATION, APPOINTMENT, REQUEST, make, sent
from tests.nipr.wire.gateway.strategies import transactions


def _canonical(data: bytes) -> bytes:
    return etree.tostring(parse(data), method="c14n")


def test_the_sample_appointment_is_written_as_the_sample_has_it() -> None:
    assert _canonical(sent(APPOINTMENT)) == _canonical(REQUEST)


def test_the_sample_request_is_read_as_the_sample_appointment() -> None:
    (posted,) = read_document(REQUEST)
    assert posted.transaction == APPOINTMENT


@given(transactions)
@settings(max_examples=200)
def test_what_is_written_is_read_again(transaction: GatewayTransaction) -> None:
    assert read_transaction(encode_transaction(transaction)) == transaction


@given(transactions)
@settings(max_examples=100)
def test_elements_stand_in_alphabetical_order(transaction: GatewayTransaction) -> None:
    def check(element: Element) -> None:
        names = [child.tag for child in element]
        assert names == sorted(names)
        for child in element:
            check(child)

    check(parse(encode_transaction(transaction)))


def test_equal_transactions_are_equal_bytes() -> None:
    assert encode_transaction(make(1)) == encode_transaction(make(1)) != encode_transaction(make(2))


def test_characters_that_xml_cannot_hold_become_a_space_and_cost_nobody_else() -> None:
    odd = replace(
        APPOINTMENT, applicant=replace(APPOINTMENT.applicant, last_name="QUILL\x00\ud800\x1fFEATHER\n")
    )
    assert read_transaction(encode_transaction(odd)).applicant.last_name == "QUILL FEATHER"


def test_markup_in_a_name_stays_text() -> None:
    odd = replace(APPOINTMENT, applicant=replace(APPOINTMENT.applicant, last_name="</NAME>&amp;<X>]]>"))
    assert read_transaction(encode_transaction(odd)).applicant.last_name == "</NAME>&amp;<X>]]>"


@pytest.mark.parametrize(("cents", "text"), [(0, "0.00"), (5, "0.05"), (1000, "10.00"), (123456, "1234.56")])
def test_money_has_two_decimals(cents: int, text: str) -> None:
    body = encode_transaction(replace(APPOINTMENT, state_fee_cents=cents))
    assert f"<STATE_FEE>{text}</STATE_FEE>".encode() in body


def test_a_question_carries_the_key_the_payment_and_the_head_and_applies_for_nothing() -> None:
    question = parse(question_about(APPOINTMENT))
    assert [child.tag for child in question] == [
        "CUSTOMER",
        "CUST_BATCH",
        "CUST_TRANS",
        "PAYMENT",
        "TRANS_HEAD",
    ]
    (posted,) = read_document(document([question_about(APPOINTMENT)]))
    assert posted.is_question
    assert posted.key == APPOINTMENT.key


def test_a_question_can_be_made_from_the_stored_bytes() -> None:
    assert question_from(encode_transaction(APPLICATION)) == question_about(APPLICATION)


def test_tax_numbers_birth_dates_and_answers_stay_out_of_logs() -> None:
    secret = replace(APPLICATION, applicant=replace(APPLICATION.applicant, tax_number="123-45-6789"))
    shown = repr(secret)
    assert "6789" not in shown
    assert "1981" not in shown
    assert "A late filing" not in shown


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        (b"<TRANSACTION_TYPE>1<", b"<TRANSACTION_TYPE>9<", "TYPE"),
        (b"<STATE_FEE>10.00<", b"<STATE_FEE>10,00<", "FEE"),
        (b"<DATE_EFFECTIVE>20250106<", b"<DATE_EFFECTIVE>20250231<", "DATE"),
        (b"<TIME_STAMP>091500000<", b"<TIME_STAMP>0915<", "DATE"),
        (b"<TYPE>I</TYPE></APPLICANT>", b"<TYPE>X</TYPE></APPLICANT>", "NAME"),
    ],
)
def test_what_cannot_be_read_is_a_problem_of_its_transaction_alone(
    before: bytes, after: bytes, field: str
) -> None:
    whole = sent(make(1), make(2))
    head, _, tail = whole.partition(before)
    bad, good = read_document(head + after + tail)
    assert bad.problem is not None
    assert bad.problem.field == field
    assert good.transaction == make(2)
    with pytest.raises(BadField):
        read_transaction(encode_transaction(make(1)).replace(before, after))
