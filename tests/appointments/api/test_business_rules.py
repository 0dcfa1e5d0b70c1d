"""Gateway business rules over REST: the whole set of a state, read and written."""

from __future__ import annotations

import pytest

from appointments.models import GatewayBusinessRule
from core.audit.models import AuditEntry
from tests.appointments.api.market import agent, asked, one, open_market
from tests.at_once import at_once
from tests.core.api.machine import Machine

pytestmark = pytest.mark.django_db
PLACE = "/gateway-business-rules/CA"
LIFE = {"loa_code": "16", "agent_type": "producer", "license_class_codes": None, "active": True}
HEALTH = {**LIFE, "loa_code": "935"}


def put(api: Machine, rules: object, place: str = PLACE, **headers: str):
    return api.send("PUT", place, {"rules": rules}, **headers)


def test_the_set_of_a_state_is_read(clerk):
    assert clerk.get(PLACE).json() == {"rules": [LIFE, HEALTH]}


def test_what_is_written_is_the_whole_set(clerk):
    rules = [{**LIFE, "license_class_codes": ["1", "2"]}, {**LIFE, "agent_type": "adjuster", "active": False}]
    answer = put(clerk, rules)
    assert answer.status_code == 200
    said = {each["agent_type"]: each for each in answer.json()["rules"]}
    assert said == {each["agent_type"]: each for each in rules}
    assert clerk.get(PLACE).json() == answer.json()
    assert clerk.get("/gateway-business-rules/TX").json() == {"rules": [LIFE, HEALTH]}
    assert AuditEntry.objects.filter(actor_label="Payroll", actor_kind="api_client").exists()


def test_what_is_left_out_is_usual(clerk):
    assert put(clerk, [{"loa_code": "16"}]).json() == {"rules": [LIFE]}


def test_without_a_rule_there_is_no_line(clerk):
    agent()
    assert put(clerk, []).json() == {"rules": []}
    assert asked(clerk, one())["error"]["code"] == "no_active_line"


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"loa_code": "9" * 21}, "rules.1.loa_code"),
        ({"loa_code": ""}, "rules.1.loa_code"),
        ({"loa_code": None}, "rules.1.loa_code"),
        ({"agent_type": "spy"}, "rules.1.agent_type"),
        ({"active": "perhaps"}, "rules.1.active"),
        ({"license_class_codes": "1"}, "rules.1.license_class_codes"),
        ({"license_class_codes": [None]}, "rules.1.license_class_codes.0"),
        ({"colour": "red"}, "rules.1.colour"),
    ],
)
def test_a_fault_is_named_by_its_place_and_nothing_changes(clerk, rule, path):
    answer = put(clerk, [LIFE, {**HEALTH, **rule}])
    assert (answer.status_code, [fault["path"] for fault in answer.json()["errors"]]) == (400, [path])
    assert GatewayBusinessRule.objects.filter(state="CA").count() == 2


def test_a_line_that_is_named_twice_is_refused(clerk):
    answer = put(clerk, [LIFE, LIFE])
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


@pytest.mark.parametrize("rules", [None, {}, "x", 1, [1], [[]]])
def test_what_is_no_set_is_refused(clerk, rules):
    assert put(clerk, rules).status_code == 400


def test_a_set_that_somebody_else_has_changed_is_not_overwritten(clerk):
    tag = clerk.get(PLACE)["ETag"]
    assert put(clerk, [LIFE], **{"If-Match": tag}).status_code == 200
    stale = put(clerk, [HEALTH], **{"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert clerk.get(PLACE).json() == {"rules": [LIFE]}


def test_what_has_not_changed_is_not_sent_again(clerk):
    tag = clerk.get(PLACE)["ETag"]
    assert clerk.get(PLACE, **{"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("state", ["ZZ", "US", "C", "CAL", "%F0%9F%A6%89"])
def test_a_state_that_there_is_not_is_not_found(clerk, state):
    assert clerk.get(f"/gateway-business-rules/{state}").status_code == 404
    assert put(clerk, [], f"/gateway-business-rules/{state}").status_code == 404


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_of_ten_who_have_read_the_same_set_one_writes(transactional_db):
    open_market()
    api = Machine("read write")
    tag = api.get(PLACE)["ETag"]
    sets = [[LIFE], [HEALTH]] * 5
    answers = at_once(lambda number: put(api, sets[number], **{"If-Match": tag}), threads=10)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9
