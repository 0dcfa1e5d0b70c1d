"""The REST contract of transactions, held to the letter: what another company's program would try first."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest

from appointments.gateway import send
from appointments.models import GatewayBusinessRule, GatewaySettings, Transaction
from nipr.simulator.testing import RunningSimulator
from producers.models import License, LicenseLine
from tests.appointments.api.market import agent, appointed, end, open_market
from tests.appointments.gateway.conftest import _simulator, registry  # noqa: F401 - a registry on a socket
from tests.core.api.machine import Machine

pytestmark = pytest.mark.django_db(transaction=True)

CALIFORNIA = {
    "16": ("Life", ["life"]),
    "1935": ("Accident & Health or Sickness (including Disability)", ["health"]),
    "1936": ("Health and Sickness (excluding Disability)", ["health"]),
    "1937": ("Part time fraternal", ["life", "fraternal"]),
}
DECISION: dict[str, Any] = {
    "rule": "",
    "outcome": "pass",
    "text": "",
    "facts": {},
    "source": "",
    "effective_from": "",
    "fix": None,
}
ANSWER: dict[str, Any] = {
    "id": "",
    "status": "done",
    "requests": [
        {
            "index": 0,
            "external_id": "hr-881",
            "error": None,
            "batch": "TB-000001",
            "transactions": [
                {
                    "id": "GT-00000001",
                    "kind": "appointment",
                    "npn": "99000017",
                    "state": "CA",
                    "cocode": "00101",
                    "loa_code": "16",
                    "loa": "Life",
                    "status": "ready_to_submit",
                    "eligibility_reason": {"code": "in_good_standing", "text": "In Good Standing"},
                    "state_fee": "16.00",
                    "nipr_fee": "1.53",
                    "just_in_time": False,
                    "decisions": [DECISION],
                }
            ],
        }
    ],
    "counts": {},
    "cost": {"state": "16.00", "nipr": "1.53", "total": "17.53", "billed_later": 0},
}
"""The answer as the contract prints it; null may stand for any value, and an empty object has keys of its own."""
MAY_BE_MORE = {"decisions"}


@pytest.fixture
def program(registry: RunningSimulator, market: None) -> Machine:  # noqa: F811
    """A client that may spend, of an installation whose gateway nobody has set up."""
    GatewaySettings.objects.all().delete()
    GatewaySettings.objects.create(pk=1, cool_off_seconds=0)
    GatewayBusinessRule.objects.filter(state="CA").delete()
    return Machine("read write submit")


@pytest.fixture
def market(db: None) -> None:
    open_market()


def differences(told: Any, given: Any, path: str = "") -> list[str]:
    """Where an answer has not the keys and the types of the contract."""
    if told is None or given is None:
        return []
    if isinstance(told, dict):
        if not isinstance(given, dict):
            return [f"{path} is no object"]
        missing = [f"{path}.{name} is missing" for name in told if name not in given]
        more = [f"{path}.{name} is not in the contract" for name in given if told and name not in told]
        inside = [differences(told[name], given[name], f"{path}.{name}") for name in told if name in given]
        free = any(f".{name}[" in path for name in MAY_BE_MORE)
        return [*missing, *([] if free else more), *chain.from_iterable(inside)]
    if isinstance(told, list):
        if not isinstance(given, list):
            return [f"{path} is no list"]
        return list(chain.from_iterable(differences(told[0], each, f"{path}[]") for each in given))
    return [] if type(told) is type(given) else [f"{path} is {given!r}"]


def set_california(program: Machine) -> None:
    for code, (name, categories) in CALIFORNIA.items():
        body = {"name": name, "categories": categories}
        assert program.send("PUT", f"/states/CA/lines/{code}", body).status_code == 200
    rules = [
        {"loa_code": code, "agent_type": "producer", "license_class_codes": None, "active": True}
        for code in CALIFORNIA
    ]
    assert program.send("PUT", "/gateway-business-rules/CA", {"rules": rules}).status_code == 200


def licensed() -> None:
    """Ines holds all four lines in California."""
    ines = agent()
    license_ = License.objects.get(producer=ines, state="CA")
    for code, (name, _) in CALIFORNIA.items():
        key = {
            "producer": ines,
            "state": "CA",
            "license_number": license_.license_number,
            "license_class_code": license_.license_class_code,
            "known_from": license_.known_from,
        }
        LicenseLine.objects.get_or_create(**key, loa_code=code, defaults={"loa": name, "status": "Active"})


def asked(program: Machine, what: str, *requests: dict[str, Any], **flags: Any) -> dict[str, Any]:
    body = {"submit": False, "dry_run": False, **flags, "requests": list(requests)}
    answer = program.send("POST", f"/bulk-{what}", body, Prefer="respond-sync")
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def wanted(**changes: Any) -> dict[str, Any]:
    """The request of the contract, of somebody who is on file."""
    return {
        "npn": "88100001",
        "state": "CA",
        "cocode": "77001",
        "loa_categories": ["life", "health"],
        "agent_type": "producer",
        "effective_date": None,
        "external_id": "hr-881",
    } | changes


def lines(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for request in answer["requests"] for line in request["transactions"]]


def test_life_and_health_in_california_are_four_lines_of_one_batch(program):
    set_california(program)
    licensed()
    answer = asked(program, "appointments", wanted())
    assert {line["loa_code"]: line["loa"] for line in lines(answer)} == {
        code: name for code, (name, _) in CALIFORNIA.items()
    }
    assert {line["status"] for line in lines(answer)} == {"ready_to_submit"}
    assert answer["requests"][0]["batch"].startswith("TB-")


@pytest.mark.parametrize("dry_run", [False, True], ids=["written", "dry run"])
@pytest.mark.parametrize("npn", ["88100001", "88999999"], ids=["on file", "not on file"])
def test_an_answer_has_exactly_the_keys_and_types_of_the_contract(program, dry_run, npn):
    set_california(program)
    licensed()
    answer = asked(program, "appointments", wanted(npn=npn), dry_run=dry_run)
    assert differences(ANSWER, answer) == []
    assert answer["status"] == "done"
    if dry_run:
        assert {line["id"] for line in lines(answer)} <= {None}
        assert not Transaction.objects.exists()


def test_an_answer_to_terminations_has_the_same_form(program):
    appointed(agent())
    asked_for = end(lines=["Life"], effective_date=None, external_id=None)
    answer = asked(program, "terminations", asked_for)
    assert differences(ANSWER, answer) == []
    assert [line["kind"] for line in lines(answer)] == ["termination"]


def test_what_is_submitted_from_a_fresh_installation_comes_to_its_end_once(program, registry):  # noqa: F811
    set_california(program)
    licensed()
    answer = asked(program, "appointments", wanted(), submit=True)
    while send.send_due():
        pass
    rows = [program.get(f"/transactions/{line['id']}").json() for line in lines(answer)]
    assert {row["status"] for row in rows} == {"approved"}
    book = registry.gateway.book()
    assert {each["times_effected"] for each in book["transactions"].values()} == {1}
    charged = sum(round(float(row["charged_state_fee"]) * 100) for row in rows)
    assert (book["gateway"]["count"], book["gateway"]["state_cents"]) == (4, charged)


def test_for_cause_two_clients_bring_it_to_its_end(program, registry):  # noqa: F811
    appointed(agent())
    (line,) = lines(asked(program, "terminations", end(reason="FRAUD"), submit=True))
    told = (line["eligibility_reason"]["code"], line["status"])
    assert told == ("documents_required", "awaiting_approval")
    ids, other = {"ids": [line["id"]]}, Machine("read write submit", "Second")
    codes = [
        caller.post("/transactions/approve", ids).json()["results"][0]["code"] for caller in (program, other)
    ]
    assert codes == ["same_person", None]
    cost = {**ids, "confirm_cost": "6.53"}
    assert program.post("/transactions/submit", cost, key="k").json()["done"] == 1
    send.send_due()
    assert program.get(f"/transactions/{line['id']}").json()["status"] == "approved"
