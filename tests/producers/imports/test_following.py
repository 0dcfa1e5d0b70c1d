"""What follows an upload of producers: newcomers are read from the registry once, and get their scorecards."""

from __future__ import annotations

import pytest

from core.imports import services
from core.imports.models import ImportRun
from core.jobs.models import Job
from core.jobs.runner import run_job
from nipr.models import RegistryCall
from producers.enums import SyncStatus
from producers.imports import AGENT, following
from producers.models import Producer, SyncItem, SyncRun
from producers.sync.runs import SYNC_JOB
from rulebook.models import Jurisdiction
from scorecards.models import Scorecard
from tests.producers.cast import put_on_file
from tests.producers.imports.desk import TASK, agent, assigned, person, row
from tests.producers.imports.test_assignments_of_agents import wish

pytestmark = pytest.mark.django_db


def sync_job() -> Job:
    return Job.objects.get(kind=SYNC_JOB)


def test_newcomers_are_put_into_one_sync(desk, monkeypatch):
    monkeypatch.setattr("producers.imports.agent.AgentUpload.rows_at_once", 1)
    run = desk.processed(agent(1), agent(2), agent(3, agency_npn="9900002", agency_name="New Harbor"))
    sync = SyncRun.objects.get()
    assert set(sync.items.values_list("producer__npn", flat=True)) == {
        "88100001", "88100002", "88100003", "9900002"
    }  # fmt: skip
    assert sync.reason == f"New by upload {run.pk}"
    assert sync.asked_by == f"Upload {run.pk} (tests)"
    assert run.results["queued_for_sync"] == 4
    assert person().sync_status == SyncStatus.QUEUED


def test_who_was_on_file_before_is_not_bought(desk):
    put_on_file("88100001", last_name="Abernathy")
    Producer.objects.update(tracking="active")
    desk.processed(agent(1), agent(2))
    assert list(SyncItem.objects.values_list("producer__npn", flat=True)) == ["88100002"]


def test_an_upload_of_nobody_new_buys_nothing(desk):
    put_on_file("88100001", last_name="Abernathy")
    run = desk.processed(agent(1))
    assert not SyncRun.objects.exists()
    assert "queued_for_sync" not in run.results


def test_closing_again_buys_nothing_more(desk):
    run = desk.processed(agent(1))
    assert following.read_newcomers(run) == 0
    assert (SyncRun.objects.count(), SyncItem.objects.count()) == (1, 1)
    assert ImportRun.objects.get(pk=run.pk).results["queued_for_sync"] == 1


def test_who_was_read_in_vain_is_left_to_the_night(desk):
    run = desk.processed(agent(1))
    Producer.objects.filter(npn="88100001").update(sync_status=SyncStatus.NIPR_TIMEOUT)
    assert following.read_newcomers(run) == 0


def test_mended_rows_are_read_in_a_sync_of_their_own(desk):
    run = desk.processed(agent(1), agent(2, states="ZZ"))
    services.mend(run, 3, {"states": ""}, actor=TASK)
    run = desk.process(services.check_again(run, actor=TASK, wait=True))
    assert [sync.items.count() for sync in SyncRun.objects.order_by("pk")] == [1, 1]
    assert run.results["queued_for_sync"] == 2


def test_an_assignment_for_a_synced_producer_has_its_scorecard_at_once(desk):
    ines = put_on_file("88100001", last_name="Abernathy")
    Producer.objects.update(last_synced_at=ines.created_at)
    desk.assigned(wish(1))
    desk.processed(assigned(1, states="CA"))
    assert Scorecard.objects.filter(producer=ines).count() == 2


def test_newcomers_get_their_scorecards_with_their_first_sync(desk, simulator):
    for code in ("FL", "NY"):
        Jurisdiction.objects.get_or_create(code=code, defaults={"name": code})
    people = [npn for npn in simulator.npns if not simulator.report(npn).biographic.company_name][:5]
    desk.processed(
        *(assigned(agent_npn=npn, last_name=simulator.report(npn).biographic.last_name) for npn in people)
    )
    assert not Scorecard.objects.exists()
    run_job(sync_job().pk)
    newcomers = Producer.objects.filter(npn__in=people)
    assert {each.sync_status for each in newcomers} <= {SyncStatus.SUCCESS, SyncStatus.SUCCESS_NO_LICENSES}
    assert Scorecard.objects.count() == RegistryCall.objects.count() == len(people)
    assert AGENT.name == ImportRun.objects.get().type


def test_a_surname_that_is_not_the_registrys_is_told_by_the_first_sync(desk, simulator):
    npn = next(npn for npn in simulator.npns if not simulator.report(npn).biographic.company_name)
    desk.processed(agent(agent_npn=npn, last_name="Wrongly"))
    run_job(sync_job().pk)
    newcomer = Producer.objects.get(npn=npn)
    assert newcomer.last_name == "Wrongly"
    assert "The last name at the registry is" in newcomer.sync_message


def test_newcomers_of_an_upload_whose_job_died_are_read_once_it_is_cancelled(desk):
    run = desk.processed(agent(1))
    SyncItem.objects.all().delete()
    SyncRun.objects.all().delete()
    Producer.objects.update(sync_status=SyncStatus.NOT_STARTED)
    ImportRun.objects.filter(pk=run.pk).update(status="failed", message="Its worker died.")
    services.cancel(run, actor=TASK)
    assert list(SyncItem.objects.values_list("producer__npn", flat=True)) == ["88100001"]


def test_an_upload_leads_to_the_sync_that_reads_its_newcomers(desk):
    run = desk.processed(agent(1))
    [(name, address)] = AGENT.leads_to(run)
    assert name.startswith("the sync that reads them")
    assert address.endswith(f"/syncs/{SyncRun.objects.get().pk}/")


def test_a_row_leads_to_its_producer_and_to_an_agency_that_it_brought(desk):
    run = desk.processed(
        assigned(agency_npn="9900002", agency_name="New Harbor"), agent(2, agency_npn="9900002")
    )
    first, second = (dict(AGENT.row_leads_to(row(run, number))) for number in (2, 3))
    pk = Producer.objects.get(npn="9900002").pk
    assert first.keys() == {"the producer", "the agency"}
    assert first["the agency"] == f"/admin/producers/{pk}/"
    assert second.keys() == {"the producer"}


def test_what_reading_newcomers_spends_is_told_in_words(desk):
    assert AGENT.spending_in_words({}) == ""
    assert AGENT.spending_in_words({"reports": 1, "cost_cents": 129}) == "reading 1 report for $1.29"
    assert (
        AGENT.spending_in_words({"reports": 1200, "cost_cents": 154800})
        == "reading 1,200 reports for $1,548.00"
    )
