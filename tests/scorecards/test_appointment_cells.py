"""Every row of the appointment table of scorecards.md; the reasons in the order of eligibility.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rulebook.rules.appointment_eligibility import Reason, judge
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.book import RuleValue
from rulebook.rules.facts import CompanyStateFact, OpenTransactionFact
from rulebook.rules.holdings import Holdings
from scorecards.enums import Action, AppointmentCellStatus
from tests.scorecards.cast import (
    APPOINTED,
    BOOK,
    HEALTH,
    HERON,
    LIFE,
    TODAY,
    appointing,
    appointment_cell,
    assignment,
    expiring,
    license_,
    producer,
)

Status = AppointmentCellStatus
LICENSED = producer(license_())
OPEN = OpenTransactionFact(kind="appointment", state="CA", cocode="77001", category="life")
LATER = replace(APPOINTED, county="086", status_date=TODAY + timedelta(days=1))
ASKED = AppointmentQuestion("CA", "77001", frozenset({"life"}))


def judged(facts=LICENSED, company=HERON, asked=ASKED, book=BOOK):
    return judge(asked, Holdings(facts, book, TODAY), company)


@pytest.mark.parametrize(
    ("facts", "status", "action"),
    [
        (producer(license_(), appointments=(APPOINTED,)), Status.APPOINTED, Action.NONE),
        (producer(appointments=(APPOINTED,)), Status.APPOINTED, Action.NONE),
        (producer(license_(), appointments=(LATER,)), Status.PENDING, Action.FOLLOW),
        (producer(license_(), appointments=(LATER, APPOINTED)), Status.APPOINTED, Action.NONE),
        (LICENSED, Status.APPOINT, Action.APPOINT),
        (
            replace(LICENSED, open_transactions=(replace(OPEN, status="queued"),)),
            Status.PENDING,
            Action.FOLLOW,
        ),
        (replace(LICENSED, open_transactions=(replace(OPEN, status="held"),)), Status.HELD, Action.RELEASE),
        (producer(), Status.BLOCKED, Action.FIX),
    ],
)
def test_each_row_of_the_table(facts, status, action):
    cell = appointment_cell(facts)
    assert (cell.status, cell.action) == (status, action)


@pytest.mark.parametrize(
    ("state", "entity_type", "status"),
    [
        ("CO", "individual", Status.NOT_REQUIRED),
        ("TX", "firm", Status.NOT_REQUIRED),
        ("TX", "individual", Status.APPOINT),
    ],
)
def test_a_registry_state_and_a_state_that_appoints_others_need_no_appointment(state, entity_type, status):
    facts = producer(license_(state), entity_type=entity_type)
    cell = appointment_cell(facts, appointing(states=(state,)))
    assert cell.status is status


def test_a_state_whose_rule_is_not_known_blocks_and_says_so():
    cell = appointment_cell(producer(license_("PR")), appointing(states=("PR",)))
    assert cell.status is Status.BLOCKED
    assert cell.decisions[-1].unknown
    assert cell.decisions[-1].fix.code == "add_rule"


def test_an_appointment_that_has_ended_does_not_count():
    ended = replace(APPOINTED, status="terminated")
    assert appointment_cell(replace(LICENSED, appointments=(ended,))).status is Status.APPOINT


def test_an_appointment_without_cocode_is_known_by_its_fein():
    by_fein = replace(APPOINTED, cocode="", fein=HERON.fein)
    assert appointment_cell(replace(LICENSED, appointments=(by_fein,))).status is Status.APPOINTED


def test_an_appointment_that_names_no_line_covers_every_category():
    bare = replace(APPOINTED, loa_code="", loa="")
    cell = appointment_cell(replace(LICENSED, appointments=(bare,)))
    assert cell.status is Status.APPOINTED
    assert "names no line" in cell.decisions[0].text


def test_an_appointment_for_another_line_does_not_count():
    health = replace(APPOINTED, loa_code="935", loa="Health")
    assert appointment_cell(replace(LICENSED, appointments=(health,))).status is Status.APPOINT


def test_an_appointment_whose_category_is_not_known_is_told_and_not_counted():
    odd = replace(APPOINTED, loa_code="777", loa="Pet funerals")
    cell = appointment_cell(replace(LICENSED, appointments=(odd,)))
    assert cell.status is Status.APPOINT
    assert "Pet funerals" in cell.decisions[0].text


def test_an_appointment_by_a_company_that_is_not_on_file_is_still_an_appointment():
    cell = appointment_cell(replace(LICENSED, appointments=(APPOINTED,)), companies=())
    assert cell.status is Status.APPOINTED


@pytest.mark.parametrize(
    ("reason", "facts", "company"),
    [
        (Reason.COCODE_NOT_FOUND, LICENSED, None),
        (Reason.COMPANY_DOES_NOT_APPOINT_IN_STATE, LICENSED, replace(HERON, states={})),
        (
            Reason.COMPANY_DOES_NOT_APPOINT_IN_STATE,
            LICENSED,
            replace(HERON, states={"CA": CompanyStateFact(active=False)}),
        ),
        (
            Reason.COMPANY_DOES_NOT_APPOINT_IN_STATE,
            LICENSED,
            replace(HERON, states={"CA": CompanyStateFact(agent_types=("adjuster",))}),
        ),
        (
            Reason.COMPANY_DOES_NOT_APPOINT_LOAS,
            LICENSED,
            replace(HERON, loa_categories=frozenset({"health"})),
        ),
        (Reason.OUTSIDE_PRODUCER_ASSIGNMENT, LICENSED, replace(HERON, requires_assignment=True)),
        (Reason.REQUIRED_LICENSE_NOT_FOUND, producer(), HERON),
        (Reason.REQUIRED_LICENSE_NOT_FOUND, producer(license_(lines=(HEALTH,))), HERON),
        (Reason.REQUIRED_LICENSE_NOT_ACTIVE, producer(expiring(-1)), HERON),
        (Reason.REQUIRED_LICENSE_NOT_ACTIVE, producer(license_(active=False)), HERON),
        (Reason.NO_ACTIVE_RESIDENT_LICENSE, producer(license_(residency="NR")), HERON),
        (Reason.ALREADY_APPOINTED, replace(LICENSED, appointments=(APPOINTED,)), HERON),
        (Reason.DUPLICATE_TRANSACTION, replace(LICENSED, open_transactions=(OPEN,)), HERON),
        (Reason.IN_GOOD_STANDING, LICENSED, HERON),
        (Reason.IN_GOOD_STANDING, producer(expiring(0)), HERON),
    ],
)
def test_each_reason_when_it_alone_applies(reason, facts, company):
    verdict = judged(facts, company)
    assert verdict.reason is reason
    assert verdict.eligible is (reason is Reason.IN_GOOD_STANDING)
    if not verdict.eligible:
        assert not verdict.decisions[-1].passed or reason is Reason.ALREADY_APPOINTED


def test_the_first_reason_that_applies_is_given():
    nothing_fits = replace(HERON, states={}, loa_categories=frozenset())
    assert judged(producer(), nothing_fits).reason is Reason.COMPANY_DOES_NOT_APPOINT_IN_STATE
    wrong_line = replace(HERON, loa_categories=frozenset({"health"}))
    assert judged(producer(), wrong_line).reason is Reason.COMPANY_DOES_NOT_APPOINT_LOAS


def test_an_inactive_license_is_named_before_a_missing_line():
    assert judged(producer(expiring(-1, lines=(HEALTH,)))).reason is Reason.REQUIRED_LICENSE_NOT_ACTIVE


def test_a_resident_license_of_another_state_serves():
    facts = producer(license_(residency="NR"), license_("TX"))
    assert judged(facts).eligible


def test_what_stands_in_the_way_goes_before_what_nobody_knows():
    asked = replace(ASKED, state="PR")
    assert judged(producer(), asked=asked).reason is Reason.REQUIRED_LICENSE_NOT_FOUND
    assert judged(producer(license_("PR")), asked=asked).reason is Reason.STATE_RULE_NOT_KNOWN


@pytest.mark.parametrize(("keeps", "internal"), [(True, True), (False, False)])
def test_a_company_with_internal_appointments_records_what_the_state_does_not_appoint(keeps, internal):
    firm = producer(license_("TX"), entity_type="firm")
    company = replace(HERON, create_internal_appointment=keeps)
    verdict = judged(firm, company, replace(ASKED, state="TX"))
    assert (verdict.reason, verdict.internal) == (Reason.ENTITY_TYPE_NOT_APPOINTED, internal)
    assert verdict.text == "The state appoints individuals only for this class"


def test_an_eligible_line_of_a_registry_state_is_marked_so():
    assert judged(producer(license_("CO")), asked=replace(ASKED, state="CO")).registry_state


def test_a_company_that_requires_an_assignment_takes_one_that_covers_it():
    facts = replace(LICENSED, assignments=(assignment(), appointing()))
    assert judged(facts, replace(HERON, requires_assignment=True)).eligible


@pytest.mark.parametrize(
    ("setting", "state_allows", "waits"),
    [(True, "yes", True), (True, "no", False), (False, "yes", False)],
)
def test_just_in_time_needs_the_state_and_the_company(setting, state_allows, waits):
    book = BOOK.with_rules({("CA", "jit_allowed"): [RuleValue(state_allows)]})
    company = replace(HERON, states={"CA": CompanyStateFact(just_in_time=setting)})
    assert judged(company=company, book=book).just_in_time is waits


def test_a_line_is_asked_for_by_code_or_by_name():
    by_code = replace(ASKED, loa_code="16")
    by_name = replace(ASKED, loa_code="999", loa="LIFE")
    missing = replace(ASKED, loa_code="935", loa="Health")
    assert judged(asked=by_code).eligible
    assert judged(asked=by_name).eligible
    assert judged(asked=missing).reason is Reason.REQUIRED_LICENSE_NOT_FOUND


def test_a_line_of_two_categories_needs_one_that_the_company_supports():
    both = replace(ASKED, categories=frozenset({"life", "fraternal"}), loa_code="16")
    assert judged(asked=both).eligible


def test_an_appointment_for_one_county_is_not_one_for_another():
    here = replace(LICENSED, appointments=(replace(APPOINTED, county="001"),))
    line = replace(ASKED, loa_code="16", county="002")
    assert judged(here, asked=line).eligible
    assert judged(here, asked=replace(line, county="001")).reason is Reason.ALREADY_APPOINTED


def test_a_blocked_cell_ends_with_the_fix_of_what_blocks_it():
    cell = appointment_cell(producer(license_(lines=(HEALTH,))))
    assert cell.decisions[-1].fix.code == "add_line"
    assert [decision.passed for decision in cell.decisions[1:-1]] == [True] * (len(cell.decisions) - 2)


def test_two_companies_have_cells_of_their_own():
    wren = replace(HERON, cocode="77002", name="Wren", loa_categories=frozenset())
    asked = appointing(cocodes=("77001", "77002"))
    cell = appointment_cell(producer(license_(lines=(LIFE,))), asked, companies=(HERON, wren))
    assert (cell.cocode, cell.status) == ("77002", Status.BLOCKED)
