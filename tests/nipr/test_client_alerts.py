"""Alerts over a real socket: subscriptions, targets, reports, and every way to say no."""

from __future__ import annotations

from datetime import date

import pytest

from nipr.errors import (
    ErrorKind,
    NoAlertsToday,
    RegistryFault,
    RegistryUnavailable,
    ReportNotReady,
    UnknownSubscription,
    UnreadableReply,
    WrongAddress,
    WrongCredentials,
)
from nipr.wire import acord, alerts, mtom, soap
from nipr.wire.alerts import AlertsRequest, InputFormat, Operation, TargetInput
from nipr.wire.messages import AlertTarget, InvalidTarget, Subscription, TargetResults
from tests.nipr.far_side import Answer
from tests.nipr.wire.documents import ALERTS

DAY = date(2025, 1, 6)
SUBSCRIPTION = Subscription("S-0001", "ops@carrier.example")
EMPTY = Answer(alerts.encode_empty())


def wrapped(message, parts=None):
    content_type, body = mtom.encode(message, parts)
    return Answer(body, content_type=content_type)


def fault(message, code=None, status=500):
    return Answer(soap.encode_fault(soap.SoapFault(message, code)), status=status)


def attached(operation=Operation.SPECIFIC_REPORT):
    return wrapped(alerts.encode_report_reply(operation, cid="1@x"), {"1@x": ALERTS})


def request_of(asked):
    return alerts.decode_request(asked.body, asked.headers["soapaction"])


def test_a_days_report_is_asked_for_by_subscription_and_read(client, far_side, ledger):
    far_side.answer(attached())
    assert client.alerts_report(DAY, "S-0001") == acord.decode(ALERTS)
    asked = far_side.asked[0]
    assert asked.path == "/pdb-alerts-industry-services/services/industry-ws"
    assert asked.headers["content-type"].startswith("text/xml")
    assert asked.headers["soapaction"] == f'"{soap.ALERTS_NS}/receiveSpecificReportForSubscription"'
    assert request_of(asked) == AlertsRequest(
        Operation.SPECIFIC_REPORT_FOR_SUBSCRIPTION, "S-0001", report_date=DAY
    )
    assert ledger.notes[0].price_cents == 0


@pytest.mark.parametrize(
    "answer",
    [
        Answer(alerts.encode_report_reply(Operation.SPECIFIC_REPORT, inline=ALERTS)),
        wrapped(alerts.encode_report_reply(Operation.CATCH_UP, inline=ALERTS)),
        Answer(attached().body, content_type="application/octet-stream"),
        Answer(attached().body.replace(b"\r\n", b"\n"), content_type=attached().content_type),
    ],
)
def test_a_report_is_read_inline_wrapped_mislabelled_or_with_line_feeds(client, far_side, answer):
    far_side.answer(answer)
    assert client.alerts_report(DAY).entities[0].npn == "99000017"


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("There are no alerts scheduled for the day", 5, NoAlertsToday),
        ("Nothing today", 5, NoAlertsToday),
        ("There are no alerts scheduled for the day", None, NoAlertsToday),
        ("The requested report is not available or complete", 17, ReportNotReady),
        ("Subscription S-0001 does not exist", 2, UnknownSubscription),
        ("The user is not authorized", None, WrongCredentials),
        ("email is not well formed", 9, RegistryFault),
    ],
)
def test_faults_are_sorted_whatever_their_http_status(client, far_side, status, text, code, expected):
    far_side.answer(fault(text, code, status))
    with pytest.raises(expected):
        client.alerts_report(DAY, "S-0001")
    assert len(far_side.asked) == 1


def test_the_kinds_say_what_to_do():
    assert (NoAlertsToday.kind, ReportNotReady.kind) == (ErrorKind.RETRY, ErrorKind.RETRY)
    assert UnknownSubscription.kind is ErrorKind.FIX_DATA
    assert RegistryFault.kind is ErrorKind.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(status=401), WrongCredentials),
        (Answer(b"<html>No</html>", status=404), WrongAddress),
        (Answer(b"<!DOCTYPE html><html>Sign in</html>"), WrongAddress),
        (Answer(b"<soap"), UnreadableReply),
        (Answer(attached().body[:-40], content_type=attached().content_type), UnreadableReply),
        (Answer(b"Bad Request", status=400), RegistryFault),
    ],
)
def test_what_is_no_alerts_reply_is_sorted_too(client, far_side, answer, expected):
    far_side.answer(answer)
    with pytest.raises(expected):
        client.alerts_report(DAY)


def test_a_report_is_a_read_and_asked_again(client, far_side):
    far_side.answer(Answer(status=503), Answer(drop="before"), attached())
    assert client.alerts_report(DAY).entities


@pytest.mark.parametrize("call", ["catch_up", "remove_all_targets"])
def test_what_has_an_effect_is_not_sent_twice_when_its_fate_is_unknown(client, far_side, call):
    far_side.answer(Answer(drop="before"), EMPTY)
    with pytest.raises(RegistryUnavailable) as caught:
        getattr(client, call)("S-0001")
    assert caught.value.outcome_unknown
    assert len(far_side.asked) == 1


def test_what_the_registry_surely_did_not_take_is_sent_again(client, far_side):
    far_side.answer(Answer(status=503), EMPTY)
    client.remove_subscription("S-0001")
    assert len(far_side.asked) == 2


@pytest.mark.parametrize(
    ("ask", "operation"),
    [
        (lambda client: client.current_report(), Operation.CURRENT_REPORT),
        (lambda client: client.current_report("S"), Operation.CURRENT_REPORT_FOR_SUBSCRIPTION),
        (lambda client: client.catch_up(), Operation.CATCH_UP),
        (lambda client: client.catch_up("S"), Operation.CATCH_UP_FOR_SUBSCRIPTION),
        (lambda client: client.alerts_report(DAY), Operation.SPECIFIC_REPORT),
    ],
)
def test_each_report_has_its_operation(client, far_side, ask, operation):
    far_side.answer(attached(operation))
    assert ask(client).entities
    assert request_of(far_side.asked[0]).operation is operation


def test_subscriptions_are_made_changed_listed_and_removed(client, far_side):
    far_side.answer(EMPTY, EMPTY, wrapped(alerts.encode_subscriptions([SUBSCRIPTION])), EMPTY)
    client.add_subscription(SUBSCRIPTION)
    client.edit_subscription(SUBSCRIPTION)
    assert client.subscriptions() == (SUBSCRIPTION,)
    client.remove_subscription("S-0001")
    assert [request_of(asked).operation for asked in far_side.asked] == [
        Operation.ADD_SUBSCRIPTION,
        Operation.EDIT_SUBSCRIPTION,
        Operation.RETRIEVE_ALL_SUBSCRIPTIONS,
        Operation.REMOVE_SUBSCRIPTION,
    ]


def test_targets_partly_taken_are_reported_and_malformed_ones_never_sent(client, far_side):
    results = TargetResults((AlertTarget("1", DAY),), (InvalidTarget("2", "Producer was not found"),))
    far_side.answer(wrapped(alerts.encode_target_results(Operation.ADD_TARGETS, results)))
    got = client.add_targets("S-0001", ["1", "2", "12345678901"])
    assert got.valid == results.valid
    assert got.invalid == (InvalidTarget("12345678901", "Invalid format"), *results.invalid)
    assert request_of(far_side.asked[0]).targets == TargetInput(InputFormat.NPN, ("1", "2"))


def test_nothing_is_sent_for_malformed_targets_only(client, far_side):
    assert client.remove_targets("S", ["x"]).invalid == (InvalidTarget("x", "Invalid format"),)
    assert far_side.asked == []


def test_targets_are_listed(client, far_side):
    far_side.answer(Answer(alerts.encode_targets([AlertTarget("1", DAY)])))
    assert client.targets("S-0001") == (AlertTarget("1", DAY),)


def test_a_new_subscription_is_waited_for(client, far_side):
    unknown = fault("The subscription was not found", 2)
    taken = TargetResults((AlertTarget("1", DAY),))
    far_side.answer(
        EMPTY, unknown, unknown, Answer(alerts.encode_target_results(Operation.ADD_TARGETS, taken))
    )
    client.add_subscription(SUBSCRIPTION)
    assert client.add_targets("S-0001", ["1"]) == taken
    assert len(far_side.asked) == 4


def test_an_old_subscription_that_is_unknown_is_not_waited_for(client, far_side):
    far_side.answer(fault("The subscription was not found", 2))
    with pytest.raises(UnknownSubscription):
        client.add_targets("S-0001", ["1"])
    assert len(far_side.asked) == 1
