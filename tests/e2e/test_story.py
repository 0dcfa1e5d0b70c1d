"""The first day of a compliance admin: sign in, read a scorecard, know why, refresh, and let a month pass."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Product, sign_in


def _open_a_renewal(page: Page, product: Product) -> None:
    page.goto(f"{product.url}/admin/scorecards/?action=renew", wait_until="networkidle")
    page.locator("tbody tr a", has_text="SCORE-").first.click()
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()


def test_a_person_finds_a_producer_by_the_search_that_is_always_there(ada: Page, product: Product) -> None:
    ada.goto(f"{product.url}/admin/producers/", wait_until="networkidle")
    name = ada.locator("tbody tr a").first.inner_text()
    ada.fill("#side-search", name.split()[-1])
    ada.press("#side-search", "Enter")
    expect(ada.get_by_role("link", name=re.compile(name.split()[-1], re.IGNORECASE)).first).to_be_visible()


def test_a_cell_to_renew_says_why_with_the_rule_its_source_and_its_dates(ada: Page, product: Product) -> None:
    _open_a_renewal(ada, product)
    ada.locator("a.s-cell", has_text="Renew").first.click()
    why = ada.locator("#why")
    expect(why).to_contain_text(re.compile(r"renew", re.IGNORECASE))
    expect(why).to_contain_text(re.compile(r"\d{1,2} \w{3} \d{4}"))
    expect(why).to_contain_text(re.compile(r"source|verified", re.IGNORECASE))


def test_a_cell_is_opened_with_the_keyboard_alone(ada: Page, product: Product) -> None:
    _open_a_renewal(ada, product)
    ada.locator("a.s-cell").first.focus()
    ada.keyboard.press("Enter")
    expect(ada.locator("#why")).to_contain_text(re.compile("licen[sc]e", re.IGNORECASE))


def test_refresh_answers_on_the_scorecard(ada: Page, product: Product) -> None:
    _open_a_renewal(ada, product)
    number = ada.url.rstrip("/").split("/")[-1].split("?")[0]
    ada.get_by_role("button", name="Refresh").click()
    ada.wait_for_load_state("networkidle")
    assert number in ada.url
    expect(ada.get_by_role("heading", name="What to do next")).to_be_visible()


def test_sign_in_refuses_a_wrong_password_without_saying_which_was_wrong(
    page: Page, product: Product
) -> None:
    page.goto(product.url)
    for email in ("admin@demo.example", "nobody@demo.example"):
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", "not the password at all")
        page.click("button[type=submit]")
        expect(page.get_by_text(re.compile("not correct", re.IGNORECASE)).first).to_be_visible()


def test_an_auditor_reads_all_and_is_told_which_right_a_button_wants(page: Page, product: Product) -> None:
    sign_in(page, product, "auditor@demo.example")
    page.goto(f"{product.url}/admin/producers/", wait_until="networkidle")
    page.locator("tbody tr a").first.click()
    expect(page.get_by_text(re.compile("Needs the right")).first).to_be_attached()


def test_a_month_brings_changes_notices_and_other_scorecards(ada: Page, product: Product) -> None:
    said = product.manage("demo_next_month")
    assert "change" in said.lower()
    ada.goto(f"{product.url}/admin/changes/", wait_until="networkidle")
    assert ada.locator("tbody tr").count() > 5
    ada.goto(f"{product.url}/admin/notices/", wait_until="networkidle")
    assert ada.locator("tbody tr").count() > 0
    ada.goto(f"{product.url}/admin/syncs/?kind=nightly", wait_until="networkidle")
    expect(ada.locator("tbody tr").first).to_contain_text("Nightly")
    ada.goto(f"{product.url}/admin/", wait_until="networkidle")
    expect(ada.get_by_text("Done").first).to_be_visible()
