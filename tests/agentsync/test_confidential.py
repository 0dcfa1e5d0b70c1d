"""What must not leave the house by a side door: logs, reports of breakdowns, files that others on the machine read."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from agentsync.environment import kept_keys, read_environment
from agentsync.middleware import RequestLogMiddleware
from core.accounts.models import User
from core.audit.models import AuditEntry


def test_the_log_names_a_request_by_its_path_and_not_by_what_was_typed(rf: RequestFactory) -> None:
    middleware = RequestLogMiddleware(lambda _request: HttpResponse())
    assert middleware.format_request(rf.get("/admin/search/?q=123+45+6789")) == "GET /admin/search/"
    assert f"{RequestLogMiddleware.__module__}.{RequestLogMiddleware.__name__}" in settings.MIDDLEWARE


def test_the_log_does_not_believe_the_address_that_a_client_gives_itself(rf: RequestFactory) -> None:
    with structlog.contextvars.bound_contextvars():
        RequestLogMiddleware.bind_ip(rf.get("/", headers={"x-forwarded-for": "1.2.3.4"}))
        assert structlog.contextvars.get_contextvars()["ip"] == "127.0.0.1"


def test_the_audit_trail_does_not_take_the_id_that_a_client_gives_its_request(
    admin: Client, leo: User
) -> None:
    word = "a-long-and-new-one"
    form = {"usable_password": "true", "password1": word, "password2": word}
    admin.post(f"/admin/accounts/user/{leo.pk}/password/", form, headers={"x-request-id": "made-up"})
    assert AuditEntry.objects.get(action="user.password_set").request_id not in {"", "made-up"}


@pytest.mark.parametrize("option", ["send_default_pii", "include_local_variables"])
def test_a_report_of_a_breakdown_carries_no_values(option: str) -> None:
    assert settings.SENTRY_OPTIONS[option] is False


def test_nobody_else_on_the_machine_looks_into_the_folder_of_an_installation(tmp_path: Path) -> None:
    kept_keys(tmp_path / "var")
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0
    assert (tmp_path / "var" / "keys.json").stat().st_mode & 0o077 == 0


def test_settings_written_out_hold_no_password(tmp_path: Path) -> None:
    """A page of a breakdown in development writes every setting out."""
    given = {
        "AGENTSYNC_VAR": str(tmp_path),
        "DATABASE_URL": "postgres://agentsync:open-sesame@db/agentsync",
        "REDIS_URL": "redis://:open-sesame@cache/0",
        "EMAIL_URL": "smtp://agentsync:open-sesame@mail:25",
        "NIPR_PASSWORD": "open-sesame",
        "METRICS_TOKEN": "open-sesame",
        "SENTRY_DSN": "https://open-sesame@sentry.example/1",
    }
    assert "open-sesame" not in repr(read_environment(given))
