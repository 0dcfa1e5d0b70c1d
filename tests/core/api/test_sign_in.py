from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken

from core.api.throttling import CallerThrottle
from core.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
PARCELS = "/api/v1/parcels"


def test_the_command_prints_one_object_whose_secret_signs_in(machine, capsys):
    call_command("create_api_client", "Payroll", "--scopes", "read write submit")
    made = json.loads(capsys.readouterr().out)
    assert set(made) == {"client_id", "client_secret"}
    basic = base64.b64encode(f"{made['client_id']}:{made['client_secret']}".encode()).decode()
    answer = Client().post(
        "/oauth/token/", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert answer.status_code == 200
    token = answer.json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
    assert set(token["scope"].split()) == {"read", "write", "submit"}


def test_making_a_client_is_audited(machine):
    machine("read")
    assert AuditEntry.objects.get().action == "api_client.created"


@pytest.mark.parametrize("scopes", ["everything", "read everything", ""])
def test_scopes_that_do_not_exist_are_refused(scopes):
    with pytest.raises(CommandError, match="Scopes are read, write, submit"):
        call_command("create_api_client", "Payroll", "--scopes", scopes)


def test_a_client_cannot_ask_for_more_than_it_was_given(machine):
    client = machine("read")
    assert client.ask_for_token(scope="read").status_code == 200
    refused = client.ask_for_token(scope="read submit")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


def test_a_wrong_secret_is_refused(machine):
    client = machine("read")
    client.client_secret = "wrong"
    assert client.ask_for_token().status_code == 401


@pytest.mark.parametrize("grant", ["password", "implicit", "authorization_code", "refresh_token"])
def test_no_other_grant_gives_a_token(machine, grant):
    client = machine("read")
    answer = client.ask_for_token(grant_type=grant, username="ada", password="x", code="x", refresh_token="x")
    assert answer.status_code in {400, 401}


def test_neither_token_nor_secret_is_stored_readably_in_any_table(machine):
    client = machine("read")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            stored = str(cursor.fetchall())
            assert client.token not in stored, table
            assert client.client_secret not in stored, table


def test_a_token_lives_sixty_minutes(machine):
    client, now = machine("read"), timezone.now()
    for minutes, status in ((59, 200), (61, 401)):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert client.get(PARCELS).status_code == status


def test_a_call_without_a_token_is_told_how_to_sign_in(machine):
    machine("read")
    answer = Client().get(PARCELS)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_in_the_address_does_not_count(machine):
    client = machine("read")
    assert Client().get(f"{PARCELS}?access_token={client.token}").status_code == 401


def test_an_expired_or_revoked_token_ends_at_once(machine):
    client = machine("read")
    assert client.get(PARCELS).status_code == 200
    AccessToken.objects.all().delete()
    assert client.get(PARCELS).status_code == 401


def test_a_scope_that_is_missing_is_named(machine):
    answer = machine("read").post(PARCELS, {"name": "x"})
    assert answer.status_code == 403
    assert "“write”" in answer.json()["detail"]


def test_people_call_under_their_own_rights(machine, staff, client_of, stranger):
    machine("read")
    browser = client_of(staff())
    assert browser.get(PARCELS).status_code == 200
    refused = browser.post(PARCELS, {"name": "x"}, "application/json")
    assert refused.status_code == 403
    assert "Can share saved views" in refused.json()["detail"]
    allowed = client_of(staff("lists.share_view", email="may@example.com"))
    assert allowed.post(PARCELS, {"name": "x"}, "application/json").status_code == 201
    assert client_of(stranger).get(PARCELS).status_code == 403


def test_a_session_without_its_csrf_token_changes_nothing(machine, staff):
    machine("read")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(
        staff("lists.share_view"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert browser.post(PARCELS, {"name": "x"}, "application/json").status_code == 403


def test_a_client_without_leave_cannot_read_by_writing(machine):
    assert machine("write").get(PARCELS).status_code == 403


def test_each_caller_has_a_budget_of_its_own(machine, monkeypatch):
    monkeypatch.setattr(CallerThrottle, "get_rate", lambda _self: "2/min")
    one, other = machine("read"), machine("read", name="Other")
    assert [one.get(PARCELS).status_code for _ in range(3)] == [200, 200, 429]
    refused = one.get(PARCELS)
    assert 0 < int(refused["Retry-After"]) <= 61
    assert refused.json()["code"] == "throttled"
    assert other.get(PARCELS).status_code == 200
