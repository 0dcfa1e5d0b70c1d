from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.audit.models import AuditEntry
from core.jobs.models import Job
from producers.enums import Tracking
from producers.models import Producer
from producers.services import set_tracking
from tests.producers.cast import TESTER, put_on_file

pytestmark = pytest.mark.django_db


def test_tracking_on_is_recorded_and_reads_who_was_never_read(ines):
    outcome = set_tracking([ines.pk], Tracking.ACTIVE, actor=TESTER)
    ines.refresh_from_db()
    assert outcome.changed == [ines]
    assert (ines.tracking, ines.sync_status, ines.version) == ("active", "queued", 2)
    assert AuditEntry.objects.get(action="producer.tracking_changed").changes == {
        "tracking": ["inactive", "active"]
    }


def test_the_same_again_changes_nothing(ines):
    assert not set_tracking([ines.pk], Tracking.INACTIVE, actor=TESTER).changed
    assert not AuditEntry.objects.filter(action="producer.tracking_changed").exists()


def test_who_is_not_on_the_registry_is_refused_and_the_others_go_on(ines):
    unknown = put_on_file(None)
    dummy = put_on_file("999", entity_type="firm", dummy_npn=True)
    outcome = set_tracking([ines.pk, unknown.pk, dummy.pk], Tracking.ACTIVE, actor=TESTER)
    assert outcome.changed == [ines]
    assert set(outcome.refused) == {unknown, dummy}


def test_tracking_off_asks_nobody(ines):
    Producer.objects.update(tracking="active")
    assert set_tracking([ines.pk], Tracking.INACTIVE, actor=TESTER).changed == [ines]
    assert not Job.objects.exists()


def test_queries_do_not_grow_with_producers():
    counts = []
    for size in (1, 5):
        ids = [put_on_file(f"{size}{index}").pk for index in range(size)]
        with CaptureQueriesContext(connection) as queries:
            set_tracking(ids, Tracking.ACTIVE, actor=TESTER)
        counts.append(len(queries))
    assert counts[0] == counts[1]
