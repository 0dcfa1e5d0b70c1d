"""Every row of the eligibility dictionary through the service: alone, in pairs, and where days decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from appointments.models import Company, CompanyState, Transaction
from core import clock
from producers.models import License, LicenseLine, Producer
from producers.services import create_assignment
from tests.appointments.asking import world
from tests.appointments.asking.world import ask, only, reasons, request, statuses
from tests.producers.cast import TESTER

ONE_LINE = ["16"]


def _no_company(_ines: Producer) -> None:
    Company.objects.filter(cocode=world.HERON).update(cocode="99999")


def _not_in_state(_ines: Producer) -> None:
    CompanyState.objects.update(active=False)


def _not_for_life(_ines: Producer) -> None:
    Company.objects.update(loa_categories=["health"])


def _state_takes_firms_only(_ines: Producer) -> None:
    world.rule("CA", "appoints_individuals", "no")


def _outside_assignment(_ines: Producer) -> None:
    Company.objects.update(appointment_producer_assignment_required=True)


def _license_lapsed(_ines: Producer) -> None:
    License.objects.filter(state="CA").update(expiration_date=clock.today() - timedelta(days=1))


def _line_gone(_ines: Producer) -> None:
    LicenseLine.objects.filter(state="CA").update(status="Inactive")


def _no_resident_license(_ines: Producer) -> None:
    License.objects.update(residency="NR")


def _appointed(ines: Producer) -> None:
    world.appointed(ines)


def _asked_before(ines: Producer) -> None:
    """An open transaction, written as it stands after an earlier request, whatever holds now."""
    holder = world.licensed("88100002")
    row = only(ask(request(npn="88100002", loa_categories=ONE_LINE)))
    assert row.is_open
    row.batch.producer = row.producer = ines
    row.batch.save()
    row.npn, row.cocode = ines.npn or "", world.HERON
    row.save()
    holder.licenses.all().delete()


ROWS: dict[str, Callable[[Producer], None]] = {
    "cocode_not_found": _no_company,
    "company_does_not_appoint_in_state": _not_in_state,
    "company_does_not_appoint_loas": _not_for_life,
    "entity_type_not_appointed": _state_takes_firms_only,
    "outside_producer_assignment": _outside_assignment,
    "required_license_not_active": _license_lapsed,
    "required_license_not_found": _line_gone,
    "no_active_resident_license": _no_resident_license,
    "already_appointed": _appointed,
    "duplicate_transaction": _asked_before,
}
"""In the order in which they are given."""


def _reason(answer: dict[str, Any]) -> str:
    (code,) = set(reasons(answer).values())
    return code


@pytest.mark.parametrize("code", ROWS)
def test_each_row_alone_is_the_reason(ines, code):
    ROWS[code](ines)
    answer = ask(request(loa_categories=ONE_LINE))
    assert _reason(answer) == code
    assert statuses(answer) == ["not_eligible"]


@pytest.mark.parametrize(("first", "second"), list(combinations(ROWS, 2)))
def test_of_two_rows_the_earlier_is_the_reason(ines, first, second):
    # What another producer's request needs to come about has to be there before it is taken away.
    for code in sorted((first, second), key=lambda code: code != "duplicate_transaction"):
        ROWS[code](ines)
    assert _reason(ask(request(loa_categories=ONE_LINE))) == first


def test_nothing_in_the_way_is_good_standing(ines):
    answer = ask(request(loa_categories=ONE_LINE))
    assert (_reason(answer), statuses(answer)) == ("in_good_standing", ["ready_to_submit"])


def test_no_license_in_the_state_is_one_that_is_not_found(ines):
    License.objects.update(state="TX")
    assert _reason(ask(request(loa_categories=ONE_LINE))) == "required_license_not_found"


@pytest.mark.parametrize(
    ("days", "code"), [(0, "in_good_standing"), (-1, "required_license_not_active"), (1, "in_good_standing")]
)
def test_a_license_holds_through_the_day_of_its_expiry(ines, days, code):
    License.objects.update(expiration_date=clock.today() + timedelta(days=days))
    assert _reason(ask(request(loa_categories=ONE_LINE))) == code


def test_a_license_without_expiry_never_expires(ines):
    License.objects.update(expiration_date=None)
    later = clock.today() + timedelta(days=20_000)
    answer = ask(request(loa_categories=ONE_LINE, effective_date=later.isoformat()))
    assert _reason(answer) == "in_good_standing"


@pytest.mark.parametrize(("days", "code"), [(0, "in_good_standing"), (1, "required_license_not_active")])
def test_an_appointment_that_begins_later_is_judged_on_that_day(ines, days, code):
    begins = License.objects.get().expiration_date + timedelta(days=days)
    assert _reason(ask(request(loa_categories=ONE_LINE, effective_date=begins.isoformat()))) == code


@pytest.mark.parametrize(("days", "status"), [(0, "queued"), (-1, "not_eligible")])
def test_it_is_judged_on_the_same_day_when_it_is_submitted(ines, days, status):
    begins = clock.today() + timedelta(days=5)
    License.objects.update(issue_date=begins)
    asked = (begins + timedelta(days=days)).isoformat()
    answer = ask(request(loa_categories=ONE_LINE, effective_date=asked), submit=True)
    assert statuses(answer) == [status]


def test_an_appointment_that_begins_in_the_past_is_judged_today(ines):
    License.objects.update(expiration_date=clock.today() - timedelta(days=1))
    before = clock.today() - timedelta(days=30)
    answer = ask(request(loa_categories=ONE_LINE, effective_date=before.isoformat()))
    assert _reason(answer) == "required_license_not_active"


def test_a_rule_that_changes_between_two_dates_holds_from_its_day(ines):
    change = clock.today() + timedelta(days=10)
    world.rule_that_changes("CA", "appoints_individuals", "yes", "no", change)
    told = [
        _reason(ask(request(loa_categories=ONE_LINE, effective_date=day.isoformat()), dry_run=True))
        for day in (change - timedelta(days=1), change)
    ]
    assert told == ["in_good_standing", "entity_type_not_appointed"]


def test_of_two_licenses_in_a_state_one_in_force_is_enough(ines):
    License.objects.update(expiration_date=clock.today() - timedelta(days=1))
    world.license_of(ines, license_number="NEW")
    assert only(ask(request(loa_categories=ONE_LINE))).license_number == "NEW"


def test_a_lapsed_license_that_carries_the_line_beside_one_in_force_that_does_not(ines):
    License.objects.update(expiration_date=clock.today() - timedelta(days=1))
    world.license_of(ines, license_number="NEW", lines=(world.SICKNESS,))
    assert _reason(ask(request(loa_categories=ONE_LINE))) == "required_license_not_found"


def test_an_assignment_that_covers_it_is_enough(ines):
    _outside_assignment(ines)
    create_assignment(
        ines.pk,
        {"states": ["CA"], "loa_categories": ["life"], "cocodes": [world.HERON], "agent_type": "producer"},  # type: ignore[typeddict-item]
        actor=TESTER,
    )
    assert _reason(ask(request(loa_categories=ONE_LINE))) == "in_good_standing"
    assert _reason(ask(request(loa_categories=["935"]))) == "outside_producer_assignment"


def test_a_firm_is_asked_about_by_its_own_rule(place):
    world.license_of(world.producer(world.FIRM, entity_type="firm"))
    assert _reason(ask(request(npn=world.FIRM, loa_categories=ONE_LINE))) == "entity_type_not_appointed"
    row = Transaction.objects.get()
    assert (row.entity_type, row.eligibility_text) == (
        "firm",
        "The state appoints individuals only for this class",
    )


def test_a_company_that_keeps_internal_appointments_records_it_once(place):
    Company.objects.update(create_internal_appointment=True)
    world.license_of(world.producer(world.FIRM, entity_type="firm"))
    wanted = request(npn=world.FIRM, loa_categories=ONE_LINE)
    answer = ask(wanted, wanted)
    assert (statuses(answer, 0), statuses(answer, 1)) == (["recorded"], ["not_eligible"])
    assert reasons(answer, 1) == {"16": "already_appointed"}
    assert reasons(ask(wanted)) == {"16": "already_appointed"}
    row = Transaction.objects.get(status="recorded")
    assert (row.status_detail, row.is_open, row.cost_cents, row.billed_by_state) == (
        "internal",
        False,
        0,
        False,
    )


def test_a_registry_state_records_it_once_and_without_a_fee(ines):
    world.license_of(ines, "OR", residency="NR")
    wanted = request(state="OR", loa_categories=ONE_LINE)
    answer = ask(wanted, wanted)
    assert (statuses(answer, 0), reasons(answer, 1)) == (["recorded"], {"16": "already_appointed"})
    assert answer["cost"]["total"] == "0.00"
    assert reasons(ask(wanted)) == {"16": "already_appointed"}
    assert Transaction.objects.get(status="recorded").status_detail == "registry_state"


def test_where_state_and_company_let_it_wait_it_is_held(ines):
    CompanyState.objects.filter(state="CA").update(just_in_time=True)
    row = only(ask(request(loa_categories=ONE_LINE)))
    assert (row.status, row.status_detail, row.just_in_time, row.is_open) == (
        "held",
        "just_in_time",
        True,
        True,
    )
    assert row.cost_cents == 1753


def test_where_the_state_does_not_let_it_wait_it_is_ready(ines):
    CompanyState.objects.filter(state="CA").update(just_in_time=True)
    world.rule("CA", "jit_allowed", "no")
    assert statuses(ask(request(loa_categories=ONE_LINE))) == ["ready_to_submit"]


def test_every_answer_says_what_was_checked(ines):
    _license_lapsed(ines)
    (line,) = ask(request(loa_categories=ONE_LINE))["requests"][0]["transactions"]
    last = line["decisions"][-1]
    assert (last["rule"], last["outcome"]) == ("appointment_license_active", "fail")
    assert last["fix"]["text"]
