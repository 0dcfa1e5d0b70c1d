"""The gateway's page and its switches."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from appointments.gateway import state
from appointments.models import FencedSend, GatewaySettings, GatewayState, SubmissionAttempt
from core import clock
from core.audit.models import AuditEntry
from tests.appointments.handling.cast import LEO, transactions
from tests.appointments.screens_transactions.conftest import said, text

pytestmark = pytest.mark.django_db
PAGE = "/admin/gateway/"


def switch(browser, name, reason=""):
    return browser.post(reverse("appointments:gateway_switch", args=[name]), {"reason": reason}, follow=True)


def stand(**fields) -> None:
    GatewayState.objects.update_or_create(pk=1, defaults=fields)


def test_looking_at_it_changes_nothing(auditor):
    assert "Running" in text(auditor.get(PAGE))
    assert not GatewayState.objects.exists()
    assert not GatewaySettings.objects.exists()


def test_it_says_what_the_settings_lack(auditor, settings):
    settings.NIPR_URL_TEMPLATE = "https://{service}.registry.example"
    assert "the gateway settings lack" in text(auditor.get(PAGE))


def test_it_counts_what_waits(auditor):
    transactions(2, status="queued")
    transactions(1, status="unknown")
    page = text(auditor.get(PAGE))
    assert '?status=queued">2</a>' in page
    assert '?status=unknown">1</a>' in page


def test_it_lists_the_last_documents_with_how_they_ended(auditor):
    SubmissionAttempt.objects.create(
        purpose="send",
        worker="w",
        epoch=uuid.uuid4(),
        send_number=1,
        claimed_at=clock.now(),
        lease_until=clock.now(),
        sending_at=clock.now(),
        ended_at=clock.now() + timedelta(seconds=2),
        outcome="unknown",
        transactions=25,
        note="No answer within 60 seconds.",
    )
    page = text(auditor.get(PAGE))
    assert "No answer within 60 seconds." in page
    assert "2.0 s" in page


def test_three_documents_take_the_queries_of_one(auditor, queries_of):
    def send() -> None:
        SubmissionAttempt.objects.create(
            purpose="send",
            worker="w",
            epoch=uuid.uuid4(),
            send_number=1,
            claimed_at=clock.now(),
            lease_until=clock.now(),
        )

    send()
    one = queries_of(lambda: auditor.get(PAGE))
    send()
    send()
    assert queries_of(lambda: auditor.get(PAGE)) == one


@pytest.mark.parametrize(
    ("fields", "words", "button"),
    [
        ({"paused_since": clock.now(), "paused_why": "Registry is away"}, "Registry is away", "Let it go on"),
        ({"cap_reached_at": clock.now()}, "Cap reached", "Release the cap"),
        ({"fenced_since": clock.now(), "fenced_why": "Behind its journal"}, "Behind its journal", "Compare with NIPR"),
        ({"fenced_since": clock.now()}, "Stopped after a restore", "Release after restore"),
        ({}, "Running", "Pause"),
    ],
)  # fmt: skip
def test_each_standing_says_what_it_means_and_has_its_switches(approver, fields, words, button):
    stand(**fields)
    page = text(approver.get(PAGE))
    assert words in page
    assert f">{button}</button>" in page


def test_a_pause_that_is_over_says_that_one_is_tried(auditor):
    stand(paused_since=clock.now(), paused_until=clock.now() - timedelta(seconds=1))
    assert "One document is tried next" in text(auditor.get(PAGE))


def test_a_comparison_is_shown_line_by_line(approver):
    stand(fenced_since=clock.now())
    FencedSend.objects.create(
        gateway_batch="B", gateway_key="K-17", sent_at=clock.now(), answer="NIPR has it"
    )
    page = text(approver.get(PAGE))
    assert "K-17" in page
    assert "NIPR has it" in page
    assert "not in this database" in page


def test_it_is_paused_and_goes_on(approver):
    assert "Paused" in said(switch(approver, "pause", "The registry asked us to"))[0]
    assert state.current().paused_why == "The registry asked us to"
    assert said(switch(approver, "resume")) == ["It goes on."]
    assert state.current().paused_since is None
    assert AuditEntry.objects.filter(action__in=["gateway.paused", "gateway.resumed"]).count() == 2


def test_a_reached_cap_is_released_with_a_reason(approver):
    stand(cap_reached_at=clock.now())
    assert "Say why" in said(switch(approver, "release_cap"))[0]
    switch(approver, "release_cap", "The bulk of June")
    assert state.current().cap_reached_at is None
    assert AuditEntry.objects.get(action="gateway.cap_released").reason == "The bulk of June"


def test_after_a_restore_it_is_compared_and_released(approver, monkeypatch):
    stand(fenced_since=clock.now())
    monkeypatch.setattr("appointments.gateway.fence.reconcile", lambda actor: 3)
    released = []
    monkeypatch.setattr("appointments.gateway.fence.release", lambda actor, reason: released.append(reason))
    assert "answered about 3" in said(switch(approver, "compare"))[0]
    assert "Say why" in said(switch(approver, "release_fence"))[0]
    assert said(switch(approver, "release_fence", "Compared")) == ["Released. What is queued leaves again."]
    assert released == ["Compared"]


def test_what_cannot_be_done_now_says_why(approver):
    assert "not paused" in said(switch(approver, "resume"))[0]


def test_without_the_right_the_switches_stay_and_name_it(specialist):
    state.pause("x", LEO)
    page = text(specialist.get(PAGE))
    assert "Switching needs the right “Can approve transactions as the second person”" in page
    assert 'aria-disabled="true"' in page
    assert switch(specialist, "resume").status_code == 403


def test_another_switch_is_not_found(approver):
    assert switch(approver, "explode").status_code == 404
