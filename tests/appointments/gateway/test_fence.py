"""A restored database sends nothing until it is compared with the journal and released (T9)."""

from __future__ import annotations

import shutil

import pytest

from appointments.gateway import documents, fence, journal, reconcile, relay, send, state
from appointments.models import (
    AttemptTransaction,
    FencedSend,
    GatewayState,
    SubmissionAttempt,
    Transaction,
    TransactionDocument,
)
from core.audit.models import AuditEntry
from core.errors import Conflict
from tests.appointments.gateway.far import TIMEOUT, answering
from tests.appointments.gateway.world import converge, effects, later, now_of, queue, set_gateway, statuses
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db
TABLES = (GatewayState, SubmissionAttempt, Transaction, AttemptTransaction, TransactionDocument)


class Backup:
    """The tables of the gateway as they stand, to be put back later."""

    def __init__(self) -> None:
        self.rows = [(table, list(table.objects.all())) for table in TABLES]

    def restore(self) -> None:
        Transaction.objects.update(attempt=None)
        for table in (FencedSend, *reversed(TABLES)):
            table.objects.all().delete()
        for table, rows in self.rows:
            table.objects.bulk_create(rows)


def test_the_first_start_begins_an_epoch_in_both(registry):
    assert fence.check()
    assert state.current().epoch == journal.mark().epoch
    assert not fence.is_up()


def test_sending_keeps_both_in_step(registry):
    set_gateway(document_size=2)
    queue(6)
    send.send_due()
    assert (state.current().sends, journal.mark().number) == (3, 3)
    assert fence.check()


def test_after_a_restore_nothing_leaves_before_all_is_compared_and_released(registry):
    set_gateway(document_size=50)
    assert fence.check()
    sent, waiting = queue(200), queue(20, send_after=None)
    Transaction.objects.filter(pk__in=[row.pk for row in waiting]).update(status="ready_to_submit")
    backup = Backup()
    send.send_due()
    assert sum(effects(registry, sent)) == 200

    backup.restore()
    assert statuses(sent) == {"queued": 200}
    relay.run()
    assert send.send_due() == 0
    reconcile.run()
    assert fence.is_up()
    assert statuses(sent) == {"unknown": 200}
    assert set(Transaction.objects.filter(status="unknown").values_list("status_detail", flat=True)) == {
        "fenced"
    }
    assert FencedSend.objects.count() == 200

    with pytest.raises(Conflict, match="200 sends have not been compared"):
        fence.release(TESTER)
    assert fence.reconcile(TESTER) == 200
    assert statuses(sent) == {"approved": 200}
    old = state.current().epoch
    fence.release(TESTER, "Compared.")
    assert state.current().epoch not in {old, None}
    assert not fence.is_up()
    fresh = queue(5)
    assert send.send_due() == 5
    assert set(effects(registry, [*sent, *fresh])) == {1}


def test_what_the_journal_does_not_know_is_queued_again_at_release(registry):
    assert fence.check()
    [sent], backup_of = queue(1), Backup
    backup = backup_of()
    send.send_due()
    backup.restore()
    [unsent] = queue(1)
    assert not fence.check()
    fence.reconcile(TESTER)
    fence.release(TESTER)
    assert (now_of(sent).status, now_of(unsent).status) == ("approved", "queued")
    send.send_due()
    assert effects(registry, [sent, unsent]) == [1, 1]


def test_a_send_whose_transaction_the_backup_does_not_have_is_shown_with_its_answer(registry):
    assert fence.check()
    backup = Backup()
    [later_row] = queue(1)
    send.send_due()
    key = later_row.gateway_key
    backup.restore()
    Transaction.objects.filter(pk=later_row.pk).delete()
    fence.check()
    fence.reconcile(TESTER)
    found = FencedSend.objects.get()
    assert (found.gateway_key, found.transaction) == (key, None)
    assert found.answer.startswith("approved")
    assert found.nipr_trans


def test_a_lost_journal_puts_the_fence_up_and_what_may_have_left_is_asked_about(registry):
    set_gateway(settle_seconds=30)
    [sent] = queue(1)
    send.send_due()
    [waiting] = queue(1)
    shutil.rmtree(journal.path().parent)
    assert not fence.check()
    assert "journal is gone" in state.current().fenced_why
    fence.release(TESTER)
    assert now_of(waiting).status == "unknown"
    converge()
    assert effects(registry, [sent, waiting]) == [1, 1]


def test_a_journal_whose_key_is_gone_says_so(registry, settings):
    queue(1)
    send.send_due()
    settings.FIELD_KEYS = {"k9": b"9" * 32}
    settings.FIELD_KEY_ACTIVE = "k9"
    journal._seen.clear()
    queue(1)
    assert send.send_due() == 0
    assert "FIELD_KEYS" in state.current().fenced_why


def test_after_a_rotation_the_old_key_may_go(registry, settings):
    [row] = queue(1)
    send.send_due()
    old = dict(settings.FIELD_KEYS)
    settings.FIELD_KEYS, settings.FIELD_KEY_ACTIVE = {**old, "k9": b"9" * 32}, "k9"
    assert fence.check()
    lines = len(journal.entries())
    assert fence.check()
    assert len(journal.entries()) == lines, "once is enough"
    settings.FIELD_KEYS = {"k9": b"9" * 32}
    journal._seen.clear()
    assert fence.check()
    GatewayState.objects.update(sends=0, epoch=None)
    assert not fence.check(), "that something was sent is still known"
    assert effects(registry, [row]) == [1]


def test_a_database_of_another_time_is_fenced(registry):
    queue(1)
    send.send_due()
    GatewayState.objects.all().delete()
    [row] = queue(1)
    assert send.send_due() == 0
    assert now_of(row).status_detail == "fenced"


def test_an_older_backup_than_a_release_is_fenced_again(registry):
    assert fence.check()
    queue(1)
    backup = Backup()
    send.send_due()
    backup.restore()
    fence.check()
    fence.reconcile(TESTER)
    fence.release(TESTER)
    backup.restore()
    assert not fence.check()


def test_a_sender_that_had_claimed_before_the_restore_cannot_send_any_more(registry, monkeypatch):
    [row] = queue(1)
    real = documents.kept_or_made

    def restored_meanwhile(*args):
        GatewayState.objects.update(fenced_since=row.created_at)
        fence._fence_rows()
        return real(*args)

    monkeypatch.setattr(documents, "kept_or_made", restored_meanwhile)
    with answering(monkeypatch, TIMEOUT) as far:
        send.send_due(1)
    assert far.posts == []
    assert now_of(row).status_detail == "fenced"


def test_a_full_disk_under_the_journal_stops_the_send(registry, monkeypatch):
    [row] = queue(1)
    assert fence.check()

    def full(_entry):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "append", full)
    with answering(monkeypatch, TIMEOUT) as far:
        send.send_due(1)
    assert far.posts == []
    assert (now_of(row).status, now_of(row).first_sent_at) == ("queued", None)


def test_fence_and_release_are_on_the_record(registry):
    assert fence.check()
    queue(1)
    backup = Backup()
    send.send_due()
    backup.restore()
    fence.check()
    fence.reconcile(TESTER)
    fence.release(TESTER, "Compared with NIPR.")
    trail = AuditEntry.objects.filter(subject_type="appointments.gatewaystate").order_by("pk")
    assert list(trail.values_list("action", "reason"))[-1] == ("gateway.released", "Compared with NIPR.")
    assert [entry.action for entry in trail] == ["gateway.fenced", "gateway.compared", "gateway.released"]


def test_without_an_answer_of_the_registry_the_fence_stays(registry, monkeypatch):
    assert fence.check()
    queue(1)
    backup = Backup()
    send.send_due()
    backup.restore()
    fence.check()
    with answering(monkeypatch, TIMEOUT):
        assert fence.reconcile(TESTER) == 0
    with pytest.raises(Conflict):
        fence.release(TESTER)


def test_the_control_without_the_fence_pays_for_what_it_has_forgotten(registry, monkeypatch):
    """New keys for the same things, as an operation asked for again after a restore gets them."""
    assert fence.check()
    [row] = queue(1)
    backup = Backup()
    send.send_due()
    backup.restore()
    monkeypatch.setattr(fence, "check", lambda: True)
    monkeypatch.setattr(journal, "append", lambda _entry: None)
    Transaction.objects.filter(pk=row.pk).update(gateway_key="T-NEW")
    TransactionDocument.objects.all().delete()
    with later(seconds=1):
        send.send_due()
    assert registry.gateway.taken_twice() != []
