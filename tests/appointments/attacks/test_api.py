"""The API of appointments against callers who mean harm or know no better."""

from __future__ import annotations

import json
import logging

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import BulkRequest, Company, Transaction
from appointments.services.licensing.answers import record_answers
from appointments.services.licensing.questions import questions_for
from core.audit.models import AuditEntry
from core.jobs.models import Job
from tests.appointments.api.market import agent, appointed, ask, end, one, ready
from tests.core.api.machine import Machine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("market")]


@pytest.fixture
def spender(market) -> Machine:
    return Machine("read write submit")


HOSTILE: list[object] = [
    None, True, 0, -1, 1e308, 10**400, "", " ", "x" * 100_000, "١٢٣٤٥", "88100001\u202e", "=1+1", "'; DROP TABLE x;--",
    "{{7*7}}", "__class__", "producer__ssn", [], [[]], {}, {"$gt": ""}, ["88100001"], "\ufffe", "é" * 300,
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: str(value)[:20])
def test_no_value_in_any_field_breaks_the_request(spender, value):
    agent()
    for what, body in (("appointments", one()), ("terminations", end())):
        for name in body.keys() | {"external_id", "effective_date", "agent_type"}:
            answer = ask(spender, {**body, name: value}, what=what)
            assert answer.status_code < 500, (what, name)


@pytest.mark.parametrize("what", ["submit", "release", "take-back", "approve", "close", "first-business"])
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: str(value)[:20])
def test_no_value_in_any_action_breaks_it(spender, what, value):
    for body in (
        {"ids": value},
        {"ids": [value], "confirm_cost": "1.00", "first_business_date": "2026-01-01"},
        {"ids": ["GT-00000001"], "confirm_cost": value, "reason": value, "first_business_date": value},
        value,
    ):
        assert spender.send("POST", f"/transactions/{what}", body).status_code < 500


@pytest.mark.parametrize(
    "query",
    [
        "status=x", "batch=TB-999999999999999999999", "batch=٣", "batch=" + "9" * 18, "external_id=%27%20OR%201=1",
        "npn=" + "9" * 5000, "bulk_request=x", "producer__ssn=1", "prepared_by_label__startswith=a", "ordering=-ssn",
        "ordering=producer__ssn", "page_size=99999999", "page=-1", "cursor=x", "format=xml", "fields=ssn",
        "kind[]=appointment", "state=%F0%9F%98%80", "cocode=%00",
    ],
)  # fmt: skip
def test_no_query_breaks_or_widens_the_list(spender, query):
    agent("88100001", ssn="900123456")
    ready(spender, one())
    answer = spender.http.get(
        f"/api/v1/transactions?{query}", headers={"Authorization": f"Bearer {spender.token}"}
    )
    assert answer.status_code < 500
    assert b"900123456" not in answer.content


@pytest.mark.parametrize(
    "number", ["GT-0", "GT-" + "9" * 30, "gt-00000001", "GT-00000001 ", "..%2f", "GT-٠٠٠٠٠٠٠١", "1"]
)
def test_no_number_in_the_address_breaks_it(spender, number):
    agent()
    ready(spender, one())
    assert spender.get(f"/transactions/{number}").status_code == 404


@pytest.mark.parametrize(
    "field",
    ["status", "state_fee_cents", "for_cause", "approved_by_label", "prepared_by_user_id", "gateway_key", "id",
     "appointment_id", "county_code", "license_number", "just_in_time", "bulk_id", "planned_from", "actor"],
)  # fmt: skip
def test_nothing_is_set_that_is_not_asked_for(spender, field):
    agent()
    assert ask(spender, one(**{field: "1"})).status_code == 400
    body = {field: "1", "requests": [one()]}
    assert spender.send("POST", "/bulk-appointments", body).status_code == 400
    assert not BulkRequest.objects.exists()


def test_ten_thousand_ids_are_refused_by_their_number(spender):
    ids = [f"GT-{number:08d}" for number in range(10_000)]
    for what in ("submit", "close", "approve"):
        answer = spender.send("POST", f"/transactions/{what}", {"ids": ids, "confirm_cost": "1.00"})
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "raw",
    [
        b'{"requests":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"requests": [' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"]}",
        b'{"requests": ["\\ud800"]}',
        b'{"requests": [{"npn": "\\u0000"}]}',
        b'{"requests": NaN}',
        b'{"requests": [Infinity]}',
        b"\xff\xfe\x00",
        b"null",
        b'{"requests": [' + b"1," * 20_000 + b"1]}",
    ],
    ids=["deep list", "deep object", "surrogate", "nul", "nan", "infinity", "bytes", "null", "many"],
)
def test_no_body_breaks_it(spender, raw):
    for path in ("/bulk-appointments", "/bulk-terminations", "/transactions/submit"):
        answer = spender.send_raw("POST", path, raw)
        assert answer.status_code in (400, 413)
        assert len(answer.content) < 2_000_000


def test_a_company_given_another_number_takes_nothing_along(spender):
    """What was asked for with one CoCode is not sent under another one without being judged anew."""
    agent()
    (number,) = ready(spender, one())
    company = Company.objects.get(cocode="77001")
    etag = spender.get("/companies/77001")["ETag"]
    changed = spender.patch("/companies/77001", {"cocode": "77999"}, **{"If-Match": etag})
    answer = spender.send("POST", "/transactions/submit", {"ids": [number], "confirm_cost": "17.53"})
    row = Transaction.objects.get()
    company.refresh_from_db()
    assert changed.status_code in (200, 400)
    if changed.status_code == 200 and company.cocode != row.cocode:
        assert row.status == "ready_to_submit", answer.content
    assert row.cocode == "77001"


def test_a_company_switched_off_sends_nothing_that_was_ready(spender):
    agent()
    (number,) = ready(spender, one())
    etag = spender.get("/companies/77001")["ETag"]
    assert spender.patch("/companies/77001", {"active": False}, **{"If-Match": etag}).status_code == 200
    spender.send("POST", "/transactions/submit", {"ids": [number], "confirm_cost": "17.53"})
    assert Transaction.objects.get().status == "ready_to_submit"


def test_a_session_spends_by_the_api_only_with_its_form_token(sue, spender):
    agent()
    (number,) = ready(spender, one())
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(sue, backend="allauth.account.auth_backends.AuthenticationBackend")
    body = {"ids": [number], "confirm_cost": "17.53"}
    for kind in (
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        answer = browser.generic(
            "POST", "/api/v1/transactions/submit", json.dumps(body), kind, headers={"Idempotency-Key": "k"}
        )
        assert answer.status_code in (400, 403, 415), kind
    assert Transaction.objects.get().status == "ready_to_submit"


def test_approving_by_a_machine_takes_the_scope_that_spends(market):
    clerk = Machine("read write")
    assert clerk.post("/transactions/approve", {"ids": ["GT-00000001"]}).status_code == 403


# Secrets

CANARY, SSN = "canary-was-arrested-in-1999", "900-45-6789"


def test_answers_and_tax_numbers_stand_nowhere_but_in_their_own_fields(spender, sue, caplog):
    caplog.set_level(logging.DEBUG)
    producer = agent(ssn=SSN.replace("-", ""))
    appointed(producer)
    answers = {
        each.number: {"yes": each.number == "1a", "explanation": CANARY if each.number == "1a" else ""}
        for each in questions_for(firm=False)
    }
    record_answers(producer.pk, "producer", answers, user=sue)
    pages = [
        ask(spender, one(external_id="e-1")),
        ask(spender, end(), what="terminations"),
        spender.get("/transactions"),
        spender.get("/transactions/GT-00000001"),
    ]
    kept = [str(list(model.objects.values())) for model in (AuditEntry, Job, BulkRequest, Transaction)]
    said = [page.content.decode() for page in pages]
    for text in (*kept, *said, caplog.text):
        for secret in (CANARY, SSN, SSN.replace("-", "")):
            assert secret not in text


def test_answers_are_shown_to_nobody_without_the_right(sue, leo, otto, pia, client_of):
    producer = agent()
    answers = {each.number: {"yes": True, "explanation": CANARY} for each in questions_for(firm=False)}
    record_answers(producer.pk, "producer", answers, user=sue)
    address = reverse("appointments:background_answers", args=[producer.pk])
    for who in (sue, leo, otto, pia):
        browser = client_of(who)
        for answer in (
            browser.get(address),
            browser.post(address, {"do": "reveal", "reason": "I want to see them", "agent_type": "producer"}),
        ):
            assert CANARY not in answer.content.decode()
