"""What an answer does to a transaction: by key, as often as it comes, and never beyond what it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase

from appointments.gateway import replies, send
from appointments.gateway.sweep import sweep
from appointments.models import SubmissionAttempt, Transaction
from core.audit.models import AuditEntry
from tests.appointments.gateway.far import (
    NOT_SENT,
    TIMEOUT,
    answering,
    document,
    duplicate,
    error,
    not_received,
    standing,
)
from tests.appointments.gateway.world import attempts, later, now_of, queue, set_gateway

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(registry, monkeypatch):
    """Send one transaction to a far side that answers so, and say where it ends."""

    def send_it(*answers, **fields) -> Transaction:
        [row] = queue(1, **fields)
        with answering(monkeypatch, *(answer(row) if callable(answer) else answer for answer in answers)):
            send.send_due(1)
        return now_of(row)

    return send_it


@pytest.mark.parametrize(
    ("answer", "status", "detail"),
    [
        (lambda row: document(standing(row)), "approved", ""),
        (lambda row: document(standing(row, approved="N")), "declined", ""),
        (lambda row: document(standing(row, "SR")), "submitted", "state_review"),
        (lambda row: document(standing(row, "AV")), "awaiting_validation", "renewal_freeze"),
        (lambda row: document(duplicate(row)), "submitted", "received"),
        (lambda row: document(duplicate(row), not_received(row)), "submitted", "received"),
        (lambda row: document(not_received(row)), "unknown", "not_received"),
        (lambda row: document(standing(row), standing(row, approved="N")), "unknown", "unreadable"),
        (lambda row: document(standing(row, npn="1")), "unknown", "unreadable"),
        (lambda row: document(standing(row, "XX")), "unknown", "unreadable"),
        (lambda row: document(error("500", "Internal error.")), "unknown", "unreadable"),
        (lambda row: document(), "unknown", "unreadable"),
        ("<html><body>Please sign in</body></html>", "unknown", "unreadable"),
        (b"\xff\xfe\x00garbage", "unknown", "unreadable"),
        ("", "unknown", "unreadable"),
        (503, "unknown", "unreadable"),
        (302, "unknown", "unreadable"),
        (TIMEOUT, "unknown", "no_answer"),
        (NOT_SENT, "queued", "try_again"),
        (401, "queued", "try_again"),
        (403, "queued", "try_again"),
    ],
)
def test_each_answer_leads_where_it_should(sent, answer, status, detail):
    row = sent(answer)
    assert (row.status, row.status_detail) == (status, detail)


def test_the_raw_reply_is_kept_byte_for_byte_before_it_is_read(sent, monkeypatch):
    raw = bytes(range(256))
    sent(raw)
    [attempt] = attempts()
    assert attempt.reply.encode("latin-1") == raw
    stored = SubmissionAttempt.objects.extra(select={"raw": "reply"}).values_list("raw", flat=True)
    assert bytes(range(100)) not in bytes(stored[0])


def test_what_surely_was_not_sent_can_still_be_taken_back(sent):
    row = sent(NOT_SENT)
    assert row.first_sent_at is None
    assert row.attempt is None
    assert row.send_after > row.status_at


def test_an_approval_says_what_it_cost_and_by_which_number(sent):
    row = sent(lambda row: document(standing(row)))
    assert (row.nipr_trans, row.charged_state_fee_cents, row.charged_nipr_fee_cents) == (
        "50000001",
        2400,
        153,
    )
    assert row.charged_on
    assert row.nipr_message == "Said by state."


def test_what_the_state_bills_later_is_not_charged_at_nought(sent):
    free = document_with_fee("0.00")
    row = sent(free, state_fee_cents=None)
    assert (row.charged_state_fee_cents, row.charged_nipr_fee_cents) == (None, 153)
    assert sent(free, state_fee_cents=0).charged_state_fee_cents == 0


def document_with_fee(fee: str):
    return lambda row: document(standing(row)).replace("24.00", fee)


def test_a_decline_gives_the_state_s_words(sent):
    assert sent(lambda row: document(standing(row, approved="N"))).rejection_response == "Said by state."


def test_a_reply_moves_other_transactions_too(registry, monkeypatch):
    [waiting] = queue(1, "submitted")
    [row] = queue(1)
    with answering(monkeypatch, document(standing(waiting), standing(row))):
        send.send_due()
    assert (now_of(waiting).status, now_of(row).status) == ("approved", "approved")


def test_who_is_not_answered_is_unknown_while_the_others_go_on(registry, monkeypatch):
    answered, silent = queue(2)
    with answering(monkeypatch, document(standing(answered))):
        send.send_due()
    assert (now_of(answered).status, now_of(silent).status) == ("approved", "unknown")


@pytest.mark.parametrize("status", ["approved", "declined", "closed", "failed", "queued"])
def test_no_answer_moves_what_is_final_or_has_not_left(registry, monkeypatch, status):
    [other] = queue(1, status, send_after=None)
    before = now_of(other)
    [row] = queue(1)
    with answering(monkeypatch, document(standing(other, approved="N"), standing(row))):
        send.send_due()
    after = now_of(other)
    assert (after.status, after.nipr_trans, after.rejection_response) == (before.status, "", "")


def test_the_same_answer_again_changes_nothing(registry, monkeypatch):
    [row] = queue(1)
    with answering(monkeypatch, document(standing(row))):
        send.send_due()
    before, trail = now_of(row), AuditEntry.objects.count()
    [attempt] = attempts()
    assert replies.apply_kept(attempt.pk) is None
    SubmissionAttempt.objects.update(applied_at=None)
    replies.apply_kept(attempt.pk)
    assert AuditEntry.objects.count() == trail
    assert now_of(row).status_at == before.status_at


def test_a_kept_reply_that_nobody_applied_is_applied_by_the_sweeper(registry, monkeypatch):
    [row] = queue(1)
    with answering(monkeypatch, document(standing(row))), monkeypatch.context() as patched:
        patched.setattr(replies, "apply_kept", lambda _: None)
        send.send_due()
    assert now_of(row).status == "submitting"
    sweep()
    assert now_of(row).status == "approved"


def test_what_moved_is_audited_as_the_gateway_s_doing(sent):
    row = sent(lambda row: document(standing(row)))
    entry = AuditEntry.objects.get(action="transaction.approve_at_state", subject_id=str(row.pk))
    assert (entry.actor_kind, entry.actor_label) == ("gateway", "NIPR")
    assert entry.changes["status"] == ["submitting", "approved"]


def test_an_answer_that_comes_after_all_settles_the_unknown(registry, monkeypatch):
    """The sender was late: swept, then its answer arrived."""
    set_gateway(lease_seconds=10)
    [row] = queue(1)

    with answering(monkeypatch, document(standing(row))) as far:
        post = far.post_gateway

        def slow(*args, **kwargs):
            with later(seconds=60):
                sweep()
                assert now_of(row).status == "unknown"
            return post(*args, **kwargs)

        monkeypatch.setattr(far, "post_gateway", slow, raising=False)
        send.send_due()
    assert now_of(row).status == "approved"
    assert attempts()[0].outcome == "answered"


class DamagedReplies(HypothesisCase):
    """Whatever comes back, nothing is taken for a success that was none, and nothing breaks."""

    @given(st.data())
    @hypothesis_settings(max_examples=60)
    def test_a_damaged_decline_is_never_an_approval(self, data):
        set_gateway()
        [row] = queue(1)
        good = document(standing(row, approved="N")).encode()
        at = data.draw(st.integers(0, len(good) - 1))
        junk, cut = data.draw(st.binary(max_size=8)), data.draw(st.integers(0, 12))
        with pytest.MonkeyPatch.context() as patched, answering(patched, good[:at] + junk + good[at + cut :]):
            send.send_due(1)
        assert now_of(row).status in {"declined", "unknown"}
