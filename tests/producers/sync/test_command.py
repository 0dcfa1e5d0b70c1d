"""``manage.py sync_nipr``."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from appointments.models import Appointment
from nipr.simulator.testing import RunningSimulator
from producers.models import Change, License, Producer
from tests.producers.sync.conftest import MAREN, PUDDLEJUMP

pytestmark = pytest.mark.django_db


def sync_nipr(*arguments: str) -> str:
    out = StringIO()
    call_command("sync_nipr", *arguments, stdout=out, stderr=StringIO(), no_color=True)
    return out.getvalue()


def test_an_npn_that_is_not_on_file_is_put_there(simulator: RunningSimulator):
    said = sync_nipr("--npn", MAREN)
    assert (
        "NPN 99000017 MAREN T QUILLFEATHER: Success. First load: 2 licenses, 3 lines, 2 appointments." in said
    )
    assert "1 paid report, $1.29" in said
    producer = Producer.objects.get(npn=MAREN)
    assert (License.objects.count(), Appointment.objects.count()) == (2, 2)
    assert (producer.last_name, producer.resident_state) == ("QUILLFEATHER", "OR")


def test_several_npns_may_be_given_and_twice_is_once(simulator: RunningSimulator):
    sync_nipr("--npn", MAREN, "--npn", PUDDLEJUMP, "--npn", MAREN)
    assert set(Producer.objects.values_list("npn", flat=True)) == {MAREN, PUDDLEJUMP}


def test_changes_are_printed(simulator: RunningSimulator):
    sync_nipr("--npn", MAREN)
    simulator.happen(MAREN, "lapse", "OR")
    said = sync_nipr("--npn", MAREN)
    assert "Changed: OR Insurance Producer 99000017 (active: yes to no" in said
    assert Change.objects.exists()


@pytest.mark.parametrize(
    ("npn", "sentence"),
    [
        ("12345678901", "has 11 digits; an NPN has 1 to 10"),
        ("12a", "it has letters in it"),
        ("000", "An NPN of zeros only does not exist"),
        (" ", "Give an NPN: 1 to 10 digits."),
    ],
)
def test_a_malformed_npn_is_refused_before_anything_is_sent(npn: str, sentence: str):
    with pytest.raises(CommandError, match=sentence):
        sync_nipr("--npn", npn)
    assert not Producer.objects.exists()


def test_an_npn_nobody_has_ends_in_an_error_and_is_not_kept(simulator: RunningSimulator):
    with pytest.raises(CommandError, match=r"has nothing about NPN 12345.*Correct the NPN"):
        sync_nipr("--npn", "12345")
    assert not Producer.objects.exists()


def test_a_registry_that_is_not_there_ends_in_an_error(settings):
    settings.NIPR_TIMEOUT = 1
    with pytest.raises(CommandError, match="nightly sync tries again"):
        sync_nipr("--npn", MAREN)


def test_all_reads_everybody_who_is_tracked(simulator: RunningSimulator, on_file):
    on_file(MAREN, PUDDLEJUMP)
    on_file("88000001", tracking="inactive")
    assert "2 producers: 2 changed" in sync_nipr("--all")


def test_the_nightly_run_may_be_for_a_day(simulator: RunningSimulator, maren: Producer):
    said = sync_nipr("--nightly", "--today", "2026-03-02")
    assert "1 producer: 1 changed" in said


def test_a_day_goes_with_the_nightly_run_only():
    with pytest.raises(CommandError, match="--today goes with --nightly"):
        sync_nipr("--all", "--today", "2026-03-02")


def test_a_wrong_day_is_refused():
    with pytest.raises(CommandError, match="invalid _day value"):
        sync_nipr("--nightly", "--today", "2026-02-30")
