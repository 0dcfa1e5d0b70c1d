"""Every screen on a desktop and a phone, light and dark: nothing serious for axe, no script error, no overflow."""

from __future__ import annotations

import json
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import Product
from tests.e2e.desk import with_all_rows

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
    "/admin/business-rules/",
    "/admin/business-rules/?category=health",
    "/admin/business-rules/CA/",
    "/admin/default-termination-reasons/",
    "/admin/gateway-settings/",
    "/admin/fees/",
]
RECORDS = (
    "transaction/not_eligible",
    "transaction/ready_to_submit",
    "transaction/held",
    "transaction/awaiting_approval",
    "transaction/submitted",
    "transaction/approved",
    "transaction/termination",
    "batch",
    "request set",
    "plan",
    "quick appoint",
    "quick appoint, every state",
    "terminate",
    "terminate, nothing there",
    "license request",
    "background answers",
    "transactions of a producer",
    "company",
)
"""Pages of one record, by the names that ``LOOK`` gives their addresses."""
STEPS = (
    "submit/?request_set={request_set}",
    "step/close/?request_set={request_set}",
    "step/release/?request_set={request_set}",
    "step/hold/?request_set={request_set}",
    "submit/?ids=1",
)
LOOK = """
import json
from django.urls import reverse
from appointments.models import Appointment, BulkRequest, Company, Transaction
from appointments.services.asking.appointments import ask_appointments
from core.actor import Actor
from producers.models import Producer

found = {}
for row in Transaction.objects.order_by("pk"):
    found.setdefault(f"transaction/{row.status}", row.get_absolute_url())
    found.setdefault(f"transaction/{row.kind}", row.get_absolute_url())
asked = BulkRequest.objects.filter(kind="appointment", dry_run=False).order_by("created_at").first()
plan = ask_appointments(asked.requests, dry_run=True, actor=Actor.task("look"), wait=True)
current = Appointment.objects.filter(known_to=None, removed_at=None, status="Appointed")
held = current.order_by("pk").first()
bare = Producer.objects.exclude(pk__in=current.values("producer")).order_by("pk").first()
producer = Transaction.objects.order_by("pk").first().producer_id
quick = reverse("appointments:quick_appoint", args=[producer])
states = "&".join(f"states={each}" for each in sorted(set(Appointment.objects.values_list("state", flat=True))))
found |= {
    "batch": reverse("appointments:batch", args=[Transaction.objects.first().batch_id]),
    "request set": reverse("appointments:plan", args=[asked.pk]),
    "plan": reverse("appointments:plan", args=[plan.pk]),
    "quick appoint": quick,
    "quick appoint, every state": f"{quick}?{states}",
    "terminate": reverse("appointments:terminate", args=[held.producer_id]),
    "terminate, nothing there": reverse("appointments:terminate", args=[bare.pk]),
    "license request": reverse("appointments:license_request", args=[held.producer_id]),
    "background answers": reverse("appointments:background_answers", args=[held.producer_id]),
    "transactions of a producer": reverse("producers:page", args=[producer]) + "?tab=transactions",
    "company": reverse("appointments:company", args=[Company.objects.first().pk]),
    "request_set": str(asked.pk),
}
print("FOUND" + json.dumps(found))
"""
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


def reads_on_a_desk(page: Page, url: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    answer = page.goto(url, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200
    assert errors == []
    assert serious(page) == []


def reads_in_the_dark_on_a_phone(page: Page, url: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark")
    page.goto(url, wait_until="networkidle")
    assert serious(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], f"scrolls sideways to {width} pixels"


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_is_accessible_and_its_scripts_run(ada: Page, product: Product, path: str) -> None:
    reads_on_a_desk(ada, product.url + path)


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_reads_in_the_dark_and_on_a_phone(ada: Page, product: Product, path: str) -> None:
    reads_in_the_dark_on_a_phone(ada, product.url + path)


@pytest.fixture(scope="module")
def addresses(product: Product) -> dict[str, str]:
    """Where the pages of single records are, by name."""
    said = product.manage("shell", "--verbosity", "0", "-c", LOOK)
    found: dict[str, str] = json.loads(said.split("FOUND", 1)[1])
    return found


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_reads_on_a_desk_and_in_the_dark_on_a_phone(
    ada: Page, product: Product, addresses: dict[str, str], name: str
) -> None:
    url = product.url + addresses[name]
    reads_on_a_desk(ada, url)
    reads_in_the_dark_on_a_phone(ada, url)


@pytest.mark.parametrize("path", STEPS)
def test_what_comes_before_spending_reads_on_a_desk_and_in_the_dark_on_a_phone(
    sue: Page, product: Product, addresses: dict[str, str], path: str
) -> None:
    url = f"{product.url}/admin/transactions/{path.format(**addresses)}"
    reads_on_a_desk(sue, url)
    reads_in_the_dark_on_a_phone(sue, url)


@pytest.mark.parametrize(("path", "action"), [("appointments", "terminate"), ("producers", "appoint")])
def test_what_is_done_with_chosen_rows_reads_on_a_desk_and_in_the_dark_on_a_phone(
    ada: Page, product: Product, path: str, action: str
) -> None:
    ada.goto(f"{product.url}/admin/{path}/")
    with_all_rows(ada, action)
    ada.wait_for_url("**selection=*")
    reads_on_a_desk(ada, ada.url)
    reads_in_the_dark_on_a_phone(ada, ada.url)


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
