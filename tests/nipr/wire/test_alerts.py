"""The operations of the alerts service, both ways, and its faults."""

from datetime import date

import pytest

from nipr.wire import alerts, soap
from nipr.wire.alerts import AlertsRequest, InputFormat, Operation, TargetInput
from nipr.wire.errors import DecodeError
from nipr.wire.messages import AlertTarget, AlertType, InvalidTarget, Subscription, TargetResults
from nipr.wire.soap import ALERTS_NS, SoapFault

EVERYTHING = Subscription("S-0001-x", "ops@carrier.example")
SOME = Subscription(
    "S-0002-x",
    "a@b.example",
    (AlertType.LICENSING, AlertType.RIRS),
    ("OR", "FL"),
    companies=("00101", "00-0000101"),
)
RESIDENT = Subscription("S-3", "a@b.example", (), resident_state_only=True, follow_companies=False)
NPNS = TargetInput(InputFormat.NPN, ("99000017", "99000018"))
REQUESTS = [
    AlertsRequest(Operation.ADD_SUBSCRIPTION, "S-0001-x", EVERYTHING),
    AlertsRequest(Operation.EDIT_SUBSCRIPTION, "S-0002-x", SOME),
    AlertsRequest(Operation.EDIT_SUBSCRIPTION, "S-3", RESIDENT),
    AlertsRequest(Operation.REMOVE_SUBSCRIPTION, "S & 1"),
    AlertsRequest(Operation.RETRIEVE_ALL_SUBSCRIPTIONS),
    AlertsRequest(Operation.ADD_TARGETS, "S", targets=NPNS),
    AlertsRequest(
        Operation.ADD_TARGETS, "S", targets=TargetInput(InputFormat.SSN_LASTNAME, ("000-00-0001|OAKES",))
    ),
    AlertsRequest(Operation.REMOVE_TARGETS, "S", targets=TargetInput(InputFormat.FEIN, ("00-0000900",))),
    AlertsRequest(Operation.REMOVE_ALL_TARGETS, "S"),
    AlertsRequest(Operation.RETRIEVE_TARGETS, "S"),
    AlertsRequest(Operation.SPECIFIC_REPORT, report_date=date(2025, 1, 6)),
    AlertsRequest(Operation.SPECIFIC_REPORT_FOR_SUBSCRIPTION, "S", report_date=date(2025, 1, 6)),
    AlertsRequest(Operation.CURRENT_REPORT),
    AlertsRequest(Operation.CURRENT_REPORT_FOR_SUBSCRIPTION, "S"),
    AlertsRequest(Operation.CATCH_UP),
    AlertsRequest(Operation.CATCH_UP_FOR_SUBSCRIPTION, "S"),
]


def test_every_operation_is_tried():
    assert {request.operation for request in REQUESTS} == set(Operation)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.operation.value)
def test_a_request_survives(request_):
    data = alerts.encode_request(request_)
    assert alerts.decode_request(data, f'"{request_.operation.soap_action}"') == request_


def message(body: str) -> bytes:
    return f"""<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="{ALERTS_NS}">
      <S:Header/> <S:Body> {body} </S:Body></S:Envelope>""".encode()


def test_the_body_decides_before_the_soap_action():
    data = message("<x:retrieveTargets><x:subscriptionName>S</x:subscriptionName></x:retrieveTargets>")
    assert alerts.decode_request(data, "urn/addTargets").operation is Operation.RETRIEVE_TARGETS


@pytest.mark.parametrize("body", ["", "<x:empty/>"])
def test_an_empty_body_leaves_it_to_the_soap_action(body):
    action = Operation.RETRIEVE_ALL_SUBSCRIPTIONS.soap_action
    assert alerts.decode_request(message(body), action).operation is Operation.RETRIEVE_ALL_SUBSCRIPTIONS


def test_an_operation_nobody_knows_is_named():
    with pytest.raises(DecodeError, match="dropTables"):
        alerts.decode_request(message("<x:dropTables/>"))


def test_the_catch_up_is_sent_as_its_named_element():
    assert b"generateCatchUpReport" in alerts.encode_request(AlertsRequest(Operation.CATCH_UP))


def test_subscriptions_survive():
    many = (EVERYTHING, SOME, RESIDENT)
    assert alerts.decode_subscriptions(alerts.encode_subscriptions(many)) == many


@pytest.mark.parametrize("body", ["", "<x:subscriptionList/>", "<x:empty/>"])
def test_no_subscription_is_said_in_several_ways(body):
    assert alerts.decode_subscriptions(message(body)) == ()


def test_partial_success_keeps_both_lists():
    results = TargetResults(
        (AlertTarget("99000017", date(2025, 1, 6)), AlertTarget("99000018")),
        (InvalidTarget("1", "Producer was not found"),),
    )
    assert (
        alerts.decode_target_results(alerts.encode_target_results(Operation.ADD_TARGETS, results)) == results
    )


def test_targets_survive_and_none_are_none():
    targets = (AlertTarget("99000017", date(2025, 1, 6)),)
    assert alerts.decode_targets(alerts.encode_targets(targets)) == targets
    assert alerts.decode_targets(alerts.encode_targets(())) == ()


@pytest.mark.parametrize(
    "lists",
    [
        "<validTargetList><npn>1</npn></validTargetList><validTargetList><npn>2</npn></validTargetList>",
        "<validTargetList><npn>1</npn><addedDate/><npn>2</npn></validTargetList>",
        "<validTargetList><validTargetList><npn>1</npn></validTargetList><t><npn>2</npn></t></validTargetList>",
    ],
)
def test_lists_of_targets_may_be_nested_in_any_way(lists):
    refused = "<invalidInputList><invalidInputList><input>3</input></invalidInputList></invalidInputList>"
    results = alerts.decode_target_results(message(f"<r>{lists}{refused}</r>"))
    assert results == TargetResults((AlertTarget("1"), AlertTarget("2")), (InvalidTarget("3", ""),))


def test_a_wrong_date_of_a_target_is_named():
    row = "<TargetList><targetList><npn>7</npn><addedDate>yesterday</addedDate></targetList></TargetList>"
    with pytest.raises(DecodeError, match="addedDate is not a date: yesterday"):
        alerts.decode_targets(message(row))


def test_replies_are_read_without_any_namespace():
    data = message("<TargetList><targetList><npn> 7 </npn></targetList></TargetList>")
    assert alerts.decode_targets(data) == (AlertTarget("7"),)


@pytest.mark.parametrize("operation", [Operation.SPECIFIC_REPORT, Operation.CATCH_UP])
def test_an_inline_report_is_unpacked(operation):
    data = alerts.encode_report_reply(operation, inline=b"<A/>\r\n")
    assert alerts.decode_report_reply(data, {}) == b"<A/>\r\n"


def test_inline_base64_may_be_broken_into_lines_and_be_large():
    report = b"<A>" + b"<B/>" * 3_000_000 + b"</A>"
    data = alerts.encode_report_reply(Operation.SPECIFIC_REPORT, inline=report)
    start = data.index(b"PEE+")
    broken = data[:start] + b"\n" + data[start : start + 76] + b"\n" + data[start + 76 :]
    assert alerts.decode_report_reply(broken, {}) == report


@pytest.mark.parametrize("href", ["cid:demo-1@x", "cid:demo-1%40x", "demo-1@x", "cid:&lt;demo-1@x&gt;"])
def test_an_attachment_is_found_by_its_reference(href):
    body = f'<x:alertsReportResponse><x:alertsReport><Include href="{href}"/></x:alertsReport></x:alertsReportResponse>'
    assert alerts.decode_report_reply(message(body), {"demo-1@x": b"<A/>", "other": b""}) == b"<A/>"


def test_a_single_attachment_needs_no_name():
    data = alerts.encode_report_reply(Operation.CATCH_UP, cid="lost")
    assert alerts.decode_report_reply(data, {"part-1": b"<A/>"}) == b"<A/>"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<x:alertsReportResponse/>",
        "<x:alertsReport>not base64!</x:alertsReport>",
        '<i:Include xmlns:i="y" href="z"/>',
    ],
)
def test_a_reply_without_its_report_is_an_error(body):
    with pytest.raises(DecodeError):
        alerts.decode_report_reply(message(body), {})


def test_a_fault_survives():
    with pytest.raises(SoapFault) as caught:
        soap.body_of(soap.encode_fault(SoapFault("There are no alerts scheduled for the day", 5)))
    assert (caught.value.message, caught.value.error_code) == ("There are no alerts scheduled for the day", 5)


@pytest.mark.parametrize(
    ("detail", "code", "text"),
    [
        ("", None, "outer"),
        (
            "<detail><x:PdbAlertsFaultType><x:message>inner</x:message></x:PdbAlertsFaultType></detail>",
            None,
            "inner",
        ),
        ("<detail><PdbAlertsFault><errorCode> 5 </errorCode></PdbAlertsFault></detail>", 5, "outer"),
        ("<detail><ApplicationFault><errorCode>five</errorCode></ApplicationFault></detail>", None, "outer"),
    ],
)
def test_faults_are_read_with_any_detail(detail, code, text):
    data = message(
        f"<S:Fault><faultcode>S:Client</faultcode><faultstring>outer</faultstring>{detail}</S:Fault>"
    )
    with pytest.raises(SoapFault) as caught:
        soap.body_of(data)
    assert (caught.value.error_code, caught.value.message, caught.value.code) == (code, text, "Client")


@pytest.mark.parametrize("data", [b"<html/>", b"<Envelope/>"])
def test_what_is_no_soap_message_is_refused(data):
    with pytest.raises(DecodeError):
        soap.body_of(data)


def test_targets_given_by_ssn_never_reach_a_repr():
    assert "000-00-0001" not in repr(REQUESTS[6])
