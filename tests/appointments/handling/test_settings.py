"""Business rules, default reasons, the gateway's settings: written, audited, and told before they are saved."""

from __future__ import annotations

import pytest

from appointments import access
from appointments.models import (
    Company,
    DefaultTerminationReason,
    GatewayBusinessRule,
    GatewaySettings,
)
from appointments.services.settings.companies import preview_company_states
from appointments.services.settings.gateway import (
    preview_gateway_settings,
    record_conformance,
    update_gateway_settings,
)
from appointments.services.settings.reasons import (
    offered_reasons,
    preview_default_reasons,
    set_default_reasons,
)
from appointments.services.settings.rules import (
    preview_business_rules,
    preview_business_rules_in_bulk,
    preview_seed,
    seed_business_rules,
    set_business_rules,
    set_business_rules_in_bulk,
)
from appointments.services.settings.values import Effect
from core.audit.models import AuditEntry
from core.errors import Conflict, InvalidInput, NotAllowed
from rulebook.models import LineOfAuthority, StateRule
from tests.appointments.conftest import appoint
from tests.appointments.handling.cast import LEO, may, transactions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def lines(state: str = "OR") -> dict[str, bool]:
    return dict(GatewayBusinessRule.objects.filter(state=state).values_list("loa_code", "active"))


# Business rules


def test_the_whole_set_of_a_state_becomes_what_is_told():
    told = [{"loa_code": "16", "active": False}, {"loa_code": "11", "license_class_codes": ["2", "1"]}]
    effect = set_business_rules("OR", told, actor=LEO)
    assert effect == Effect(added=1, changed=1, removed=1)
    assert lines() == {"16": False, "11": True}
    assert GatewayBusinessRule.objects.get(loa_code="11").license_class_codes == ["1", "2"]
    entry = AuditEntry.objects.get(action="business_rules.changed")
    assert entry.subject_id == "OR"
    assert entry.changes["16 (producer)"] == ["active, any class", "inactive, any class"]


def test_saying_the_same_again_changes_nothing_and_writes_no_entry():
    told = [{"loa_code": "16"}, {"loa_code": "935"}]
    assert set_business_rules("OR", told, actor=LEO).nothing
    assert not AuditEntry.objects.filter(action="business_rules.changed").exists()


def test_other_states_keep_their_rules():
    set_business_rules("TX", [{"loa_code": "16"}], actor=LEO)
    set_business_rules("OR", [], actor=LEO)
    assert (lines("TX"), lines("OR")) == ({"16": True}, {})


def test_what_saving_would_touch_is_told_and_nothing_is_written():
    transactions(2)
    transactions(1, "held", just_in_time=True)
    transactions(1, "queued")
    effect = preview_business_rules("OR", [{"loa_code": "935"}])
    assert effect == Effect(removed=1, transactions=3, producers=3)
    assert lines() == {"16": True, "935": True}


@pytest.mark.parametrize(
    ("told", "path", "code"),
    [
        ({"loa_code": " "}, "rules.0.loa_code", "required"),
        ({"loa_code": "x" * 21}, "rules.0.loa_code", "too_long"),
        ({"loa_code": "1", "agent_type": "clown"}, "rules.0.agent_type", "unknown"),
        ({"loa_code": "1", "license_class_codes": []}, "rules.0.license_class_codes", "invalid"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_path(told, path, code):
    with pytest.raises(InvalidInput) as refusal:
        set_business_rules("OR", [told], actor=LEO)
    assert [(error["path"], error["code"]) for error in refusal.value.errors] == [(path, code)]


def test_a_line_told_twice_is_refused():
    with pytest.raises(InvalidInput) as refusal:
        set_business_rules("OR", [{"loa_code": "16"}, {"loa_code": "16"}], actor=LEO)
    assert refusal.value.errors[0]["path"] == "rules.1.loa_code"


def test_a_state_that_is_none_is_refused():
    with pytest.raises(InvalidInput):
        set_business_rules("ZZ", [], actor=LEO)


def test_without_the_right_no_rule_is_set():
    with pytest.raises(NotAllowed):
        set_business_rules("OR", [], actor=LEO, has_right=may(access.PREPARE))


def test_lines_are_switched_on_in_many_states_and_off_where_they_are():
    effect = set_business_rules_in_bulk(["OR", "TX", "CA"], ["16"], active=True, actor=LEO)
    assert effect == Effect(added=2)
    off = {"active": False}
    assert preview_business_rules_in_bulk(["OR", "TX"], ["16", "777"], **off) == Effect(changed=2)
    set_business_rules_in_bulk(["OR", "TX"], ["16", "777"], **off, actor=LEO)
    assert (lines("OR")["16"], lines("TX"), lines("CA")) == (False, {"16": False}, {"16": True})


def test_switching_on_keeps_the_classes_that_were_said():
    GatewayBusinessRule.objects.filter(loa_code="16").update(active=False, license_class_codes=["1"])
    set_business_rules_in_bulk(["OR"], ["16"], active=True, actor=LEO)
    assert GatewayBusinessRule.objects.get(loa_code="16").license_class_codes == ["1"]


def test_fifty_states_are_switched_with_the_queries_of_two(connection_queries):
    def flip(states, codes):
        return connection_queries(lambda: set_business_rules_in_bulk(states, codes, active=True, actor=LEO))

    two = flip(["OR", "TX"], ["1"])
    assert flip(["OR", "TX", "CA"], [str(code) for code in range(100, 140)]) == two


def test_the_lines_of_the_rule_book_are_taken_over_and_what_was_set_stays():
    GatewayBusinessRule.objects.filter(loa_code="16").update(active=False)
    known("OR", "11", "Casualty", "casualty")
    known("US", "11", "Casualty", "casualty")
    known("US", "127", "Casualty", "casualty")
    known("US", "9", "Public adjuster", "adjuster")
    assert preview_seed(["OR"]) == Effect(added=1)
    seed_business_rules(["OR"], actor=LEO)
    assert lines() == {"16": False, "935": True, "11": True}
    assert preview_seed(["OR"]).nothing


def test_a_state_without_lines_of_its_own_takes_those_of_the_country():
    known("US", "11", "Casualty", "casualty")
    known("US", "18", "Title", "title", confidence="partly_verified")
    seed_business_rules(["TX"], actor=LEO)
    assert lines("TX") == {"11": True}


def known(state: str, code: str, name: str, categories: str, confidence: str = "verified") -> None:
    LineOfAuthority.objects.create(
        jurisdiction_id=state,
        code_system="NIPR_PDB",
        code=code,
        name=name,
        categories=categories,
        confidence=confidence,
    )


# Default reasons


def test_a_default_reason_is_set_changed_and_taken_away():
    assert set_default_reasons({"OR": "VOLUNTARY"}, actor=LEO) == Effect(added=1)
    assert set_default_reasons({"OR": "FRAUD"}, actor=LEO) == Effect(changed=1)
    assert preview_default_reasons({"OR": ""}) == Effect(removed=1)
    assert set_default_reasons({"OR": ""}, actor=LEO) == Effect(removed=1)
    assert not DefaultTerminationReason.objects.exists()
    entries = AuditEntry.objects.filter(action="default_reason.changed").order_by("pk")
    assert entries[1].changes == {"reason": ["VOLUNTARY", "FRAUD"]}


def test_only_reasons_of_the_state_are_offered_and_taken():
    assert [slug for slug, _label in offered_reasons("OR")] == ["VOLUNTARY", "FRAUD"]
    with pytest.raises(InvalidInput) as refusal:
        set_default_reasons({"OR": "DEATH"}, actor=LEO)
    assert refusal.value.errors[0]["path"] == "OR"
    assert "It takes: Voluntary termination, Fraud." in refusal.value.errors[0]["message"]


def test_a_state_that_takes_no_reason_gets_none():
    StateRule.objects.create(jurisdiction_id="TX", field="termination_reason_codes", value="NOT_REQUIRED")
    with pytest.raises(InvalidInput, match="takes no reason"):
        set_default_reasons({"TX": "VOLUNTARY"}, actor=LEO)


# Gateway


def test_a_change_of_the_gateway_is_audited_and_moves_its_version():
    settings = update_gateway_settings({"customer": " ABC ", "document_size": 50}, actor=LEO)
    assert (settings.customer, settings.document_size, settings.version) == ("ABC", 50, 2)
    entry = AuditEntry.objects.get(action="gateway.settings_changed")
    assert entry.changes == {"customer": ["", "ABC"], "document_size": [25, 50]}


def test_somebody_elses_change_is_not_overwritten():
    update_gateway_settings({"customer": "ABC"}, actor=LEO)
    with pytest.raises(Conflict) as refusal:
        update_gateway_settings({"customer": "DEF"}, actor=LEO, expected_version=1)
    assert refusal.value.code == "stale"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("document_size", 101),
        ("document_size", 0),
        ("second_key_above_cents", -1),
        ("email", "nobody"),
        ("state", "ZZ"),
        ("customer", "x" * 21),
        ("lease_seconds", 1),
    ],
)
def test_a_wrong_setting_is_refused(name, value):
    GatewaySettings.objects.create(pk=1)
    with pytest.raises(InvalidInput) as refusal:
        update_gateway_settings({name: value}, actor=LEO)
    assert refusal.value.errors[0]["path"] == name
    assert GatewaySettings.objects.get().version == 1


def test_a_preview_of_the_gateway_counts_what_is_on_its_way_and_saves_nothing():
    transactions(1)
    transactions(2, "queued")
    assert preview_gateway_settings({"customer": "ABC"}) == Effect(changed=1, transactions=2, producers=2)
    assert preview_gateway_settings({}) == Effect()
    assert not GatewaySettings.objects.get().customer


def test_conformance_is_recorded_with_a_reason():
    with pytest.raises(InvalidInput):
        record_conformance(passed=True, reason=" ", actor=LEO)
    assert record_conformance(passed=True, reason="Beta, 20 Nov", actor=LEO).conformance_passed_at
    with pytest.raises(Conflict):
        record_conformance(passed=True, reason="again", actor=LEO)
    assert AuditEntry.objects.get(action="gateway.conformance").reason == "Beta, 20 Nov"


def test_without_the_right_the_gateway_stays():
    with pytest.raises(NotAllowed):
        update_gateway_settings({"customer": "ABC"}, actor=LEO, has_right=may(access.CHANGE_RULES))


# Companies


def test_what_switching_a_state_off_touches_is_told():
    heron = Company.objects.get(cocode="77001")
    row = transactions(1)[0]
    appoint(row.producer, "OR")
    effect = preview_company_states(heron.pk, [{"state": "OR", "active": False}, {"state": "TX"}])
    assert effect == Effect(added=1, changed=1, transactions=1, appointments=1, producers=1)
    assert preview_company_states(heron.pk, [{"state": "OR", "agent_types": ["producer"]}]).nothing
