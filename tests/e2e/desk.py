"""What people at the demonstration's desks have before them, the far side they talk to, and how they wait for it."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Product

Row = dict[str, str]
"""Cells by column."""
ANSWERS_LATER = frozenset({"OH", "PA"})
"""States of the demonstration that do not answer at once; Alabama says no."""

LOOK = """
import json
from collections import defaultdict
from appointments.models import Appointment, Company
from appointments.services.asking.appointments import ask_appointments
from appointments.services.asking.plans import plan_rows
from core.actor import Actor
from producers.models import Producer
from scorecards.doing import appointment_requests
from scorecards.models import Scorecard

wanted = appointment_requests(Scorecard.objects.filter(assignment__ended_at=None))[:100]
plan = ask_appointments(wanted, dry_run=True, actor=Actor.task("look"), wait=True)
ready, other, found = set(), set(), {}
for row in plan_rows(plan):
    (ready if row.outcome == "ready_to_submit" else other).add(row.index)
for index in sorted(ready - other):
    row = wanted[index]
    found.setdefault((row["npn"], row["cocode"]), {})[row["state"]] = row["loa_categories"]
people = {each.npn: each for each in Producer.objects.filter(npn__in=[npn for npn, _cocode in found])}
cards = dict(Scorecard.objects.filter(producer__in=people.values()).values_list("producer__npn", "pk"))
numbers = {card.pk: card.number for card in Scorecard.objects.filter(pk__in=cards.values())}
current = Appointment.objects.filter(
    known_to=None, removed_at=None, status="Appointed", cocode__in=Company.objects.values("cocode")
).exclude(producer__transactions__kind="termination")
held = defaultdict(set)
for producer, state in current.values_list("producer_id", "state"):
    held[producer].add(state)
print("FOUND" + json.dumps({
    "appointable": [
        [people[npn].pk, npn, numbers[cards[npn]], cocode, states]
        for (npn, cocode), states in found.items()
    ],
    "terminable": sorted((pk for pk in held if len(held[pk]) > 2), key=lambda pk: (-len(held[pk]), pk)),
}))
"""
SET = """
import json
from appointments.services.settings.gateway import update_gateway_settings
from core.actor import Actor

update_gateway_settings(json.loads({fields!r}), actor=Actor.task("e2e"))
"""


@dataclass(frozen=True)
class Wanted:
    """A producer that a scorecard asks to appoint with one company, in these states for these categories."""

    pk: int
    npn: str
    scorecard: str
    cocode: str
    states: dict[str, list[str]]

    def quick_appoint(self, *states: str) -> str:
        """The address of the grid with the cells of these states chosen."""
        categories = sorted({each for state in states for each in self.states[state]})
        query = [*(f"state={state}" for state in states), *(f"category={each}" for each in categories)]
        return f"/admin/quick-appoint/{self.pk}/?{'&'.join(query)}&cocode={self.cocode}"


class Work:
    """What there is to do in the demonstration; each piece is given out once."""

    def __init__(self, appointable: list[Wanted], terminable: list[int]) -> None:
        self._appointable = appointable
        self._terminable = terminable

    def to_appoint(self, count: int, *, among: frozenset[str] | None = None) -> Wanted:
        """Somebody whose scorecard asks for ``count`` states that answer at once, or for some ``among`` these."""
        for wanted in sorted(self._appointable, key=lambda each: (len(each.states), each.pk)):
            states = {
                state: categories
                for state, categories in wanted.states.items()
                if (state in among if among else state not in ANSWERS_LATER | {"AL"})
            }
            if len(states) >= count:
                self._appointable.remove(wanted)
                kept = dict(sorted(states.items())[:count])
                return Wanted(wanted.pk, wanted.npn, wanted.scorecard, wanted.cocode, kept)
        raise AssertionError(f"No scorecard asks to appoint in {count} states more.")

    def to_terminate(self) -> int:
        """A producer with current appointments in three states at least."""
        return self._terminable.pop(0)


def look_for_work(product: Product) -> Work:
    """What there is to do; and what is submitted leaves without a cool-off time, unless a test wants one."""
    change_settings(product, cool_off_seconds=0)
    said = product.manage("shell", "--verbosity", "0", "-c", LOOK)
    found = json.loads(said.split("FOUND", 1)[1])
    return Work([Wanted(*each) for each in found["appointable"]], found["terminable"])


def change_settings(product: Product, **fields: Any) -> None:
    product.manage("shell", "--verbosity", "0", "-c", SET.format(fields=json.dumps(fields)))


@contextmanager
def settings(product: Product, before: dict[str, Any], **fields: Any) -> Iterator[None]:
    """Other settings of the gateway for a while."""
    change_settings(product, **fields)
    try:
        yield
    finally:
        change_settings(product, **before)


class FarSide:
    """The simulated registry's own handles."""

    def __init__(self, product: Product) -> None:
        self._url = product.environment["NIPR_URL_TEMPLATE"] + "/_simulator/"

    def breaks(self, fault: str, npn: str) -> None:
        """The next document about this producer meets a fault."""
        body = {"fault": fault, "match": {"service": "gateway", "npn": npn}}
        httpx.post(self._url + "faults", json=body, timeout=30, trust_env=False).raise_for_status()

    def took(self, npn: str, state: str) -> list[dict[str, Any]]:
        """The transactions of a producer in a state, as the registry's own book has them."""
        return [row for row in self.book().values() if (row["npn"], row["state"]) == (npn, state)]

    def book(self) -> dict[str, dict[str, Any]]:
        """All transactions in the registry's own book, by its key."""
        return dict(self._get("book")["transactions"])

    def everybody(self) -> list[Row]:
        """Whom the registry knows."""
        return list(self._get("roster?full=1"))

    def _get(self, name: str) -> Any:
        return httpx.get(self._url + name, timeout=30, trust_env=False).raise_for_status().json()


def until(page: Page, check: Callable[[], None], *, seconds: float = 90) -> None:
    """Look at the page again until it is so: pages tell how things stood when they were opened."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        try:
            check()
        except AssertionError:
            page.reload(wait_until="domcontentloaded")
        else:
            return
    check()


def shows(wanted: Locator, count: int | None = None) -> Callable[[], None]:
    """A check for ``until``: it is there, or so many of them are."""
    if count is None:
        return lambda: expect(wanted.first).to_be_visible(timeout=1_500)
    return lambda: expect(wanted).to_have_count(count, timeout=1_500)


def rows(page: Page, *words: str) -> Locator:
    """The rows of a table that say all of this."""
    found = page.locator("tbody tr")
    for each in words:
        found = found.filter(has_text=each)
    return found


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(name)).click()


def with_all_rows(page: Page, action: str) -> None:
    """Choose every row of a list, and what to do with them."""
    page.locator("[data-pick-all]").check()
    page.select_option("#list-action", action)
    page.get_by_role("button", name="Go", exact=True).click()


def prepare(page: Page, product: Product, wanted: Wanted) -> None:
    """Ask for it by Quick Appoint, without sending; ends on the list of what came of it."""
    page.goto(product.url + wanted.quick_appoint(*wanted.states))
    press(page, "See plan and cost")
    press(page, "^Prepare, submit later$")
    expect(page.get_by_text("Nothing has been sent yet")).to_be_visible()


def exported(page: Page, product: Product, path: str) -> list[Row]:
    """The rows of a list as its CSV export has them: ``exported(page, product, "producers/?agency=88000461")``."""
    answer = page.request.get(f"{product.url}/admin/{path}{'&' if '?' in path else '?'}export=csv")
    assert answer.ok, answer.status
    return list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"), newline="")))


def download(page: Page, link: Locator, folder: Path) -> Path:
    """What a link gives to take away, under the name it comes with."""
    with page.expect_download() as taken:
        link.click()
    file = folder / taken.value.suggested_filename
    taken.value.save_as(file)
    return file


def upload(page: Page, product: Product, what: str, file: Path, *ticked: str) -> None:
    """Choose what a file is about, and options of it by name, and send it; ends on the page of the upload, read."""
    page.goto(f"{product.url}/admin/uploads/new/")
    page.get_by_role("radio", name=what).check()
    for option in ticked:
        page.get_by_role("checkbox", name=option).check()
    page.set_input_files("#file", file)
    press(page, "^(upload)?Upload$")
    expect(page).to_have_url(re.compile(r"/uploads/\d+/$"))
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=60_000)


def wait_for_jobs(page: Page, product: Product, *, seconds: float = 120) -> None:
    """Until nothing waits or runs, by the list of jobs."""
    give_up = time.monotonic() + seconds
    while any(exported(page, product, f"jobs/?status={status}") for status in ("queued", "running")):
        assert time.monotonic() < give_up, f"Jobs still run after {seconds:.0f} seconds."
        time.sleep(0.3)
