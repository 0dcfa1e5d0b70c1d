from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from core import clock
from core.secrets import is_secret_name, secrets_in


@time_machine.travel(datetime(2026, 11, 21, 3, 30, tzinfo=UTC))
def test_the_business_day_is_that_of_the_business_zone(settings):
    settings.TIME_ZONE = "America/New_York"
    timezone.get_default_timezone.cache_clear()
    assert clock.today() == date(2026, 11, 20)
    timezone.get_default_timezone.cache_clear()


def test_a_demo_moves_the_clock_by_whole_days(settings, tmp_path):
    settings.CLOCK_OFFSET_FILE = tmp_path / "offset"
    before = clock.now()
    assert abs(before - timezone.now()) < timedelta(seconds=5)
    (tmp_path / "offset").write_text("31\n")
    assert timedelta(days=30, hours=23) < clock.now() - before < timedelta(days=31, hours=1)


@pytest.mark.parametrize(
    "name", ["ssn", "new_password", "clientSecret", "date_of_birth", "producer_ssn", "api-key"]
)
def test_names_of_secrets_are_known(name):
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["ssn_last4", "ssn_hash", "npn", "session", "secretary", "tokens_count"])
def test_harmless_names_pass(name):
    assert not is_secret_name(name)


def test_secrets_are_found_wherever_they_lie():
    args = {"rows": [{"npn": "1"}, {"ssn": "1"}], "note": "his is 078-05-1120", "phone": "1-078-05-1120-9"}
    assert list(secrets_in(args)) == ["rows.1.ssn", "note"]
