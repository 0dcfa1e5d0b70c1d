from __future__ import annotations

import pytest
from django.urls import reverse

from core.actor import Actor
from core.audit.models import AuditEntry
from core.jobs import services
from core.jobs.models import Job
from core.jobs.runner import claim, run_job
from tests.core import test_jobs  # noqa: F401 - its job kinds

pytestmark = pytest.mark.django_db
NIGHT = Actor.task("beat")


@pytest.fixture
def watcher(staff, client_of):
    return client_of(staff("jobs.view_job", "jobs.control_job"))


def page_of(browser, job: Job) -> str:
    return browser.get(job.get_absolute_url()).content.decode()


def test_the_list_shows_jobs_and_leads_to_them(watcher):
    job = services.enqueue("tests.count", actor=NIGHT, subject_label="three numbers")
    text = watcher.get(reverse("jobs:list")).content.decode()
    assert "Count · three numbers" in text
    assert job.get_absolute_url() in text


def test_a_running_job_follows_itself_and_says_how_far_it_is(watcher):
    job = services.enqueue("tests.count", actor=NIGHT)
    claim(job.pk)
    Job.objects.update(done=30, total=120, counts={"cost_cents": 275, "changes": 4})
    text = page_of(watcher, job)
    assert f'hx-get="{reverse("jobs:progress", args=[job.pk])}"' in text
    assert 'role="progressbar"' in text
    assert 'aria-valuenow="25"' in text
    assert "$2.75" in text
    part = watcher.get(reverse("jobs:progress", args=[job.pk]))
    assert "30 of 120 done" in " ".join(part.content.decode().split())


def test_when_the_job_has_ended_the_page_loads_itself_once_more_and_rests(watcher):
    job = services.enqueue("tests.count", actor=NIGHT)
    run_job(job.pk)
    assert watcher.get(reverse("jobs:progress", args=[job.pk])).headers["HX-Refresh"] == "true"
    text = page_of(watcher, job)
    assert reverse("jobs:progress", args=[job.pk]) not in text
    assert "Counted." in text


def test_a_failure_is_shown_with_a_button_to_try_again(watcher):
    job = services.enqueue("tests.refuse", actor=NIGHT)
    run_job(job.pk)
    text = page_of(watcher, job)
    assert "The registry is closed. Try again on Monday." in text
    assert "Try again</button>" in text
    watcher.post(reverse("jobs:retry", args=[job.pk]))
    assert Job.objects.get().status == "queued"


def test_a_waiting_job_can_be_cancelled(watcher):
    job = services.enqueue("tests.count", actor=NIGHT)
    answer = watcher.post(reverse("jobs:cancel", args=[job.pk]), follow=True)
    assert "What is done stays done." in answer.content.decode()
    assert Job.objects.get().status == "cancelled"


def test_a_move_that_is_not_possible_any_more_is_explained(watcher):
    job = services.enqueue("tests.count", actor=NIGHT)
    run_job(job.pk)
    answer = watcher.post(reverse("jobs:cancel", args=[job.pk]), follow=True)
    assert "is not possible while it is “done”" in answer.content.decode()


def test_reading_pages_changes_nothing(watcher):
    job = services.enqueue("tests.count", actor=NIGHT)
    assert watcher.get(reverse("jobs:cancel", args=[job.pk])).status_code == 405
    assert watcher.get(reverse("jobs:retry", args=[job.pk])).status_code == 405


def test_without_the_right_people_see_only_their_own_jobs(staff, client_of):
    user = staff()
    browser = client_of(user)
    mine = services.enqueue("tests.count", actor=Actor.person(user))
    other = services.enqueue("tests.count", actor=NIGHT)
    assert browser.get(mine.get_absolute_url()).status_code == 200
    for name in ("detail", "progress"):
        assert browser.get(reverse(f"jobs:{name}", args=[other.pk])).status_code == 404
    for name in ("retry", "cancel"):
        assert browser.post(reverse(f"jobs:{name}", args=[other.pk])).status_code == 404


def test_the_audit_page_is_for_those_who_may_read_it(staff, client_of):
    services.enqueue("tests.count", actor=NIGHT)
    assert AuditEntry.objects.exists()
    assert client_of(staff()).get(reverse("audit:list")).status_code == 403
    auditor = client_of(staff("audit.view_auditentry", email="otto@example.org"))
    assert "Job: enqueued" in auditor.get(reverse("audit:list")).content.decode()


def test_the_newest_audit_entry_comes_first(staff, client_of):
    for kind in ("tests.count", "tests.refuse"):
        services.enqueue(kind, actor=NIGHT)
    text = client_of(staff("audit.view_auditentry")).get(reverse("audit:list")).content.decode()
    assert text.index("Refuse") < text.index("Count</td>")
