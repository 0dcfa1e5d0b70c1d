"""The screens of uploads in a real browser: files chosen, rows mended, columns matched, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.conftest import Product
from tests.e2e.desk import until
from tests.e2e.test_screens import reads_in_the_dark_on_a_phone, reads_on_a_desk

HEADER = "Agency NPN,Agency Name,First Name,Last Name,NPN,SSN,LOA Categories,State(s),Scorecard Type"
DESK = {"width": 1360, "height": 900}


def line(number: int, **other: str) -> str:
    cells = {
        "agency": "9910001",
        "agency_name": "Blue Harbor",
        "first": "Ines",
        "last": f"Abernathy{chr(97 + number % 26)}",
        "npn": str(77310000 + number),
        "ssn": f"{100 + number}-45-{6700 + number}",
        "loa": "life;health",
        "states": "CA;OR",
        "type": "license",
    } | other
    return ",".join(cells.values())


def csv(name: str, *lines: str, header: str = HEADER) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": "\n".join([header, *lines]).encode()}


def upload(page: Page, product: Product, *files: FilePayload, kind: str = "agent") -> None:
    page.goto(f"{product.url}/admin/uploads/new/?type={kind}")
    page.locator("#file").set_input_files(files=list(files))
    page.get_by_role("button", name="Upload", exact=True).click()


def read(page: Page) -> None:
    """Wait until the file has been read; the page follows that by itself."""
    page.wait_for_url(re.compile(r"/uploads/\d+/"))
    expect(page.get_by_role("navigation", name="Rows by outcome")).to_be_visible(timeout=60_000)


def looks_right(page: Page, url: str) -> None:
    reads_on_a_desk(page, url)
    reads_in_the_dark_on_a_phone(page, url)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


@pytest.fixture
def quiet(leo: Page) -> Iterator[Page]:
    """A page on which no script may break."""
    errors: list[str] = []
    leo.on("pageerror", lambda error: errors.append(str(error)))
    yield leo
    assert errors == []


def test_files_are_checked_before_they_are_sent_and_everything_chosen_stays(
    quiet: Page, product: Product
) -> None:
    page = quiet
    page.goto(f"{product.url}/admin/uploads/new/")
    button = page.get_by_role("button", name="Upload", exact=True)
    button.click()
    expect(page.get_by_text("Choose what the file is about.")).to_be_visible()
    page.get_by_label("Onboard producers", exact=True).check()
    button.click()
    expect(page.get_by_text("Choose a file, or drop one here.")).to_be_visible()
    page.locator("#file").set_input_files(
        files=[
            csv("empty.csv", header=""),
            {"name": "notes.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"},
            csv("good.csv", line(0)),
        ]
    )
    files = page.locator("[data-files] li")
    expect(files.nth(0)).to_contain_text("The file is empty.")
    expect(files.nth(1)).to_contain_text("This is no CSV and no XLSX file.")
    page.get_by_role("button", name="Remove empty.csv").click()
    page.get_by_role("button", name="Remove notes.pdf").click()
    expect(files).to_have_count(1)
    expect(page.get_by_label("Onboard producers", exact=True)).to_be_checked()
    button.click()
    read(page)
    expect(page.get_by_role("heading", name="good.csv", exact=True)).to_be_visible()


def test_a_file_that_is_no_table_says_so_and_leads_on(quiet: Page, product: Product) -> None:
    upload(quiet, product, {"name": "noise.csv", "mimeType": "text/csv", "buffer": bytes(range(256)) * 40})
    quiet.wait_for_url(re.compile(r"/uploads/\d+/$"))
    expect(quiet.get_by_role("heading", name="The file was not read")).to_be_visible(timeout=60_000)
    expect(quiet.get_by_role("alert")).to_contain_text("This is no text and no XLSX workbook")
    quiet.get_by_role("link", name="Upload another file").click()
    expect(quiet.get_by_label("Onboard producers", exact=True)).to_be_checked()


def test_rows_are_mended_by_keyboard_and_processed_and_every_view_reads_well(
    quiet: Page, product: Product
) -> None:
    page = quiet
    faulty = [
        line(1, states="CA;QX"),
        line(2, npn="12A45"),
        line(3, type="licence"),
        line(4, ssn="123-45-678"),
    ]
    upload(page, product, csv("class.csv", *faulty, *(line(number) for number in range(5, 65))))
    read(page)
    expect(page.get_by_role("heading", name="60 rows ready to be processed")).to_be_visible()
    here = page.url
    looks_right(page, here)
    looks_right(page, f"{here}?show=error")
    looks_right(page, f"{here}rows/2/")

    page.goto(f"{here}?show=error")
    states = page.get_by_label("states", exact=True).first
    expect(states).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"#{states.get_attribute('aria-describedby')}")).to_contain_text("QX")
    states.fill("CA;OR")
    page.get_by_role("button", name="Save row 2").press("Enter")
    expect(page.locator("#row-2")).to_contain_text("New")
    expect(page.locator("#cell-3-agent_npn")).to_be_focused()
    expect(page.get_by_role("heading", name="61 rows ready to be processed")).to_be_visible()

    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("77310002")
    page.locator("#cell-4-scorecard_type").fill("license")
    secret = page.locator("#cell-5-agent_ssn")
    expect(secret).to_have_attribute("type", "password")
    expect(secret).to_have_value("")
    page.locator("#cell-4-scorecard_type").press("Enter")
    page.wait_for_url(re.compile(r"#cell-5-agent_ssn$"))
    expect(secret).to_be_focused()
    expect(page.locator("[data-changed]")).to_contain_text("2 rows saved and checked. 1 still has errors.")
    page.keyboard.type("104-45-6704")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No row has errors any more.")).to_be_visible()
    assert "104-45-6704" not in page.content()

    page.goto(here)
    page.get_by_role("button", name="Process 64 rows").click()
    expect(page.get_by_role("heading", name="Done", exact=True)).to_be_visible(timeout=90_000)
    expect(page.get_by_text("64 rows done")).to_be_visible()
    looks_right(page, here)


def test_the_same_file_again_asks_and_leads_to_the_earlier_upload(quiet: Page, product: Product) -> None:
    upload(quiet, product, csv("twice.csv", line(80)))
    read(quiet)
    first = quiet.url
    upload(quiet, product, csv("again.csv", line(80)))
    expect(quiet.get_by_role("heading", name="This file was uploaded before")).to_be_visible()
    expect(quiet.get_by_text("uploaded it on")).to_contain_text("twice.csv")
    again = quiet.url
    quiet.get_by_role("link", name="Open the earlier upload").click()
    expect(quiet).to_have_url(first)
    looks_right(quiet, again)
    quiet.goto(again)
    quiet.get_by_role("button", name="Read it anyway").click()
    read(quiet)


def test_columns_are_matched_with_the_keyboard_and_remembered(quiet: Page, product: Product) -> None:
    page = quiet
    header = "Agency,Vorname,Zuname,Makler,Steuer"
    upload(page, product, csv("odd.csv", "9910001,Ines,Abernathy,77310090,123-45-6789", header=header))
    page.wait_for_url(re.compile(r"/uploads/\d+/$"))
    page.get_by_role("link", name="Match columns").click()
    looks_right(page, page.url)
    expect(page.get_by_text("columns that are needed are missing")).to_be_visible()
    assert "123-45-6789" not in page.content()
    for name, column in {
        "Agency": "agency_npn",
        "Vorname": "first_name",
        "Zuname": "last_name",
        "Makler": "agent_npn",
    }.items():
        select = page.get_by_role("combobox", name=name, exact=True)
        select.focus()
        page.keyboard.type(column)
        expect(select).to_have_value(column)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Read the file with these columns").press("Enter")
    read(page)
    expect(page.get_by_role("heading", name="1 row ready to be processed")).to_be_visible()
    upload(page, product, csv("odd2.csv", "9910001,Otto,Brandt,77310091,123-45-6780", header=header))
    read(page)


def test_several_files_become_an_upload_each_and_stand_in_the_list(quiet: Page, product: Product) -> None:
    upload(quiet, product, csv("one.csv", line(95)), csv("two.csv", line(96)))
    quiet.wait_for_url(f"{product.url}/admin/uploads/")
    for name in ("one.csv", "two.csv"):
        expect(quiet.get_by_role("link", name=name)).to_be_visible()
    until(quiet, lambda: expect(quiet.get_by_text("Ready to review").nth(1)).to_be_visible(timeout=1_500))
    looks_right(quiet, f"{product.url}/admin/uploads/")
    looks_right(quiet, f"{product.url}/admin/uploads/new/?type=terminate")
    looks_right(quiet, f"{product.url}/admin/uploads/?q=nothing-like-it")
