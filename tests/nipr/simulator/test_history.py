from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from nipr.simulator.history import History, unfold
from nipr.simulator.population import Population, build
from nipr.simulator.samples import INDIVIDUAL, SAMPLES
from nipr.simulator.scene import Event, EventKind
from nipr.wire.messages import AlertType, AppointmentStatus, EntityReport, Residency

START = date(2026, 3, 2)
TODAY = date(2026, 3, 10)
NEXT_YEAR = date(2027, 12, 31)
MAREN = INDIVIDUAL.npn


@pytest.fixture(scope="module")
def population() -> Population:
    return build(400, 7, START)


@pytest.fixture(scope="module")
def histories(population: Population) -> list[History]:
    return [unfold(population, npn, (), NEXT_YEAR) for npn in population.npns() if npn not in SAMPLES]


def after(population: Population, kind: EventKind, state: str = "", **details: str) -> EntityReport:
    """The documented individual after one event."""
    event = Event(MAREN, TODAY, kind, state, details=tuple(details.items()))
    return unfold(population, MAREN, [event], TODAY).at(TODAY)


def test_days_go_forward(histories: list[History]) -> None:
    for history in histories:
        days = [step.day for step in history.steps]
        assert days == sorted(days)


def test_looking_further_ahead_does_not_change_the_past(population: Population) -> None:
    for npn in ("88000002", "88000006", "88000021"):
        near, far = (unfold(population, npn, (), day) for day in (TODAY, NEXT_YEAR))
        assert near.at(TODAY) == far.at(TODAY)


def test_every_category_changes_now_and_then(histories: list[History]) -> None:
    seen = Counter(kind for history in histories for step in history.steps for _, kind in step.touched)
    assert set(seen) == set(AlertType)


def test_a_step_says_truly_what_it_touched(histories: list[History]) -> None:
    """Rows outside of the named state and category are the same before and after."""
    categories = {
        AlertType.LICENSING: "licenses",
        AlertType.APPOINTMENTS: "appointments",
        AlertType.RIRS: "regulatory_actions",
    }
    for history in histories:
        before = history.base
        for step in history.steps:
            for kind, name in categories.items():
                rows = [
                    {row for row in getattr(report, name) if (row.state, kind) not in step.touched}
                    for report in (before, step.report)
                ]
                assert rows[0] == rows[1]
            before = step.report


def test_most_licences_renew_and_some_lapse(histories: list[History]) -> None:
    ends = Counter()
    for history in histories:
        final = history.at(NEXT_YEAR)
        for lic in final.licenses:
            if lic.expiration_date:
                ends[lic.active] += 1
            assert not lic.active or lic.expiration_date is None or lic.expiration_date >= NEXT_YEAR
    assert ends[True] > 5 * ends[False] > 0


def test_samples_stay_as_documented(population: Population) -> None:
    assert unfold(population, MAREN, (), NEXT_YEAR).at(NEXT_YEAR) == INDIVIDUAL


def test_a_renewal_moves_the_expiration_by_a_cycle(population: Population) -> None:
    oregon = after(population, EventKind.RENEW, "OR").licenses[0]
    assert (oregon.expiration_date, oregon.updated_date) == (date(2029, 2, 28), TODAY)
    assert oregon.lines[0].ce_renewal_date == date(2029, 2, 28)


def test_a_lapse_ends_the_licence_and_its_lines(population: Population) -> None:
    oregon = after(population, EventKind.LAPSE, "OR").licenses[0]
    assert not oregon.active
    assert {line.status for line in oregon.lines} == {"Inactive"}
    assert oregon.lines[0].status_reason == "Failure to renew"


def test_a_reinstatement_revives_what_lapsed_only(population: Population) -> None:
    events = [Event(MAREN, TODAY, kind, "OR") for kind in (EventKind.LAPSE, EventKind.REINSTATE)]
    oregon = unfold(population, MAREN, events, TODAY).at(TODAY).licenses[0]
    assert oregon.active
    assert {line.name: line.status for line in oregon.lines} == {"Life": "Active", "Health": "Inactive"}


def test_a_line_is_added_by_category(population: Population) -> None:
    florida = after(population, EventKind.ADD_LINE, "FL", category="life").licenses[1]
    assert [(line.code, line.status) for line in florida.lines] == [("39", "Active"), ("16", "Active")]


def test_a_surrendered_line_comes_back_as_one_row(population: Population) -> None:
    oregon = after(population, EventKind.ADD_LINE, "OR", category="health").licenses[0]
    assert [(line.code, line.status) for line in oregon.lines] == [("16", "Active"), ("39", "Active")]


def test_a_line_ends_with_its_reason(population: Population) -> None:
    florida = after(population, EventKind.END_LINE, "FL", loa_code="39", reason="Cancelled").licenses[1]
    line = florida.lines[0]
    assert (line.status, line.status_reason, line.status_reason_date) == ("Inactive", "Cancelled", TODAY)


def test_a_licence_is_issued_in_a_new_state(population: Population) -> None:
    report = after(population, EventKind.NEW_LICENSE, "TX")
    texas = report.licenses[-1]
    assert (texas.state, texas.issue_date, texas.active) == ("TX", TODAY, True)
    assert texas.residency is Residency.NON_RESIDENT


def test_an_appointment_is_filed_once(population: Population) -> None:
    events = [Event(MAREN, TODAY, EventKind.APPOINT, "OR", details=(("cocode", "77001"),))] * 2
    rows = [
        row
        for row in unfold(population, MAREN, events, TODAY).at(TODAY).appointments
        if row.cocode == "77001"
    ]
    assert len(rows) == len({row.loa_code for row in rows}) > 0


def test_a_termination_keeps_the_row_with_its_reason(population: Population) -> None:
    row = after(population, EventKind.TERMINATE, "OR", reason="For Cause").appointments[0]
    assert (row.status, row.termination_reason, row.status_date) == (
        AppointmentStatus.TERMINATED,
        "For Cause",
        TODAY,
    )


def test_a_move_makes_another_licence_the_resident_one(population: Population) -> None:
    report = after(population, EventKind.MOVE, "FL")
    assert {lic.state: lic.residency for lic in report.licenses} == {
        "OR": Residency.NON_RESIDENT,
        "FL": Residency.RESIDENT,
    }
    assert {row.state for row in report.addresses} == {"FL"}


def test_a_new_name_keeps_the_old_one_as_alias(population: Population) -> None:
    report = after(population, EventKind.CHANGE_NAME, last_name="OAKES")
    assert report.biographic.last_name == "OAKES"
    assert "QUILLFEATHER, MAREN T" in {other.name for other in report.other_names}


def test_a_licence_of_another_class_has_a_number_of_its_own_and_renews_by_itself(
    population: Population,
) -> None:
    """Two licences of one number would be renewed for each other, for ever."""
    npns = [npn for npn in population.npns() if npn not in SAMPLES][:60]
    for npn in npns:
        base = population.base(npn)
        held = next((lic for lic in base.licenses if lic.active and lic.expiration_date), None)
        if held is None:
            continue
        asked = {"loa_codes": "16", "class_code": "999", "residency": "NR"}
        event = Event(npn, TODAY, EventKind.GRANT_LICENSE, held.state, details=tuple(asked.items()))
        report = unfold(population, npn, [event], NEXT_YEAR).at(NEXT_YEAR)
        numbers = [lic.number for lic in report.licenses if lic.state == held.state]
        assert len(numbers) == len(set(numbers)) > 1


@pytest.mark.parametrize("kind", list(EventKind))
def test_an_event_with_nothing_to_act_on_changes_nothing(population: Population, kind: EventKind) -> None:
    """Guam knows nothing of Maren, except when something begins there."""
    begins = {EventKind.NEW_LICENSE, EventKind.MOVE, EventKind.ADD_ACTION, EventKind.CHANGE_NAME}
    history = unfold(population, MAREN, [Event(MAREN, TODAY, kind, "GU")], TODAY)
    assert bool(history.steps) == (kind in begins)
