"""Transactions in a real browser, over the demonstration: asked for, paid for, agreed to, sent once, and explained."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Product
from tests.e2e.desk import (
    FarSide,
    Work,
    look_for_work,
    prepare,
    press,
    rows,
    settings,
    shows,
    until,
    with_all_rows,
)

PAPER = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
NO_COOL_OFF = {"cool_off_seconds": 0}


@pytest.fixture(scope="module")
def work(product: Product) -> Work:
    """What the demonstration leaves to do."""
    return look_for_work(product)


@pytest.fixture(scope="module")
def far_side(product: Product) -> FarSide:
    """The registry's own handles."""
    return FarSide(product)


def test_three_states_are_appointed_from_a_scorecard_until_its_cells_are_green(
    sue: Page, product: Product, work: Work
) -> None:
    wanted = work.to_appoint(3)
    card = f"{product.url}/admin/scorecards/{wanted.scorecard}/?company={wanted.cocode}"
    sue.goto(card)
    sue.locator("#why").get_by_role("link", name=re.compile("^Appoint")).first.click()
    for box in sue.locator("[name=pick]:checked").all():
        state, cocode, _category = str(box.get_attribute("value")).split(".")
        box.set_checked(state in wanted.states and cocode == wanted.cocode)
    press(sue, "See plan and cost")
    expect(sue.get_by_role("region", name="Cost")).to_contain_text(re.compile(r"Total\s*\$\d+\.\d\d"))
    press(sue, r"^Prepare and submit for \$\d")
    made = sum(len(categories) for categories in wanted.states.values())
    until(sue, shows(rows(sue, "Approved"), made))
    sue.goto(f"{product.url}/admin/producers/{wanted.pk}/?tab=appointments")
    company = sue.locator("section").filter(has_text=f"CoCode {wanted.cocode}")
    for state in wanted.states:
        row = company.locator("tbody tr").filter(has=sue.get_by_text(state, exact=True))
        until(sue, shows(row.filter(has_text="Appointed")))
    sue.goto(card)
    for state in wanted.states:
        cells = sue.locator("table.s-grid tbody tr").filter(
            has=sue.get_by_role("rowheader", name=re.compile(f"^{state}"))
        )
        until(sue, shows(cells.locator(".s-cell.s-good", has_text="Appointed")))


def test_two_appointments_end_for_different_reasons(sue: Page, product: Product, work: Work) -> None:
    sue.goto(f"{product.url}/admin/terminate/{work.to_terminate()}/")
    given = [_end(state, at) for at, state in enumerate(_states_with_reasons(sue)[:2])]
    assert given[0] != given[1]
    press(sue, "Prepare terminations")
    expect(rows(sue, "Termination", "Ready to submit")).to_have_count(2)
    with_all_rows(sue, "submit")
    press(sue, r"Submit for \$")
    until(sue, shows(rows(sue, "Approved"), 2))
    said = []
    for at in range(2):
        rows(sue, "Approved").nth(at).get_by_role("link").first.click()
        fact = sue.locator("div").filter(has=sue.get_by_text("Termination reason", exact=True)).last
        said.append(fact.locator("dd").inner_text().lower())
        sue.go_back()
    assert len(set(said)) == 2


def _states_with_reasons(page: Page) -> list[Locator]:
    """States that let one choose among reasons and have something to end."""
    states = page.locator("section.q-state").filter(has=page.locator("select option:nth-child(3)"))
    return [each for each in states.all() if each.locator("[name=pick]:enabled").count()]


def _end(state: Locator, at: int) -> str:
    """Tick its first appointment with the reason at a place of its list; the words of the reason."""
    state.locator("[name=pick]:enabled").first.check()
    reasons = state.locator("select option:not([value='']):not([data-for-cause])")
    reason = reasons.nth(at % reasons.count())
    state.locator("select").select_option(str(reason.get_attribute("value")))
    return reason.inner_text()


def test_a_state_that_says_no_is_quoted_on_the_transaction(sue: Page, product: Product, work: Work) -> None:
    wanted = work.to_appoint(1, among=frozenset({"AL"}))
    prepare(sue, product, wanted)
    _submit_all(sue)
    until(sue, shows(rows(sue, "Declined")))
    rows(sue, "Declined").first.get_by_role("link").first.click()
    expect(sue.get_by_role("region", name="What NIPR and the state say")).to_contain_text(
        "The state has an open question about this producer."
    )
    expect(sue.get_by_role("region", name="What happened")).to_contain_text("Declined by the state")


def _submit_all(page: Page) -> None:
    with_all_rows(page, "submit")
    press(page, r"Submit for \$")
    expect(page.get_by_text(re.compile(r"transactions? submitted"))).to_be_visible()


def test_a_state_that_takes_its_time_is_waited_for_and_nobody_has_to_act(
    sue: Page, product: Product, work: Work
) -> None:
    wanted = work.to_appoint(1, among=frozenset({"OH", "PA"}))
    prepare(sue, product, wanted)
    _submit_all(sue)
    until(sue, shows(rows(sue, "Submitted")))
    rows(sue, "Submitted").first.get_by_role("link").first.click()
    expect(sue.get_by_role("region", name="What happened")).to_contain_text("With the state for review")
    number = sue.locator(".r-name").inner_text()
    sue.goto(f"{product.url}/admin/actionable-transactions/?q={number}")
    expect(sue.get_by_role("link", name=number)).to_have_count(0)


def test_an_end_for_cause_is_approved_by_a_second_person_who_can_read_its_letter(
    leo: Page, pia: Page, product: Product, work: Work
) -> None:
    leo.goto(f"{product.url}/admin/terminate/{work.to_terminate()}/")
    cause = leo.locator("option[data-for-cause]").filter(has_text="documents")
    state = leo.locator("section.q-state").filter(has=cause, has_text="Yes").first
    state.locator("[name=pick]:enabled").first.check()
    value = state.locator("option[data-for-cause]").filter(has_text="documents").first.get_attribute("value")
    state.locator("select").select_option(str(value))
    expect(state.get_by_role("status")).to_contain_text("a second person approves it")
    press(leo, "Prepare terminations")
    rows(leo, "Awaiting approval").get_by_role("link").first.click()
    here = leo.url
    expect(leo.get_by_role("button", name=re.compile("^Approve"))).to_have_attribute("aria-disabled", "true")
    leo.locator("#file").set_input_files(files=[PAPER])  # type: ignore[list-item]
    leo.get_by_role("button", name="Attach", exact=True).click()
    expect(leo.get_by_role("link", name="letter.pdf")).to_be_visible()
    expect(leo.get_by_role("button", name=re.compile("^Approve"))).to_have_attribute("aria-disabled", "true")
    pia.goto(here)
    expect(pia.get_by_role("link", name="letter.pdf")).to_be_visible()
    pia.get_by_role("link", name=re.compile("Approve…")).click()
    press(pia, "^Approve 1$")
    pia.goto(here)
    expect(pia.locator("main")).to_contain_text("Ready to submit")


def test_what_costs_more_than_the_limit_leaves_after_a_second_person_agreed(
    sue: Page, pia: Page, product: Product, work: Work
) -> None:
    with settings(product, {"second_key_above_cents": 50_000}, second_key_above_cents=1):
        prepare(sue, product, work.to_appoint(1))
        here = sue.url
        with_all_rows(sue, "submit")
        expect(sue.get_by_text("a second person approves it before it leaves")).to_be_visible()
        press(sue, "Ask a second person to approve")
        expect(rows(sue, "Awaiting approval").first).to_be_visible()
        pia.goto(here)
        with_all_rows(pia, "approve")
        press(pia, r"^Approve \d")
        expect(rows(pia, "Ready to submit").first).to_be_visible()
        sue.goto(here)
        with_all_rows(sue, "submit")
        press(sue, r"Submit for \$")
        until(sue, shows(rows(sue, "Approved")))


def test_what_was_submitted_by_mistake_is_taken_back_before_it_leaves(
    sue: Page, product: Product, work: Work, far_side: FarSide
) -> None:
    wanted = work.to_appoint(1)
    with settings(product, NO_COOL_OFF, cool_off_seconds=600):
        prepare(sue, product, wanted)
        _submit_all(sue)
        rows(sue, "Queued").first.get_by_role("link").first.click()
        expect(sue.get_by_text(re.compile("^Leaves at"))).to_be_visible()
        sue.get_by_role("link", name=re.compile("Take back…")).click()
        press(sue, "^Take back 1$")
        expect(sue.get_by_text("1 transaction taken back")).to_be_visible()
    assert far_side.took(wanted.npn, *wanted.states) == []


def test_a_lost_answer_reads_as_unknown_and_is_settled_by_asking(
    sue: Page, product: Product, work: Work, far_side: FarSide
) -> None:
    wanted = work.to_appoint(1)
    prepare(sue, product, wanted)
    far_side.breaks("drop_after", wanted.npn)
    _submit_all(sue)
    until(sue, shows(rows(sue, "Unknown")))
    rows(sue, "Unknown").first.get_by_role("link").first.click()
    said = sue.get_by_role("region", name="What became of it is not known")
    expect(said).to_contain_text(re.compile(r"Sent \d{1,2} \w{3} \d{4}, \d\d:\d\d, no answer\."))
    expect(said).to_contain_text("Do not enter it again.")
    until(sue, shows(sue.get_by_text("Approved by the state")))
    assert [
        (row["times_received"], row["times_effected"]) for row in far_side.took(wanted.npn, *wanted.states)
    ] == [(1, 1)]


def test_a_second_press_on_submit_sends_nothing_a_second_time(
    sue: Page, product: Product, work: Work, far_side: FarSide
) -> None:
    wanted = work.to_appoint(2)
    prepare(sue, product, wanted)
    here = sue.url
    with_all_rows(sue, "submit")
    sue.get_by_role("button", name=re.compile(r"Submit for \$")).dblclick()
    sue.wait_for_url(here)
    until(sue, shows(rows(sue, "Approved"), sum(len(each) for each in wanted.states.values())))
    for state in wanted.states:
        taken = far_side.took(wanted.npn, state)
        assert taken
        assert {(row["times_received"], row["times_effected"]) for row in taken} == {(1, 1)}


def test_producers_chosen_in_the_list_are_appointed_as_the_plan_showed(
    leo: Page, product: Product, work: Work
) -> None:
    wanted = work.to_appoint(1)
    leo.goto(f"{product.url}/admin/producers/?npn={wanted.npn}")
    with_all_rows(leo, "appoint")
    company = leo.locator("#id_company option").filter(has_text=wanted.cocode)
    leo.select_option("#id_company", str(company.get_attribute("value")))
    for category in wanted.states[next(iter(wanted.states))]:
        leo.check(f"[name=loa_categories][value={category}]")
    for state in wanted.states:
        leo.check(f"[name=states][value={state}]")
    press(leo, "See the plan")
    press(leo, "Approve the plan as shown")
    leo.get_by_role("dialog").get_by_role("button", name="Approve the plan as shown").click()
    until(leo, shows(leo.get_by_role("link", name=re.compile("Show the transactions"))))
    leo.get_by_role("link", name=re.compile("Show the transactions")).click()
    expect(rows(leo, "Ready to submit").first).to_be_visible()
