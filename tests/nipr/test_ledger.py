"""The ledger in the database, and in the back office."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from nipr.client import RegistryClient, RegistryConfig
from nipr.errors import RegistryTimeout
from nipr.ledger import DatabaseLedger, asking, current_asker
from nipr.models import RegistryCall
from tests.nipr.far_side import Answer
from tests.nipr.wire.documents import INDIVIDUAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(far_side):
    with RegistryClient(RegistryConfig(far_side.url, timeout=0.5), DatabaseLedger()) as made:
        yield made


def test_a_paid_call_is_a_row_with_price_reason_and_asker(client, far_side):
    far_side.answer(Answer(INDIVIDUAL))
    with asking("Ida Clerk", "Refresh on the producer page", kind="person"):
        client.entity_report("99000017")
    call = RegistryCall.objects.get()
    assert (call.service, call.operation, call.npn, call.price_cents) == (
        "pdb-xml-reports",
        "entityinfo",
        "99000017",
        129,
    )
    assert (call.asked_by_kind, call.asked_by_label, call.reason) == (
        "person",
        "Ida Clerk",
        "Refresh on the producer page",
    )
    assert (call.outcome, call.attempts) == ("answered", 1)
    assert call.duration_ms is not None


def test_a_free_call_is_a_row_at_zero(client, far_side):
    far_side.answer(Answer(status=404))
    client.add_info("99000017")
    assert RegistryCall.objects.get().price_cents == 0


def test_the_row_is_there_before_the_call_leaves(client, far_side):
    ledger = DatabaseLedger()
    seen = []
    opened = ledger.open

    def watch(note):
        entry = opened(note)
        seen.append((RegistryCall.objects.get().outcome, len(far_side.asked)))
        return entry

    ledger.open = watch
    far_side.answer(Answer(INDIVIDUAL))
    with RegistryClient(RegistryConfig(far_side.url), ledger) as watched:
        watched.entity_report("99000017")
    assert seen == [("pending", 0)]


def test_a_call_without_an_answer_keeps_its_price(client, far_side):
    far_side.answer(Answer(INDIVIDUAL, delay=2))
    with pytest.raises(RegistryTimeout):
        client.entity_report("99000017")
    call = RegistryCall.objects.get()
    assert (call.outcome, call.price_cents) == ("unknown", 129)


def test_the_database_refuses_an_outcome_it_does_not_know():
    with pytest.raises(IntegrityError), transaction.atomic():
        DatabaseLedger().close(_row(), outcome="maybe", price_cents=0, attempts=1, duration_ms=1)


def _row():
    return RegistryCall.objects.create(service="s", operation="o", at="2025-01-06T00:00:00Z").pk


def test_asking_is_over_after_its_block():
    with asking("a", "b"), asking("c", "d"):
        assert current_asker().label == "c"
    assert current_asker().label == ""


def test_nobody_adds_changes_or_deletes_rows_by_hand(admin_user):
    request = RequestFactory().get("/")
    request.user = admin_user
    page = admin.site._registry[RegistryCall]
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert page.has_view_permission(request)


def test_a_price_reads_in_dollars():
    page = admin.site._registry[RegistryCall]
    assert page.price(RegistryCall(price_cents=129)) == "$1.29"
    assert page.price(RegistryCall()) == "free"
