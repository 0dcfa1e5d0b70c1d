"""The one door: who gets in, how often one may fail, and how long a sign-in lasts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client
from django.utils import timezone

from agentsync.signin import account_tried
from core.accounts.models import User
from tests.conftest import PASSWORD

LOGIN = "/account/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: str):
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def test_staff_come_in_by_the_sign_in_page(client: Client, leo: User) -> None:
    response = sign_in(client, leo.email)
    assert response.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_case_of_the_address_does_not_matter(client: Client, leo: User) -> None:
    assert sign_in(client, "LEO@Example.com").status_code == 302


def test_the_admins_own_sign_in_leads_to_the_same_door(client: Client, db: None) -> None:
    response = client.get("/admin/login/?next=/admin/producers/")
    assert response.headers["Location"] == "/account/login/?next=/admin/producers/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_after_signing_in(client: Client, leo: User, target: str) -> None:
    response = client.post(LOGIN, {"login": leo.email, "password": PASSWORD, "next": target})
    assert response.headers["Location"] == "/admin/"


def test_nobody_can_sign_up(client: Client, db: None) -> None:
    client.post(
        "/account/signup/", {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.filter(email="new@example.com").exists()


def test_after_ten_failures_even_the_right_password_waits(client: Client, leo: User) -> None:
    answers = [sign_in(client, leo.email, "wrong").status_code for _ in range(10)]
    assert answers[:9] == [200] * 9
    assert sign_in(client, leo.email).status_code == 429


def test_the_wait_ends_after_fifteen_minutes(client: Client, leo: User) -> None:
    for _ in range(11):
        sign_in(client, leo.email, "wrong")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert sign_in(client, leo.email).status_code == 302


def test_the_person_attacked_still_gets_in_from_elsewhere(client: Client, leo: User) -> None:
    for _ in range(11):
        sign_in(client, leo.email, "wrong", REMOTE_ADDR="203.0.113.7")
    assert sign_in(client, leo.email, REMOTE_ADDR="198.51.100.9").status_code == 302


def test_spelling_an_account_differently_buys_no_further_tries(client: Client, leo: User) -> None:
    for spelling in [leo.email, leo.email.upper(), f" {leo.email}"] * 4:
        sign_in(client, spelling, "wrong")
    assert sign_in(client, leo.email).status_code == 429


def test_an_unknown_account_gets_the_same_answers(client: Client, leo: User) -> None:
    known = [sign_in(client, leo.email, "wrong") for _ in range(11)]
    unknown = [sign_in(client, "nobody@example.com", "wrong") for _ in range(11)]
    assert [each.status_code for each in known] == [each.status_code for each in unknown]
    pages = (
        each[0].content.decode().replace(address, "?")
        for each, address in ((known, leo.email), (unknown, "nobody@example.com"))
    )
    first, second = (page.split("csrfmiddlewaretoken")[1].partition(">")[2] for page in pages)
    assert first == second


def test_an_unknown_account_takes_as_long_as_a_known_one(client: Client, leo: User, settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    settings.AXES_ENABLED = False
    settings.ACCOUNT_RATE_LIMITS = False
    User.objects.filter(pk=leo.pk).update(password=make_password(PASSWORD))

    def seconds(email: str) -> float:
        started = time.perf_counter()
        sign_in(client, email, "wrong")
        return time.perf_counter() - started

    pairs = [(seconds(leo.email), seconds("nobody@example.com")) for _ in range(15)]
    known, unknown = (median(column) for column in zip(*pairs, strict=True))
    assert unknown == pytest.approx(known, rel=0.35)


def test_resetting_a_password_tells_nothing_about_who_exists(client: Client, leo: User) -> None:
    answers = [
        client.post("/account/password/reset/", {"email": each}) for each in (leo.email, "nobody@example.com")
    ]
    assert {(each.status_code, each.headers["Location"]) for each in answers} == {
        (302, "/account/password/reset/done/")
    }
    assert [message.to for message in mail.outbox if leo.email in message.to] == [[leo.email]]


def test_a_disabled_account_is_out_at_its_next_request(
    client_of: Callable[[User], Client], leo: User
) -> None:
    browser = client_of(leo)
    assert browser.get("/admin/").status_code == 200
    User.objects.filter(pk=leo.pk).update(is_active=False)
    assert browser.get("/admin/").status_code == 302


def test_signing_out_ends_the_session(client_of: Callable[[User], Client], leo: User) -> None:
    browser = client_of(leo)
    browser.post("/admin/logout/")
    assert browser.get("/admin/").status_code == 302


def test_signing_in_changes_the_session_key(client: Client, leo: User) -> None:
    client.get(LOGIN)
    before = client.cookies.get("sessionid")
    sign_in(client, leo.email)
    assert before is None or client.cookies["sessionid"].value != before.value


def test_a_session_ends_when_nobody_uses_it(client: Client, leo: User) -> None:
    sign_in(client, leo.email)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert client.get("/admin/").status_code == 302


def test_a_session_that_is_used_goes_on_until_its_absolute_end(client: Client, leo: User) -> None:
    sign_in(client, leo.email)
    start = timezone.now()
    codes = []
    for minutes in range(0, 13 * 60, 20):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            codes.append(client.get("/admin/").status_code)
    assert codes[: 12 * 3] == [200] * 36
    assert codes[-1] == 302


def code_at(secret: str, seconds: float) -> str:
    return format_hotp_value(hotp_value(secret, int(seconds) // 30))


def test_whoever_has_a_second_step_cannot_pass_it_by(client: Client, leo: User) -> None:
    TOTP.activate(leo, "JBSWY3DPEHPK3PXP")
    response = sign_in(client, leo.email)
    assert response.headers["Location"].startswith("/account/two-step/authenticate/")
    assert client.get("/admin/").status_code == 302


def test_a_code_opens_the_door_once(client: Client, leo: User) -> None:
    TOTP.activate(leo, "JBSWY3DPEHPK3PXP")
    code = code_at("JBSWY3DPEHPK3PXP", time.time())
    sign_in(client, leo.email)
    assert client.post("/account/two-step/authenticate/", {"code": code}).headers["Location"] == "/admin/"
    again = Client()
    sign_in(again, leo.email)
    assert again.post("/account/two-step/authenticate/", {"code": code}).status_code == 200
    assert again.get("/admin/").status_code == 302


@pytest.mark.parametrize("password", ["short-one-14ch", "1qaz2wsx3edc4rfv", "leo@example.com"])
def test_weak_passwords_are_refused(client_of: Callable[[User], Client], leo: User, password: str) -> None:
    browser = client_of(leo)
    answer = browser.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    leo.refresh_from_db()
    assert answer.status_code == 200
    assert leo.check_password(PASSWORD)


@pytest.mark.parametrize("typed", ["LEO@example.com ", "\u017fue@example.com", "\uff53ue@example.com"])
def test_no_spelling_of_an_address_buys_further_tries(typed: str) -> None:
    assert account_tried(None, {"email": typed}) in {"leo@example.com", "sue@example.com"}


def test_nobody_takes_an_address_unrecorded(client_of: Callable[[User], Client], leo: User) -> None:
    browser = client_of(leo)
    answer = browser.post("/account/email/", {"action_add": "1", "email": "ada@example.com"})
    assert answer.status_code == browser.get("/account/email/").status_code == 404
