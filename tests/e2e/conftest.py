"""The whole product in processes of its own, as `make demo` runs it, and a Chromium in front of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
PASSWORD = "see-every-license"
START_WITHIN = 180.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))


@dataclass(frozen=True)
class Product:
    """A running installation: its address, and its commands."""

    url: str
    environment: dict[str, str]

    def manage(self, *args: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(var: Path, simulator: int) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return clean | {
        "DJANGO_SETTINGS_MODULE": "agentsync.settings",
        "AGENTSYNC_ENV": "demo",
        "AGENTSYNC_VAR": str(var),
        "CLOCK_OFFSET_FILE": str(var / "clock-offset"),
        "NIPR_URL_TEMPLATE": f"http://127.0.0.1:{simulator}",
        "NIPR_USERNAME": "simulator",
        "NIPR_PASSWORD": "simulator",
    }


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Everything `make demo` starts, on ports of its own, until the tests are over."""
    var = tmp_path_factory.mktemp("product")
    port, simulator = _free_port(), _free_port()
    running = Product(f"http://127.0.0.1:{port}", _environment(var, simulator))
    running.manage("migrate", "--verbosity", "0")
    running.manage("load_rulebook")
    log = var / "demo.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port), "--simulator", str(simulator)],
            cwd=ROOT,
            env=running.environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_ready(process, log)
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + START_WITHIN
    while time.monotonic() < give_up:
        if "Ready at" in (said := log.read_text()):
            assert "not complete" not in said, said
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.3)
    pytest.fail(f"Not ready within {START_WITHIN:.0f} seconds:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    return {"executable_path": CHROMIUM, "args": quiet}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    return {"viewport": {"width": 1360, "height": 900}}


def sign_in(page: Page, product: Product, email: str) -> None:
    page.goto(product.url)
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.get_by_role("heading", name="Licenses to renew")).to_be_visible()


@pytest.fixture(scope="session")
def adas_session(browser: Browser, product: Product) -> StorageState:
    """The cookies of the administrator, who signs in once for all tests."""
    context = browser.new_context()
    sign_in(context.new_page(), product, "admin@demo.example")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def ada(new_context: CreateContextCallback, adas_session: StorageState) -> Page:
    """The administrator's browser, signed in."""
    page = new_context(storage_state=adas_session).new_page()
    page.set_default_timeout(15_000)
    return page


OpenAs = Callable[[str], Page]


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """The cookies of others, each of whom signs in once for all tests."""
    return {}


@pytest.fixture
def open_as(
    new_context: CreateContextCallback, product: Product, sessions: dict[str, StorageState]
) -> OpenAs:
    """The browser of a person of the demonstration: ``open_as("approver")``."""

    def open_browser(role: str) -> Page:
        context = new_context(storage_state=sessions.get(role))
        page = context.new_page()
        page.set_default_timeout(20_000)
        if role not in sessions:
            sign_in(page, product, f"{role}@demo.example")
            sessions[role] = context.storage_state()
        return page

    return open_browser


@pytest.fixture
def sue(open_as: OpenAs) -> Page:
    """The submitter's browser: she prepares and may spend."""
    return open_as("submitter")


@pytest.fixture
def leo(open_as: OpenAs) -> Page:
    """The licensing specialist's browser: he prepares and spends nothing."""
    return open_as("specialist")


@pytest.fixture
def pia(open_as: OpenAs) -> Page:
    """The approver's browser: she holds the second key."""
    return open_as("approver")
