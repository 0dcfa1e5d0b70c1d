"""Every screen on a desktop and a phone, light and dark: nothing serious for axe, no script error, no overflow."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import Product

SCREENS = [
    "/admin/",
    "/admin/producers/",
    "/admin/producers/?npn=99999999",
    "/admin/producers/new/",
    "/admin/agencies/",
    "/admin/licenses/",
    "/admin/appointments/",
    "/admin/changes/",
    "/admin/syncs/",
    "/admin/companies/",
    "/admin/scorecards/",
    "/admin/scorecards/SCORE-0010/",
    "/admin/library/",
    "/admin/library/CA/",
    "/admin/jobs/",
    "/admin/notices/",
    "/admin/audit/",
    "/admin/search/?q=mars",
    "/admin/transactions/",
    "/admin/transactions/?q=nobody",
    "/admin/actionable-transactions/",
    "/admin/request-sets/",
    "/admin/fee-ledger/",
    "/admin/gateway/",
    "/admin/bulk-appoint/",
    "/admin/terminate/",
    "/admin/business-rules/",
    "/admin/business-rules/?category=health",
    "/admin/business-rules/CA/",
    "/admin/default-termination-reasons/",
    "/admin/gateway-settings/",
    "/admin/fees/",
]
PHONE = {"width": 390, "height": 844}


def serious(page: Page) -> list[str]:
    found = Axe().run(page)
    assert found.response["passes"], "a blank page has no violations"
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in found.response["violations"]
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_is_accessible_and_its_scripts_run(ada: Page, product: Product, path: str) -> None:
    errors: list[str] = []
    ada.on("pageerror", lambda error: errors.append(str(error)))
    ada.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    answer = ada.goto(product.url + path, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200
    assert errors == []
    assert serious(ada) == []


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_reads_in_the_dark_and_on_a_phone(ada: Page, product: Product, path: str) -> None:
    ada.set_viewport_size(PHONE)  # type: ignore[arg-type]
    ada.emulate_media(color_scheme="dark")
    ada.goto(product.url + path, wait_until="networkidle")
    assert serious(ada) == []
    width = ada.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], f"scrolls sideways to {width} pixels"


def test_a_producer_page_is_accessible_on_every_tab(ada: Page, product: Product) -> None:
    ada.goto(f"{product.url}/admin/producers/", wait_until="networkidle")
    ada.locator("tbody tr a").first.click()
    ada.wait_for_load_state("networkidle")
    page_of_producer = ada.url
    tabs = ada.get_by_role("navigation", name="Parts of this record").get_by_role("link")
    addresses = [str(tab.get_attribute("href")) for tab in tabs.all()]
    assert len(addresses) >= 7
    for address in addresses:
        ada.goto(urljoin(page_of_producer, address), wait_until="networkidle")
        assert serious(ada) == [], address
