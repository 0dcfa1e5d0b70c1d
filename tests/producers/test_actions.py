from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from core import clock
from core.audit.models import AuditEntry
from core.jobs.models import Job
from producers.models import Change, Producer, SyncItem, SyncRun
from producers.signals import refresh_asked
from tests.producers.cast import find_change, put_on_file

pytestmark = pytest.mark.django_db
ACTIONS = ["sync", "refresh", "tracking"]


def url(name: str, producer: Producer) -> str:
    return reverse(f"producers:{name}", args=[producer.pk])


def said(answer) -> str:
    return " ".join(str(message) for message in answer.wsgi_request._messages)


def test_sync_now_asks_for_one_report(specialist, ines, leo):
    answer = specialist.post(url("sync", ines))
    assert answer.url == url("page", ines)
    assert SyncItem.objects.get().producer == ines
    assert Job.objects.get(kind="producers.sync_producers").actor_user_id == leo.pk


def test_refresh_reads_the_registry_when_its_copy_is_old(specialist, ines):
    specialist.post(url("refresh", ines))
    assert SyncItem.objects.count() == 1


def test_refresh_spends_nothing_when_the_facts_are_of_today(specialist, ines):
    Producer.objects.update(last_synced_at=clock.now(), sync_status="success")
    asked: list[set[int]] = []

    def listen(producer_ids, **_):
        asked.append(producer_ids)

    refresh_asked.connect(listen)
    answer = specialist.post(url("refresh", ines))
    refresh_asked.disconnect(listen)
    assert asked == [{ines.pk}]
    assert not SyncItem.objects.exists()
    assert "Nothing was spent" in said(answer)


@pytest.mark.parametrize("name", ["sync", "refresh"])
def test_who_is_not_on_the_registry_gets_a_sentence(specialist, name):
    agency = put_on_file("999", entity_type="firm", dummy_npn=True)
    assert "has no NPN that the registry knows" in said(specialist.post(url(name, agency)))
    assert not Job.objects.exists()


def test_tracking_is_switched(specialist, ines):
    specialist.post(url("tracking", ines), {"tracking": "active"})
    ines.refresh_from_db()
    assert ines.tracking == "active"


def test_a_tracking_that_does_not_exist_is_refused(specialist, ines):
    assert "Choose active or inactive" in said(specialist.post(url("tracking", ines), {"tracking": "maybe"}))


@pytest.mark.parametrize("name", ACTIONS)
def test_without_the_right_nothing_happens(auditor, ines, name):
    answer = auditor.post(url(name, ines), {"tracking": "active"})
    assert answer.status_code == 403
    assert "This needs the right" in answer.content.decode()
    assert not Job.objects.exists()
    assert not Producer.objects.filter(tracking="active").exists()


@pytest.mark.parametrize("name", [*ACTIONS, "reveal", "edit", "assignment_new"])
def test_a_stranger_is_sent_to_the_door(client_of, stranger, ines, name):
    assert client_of(stranger).post(url(name, ines)).status_code == 302
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", ACTIONS)
def test_reading_an_address_never_acts(specialist, ines, name):
    assert specialist.get(url(name, ines)).status_code == 405


class TestReveal:
    @pytest.fixture
    def ines(self, db):
        return put_on_file("88100001", ssn="123-45-6789", birth_date=date(1980, 2, 3))

    def test_asks_for_a_reason_first(self, admin, ines):
        assert "123-45-6789" not in admin.get(url("reveal", ines)).content.decode()

    def test_shows_it_once_and_keeps_it_out_of_every_cache(self, admin, ines):
        answer = admin.post(url("reveal", ines), {"what": "ssn", "reason": "W-9 for the carrier"})
        assert "123-45-6789" in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
        assert AuditEntry.objects.filter(action="producer.ssn_revealed").count() == 1
        assert "123-45-6789" not in admin.get(url("reveal", ines)).content.decode()

    def test_shows_a_date_of_birth(self, admin, ines):
        answer = admin.post(url("reveal", ines), {"what": "birth_date", "reason": "Background check"})
        assert "1980-02-03" in answer.content.decode()

    def test_a_reason_that_is_none_shows_nothing(self, admin, ines):
        answer = admin.post(url("reveal", ines), {"what": "ssn", "reason": "x"})
        assert "Say why you need to see it" in answer.content.decode()
        assert "123-45-6789" not in answer.content.decode()

    def test_is_a_right_of_its_own(self, specialist, ines):
        answer = specialist.post(url("reveal", ines), {"what": "ssn", "reason": "W-9 for the carrier"})
        assert answer.status_code == 403
        assert "123-45-6789" not in answer.content.decode()


class TestAcknowledge:
    def test_one_change(self, specialist, ines, leo):
        seen, other = find_change(ines), find_change(ines)
        specialist.post(reverse("producers:acknowledge"), {"change": seen.pk})
        assert Change.objects.get(pk=seen.pk).acknowledged_by == leo
        assert Change.objects.get(pk=other.pk).acknowledged_at is None

    def test_all_of_one_producer(self, specialist, ines):
        others = find_change(put_on_file("2"))
        find_change(ines)
        specialist.post(reverse("producers:acknowledge"), {"producer": ines.pk})
        assert list(Change.objects.filter(acknowledged_at=None)) == [others]

    @pytest.mark.parametrize("asked", [{}, {"change": "0"}, {"producer": "x"}])
    def test_nothing_that_is_not_there(self, specialist, ines, asked):
        assert specialist.post(reverse("producers:acknowledge"), asked).status_code == 404

    def test_not_without_the_right(self, auditor, ines):
        find_change(ines)
        assert auditor.post(reverse("producers:acknowledge"), {"producer": ines.pk}).status_code == 403


class TestRunPage:
    @pytest.fixture
    def run(self, ines) -> SyncRun:
        run = SyncRun.objects.create(
            kind="nightly",
            status="stopped",
            message="Too much vanished.",
            started_at=clock.now(),
            cost_cents=516,
        )
        SyncItem.objects.create(
            run=run, producer=ines, status="nipr_timeout", message="It did not answer.", done_at=clock.now()
        )
        find_change(ines, run=run)
        return run

    def test_says_what_failed_what_it_cost_and_what_changed(self, auditor, run):
        page = auditor.get(reverse("producers:run", args=[run.pk])).content.decode()
        for words in (
            "Too much vanished.",
            "$5.16",
            "NIPR Timeout",
            "It did not answer.",
            "OR Insurance Producer",
        ):
            assert words in page

    def test_accepting_the_removals_reads_the_rest_again(self, specialist, run, ines):
        specialist.post(reverse("producers:run_accept", args=[run.pk]))
        again = SyncRun.objects.exclude(pk=run.pk).get()
        assert again.removals_accepted
        assert again.items.get().producer == ines

    def test_accepting_needs_the_right_to_sync(self, auditor, run):
        assert auditor.post(reverse("producers:run_accept", args=[run.pk])).status_code == 403

    def test_only_a_stopped_run_has_removals_to_accept(self, specialist, run):
        SyncRun.objects.update(status="done")
        assert specialist.post(reverse("producers:run_accept", args=[run.pk])).status_code == 404
