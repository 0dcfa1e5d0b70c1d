"""The gateway against a hostile far side, a hostile disk and settings that nobody should have."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as installation
from django.core.management import CommandError, call_command

from appointments.gateway import fence, journal, locks, reconcile, send
from appointments.models import FencedSend, GatewayState, SubmissionAttempt
from core.audit.models import AuditEntry
from core.errors import Conflict
from tests.appointments.gateway import far
from tests.appointments.gateway.conftest import _simulator, registry  # noqa: F401 - the registry on a socket
from tests.appointments.gateway.world import effects, now_of, queue, set_gateway, statuses
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def journal_of_its_own(settings, tmp_path, db):
    """A folder that is empty."""
    settings.SEND_JOURNAL_DIR = tmp_path / "journal"
    return settings.SEND_JOURNAL_DIR


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# The disk


def test_the_journal_is_its_owners_alone_whatever_the_umask(registry, journal_of_its_own):  # noqa: F811
    before = os.umask(0)
    try:
        rows = queue(1)
        send.send_due()
    finally:
        os.umask(before)
    assert effects(registry, rows) == [1]
    assert (mode(journal.path()), mode(journal.path().parent)) == (0o600, 0o700)


def test_the_journal_tells_nothing_to_whoever_reads_the_disk(registry):  # noqa: F811
    (row,) = queue(1)
    send.send_due()
    text = journal.path().read_bytes()
    for told in (row.gateway_key, row.batch.gateway_key, row.npn, "Abernathy", "CA-1"):
        assert told.encode() not in text


def test_locks_are_their_owners_alone():
    attempt = uuid4()
    before = os.umask(0)
    try:
        with locks.holding(attempt):
            for path in (Path(installation.VAR_DIR) / "locks").glob("*.lock"):
                assert mode(path) == 0o600
    finally:
        os.umask(before)


@pytest.mark.parametrize("why", ["a file stands there", "a folder has its name"])
def test_without_a_place_for_the_journal_nothing_leaves_and_it_is_said(registry, journal_of_its_own, why):  # noqa: F811
    rows = queue(2)
    if why == "a file stands there":
        journal_of_its_own.write_text("in the way")
    else:
        (journal_of_its_own / journal.NAME).mkdir(parents=True)
    for _ in range(2):
        send.send_due()
    assert effects(registry, rows) == [0, 0]
    assert statuses(rows) == {"queued": 2}
    assert "SEND_JOURNAL_DIR" in GatewayState.objects.get().paused_why
    assert AuditEntry.objects.filter(action="gateway.paused").count() == 1
    (row,) = queue(1, "unknown")
    with pytest.raises(Conflict, match="journal"):
        reconcile.ask_now([row.pk], TESTER)


def test_a_fence_is_not_taken_down_without_a_journal_to_compare_with(registry, journal_of_its_own):  # noqa: F811
    queue(1)
    send.send_due()
    GatewayState.objects.update(sends=0)
    assert not fence.check()
    journal.path().unlink()
    journal.path().mkdir()
    with pytest.raises(Conflict, match="SEND_JOURNAL_DIR"):
        fence.reconcile(TESTER)
    FencedSend.objects.update(answer="approved")
    with pytest.raises(Conflict, match="SEND_JOURNAL_DIR"):
        fence.release(TESTER)
    assert fence.is_up()


def test_a_journal_that_becomes_unwritable_stops_sending_and_loses_nothing(registry, monkeypatch):  # noqa: F811
    first = queue(1)
    send.send_due()
    second = queue(2)

    def full(*_given):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        send.send_due()
    assert effects(registry, [*first, *second]) == [1, 0, 0]
    assert statuses(second) == {"queued": 2}


# What the far side says


POISON = {
    "a fee of all digits there are": "<TRANS_FEE>{}.00</TRANS_FEE>".format("9" * 4000),
    "a negative fee": "<TRANS_FEE>-1.53</TRANS_FEE>",
    "a number with the dot of others": "<TRANS_FEE>1,53</TRANS_FEE>",
    "digits of another script": "<TRANS_FEE>٣٣.٥٣</TRANS_FEE>",
    "a fee of seven digits": "<TRANS_FEE>9999999.99</TRANS_FEE>",
}


@pytest.mark.parametrize("what", POISON)
def test_fees_that_no_column_holds_stop_nobody(monkeypatch, registry, what):  # noqa: F811
    (row,) = queue(1)
    reply = far.document(far.standing(row).replace("<TRANS_FEE>1.53</TRANS_FEE>", POISON[what]))
    with far.answering(monkeypatch, reply):
        send.send_due()
    assert now_of(row).status == "approved"
    assert (now_of(row).charged_nipr_fee_cents or 0) >= 0


@pytest.mark.parametrize("length", [5_000, 200_000])
def test_texts_of_any_length_are_taken_in(monkeypatch, registry, length):  # noqa: F811
    (row,) = queue(1)
    reply = far.standing(row, number="9" * length).replace(
        "Said by state.", "é<![CDATA[<script>]]>" * (length // 20)
    )
    with far.answering(monkeypatch, far.document(reply)):
        send.send_due()
    row, attempt = now_of(row), SubmissionAttempt.objects.get()
    assert attempt.outcome != ""
    assert (row.status, len(row.nipr_trans)) in [("approved", 40), ("unknown", 0)]


def test_an_answer_about_forty_thousand_keys_that_are_nobodys_stops_nobody(monkeypatch, registry):  # noqa: F811
    (row,) = queue(1)
    whole = far.standing(row)
    others = [whole.replace(row.gateway_key, f"X{number:09d}") for number in range(40_000)]
    with far.answering(monkeypatch, far.document(whole, *others)):
        send.send_due()
    attempt = SubmissionAttempt.objects.get()
    assert attempt.outcome != ""
    assert now_of(row).status in ("approved", "unknown")


def test_what_the_registry_says_of_tax_numbers_stands_in_no_audit_entry(monkeypatch, registry, caplog):  # noqa: F811
    (row,) = queue(1)
    reply = far.standing(row).replace("<TRANS_FEE>", "<SSN>900-12-3456</SSN><TRANS_FEE>")
    with far.answering(monkeypatch, far.document(reply)):
        send.send_due()
    assert "900-12-3456" not in caplog.text
    assert not [entry for entry in AuditEntry.objects.all() if "900-12-3456" in str(vars(entry))]


# The fence


def test_behind_the_fence_nothing_is_asked_and_nothing_leaves(registry):  # noqa: F811
    send.send_due()
    first = queue(1)
    send.send_due()
    rows = [*queue(1), *queue(1, "unknown")]
    GatewayState.objects.update(sends=0)
    assert send.send_due() == 0
    with pytest.raises(Conflict):
        reconcile.ask_now([row.pk for row in rows], TESTER)
    assert fence.is_up()
    assert effects(registry, rows) == [0, 0]
    assert effects(registry, first) == [1]


# The real registry


def test_the_conformance_check_refuses_the_real_registry(settings, db):
    settings.NIPR_URL_TEMPLATE = "https://gateway.nipr.example/services"
    set_gateway()
    with pytest.raises((CommandError, SystemExit)):
        call_command("check_gateway")
