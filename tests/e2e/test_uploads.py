"""Uploads in a real browser, over the demonstration: a hiring class with mistakes, leavers, a large file stopped."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, StorageState, expect

from tests.e2e.conftest import Product
from tests.e2e.desk import (
    FarSide,
    Row,
    download,
    exported,
    press,
    rows,
    settings,
    shows,
    until,
    upload,
    wait_for_jobs,
)
from tests.e2e.hiring import IN_THE_SPREADSHEET, ON_THE_PAGE, SLIPS, HiringClass, hire, texts_of
from tests.e2e.test_screens import reads_in_the_dark_on_a_phone, reads_on_a_desk

ONBOARD, TERMINATE = "Onboard producers", "Terminate appointments"
IMMEDIATELY = "Immediately submit to NIPR"
CURRENT = "status=Appointed&removed=false"
READ = {"Success", "Success - No Licenses"}
LARGE, FIRST_NPN = 10_000, 77_000_001
NAME = "Stoppable"
COOL_OFF = 10


@pytest.fixture(scope="module")
def far_side(product: Product) -> FarSide:
    """The registry's own handles."""
    return FarSide(product)


@pytest.fixture(scope="module")
def hired(
    browser: Browser,
    product: Product,
    adas_session: StorageState,
    far_side: FarSide,
    tmp_path_factory: pytest.TempPathFactory,
) -> HiringClass:
    """People and an agency whom the registry knows and who are not on file, when the module begins."""
    context = browser.new_context(storage_state=adas_session)
    page = context.new_page()
    on_file = {row["NPN"] for name in ("producers/", "agencies/") for row in exported(page, product, name)}
    company = exported(page, product, "companies/?active=true")[0]
    context.close()
    strangers = [each for each in far_side.everybody() if each["npn"] not in on_file]
    agency = next(each for each in strangers if each["entity_type"] == "firm")
    people = (each for each in strangers if each["entity_type"] == "individual")
    return hire(people, agency, company["CoCode"], tmp_path_factory.mktemp("hiring"))


def test_a_hiring_class_comes_on_file_although_seven_rows_were_wrong(
    leo: Page, product: Product, hired: HiringClass
) -> None:
    visited = _addresses(leo, product)
    leo.goto(f"{product.url}/admin/uploads/new/?type=agent")
    template = download(leo, leo.get_by_role("link", name=f"XLSX template of {ONBOARD}"), hired.folder)
    workbook = hired.fill(template, "class.xlsx", slips=SLIPS)
    upload(leo, product, ONBOARD, workbook)
    _has(leo, "193 rows ready to be processed")
    assert _tabs(leo) >= {"All 200", "New 193", "Error 7"}
    leo.get_by_role("link", name=re.compile("^Error")).click()
    for number, slip in SLIPS.items():
        _tells_what_would_be_right(leo.locator(f"#row-{number}"), slip.cells, slip.says)
    assert exported(leo, product, f"producers/?agency={hired.agency}") == []
    _process(leo, 193)
    _has(leo, "Done")
    expect(leo.locator("main")).to_contain_text("193 rows done, 7 left out with errors")
    _mend_on_the_page(leo, hired)
    failed = download(leo, leo.locator(".u-failed").get_by_role("link", name="XLSX"), hired.folder)
    outcomes = download(leo, leo.get_by_role("link", name="CSV").last, hired.folder)
    assert len(hired.told_in(texts_of(workbook))) == len(hired.rows) - 1
    assert hired.told_in(texts_of(failed) + texts_of(outcomes)) == []
    came = hired.mend(failed)
    assert [row["agent_npn"] for row in came] == [
        hired.rows[each]["agent_npn"] for each in IN_THE_SPREADSHEET
    ]
    assert all(row["reason"] for row in came)
    upload(leo, product, ONBOARD, failed)
    _process(leo, 3)
    _has(leo, "Done")
    _all_are_on_file(leo, product, hired)
    _nothing_tells(leo, product, hired, visited)


def test_the_same_class_again_asks_first_and_changes_nothing(
    leo: Page, product: Product, hired: HiringClass
) -> None:
    upload(leo, product, ONBOARD, hired.folder / "class.xlsx")
    _has(leo, "This file was uploaded before")
    press(leo, "^Leave it$")
    _has(leo, "Cancelled")
    right = hired.fill(hired.folder / "agent-template.xlsx", "class, put right.xlsx", slips={})
    for answer in (False, True):
        upload(leo, product, ONBOARD, right)
        if answer:
            _has(leo, "This file was uploaded before")
            press(leo, "^Read it anyway$")
        _has(leo, "There is nothing to do")
        assert _tabs(leo) >= {"All 200", "New 0", "Unchanged 200"}
        expect(leo.get_by_role("button", name=re.compile("^Process"))).to_have_count(0)
    assert len(exported(leo, product, f"producers/?agency={hired.agency}")) == 200
    assert len(exported(leo, product, f"scorecards/?agency={hired.agency}")) == 200


def test_leavers_of_an_exported_report_wait_in_a_request_set_of_their_name(
    leo: Page, product: Product, far_side: FarSide, tmp_path: Path
) -> None:
    before = far_side.book()
    report = _report(leo, product, _current(leo, product, "CA"), "CSV", tmp_path)
    upload(leo, product, TERMINATE, report)
    _takes_the_report_as_it_is(leo, texts_of(report))
    count, cost = _fact(leo, "Transactions"), _fact(leo, "Cost")
    expect(leo.get_by_text("Processing spends nothing")).to_be_visible()
    press(leo, r"^Process \d+ rows?$")
    _has(leo, "Done")
    leo.get_by_role("link", name=f"request set “{report.name}”").click()
    expect(leo.get_by_role("region", name="Request set")).to_contain_text(report.name)
    assert (_fact(leo, "To be carried out"), _fact(leo, "Estimated cost")) == (count, cost)
    expect(rows(leo, "Ready to submit", count)).to_have_count(1)
    assert far_side.book() == before


def test_leavers_are_sent_at_once_for_the_cost_that_was_agreed_to(
    sue: Page, product: Product, far_side: FarSide, tmp_path: Path
) -> None:
    before = far_side.book()
    query = _current(sue, product, "FL")
    report = _report(sue, product, query, "XLSX", tmp_path)
    with settings(product, {"cool_off_seconds": 0}, cool_off_seconds=COOL_OFF):
        upload(sue, product, TERMINATE, report, IMMEDIATELY)
        count, cost = int(_fact(sue, "Transactions")), _fact(sue, "Cost")
        sue.get_by_role("link", name=f"Process and submit for {cost}…").click()
        expect(sue.locator("main")).to_contain_text("Cost, spent at once")
        press(sue, f"^Process and submit for {re.escape(cost)}$")
        _has(sue, "Done")
        assert far_side.book() == before
    sent = _sent(sue, far_side, before, count)
    assert len(sent) == count
    assert {f"{CURRENT}&cocode={row['cocode']}&state={row['state']}" for row in sent} == {query}
    assert {(row["times_received"], row["times_effected"]) for row in sent} == {(1, 1)}
    assert sum(row["state_cents"] + row["nipr_cents"] for row in sent) == Decimal(cost[1:]) * 100


def test_a_large_upload_is_paused_resumed_cancelled_and_taken_back_but_for_what_was_built_on(
    leo: Page, product: Product, tmp_path: Path
) -> None:
    agency = exported(leo, product, "agencies/")[0]["NPN"]
    upload(leo, product, ONBOARD, _large(tmp_path / "large.csv", agency))
    press(leo, f"^Process {LARGE:,} rows")
    _until_some_are_done(leo)
    press(leo, "^Pause$")
    _has(leo, "Paused")
    done, to_go = _numbers(leo, r"([\d,]+) done, ([\d,]+) to go")
    assert 0 < done < LARGE
    assert done + to_go == LARGE
    wait_for_jobs(leo, product)
    assert len(_on_file(leo, product)) == done
    leo.reload()
    press(leo, "^Resume$")
    _until_some_are_done(leo)
    press(leo, "^Cancel the rest$")
    _has(leo, "Cancelled")
    (more,) = _numbers(leo, r"([\d,]+) rows had been done and stay done")
    assert done < more < LARGE
    wait_for_jobs(leo, product)
    here = leo.url
    on_file = _on_file(leo, product)
    assert len(on_file) == more
    _edit(leo, product, on_file[0]["NPN"])
    leo.goto(here)
    leo.get_by_role("link", name="Undo…").click()
    press(leo, f"^Undo {more:,} rows$")
    _has(leo, "Undone")
    expect(leo.locator("main")).to_contain_text(f"{more - 1:,} rows taken back; 1 stays")
    leo.get_by_role("link", name=re.compile("^Done 1$")).click()
    expect(rows(leo, on_file[0]["NPN"])).to_contain_text("stays: it was edited")
    assert [row["NPN"] for row in _on_file(leo, product)] == [on_file[0]["NPN"]]


@pytest.mark.parametrize("step", ["", "undo/", "process/"])
def test_what_is_done_and_what_is_asked_before_it_reads_on_a_desk_and_in_the_dark_on_a_phone(
    sue: Page, product: Product, step: str
) -> None:
    number = 2 if step == "process/" else 1
    url = f"{product.url}/admin/uploads/{number}/{step}"
    reads_on_a_desk(sue, url)
    reads_in_the_dark_on_a_phone(sue, url)


def _addresses(page: Page, product: Product) -> set[str]:
    """Fills itself with the addresses of all pages that the browser opens from now on."""
    addresses: set[str] = set()

    def note(request: Request) -> None:
        if request.method == "GET" and request.url.startswith(f"{product.url}/admin/"):
            addresses.add(request.url.split("#")[0])

    page.context.on("request", note)
    return addresses


def _has(page: Page, heading: str) -> None:
    """What the page of an upload says it has come to. It follows the upload by itself: nothing is loaded anew here."""
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible(timeout=60_000)


def _tabs(page: Page) -> set[str]:
    return set(page.get_by_role("navigation", name="Rows by outcome").get_by_role("link").all_inner_texts())


def _tells_what_would_be_right(row: Locator, cells: Row, says: Row) -> None:
    """At the cell that is wrong: the value as it was written, and the sentence. Of a secret only its end is shown."""
    for column, sentence in says.items():
        cell = row.get_by_label(column, exact=True)
        expect(cell).to_have_value("" if column == "agent_ssn" else cells[column])
        expect(cell).to_have_accessible_description(re.compile(sentence))


def _process(page: Page, count: int) -> None:
    press(page, rf"^Process {count:,} rows?, reading [\d,]+ reports? for \$")
    expect(page.get_by_role("progressbar")).to_be_visible()


def _mend_on_the_page(page: Page, hired: HiringClass) -> None:
    """One row by itself, three together, and then what was mended is processed."""
    page.get_by_role("link", name=re.compile("^Error")).click()
    first, *others = ON_THE_PAGE
    _mend(page, hired, first)
    press(page, f"^Save row {first}$")
    expect(page.get_by_role("link", name="Error 6")).to_be_visible()
    for number in others:
        _mend(page, hired, number)
    press(page, "^Save all and check$")
    expect(page.get_by_text("3 rows saved and checked. 3 still have errors.")).to_have_count(1)
    _process(page, 4)
    _has(page, "Done")
    expect(page.locator("main")).to_contain_text("197 rows done, 3 left out with errors")


def _mend(page: Page, hired: HiringClass, number: int) -> None:
    for column in SLIPS[number].cells:
        page.locator(f"#row-{number}").get_by_label(column, exact=True).fill(hired.rows[number][column])


def _all_are_on_file(page: Page, product: Product, hired: HiringClass) -> None:
    """Tracked, read from the registry, compared with what they should hold; what a masked cell stood for is kept."""
    page.goto(f"{product.url}/admin/scorecards/?agency={hired.agency}&stale=false")
    until(page, shows(page.get_by_text("200 scorecards", exact=True)))
    wait_for_jobs(page, product)
    producers = exported(page, product, f"producers/?agency={hired.agency}")
    assert {row["NPN"] for row in producers} == hired.npns
    assert {row["Tracking"] for row in producers} == {"Active"}
    assert {row["Sync status"] for row in producers} <= READ
    cards = exported(page, product, f"scorecards/?agency={hired.agency}")
    assert {row["NPN"] for row in cards} == hired.npns
    masked = hired.rows[IN_THE_SPREADSHEET[0]]
    page.goto(f"{product.url}/admin/producers/?npn={masked['agent_npn']}")
    page.locator("tbody tr a").first.click()
    expect(page.get_by_text(f"•••-••-{masked['agent_ssn'][-4:]}")).to_be_visible()


def _nothing_tells(page: Page, product: Product, hired: HiringClass, visited: set[str]) -> None:
    """No page that was opened, and nothing that the installation keeps, has a social security number in full."""
    number = page.url.rstrip("/").split("/")[-1]
    unseen = (
        "jobs/",
        "uploads/",
        "notices/",
        *(f"producers/{number}/?tab={tab}" for tab in ("history", "changes")),
    )
    for url in {url for url in visited if "/outcomes/" not in url} | {
        f"{product.url}/admin/{each}" for each in unseen
    }:
        answer = page.request.get(url)
        assert answer.ok, url
        assert hired.told_in(answer.text()) == [], url
    kept = [file for file in Path(product.environment["AGENTSYNC_VAR"]).rglob("*") if file.is_file()]
    assert any(file.suffix == ".sqlite3" for file in kept)
    for file in kept:
        with suppress(FileNotFoundError):  # messages of the queue come and go
            assert hired.told_in(file.read_bytes().decode("latin-1")) == [], file


def _current(page: Page, product: Product, state: str) -> str:
    """Which list of current appointments to export: of one state, and the company on file with the most there."""
    on_file = {row["CoCode"] for row in exported(page, product, "companies/")}
    there = exported(page, product, f"appointments/?{CURRENT}&state={state}")
    ((company, _count),) = Counter(row["CoCode"] for row in there if row["CoCode"] in on_file).most_common(1)
    return f"{CURRENT}&cocode={company}&state={state}"


def _report(page: Page, product: Product, query: str, kind: str, folder: Path) -> Path:
    """A list of current appointments, exported as a person exports it."""
    page.goto(f"{product.url}/admin/appointments/?{query}")
    page.get_by_text("Export", exact=True).click()
    return download(page, page.get_by_role("link", name=f"{kind}, all matching rows"), folder)


def _takes_the_report_as_it_is(page: Page, text: str) -> None:
    """Nothing is asked about its columns, and no row is wrong: a blank line means the one that names none."""
    report = list(csv.DictReader(io.StringIO(text)))
    counts = {name: int(count) for name, count in (tab.rsplit(" ", 1) for tab in _tabs(page))}
    assert counts["All"] == len(report)
    assert counts["New"] > 0
    assert counts.get("Error", 0) == 0


def _fact(page: Page, label: str) -> str:
    """A figure of the page by its label."""
    fact = page.locator("dl > div").filter(has=page.get_by_text(label, exact=True))
    return fact.locator("dd").inner_text().split("\n")[0]


def _sent(page: Page, far_side: FarSide, before: Collection[str], count: int) -> list[dict[str, Any]]:
    """What has come to the registry's book, once all of it has."""
    for _ in range(300):
        book = far_side.book()
        if len(book) - len(before) >= count:
            break
        page.wait_for_timeout(200)
    return [row for key, row in book.items() if key not in before]


def _large(file: Path, agency: str) -> Path:
    with file.open("w", newline="", encoding="utf-8") as out:
        sheet = csv.writer(out)
        sheet.writerow(["agency_npn", "first_name", "last_name", "agent_npn"])
        sheet.writerows([agency, "Ann", NAME, FIRST_NPN + each] for each in range(LARGE))
    return file


def _until_some_are_done(page: Page) -> None:
    """Until the progress of the upload says that some of its rows have been processed."""
    for _ in range(600):
        if re.search(r"[1-9][\d,]* of [\d,]+ rows", page.request.get(f"{page.url}progress/").text()):
            return
        page.wait_for_timeout(50)
    raise AssertionError("It has not begun.")


def _numbers(page: Page, pattern: str) -> list[int]:
    found = re.search(pattern, page.locator("main").inner_text())
    assert found, pattern
    return [int(number.replace(",", "")) for number in found.groups()]


def _on_file(page: Page, product: Product) -> list[Row]:
    return exported(page, product, f"producers/?q={NAME}")


def _edit(page: Page, product: Product, npn: str) -> None:
    """Give a producer an external id by hand."""
    page.goto(f"{product.url}/admin/producers/?npn={npn}")
    page.locator("tbody tr a").first.click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("External id").fill("HR-1")
    press(page, "^Save")
    expect(page.get_by_text("HR-1", exact=True)).to_be_visible()
