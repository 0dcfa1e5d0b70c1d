"""What the simulated gateway refuses, and with which fault."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nipr.simulator.testing import RunningSimulator
from nipr.wire.assumed import VALIDATION_CODES
from nipr.wire.gateway import Appointer, BackgroundAnswer, GatewayKind, GatewayTransaction, Payment
from tests.nipr.gateway.conftest import Post
from tests.nipr.gateway.samples import APPLICATION, APPOINTMENT, sent

PERSON, CLERK = APPOINTMENT.applicant, APPOINTMENT.authorization
ANSWERS = APPLICATION.application
assert ANSWERS is not None

BAD: dict[str, tuple[GatewayTransaction, str]] = {
    "an unknown NPN": (replace(APPOINTMENT, applicant=replace(PERSON, npn="12345")), "NPN"),
    "no NPN": (replace(APPOINTMENT, applicant=replace(PERSON, npn="")), "NPN"),
    "no name": (replace(APPOINTMENT, applicant=replace(PERSON, last_name="")), "NAME"),
    "another's tax number": (
        replace(APPOINTMENT, applicant=replace(PERSON, tax_number="111223333")),
        "TAX_NUM",
    ),
    "half a tax number": (replace(APPOINTMENT, applicant=replace(PERSON, tax_number="1234")), "TAX_NUM"),
    "no such state": (replace(APPOINTMENT, state="ZZ"), "STATE"),
    "no company": (replace(APPOINTMENT, appointer=None), "COCODE"),
    "half a CoCode": (replace(APPOINTMENT, appointer=Appointer("Lanternfish", "101")), "COCODE"),
    "a nameless clerk": (replace(APPOINTMENT, authorization=replace(CLERK, last_name="")), "AUTHORIZATION"),
    "no way to reach the clerk": (
        replace(APPOINTMENT, authorization=replace(CLERK, email="", phone="")),
        "AUTHORIZATION",
    ),
    "no account": (replace(APPOINTMENT, payment=Payment("")), "FEE"),
    "payment by card": (replace(APPOINTMENT, payment=Payment("001", "1")), "FEE"),
    "an application without its part": (replace(APPLICATION, application=None), "APPLICATION"),
    "a yes without a word": (
        replace(APPLICATION, application=replace(ANSWERS, answers=(BackgroundAnswer("2", yes=True),))),
        "APPLICATION",
    ),
    "an application for no line": (replace(APPLICATION, loa_codes=()), "LOA"),
    "a renewal of no license": (
        replace(
            APPLICATION,
            kind=GatewayKind.LICENSE_RENEWAL,
            applicant=replace(PERSON, license_number="", license_class=""),
        ),
        "LICENSE",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_transaction_is_refused_and_costs_nothing(
    simulator: RunningSimulator, post: Post, name: str
) -> None:
    transaction, field = BAD[name]
    (answer,) = post(sent(transaction)).answers
    assert VALIDATION_CODES[field] in [code for code, _ in answer.errors]
    assert all(text for _, text in answer.errors)
    book = simulator.gateway.book()
    assert book["gateway"] == {"count": 0, "state_cents": 0, "nipr_cents": 0}
    (row,) = book["transactions"].values()
    assert (row["status"], row["times_received"], row["times_effected"]) == ("refused", 1, 0)


def test_the_right_tax_number_is_taken_with_dashes_or_without(post: Post) -> None:
    for number in ("000-00-0001", "000000001"):
        transaction = replace(APPOINTMENT, applicant=replace(PERSON, tax_number=number))
        (answer,) = post(sent(transaction)).answers
        assert answer.errors == ()


def test_a_fault_that_cannot_even_be_read_is_told_with_its_key(post: Post) -> None:
    raw = sent(APPOINTMENT).replace(b"<STATE_FEE>10.00<", b"<STATE_FEE>ten<")
    (answer,) = post(raw).answers
    assert answer.trans == APPOINTMENT.key.trans
    assert answer.errors[0][0] == VALIDATION_CODES["FEE"]


def test_a_document_that_is_none_is_refused_whole(simulator: RunningSimulator, post: Post) -> None:
    for raw in (b"", b"<PDB/>", sent(APPOINTMENT)[:300], b"<!DOCTYPE x><NIPR/>"):
        reply = post(raw)
        assert reply.readable
        assert reply.answers == ()
        assert reply.problem.startswith("4000")
    assert simulator.gateway.book()["transactions"] == {}


def test_a_transaction_without_a_key_is_told_so_and_not_taken(
    simulator: RunningSimulator, post: Post
) -> None:
    reply = post(sent(APPOINTMENT).replace(b"<CUST_TRANS>T-000001</CUST_TRANS>", b""))
    assert reply.answers == ()
    assert "CUST_TRANS" in reply.problem
    assert simulator.gateway.book()["transactions"] == {}


def test_strangers_are_taken_where_the_policy_says_so(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(any_npn=True)
    (answer,) = post(sent(BAD["an unknown NPN"][0])).answers
    assert answer.errors == ()


def test_with_facts_checked_a_termination_of_nothing_is_declined(
    simulator: RunningSimulator, post: Post
) -> None:
    simulator.gateway.configure(checks_facts=True)
    nothing = replace(APPOINTMENT, kind=GatewayKind.TERMINATION, appointer=Appointer("Nobody", "99999"))
    unlicensed = replace(APPOINTMENT, state="WY", key=replace(APPOINTMENT.key, trans="T2"))
    ends, begins = post(sent(nothing, unlicensed)).answers
    assert ends.rejection == "There is no active appointment to terminate."
    assert begins.rejection == "The producer holds no license in force in this state."
