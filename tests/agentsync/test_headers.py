"""What every answer says to the browser."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

PROJECT = Path(settings.BASE_DIR)


def directives(response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize(
    "address", ["/", "/account/login/", "/account/password/reset/", "/nothing/here/", "/healthz"]
)
def test_the_policy_is_strict_outside_the_back_office(client: Client, db: None, address: str) -> None:
    policy = directives(client.get(address))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"


def test_the_back_office_may_evaluate_and_style_and_nothing_more(admin: Client) -> None:
    policy = directives(admin.get("/admin/"))
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"


def test_a_path_that_only_looks_like_the_back_office_gets_the_strict_policy(client: Client, db: None) -> None:
    assert "unsafe" not in client.get("/administrator/").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/search/?q=ab", "/account/two-step/", "/admin/nothing/"]
)
def test_no_cache_keeps_what_a_signed_in_person_saw(admin: Client, address: str) -> None:
    assert admin.get(address).headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("address", ["/account/login/", "/admin/", "/healthz", "/nothing/"])
def test_every_answer_forbids_framing_and_guessing_of_types(client: Client, db: None, address: str) -> None:
    headers = client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_foreign_host_header_is_refused(client: Client, db: None) -> None:
    assert client.get("/account/login/", headers={"host": "evil.example"}).status_code == 400


def test_an_error_page_shows_no_trace(client: Client, db: None) -> None:
    page = client.get("/nothing/here/")
    assert page.status_code == 404
    assert "Traceback" not in page.text
    assert "Not found" in page.text


IN_PRODUCTION = """
from django.test import Client
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
secure = Client().get("/account/login/", secure=True, headers={"host": "compliance.example.com"})
plain = Client().get("/account/login/", headers={"host": "compliance.example.com"})
probe = Client().get("/healthz", headers={"host": "10.0.0.7"})
print(secure.headers["Strict-Transport-Security"])
print(plain.status_code, plain.headers["Location"])
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE)
cookie = secure.cookies["__Host-csrf"]
print(cookie["secure"], cookie["path"], repr(cookie["domain"]))
print(probe.status_code)
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory) -> dict[str, str]:
    """The environment of a production installation, with keys of its own."""
    var, key = tmp_path_factory.mktemp("production"), "c" * 43 + "="
    return {
        "PATH": os.environ["PATH"],
        "AGENTSYNC_ENV": "production",
        "AGENTSYNC_VAR": str(var),
        "STATIC_ROOT": str(var / "static"),
        "PUBLIC_URL": "https://compliance.example.com",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": f"k1:{key}",
        "HASH_KEY": key,
    }


def manage(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_production_passes_djangos_own_inspection(production: dict[str, str]) -> None:
    assert "no issues" in manage(production, "check", "--deploy", "--fail-level", "WARNING")


def test_production_speaks_https_only_and_binds_its_cookies_to_the_host(production: dict[str, str]) -> None:
    hsts, redirect, names, cookie, probe = manage(
        production, "shell", "-v0", "-c", IN_PRODUCTION
    ).splitlines()[:5]
    assert hsts == "max-age=31536000; includeSubDomains; preload"
    assert redirect == "301 https://compliance.example.com/account/login/"
    assert names == "__Host-session __Host-csrf True"
    assert cookie == "True / ''"
    assert probe == "200"


def test_an_insecure_production_does_not_start(production: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=PROJECT,
        env=production | {"DEBUG": "true", "ALLOWED_HOSTS": "*"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Not starting: 2 setting(s) to mend." in done.stderr
