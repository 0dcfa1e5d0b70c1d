"""Asking for licenses and renewals: what is written, what is refused, what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import BackgroundAnswers, BulkRequest, GatewayBusinessRule, Transaction
from appointments.services.asking.plans import approve_plan, plan_rows
from appointments.services.handling.approving import approve
from appointments.services.handling.documents import attach
from appointments.services.handling.submit import submit
from appointments.services.licensing.asking import ask_license_requests, preview
from core import clock
from core.errors import InvalidInput
from producers.models import License, Producer
from tests.appointments.asking import world as asking
from tests.appointments.handling.cast import LEO, PIA, SUE
from tests.appointments.licensing.world import (
    APPLICATION,
    NPN,
    RENEWAL,
    answer,
    application,
    ask,
    complete,
    expiring,
    only,
    renewal,
)
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db


def reason(answered):
    (entry,) = answered["requests"]
    (line,) = entry["transactions"]
    return line["status"], line["eligibility_reason"]["code"]


def test_a_license_is_applied_for_with_every_line_of_its_categories(ines):
    row = only(ask(APPLICATION, application(loa_categories=["life", "health"])))
    assert (row.kind, row.status, row.state) == ("license_application", "ready_to_submit", "TX")
    assert (row.loa_code, row.loa, row.cocode, row.company_id) == ("", "Producer license", "", None)
    assert (row.residency, row.license_number, row.agent_type) == ("NR", "", "producer")
    assert row.application["action"] == "apply"
    assert sorted(row.application["loa_codes"]) == ["1081", "16", "935", "936"]
    assert {"loa_code": "16", "loa": "Life"} in row.application["lines"]


def test_the_state_bills_its_own_fee_and_the_registry_counts_residents_and_others(ines):
    row = only(ask(APPLICATION, application()))
    assert (row.state_fee_cents, row.nipr_fee_cents) == (None, 561)
    License.objects.filter(producer=ines).update(expiration_date=clock.today() + timedelta(days=20))
    row = only(ask(RENEWAL, renewal()))
    assert (row.state_fee_cents, row.nipr_fee_cents) == (None, 560)
    assert row.decisions[-1]["rule"] == "license_request_fee"
    assert row.decisions[-1]["outcome"] == "unknown"


def test_lines_are_added_to_the_license_in_force_and_only_those_it_lacks(ines):
    asking.license_of(ines, "TX", lines=(asking.LIFE,), residency="NR")
    row = only(ask(APPLICATION, application(loa_categories=["life", "health"])))
    assert (row.application["action"], row.license_number) == ("amend", f"TX-{NPN}")
    assert sorted(row.application["loa_codes"]) == ["1081", "935", "936"]
    assert row.loa == f"Producer license TX-{NPN} (class 1)"


def test_a_license_is_renewed_while_its_window_is_open(ines):
    License.objects.filter(producer=ines).update(expiration_date=clock.today() + timedelta(days=90))
    row = only(ask(RENEWAL, renewal()))
    assert (row.kind, row.status) == ("license_renewal", "ready_to_submit")
    assert (row.license_number, row.license_class_code, row.residency) == (f"CA-{NPN}", "1", "R")
    assert row.application["action"] == "renew"
    assert row.application["expiration_date"] == (clock.today() + timedelta(days=90)).isoformat()


@pytest.mark.parametrize(
    ("days", "code"),
    [(91, "not_yet_renewable"), (90, "in_good_standing"), (0, "in_good_standing"), (-30, "in_good_standing"),
     (-31, "in_good_standing"), (-365, "in_good_standing"), (-366, "too_late_to_renew")],
)  # fmt: skip
def test_the_day_decides_what_becomes_of_a_renewal(place, days, code):
    expiring(complete(asking.producer()), in_days=days)
    assert reason(ask(RENEWAL, renewal(), dry_run=True))[1] == code


@pytest.mark.parametrize(("days", "action"), [(1, "renew"), (-1, "renew_late"), (-31, "reinstate")])
def test_what_is_asked_for_is_told(place, days, action):
    expiring(complete(asking.producer()), in_days=days)
    assert only(ask(RENEWAL, renewal())).application["action"] == action


def test_an_unknown_window_opens_nothing_and_says_which_rule_to_set(ines):
    expiring(ines, "TX", residency="NR")
    line = ask(RENEWAL, renewal(state="TX", license_number=f"TX-{NPN}"))["requests"][0]["transactions"][0]
    assert (line["status"], line["eligibility_reason"]["code"]) == ("not_eligible", "state_rule_not_known")
    fix = line["decisions"][-1]["fix"]
    assert (fix["code"], fix["params"]["field"]) == ("add_rule", "renewal_window_days")


def test_the_same_license_is_not_asked_for_twice(ines):
    assert reason(ask(APPLICATION, application())) == ("ready_to_submit", "in_good_standing")
    assert reason(ask(APPLICATION, application(loa_categories=["health"])))[1] == "duplicate_transaction"


def test_two_rows_of_one_set_for_one_license_make_one(ines):
    answered = ask(APPLICATION, application(), application(loa_categories=["health"]))
    codes = [row["transactions"][0]["eligibility_reason"]["code"] for row in answered["requests"]]
    assert codes == ["in_good_standing", "duplicate_transaction"]


def test_an_adjuster_and_a_producer_license_do_not_stand_in_each_others_way(ines):
    answer(ines, "adjuster")
    GatewayBusinessRule.objects.create(state="TX", loa_code="16", agent_type="adjuster")
    first, second = (
        only(ask(APPLICATION, application())),
        only(ask(APPLICATION, application(agent_type="adjuster", loa_categories=["adjuster"]))),
    )
    assert (first.status, second.status) == ("ready_to_submit", "ready_to_submit")
    assert (first.loa, second.loa) == ("Producer license", "Adjuster license")


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"email": ""}, ["email"]),
        ({"phone": ""}, ["phone"]),
        ({"birth_date": None}, ["birth_date"]),
        ({"ssn_last4": "", "ssn": ""}, ["ssn"]),
        ({"email": "", "phone": ""}, ["email", "phone"]),
    ],
)
def test_what_the_form_asks_and_is_not_on_file_is_named(ines, fields, missing):
    Producer.objects.filter(pk=ines.pk).update(**fields)
    line = ask(APPLICATION, application())["requests"][0]["transactions"][0]
    assert line["eligibility_reason"]["code"] == "prerequisites_missing"
    assert line["decisions"][-1]["facts"]["missing"] == missing
    assert line["decisions"][-1]["fix"]["code"] == "complete_producer"


def test_without_an_address_it_is_not_eligible(ines):
    ines.addresses.all().delete()
    line = ask(APPLICATION, application())["requests"][0]["transactions"][0]
    assert line["decisions"][-1]["facts"]["missing"] == ["address"]


def test_without_answers_or_with_old_ones_it_is_not_eligible(ines):
    BackgroundAnswers.objects.update(answered_on=clock.today() - timedelta(days=366))
    line = ask(APPLICATION, application())["requests"][0]["transactions"][0]
    assert line["decisions"][-1]["facts"]["missing"] == ["fresh_answers"]
    BackgroundAnswers.objects.all().delete()
    line = ask(APPLICATION, application())["requests"][0]["transactions"][0]
    assert line["decisions"][-1]["facts"]["missing"] == ["answers"]
    assert line["decisions"][-1]["fix"]["code"] == "give_answers"


def test_a_yes_waits_for_its_papers_and_a_second_person(ines):
    answer(ines, yes="1b")
    row = only(ask(APPLICATION, application()))
    assert (row.status, row.status_detail, row.for_cause) == (
        "awaiting_approval",
        "documents_required",
        False,
    )
    assert "long ago" not in str(row.decisions) + str(row.application)


def test_a_yes_without_its_explanation_is_not_eligible(ines):
    answer(ines, answers='{"1a": {"yes": true, "explanation": ""}}', any_yes=True)
    line = ask(APPLICATION, application())["requests"][0]["transactions"][0]
    assert line["decisions"][-1]["facts"]["missing"] == ["explanation"]


def test_a_non_resident_needs_a_resident_license_in_force(ines):
    License.objects.update(active=False)
    assert reason(ask(APPLICATION, application()))[1] == "no_active_resident_license"
    assert reason(ask(APPLICATION, application(state="CA")))[1] == "in_good_standing"


def test_a_line_that_is_held_is_not_applied_for(ines):
    assert reason(ask(APPLICATION, application(state="CA")))[1] == "already_licensed"


def test_a_license_that_is_not_there_or_never_expires_is_not_renewed(ines):
    assert reason(ask(RENEWAL, renewal(license_number="X")))[1] == "license_not_found"
    License.objects.update(expiration_date=None)
    assert reason(ask(RENEWAL, renewal()))[1] == "does_not_expire"


def test_a_suspended_license_is_not_renewed(ines):
    License.objects.update(active=False)
    assert reason(ask(RENEWAL, renewal()))[1] == "license_not_active"


@pytest.mark.parametrize(
    ("kind", "request_", "path"),
    [
        (APPLICATION, application(state="XX"), "requests.0.state"),
        (APPLICATION, application(agent_type="wizard"), "requests.0.agent_type"),
        (APPLICATION, application(loa_categories=[]), "requests.0.loa_categories"),
        (APPLICATION, application(cocode="77001"), "requests.0.cocode"),
        (RENEWAL, renewal(license_number=""), "requests.0.license_number"),
        (RENEWAL, renewal(npn="abc"), "requests.0.npn"),
        ("appointment", renewal(), "kind"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place(place, kind, request_, path):
    with pytest.raises(InvalidInput) as refusal:
        ask_license_requests(kind, [request_], actor=TESTER)
    assert path in [error["path"] for error in refusal.value.errors]
    assert not BulkRequest.objects.exists()


def test_a_checkpoint_that_fails_makes_no_transaction(place):
    assert ask(APPLICATION, application())["requests"][0]["error"]["code"] == "npn_not_found"


def test_a_plan_is_shown_and_carried_out_as_shown(ines):
    bulk = ask_license_requests(APPLICATION, [application()], actor=TESTER, dry_run=True, wait=True)
    (row,) = plan_rows(BulkRequest.objects.get(pk=bulk.pk))
    assert (row.loa, row.outcome, row.state_fee) == ("Producer license", "ready_to_submit", None)
    assert not Transaction.objects.exists()
    run = approve_plan(bulk, TESTER, wait=True)
    assert run.status == "done"
    assert Transaction.objects.count() == 1


def test_a_preview_writes_nothing(ines):
    (draft,) = preview(APPLICATION, [application()]).drafts
    assert draft.reason_code == "in_good_standing"
    assert not BulkRequest.objects.exists()


def test_queries_do_not_grow_with_the_rows(place):
    def queries(count, first):
        npns = [str(first + number) for number in range(count)]
        for npn in npns:
            complete(asking.licensed(npn), ssn_last4="1234")
        with CaptureQueriesContext(connection) as captured:
            answered = ask(APPLICATION, *(application(npn=npn) for npn in npns))
        assert answered["counts"] == {"ready_to_submit": count}
        return len(captured)

    queries(1, 88_300_000)
    assert queries(2, 88_310_000) == queries(20, 88_320_000)


def test_with_its_papers_and_a_second_person_a_yes_may_leave(ines):
    answer(ines, yes="1b")
    row = only(ask(APPLICATION, application(), actor=TESTER))
    rules = {each["rule"]: each["text"] for each in row.decisions}
    assert "answered with yes" in rules["license_request_documents"]
    assert not approve([row.pk], actor=PIA).done
    attach(row.pk, "statement.pdf", b"%PDF-1.7 a signed statement", actor=LEO)
    assert approve([row.pk], actor=PIA).done
    assert submit([row.pk], confirm_cents=561, actor=SUE).done
    row.refresh_from_db()
    assert row.status == "queued"


def test_a_firm_applies_with_its_fein(place):
    firm = asking.producer(asking.FIRM, entity_type="firm", company_name="Blue Harbor Agency")
    asking.license_of(firm)
    complete(firm, ssn_last4="", birth_date=None)
    line = ask(APPLICATION, application(npn=asking.FIRM))["requests"][0]["transactions"][0]
    assert line["decisions"][-1]["facts"]["missing"] == ["fein"]
    complete(firm, ssn_last4="", birth_date=None, fein="990000123")
    row = only(ask(APPLICATION, application(npn=asking.FIRM)))
    assert (row.status, row.entity_type) == ("ready_to_submit", "firm")


def test_a_consultants_license_is_renewed_with_the_answers_of_a_producer(ines):
    expiring(ines, license_number="C1", license_class="Insurance Consultant", license_class_code="9")
    row = only(ask(RENEWAL, renewal(license_number="C1")))
    assert (row.status, row.agent_type, row.loa) == ("ready_to_submit", "producer", "License C1 (class 9)")
