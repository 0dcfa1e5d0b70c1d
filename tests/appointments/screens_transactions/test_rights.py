"""Every page with and without its right, and for whoever is not staff."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from appointments.models import BulkRequest, SupportingDocument
from appointments.views.transactions.urls import urlpatterns
from core import clock
from tests.appointments.handling.cast import transactions
from tests.appointments.screens_transactions.conftest import text
from tests.conftest import person

pytestmark = pytest.mark.django_db
SET = uuid.UUID(int=7)
READ, PREPARE, SUBMIT, APPROVE = "read", "prepare", "submit", "approve"
MAY = {
    "ada": {READ, PREPARE},
    "leo": {READ, PREPARE},
    "sue": {READ, PREPARE, SUBMIT},
    "pia": {READ, APPROVE},
    "otto": {READ},
}
"""Who of the cast may do what."""

PAGES = [
    ("get", "transactions", [], READ),
    ("get", "transactions_actionable", [], READ),
    ("get", "transactions_submit", [], SUBMIT),
    ("post", "transactions_submit", [], SUBMIT),
    *(
        (method, "transactions_step", [step], right)
        for method in ("get", "post")
        for step, right in (
            ("release", SUBMIT), ("take_back", SUBMIT), ("approve", APPROVE), ("hold", PREPARE),
            ("mend", PREPARE), ("close", PREPARE),
        )
    ),
    ("get", "transaction", [1], READ),
    ("post", "transaction_settle", [1, "attach"], APPROVE),
    ("post", "transaction_settle", [1, "not_there"], APPROVE),
    ("post", "transaction_settle", [1, "write_off"], APPROVE),
    ("post", "transaction_first_business", [1], PREPARE),
    ("post", "transaction_attach", [1], PREPARE),
    ("get", "transaction_paper", [1, 1], READ),
    ("get", "batch", [1], READ),
    ("get", "plans", [], READ),
    ("get", "plan", [SET], READ),
    ("get", "plan_progress", [SET], READ),
    ("post", "plan_approve", [SET], PREPARE),
    ("post", "plan_again", [SET], PREPARE),
    ("get", "plan_file", [SET, "csv"], READ),
    ("get", "ledger", [], READ),
    ("get", "gateway", [], READ),
    ("post", "gateway_switch", ["pause"], APPROVE),
    ("post", "gateway_switch", ["release_fence"], APPROVE),
]  # fmt: skip
ASKING = "transaction_ask"
"""Open to whoever may do anything; tried in test_page.py."""


@pytest.fixture
def records() -> None:
    """A transaction with a document, and a request set."""
    (row,) = transactions()
    SupportingDocument.objects.create(
        pk=1,
        transaction=row,
        name="paper.pdf",
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        content="JVBERi0=",
        added_by_label="Leo",
        added_at=clock.now(),
    )
    BulkRequest.objects.create(
        pk=SET,
        kind="appointment",
        status="running",
        requests=[],
        asked_by_kind="person",
        asked_by_label="Leo",
        created_at=clock.now(),
    )


def test_every_address_of_this_room_stands_in_the_table():
    named = {name for _method, name, _args, _right in PAGES} | {ASKING}
    assert {str(entry.name) for entry in urlpatterns} == named


@pytest.mark.parametrize("who", MAY)
@pytest.mark.parametrize(("method", "name", "args", "right"), PAGES)
@pytest.mark.usefixtures("records")
def test_each_page_opens_to_those_who_hold_its_right(client_of, who, method, name, args, right):
    browser = client_of(person(who))
    answer = getattr(browser, method)(reverse(f"appointments:{name}", args=args))
    if right in MAY[who]:
        assert answer.status_code in {200, 302, 404}
    else:
        assert answer.status_code == 403
        assert "right" in text(answer)


@pytest.mark.parametrize(("method", "name", "args", "right"), PAGES)
def test_none_opens_to_whoever_is_not_staff(client_of, stranger, method, name, args, right):
    answer = getattr(client_of(stranger), method)(reverse(f"appointments:{name}", args=args))
    assert answer.status_code == 302
    assert "login" in answer.url


@pytest.mark.parametrize(
    "name",
    [name for method, name, _args, _right in PAGES if method == "post" and name != "transactions_submit"],
)
@pytest.mark.usefixtures("records")
def test_what_changes_something_is_never_a_get(admin, name):
    args = next(args for method, each, args, _right in PAGES if each == name and method == "post")
    expected = {200, 403} if name == "transactions_step" else {403, 405}
    assert admin.get(reverse(f"appointments:{name}", args=args)).status_code in expected
