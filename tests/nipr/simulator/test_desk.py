"""What the alerts service takes beyond what our client sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from nipr.simulator.app import Application
from nipr.simulator.http import Request, Response
from nipr.simulator.testing import RunningSimulator, running_simulator
from nipr.wire import acord, alerts, mtom, soap
from nipr.wire.alerts import AlertsRequest, InputFormat, Operation, TargetInput
from nipr.wire.messages import AlertsReport, Subscription, TargetResults
from nipr.wire.soap import SoapFault

MAREN = "99000017"
MONDAY = date(2026, 3, 2)
PATH = "/pdb-alerts-industry-services/services/industry-ws"
SIGNED_IN = {"authorization": "Basic c2ltdWxhdG9yOnNpbXVsYXRvcg=="}
Ask = Callable[..., Response]


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator(producers=40) as running:
        yield running


@pytest.fixture
def application(simulator: RunningSimulator) -> Application:
    return simulator.server.application


@pytest.fixture
def ask(application: Application) -> Ask:
    def send(operation: Operation, name: str = "S-0001", **content: object) -> Response:
        request = AlertsRequest(operation, name, **content)
        return application.handle(Request("POST", PATH, SIGNED_IN, alerts.encode_request(request)))

    return send


def root(response: Response) -> bytes:
    return mtom.decode(response.body, response.content_type).root


def followed(ask: Ask, form: InputFormat, *values: str) -> TargetResults:
    ask(Operation.ADD_SUBSCRIPTION, subscription=Subscription("S-0001", "a@example.com"))
    return alerts.decode_target_results(root(ask(Operation.ADD_TARGETS, targets=TargetInput(form, values))))


def report(response: Response) -> AlertsReport:
    message = mtom.decode(response.body, response.content_type)
    return acord.decode(alerts.decode_report_reply(message.root, message.parts))


def test_an_empty_body_goes_by_its_soap_action(application: Application, ask: Ask) -> None:
    ask(Operation.ADD_SUBSCRIPTION, subscription=Subscription("S-0001", "a@example.com"))
    headers = {**SIGNED_IN, "soapaction": f'"{Operation.RETRIEVE_ALL_SUBSCRIPTIONS.soap_action}"'}

    response = application.handle(Request("POST", PATH, headers, soap.envelope(None)))

    assert [row.name for row in alerts.decode_subscriptions(root(response))] == ["S-0001"]


def test_the_body_comes_before_the_soap_action(application: Application, ask: Ask) -> None:
    followed(ask, InputFormat.NPN, MAREN)
    headers = {**SIGNED_IN, "soapaction": f'"{Operation.CATCH_UP.soap_action}"'}
    body = alerts.encode_request(AlertsRequest(Operation.RETRIEVE_TARGETS, "S-0001"))

    response = application.handle(Request("POST", PATH, headers, body))

    assert [target.npn for target in alerts.decode_targets(root(response))] == [MAREN]


def test_firms_are_followed_by_fein(ask: Ask, simulator: RunningSimulator) -> None:
    fein = simulator.report("88000021").biographic.fein.replace("-", "")
    results = followed(ask, InputFormat.FEIN, fein, "009999999", "nonsense")
    assert [target.npn for target in results.valid] == ["88000021"]
    assert [target.reason for target in results.invalid] == ["Producer was not found", "Invalid format"]


def test_people_are_followed_by_ssn_and_last_name(ask: Ask, simulator: RunningSimulator) -> None:
    who = simulator.report("88000002").biographic
    results = followed(
        ask, InputFormat.SSN_LASTNAME, f"{who.ssn}|{who.last_name.lower()}", f"{who.ssn}|OTHER"
    )
    assert [target.npn for target in results.valid] == ["88000002"]
    assert [target.reason for target in results.invalid] == ["Producer was not found"]


def test_a_subscription_is_not_renamed(ask: Ask) -> None:
    ask(Operation.ADD_SUBSCRIPTION, subscription=Subscription("S-0001", "a@example.com"))
    response = ask(Operation.EDIT_SUBSCRIPTION, subscription=Subscription("S-0002", "a@example.com"))
    assert response.status == 500
    with pytest.raises(SoapFault, match="names must match"):
        soap.body_of(root(response))


@pytest.mark.parametrize(
    ("subscription", "companies"),
    [
        (Subscription("S-0001", "a@example.com"), {"00101", "77001"}),
        (Subscription("S-0001", "a@example.com", companies=("77001",)), {"77001"}),
        (Subscription("S-0001", "a@example.com", companies=("00-0077001",)), {"77001"}),
    ],
    ids=["all", "by CoCode", "by FEIN"],
)
def test_appointments_are_told_of_the_carriers_named(
    ask: Ask, simulator: RunningSimulator, subscription: Subscription, companies: set[str]
) -> None:
    ask(Operation.ADD_SUBSCRIPTION, subscription=subscription)
    ask(Operation.ADD_TARGETS, targets=TargetInput(InputFormat.NPN, (MAREN,)))
    simulator.happen(MAREN, "appoint", state="OR", cocode="77001")
    simulator.move(days=1)

    (entity,) = report(ask(Operation.SPECIFIC_REPORT_FOR_SUBSCRIPTION, report_date=MONDAY)).entities

    assert {row.cocode for row in entity.states[0].appointments or ()} == companies


def test_no_carriers_named_tells_of_no_appointments(ask: Ask, simulator: RunningSimulator) -> None:
    ask(
        Operation.ADD_SUBSCRIPTION,
        subscription=Subscription("S-0001", "a@example.com", follow_companies=False),
    )
    ask(Operation.ADD_TARGETS, targets=TargetInput(InputFormat.NPN, (MAREN,)))
    simulator.happen(MAREN, "appoint", state="OR", cocode="77001")
    simulator.move(days=1)

    with pytest.raises(SoapFault, match="no alerts"):
        report(ask(Operation.SPECIFIC_REPORT_FOR_SUBSCRIPTION, report_date=MONDAY))


def test_a_targets_ssn_is_nowhere_in_the_log(ask: Ask, simulator: RunningSimulator) -> None:
    ssn = simulator.report("88000002").biographic.ssn
    followed(ask, InputFormat.SSN_LASTNAME, f"{ssn}|NOBODY")
    assert ssn not in str(simulator.book.log())
