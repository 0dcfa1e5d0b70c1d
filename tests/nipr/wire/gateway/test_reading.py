from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nipr.wire import assumed
from nipr.wire.gateway import Answer, AnswerKind, GatewayTransaction, read_reply
from nipr.wire.gateway.replying import (
    Decision,
    Standing,
    duplicate_text,
    encode_error,
    encode_refusal,
    encode_standing,
    not_received_text,
    reply_document,
)
from tests.nipr.gateway.samples import (
    APPOINTMENT,
    BATCH,
    DUPLICATE,
    FINAL,
    INTERMEDIATE,
    NOT_RECEIVED,
    TRANS,
    make,
    sent,
)
from tests.nipr.wire.gateway.strategies import transactions

NOON = datetime(2025, 1, 6, 12)


def only(raw: bytes) -> Answer:
    reply = read_reply(raw)
    assert reply.readable
    (answer,) = reply.answers
    return answer


def test_the_intermediate_sample_is_with_the_state() -> None:
    answer = only(INTERMEDIATE)
    assert (answer.batch, answer.trans, answer.verdict) == (BATCH, TRANS, AnswerKind.SENT_TO_STATE)
    assert answer.nipr_trans == "50000001"
    assert answer.message == "Transaction has been sent to state for review"
    assert (answer.state_fee_cents, answer.nipr_fee_cents) == (1000, 153)


def test_a_state_that_wants_something_is_heard() -> None:
    answer = only(INTERMEDIATE.replace(b"<ACTION_REQD>N<", b"<ACTION_REQD>Y<"))
    assert answer.verdict is AnswerKind.SENT_TO_STATE
    assert answer.message == "Action required: Transaction has been sent to state for review"


def test_the_final_sample_is_approved_from_the_day_the_state_says() -> None:
    answer = only(FINAL)
    assert answer.verdict is AnswerKind.APPROVED
    assert answer.effective_date == date(2025, 1, 7)
    assert answer.message == "Approved by state."
    assert answer.nipr_fee_cents == 153


def test_a_duplicate_was_received_though_the_error_beside_it_denies_it() -> None:
    answer = only(DUPLICATE)
    assert (answer.batch, answer.trans, answer.verdict) == (BATCH, TRANS, AnswerKind.RECEIVED)
    assert answer.nipr_trans == "50000001"


def test_20001_alone_says_not_received() -> None:
    answer = only(NOT_RECEIVED)
    assert (answer.batch, answer.trans, answer.verdict) == (BATCH, TRANS, AnswerKind.NOT_RECEIVED)


def test_a_duplicate_without_readable_keys_takes_those_of_the_error_after_it() -> None:
    mute = DUPLICATE.replace(b"Cust Batch: B-20250106-1 Cust Trans: T-000001", b"and so on")
    assert only(mute).verdict is AnswerKind.RECEIVED


def test_a_duplicate_without_any_key_makes_every_denial_in_the_reply_doubtful() -> None:
    mute = DUPLICATE.replace(b"Cust Batch: B-20250106-1 Cust Trans: T-000001", b"and so on")
    first, second = mute.split(b"</ERROR>", 1)
    turned = b"<NIPR>" + second.replace(b"</NIPR>", b"") + first.replace(b"<NIPR>", b"") + b"</ERROR></NIPR>"
    reply = read_reply(turned)
    assert [answer.verdict for answer in reply.answers] == [AnswerKind.UNCLEAR]
    assert reply.problem


@pytest.mark.parametrize(
    "details",
    [
        "Gateway Transaction Id: 50000001; Customer Id: 00DEMO; Cust Batch: B1; Cust Trans: T1; Line Number: 1",
        "NIPR Trans 50000001 Customer 00DEMO Cust Batch B1, Cust Trans T1, line 3, ordinal 2",
        "Gateway id 50000001, batch/trans keys: B1/T1, line number 7",
        "Gateway ID=50000001 CUST BATCH=B1 CUST_TRANS=T1",
    ],
)
def test_the_keys_of_a_duplicate_are_found_in_several_wordings(details: str) -> None:
    text = f"{assumed.DUPLICATE_TEXT} {details}"
    answer = only(reply_document([encode_error("3999", text, NOON)]))
    assert (answer.batch, answer.trans, answer.nipr_trans) == ("B1", "T1", "50000001")


def test_an_error_that_is_not_known_is_unclear_and_keeps_its_code_and_text() -> None:
    answer = only(NOT_RECEIVED.replace(b"20001", b"20002"))
    assert answer.verdict is AnswerKind.UNCLEAR
    assert answer.errors[0][0] == "20002"


def test_a_freeze_tells_until_when() -> None:
    standing = Standing("50000001", 153, NOON, frozen_until=date(2025, 2, 1))
    answer = only(reply_document([encode_standing(APPOINTMENT, standing)]))
    assert (answer.verdict, answer.frozen_until) == (AnswerKind.AWAITING_VALIDATION, date(2025, 2, 1))


def test_a_decline_carries_the_words_of_the_state() -> None:
    standing = Standing("50000001", 153, NOON, Decision(False, "No license on file.", None, NOON))
    answer = only(reply_document([encode_standing(APPOINTMENT, standing)]))
    assert (answer.verdict, answer.rejection) == (AnswerKind.DECLINED, "No license on file.")
    assert answer.effective_date is None


def test_a_refusal_carries_each_fault_and_no_number() -> None:
    faults = (("4001", "NPN is not known."), ("4008", "AUTHORIZATION is missing."))
    answer = only(reply_document([encode_refusal(APPOINTMENT, APPOINTMENT.key, faults)]))
    assert (answer.verdict, answer.errors, answer.nipr_trans) == (AnswerKind.REFUSED, faults, "")


def test_an_answer_repeats_what_it_is_about() -> None:
    standing = Standing("50000001", 153, NOON)
    answer = only(reply_document([encode_standing(APPOINTMENT, standing)]))
    assert answer.cocode == "00101"
    assert (answer.customer, answer.npn, answer.state, answer.loa_codes) == (
        "00DEMO",
        "99000017",
        "OR",
        ("16",),
    )


def test_our_own_transaction_sent_back_is_no_answer() -> None:
    assert only(sent(APPOINTMENT)).verdict is AnswerKind.UNCLEAR


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b">PC<", b">XX<"),
        (b">PC<", b">pc<"),
        (b">PC<", b">SR<"),
        (b">PC<", b"><"),
        (b"<VALID>P</VALID>", b""),
        (b"<VALID>P</VALID>", b"<VALID>F</VALID>"),
        (b"<NIPR_TRANS>50000001</NIPR_TRANS>", b""),
        (b"<APPROVED>Y</APPROVED><DATE_EFFECTIVE>", b"<APPROVED></APPROVED><DATE_EFFECTIVE>"),
        (b"<APPROVED>Y</APPROVED><DATE_EFFECTIVE>", b"<APPROVED>Yes</APPROVED><DATE_EFFECTIVE>"),
        (b"<APPROVED>Y</APPROVED><DATE_STAMP>", b"<APPROVED>N</APPROVED><DATE_STAMP>"),
        (b"<COMMENT_CODE>0<", b"<COMMENT_CODE>10007<"),
        (b"<COMMENT_CODE>0<", b"<COMMENT_CODE>77<"),
        (b"<TRANS_STATUS>", b"<TRANS_STATUS>PC</TRANS_STATUS><TRANS_STATUS>"),
        (b"<VALID>", b"<ERROR><ERROR_CODE>1</ERROR_CODE></ERROR><VALID>"),
        (b"<LOA>", b"<INT_RESPONSE/><LOA>"),
    ],
)
def test_a_final_reply_with_anything_out_of_place_approves_nothing(before: bytes, after: bytes) -> None:
    assert before in FINAL
    assert only(FINAL.replace(before, after)).verdict is AnswerKind.UNCLEAR


def test_two_different_answers_for_one_key_are_unclear() -> None:
    both = INTERMEDIATE.replace(b"</NIPR>", b"") + FINAL.replace(b"<NIPR>", b"")
    answer = only(both)
    assert answer.verdict is AnswerKind.UNCLEAR
    assert "approved" in answer.message
    assert "sent_to_state" in answer.message


def test_the_same_answer_twice_is_one() -> None:
    twice = FINAL.replace(b"</NIPR>", b"") + FINAL.replace(b"<NIPR>", b"")
    assert only(twice).verdict is AnswerKind.APPROVED


def test_a_denial_beside_a_transaction_of_the_same_key_is_unclear() -> None:
    both = FINAL.replace(b"</NIPR>", b"") + NOT_RECEIVED.replace(b"<NIPR>", b"")
    assert only(both).verdict is AnswerKind.UNCLEAR


def test_a_denial_beside_something_without_a_key_is_unclear() -> None:
    broken = NOT_RECEIVED.replace(
        b"</NIPR>", b"<TRANSACTION><TRANS_STATUS>PC</TRANS_STATUS></TRANSACTION></NIPR>"
    )
    reply = read_reply(broken)
    assert [answer.verdict for answer in reply.answers] == [AnswerKind.UNCLEAR]
    assert "key" in reply.problem


def test_a_denial_after_a_duplicate_of_another_key_stands_for_itself_only_where_that_key_is_plain() -> None:
    other = make(2)
    plain = f"{assumed.DUPLICATE_TEXT} Cust Batch: B9; Cust Trans: T9; Line Number: 1"
    loose = f"{assumed.DUPLICATE_TEXT} batch B9 cust trans T9"
    denial = encode_error("20001", not_received_text(other.key), NOON)
    verdicts = {}
    for name, text in (("plain", plain), ("loose", loose)):
        reply = read_reply(reply_document([encode_error("3999", text, NOON), denial]))
        verdicts[name] = {answer.trans: answer.verdict for answer in reply.answers}
    assert verdicts["plain"] == {"T9": AnswerKind.RECEIVED, "T-000002": AnswerKind.NOT_RECEIVED}
    assert verdicts["loose"] == {"T9": AnswerKind.RECEIVED, "T-000002": AnswerKind.UNCLEAR}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Service Unavailable",
        b"<!DOCTYPE html><html><title>Sign in</title></html>",
        b"<html><body>Sign in</body></html>",
        b'<?xml version="1.0"?><!DOCTYPE NIPR [<!ENTITY x "y">]><NIPR>&x;</NIPR>',
        FINAL[: len(FINAL) // 2],
        FINAL[:-9],
        FINAL.replace(b"<NIPR>", b"<PDB>").replace(b"</NIPR>", b"</PDB>"),
        FINAL.replace(b"<NIPR>", b'<NIPR xmlns="urn:x">'),
        b"\x00" * 50,
        b'<?xml version="1.0" encoding="UTF-16"?><NIPR/>',
    ],
)
def test_what_is_no_whole_gateway_document_says_nothing(raw: bytes) -> None:
    reply = read_reply(raw)
    assert not reply.readable
    assert reply.answers == ()
    assert reply.problem


def test_an_empty_document_is_readable_and_answers_nothing() -> None:
    assert read_reply(b"<NIPR/>").answers == ()


@given(transactions, st.sampled_from(("SR", "AV", "Y", "N", "VF", "3999")), st.booleans())
@settings(max_examples=150)
def test_every_reply_the_gateway_can_write_is_read_as_it_was_meant(
    transaction: GatewayTransaction, meant: str, paired: bool
) -> None:
    parts = [_written(transaction, meant)]
    if meant == "3999" and paired:
        parts.append(encode_error("20001", not_received_text(transaction.key), NOON))
    answer = only(reply_document(parts))
    assert (answer.batch, answer.trans) == (transaction.key.batch, transaction.key.trans)
    assert answer.verdict is _MEANINGS[meant]


_MEANINGS = {
    "SR": AnswerKind.SENT_TO_STATE,
    "AV": AnswerKind.AWAITING_VALIDATION,
    "Y": AnswerKind.APPROVED,
    "N": AnswerKind.DECLINED,
    "VF": AnswerKind.REFUSED,
    "3999": AnswerKind.RECEIVED,
}


def _written(transaction: GatewayTransaction, meant: str) -> str:
    if meant == "3999":
        return encode_error("3999", duplicate_text(transaction.key, "50000001", 1), NOON)
    if meant == "VF":
        return encode_refusal(transaction, transaction.key, [("4001", "No.")])
    decision = Decision(meant == "Y", "Said.", None, NOON) if meant in "YN" else None
    frozen = date(2025, 2, 1) if meant == "AV" else None
    return encode_standing(transaction, Standing("50000001", 153, NOON, decision, frozen))
