"""The nightly sync itself: one that ended badly, and one that did not come at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone

from core import clock
from core.accounts.models import User
from core.jobs.models import IS_OPEN, Job, JobStatus
from core.notices.models import Severity
from core.notices.watches import Matter, Topic, Watch, Words
from core.words import counted
from producers.access import SYNC_PRODUCERS
from producers.enums import SyncRunKind, SyncRunStatus, Tracking
from producers.models import Producer, SyncRun
from producers.notices.wording import day, sentences
from producers.sync.runs import NIGHTLY_JOB

FAILED = "sync.failed"
STOPPED = "sync.stopped"
WITH_FAILURES = "sync.with_failures"
MISSING = "sync.missing"

A_DAY = timedelta(hours=26)
"""A day, and two hours for a night that takes longer than the one before."""


def look(today: date) -> Iterator[Matter]:
    """The latest nightly run, if it needs somebody; and that none has begun for more than a day."""
    runs = SyncRun.objects.filter(kind=SyncRunKind.NIGHTLY).order_by("-started_at", "-pk")
    latest = runs.first()
    if latest is not None and (code := _trouble(latest)):
        yield _matter(latest, code)
    yield from _missing(latest)


def _trouble(run: SyncRun) -> str:
    """What is wrong with a run; empty when nothing is, or while it runs."""
    if run.status == SyncRunStatus.STOPPED:
        return STOPPED
    if run.status == SyncRunStatus.FAILED or _died(run):
        return FAILED
    if run.status == SyncRunStatus.INCOMPLETE or run.failed:
        return WITH_FAILURES if run.finished_at else ""
    return ""


def _died(run: SyncRun) -> bool:
    """Whether its job failed before it could close the run."""
    if run.status != SyncRunStatus.RUNNING or run.job_id is None:
        return False
    return Job.objects.filter(pk=run.job_id, status=JobStatus.FAILED).exists()


def _matter(run: SyncRun, code: str) -> Matter:
    facts = {"on": _business_day(run.started_at), "failed": run.failed, "message": run.message}
    return Matter(
        code=code,
        subject=f"sync_run:{run.pk}",
        label=str(run),
        url=reverse("producers:run", args=[run.pk]),
        facts=facts,
    )


def _missing(latest: SyncRun | None) -> Iterator[Matter]:
    """Nothing is missed while nobody is tracked, in the first night after somebody is, or while one is under way."""
    a_day_ago, last = clock.now() - A_DAY, latest.started_at if latest else None
    if last is not None and last >= a_day_ago:
        return
    if Job.objects.filter(IS_OPEN, kind=NIGHTLY_JOB, created_at__gte=a_day_ago).exists():
        return
    since = Producer.objects.filter(tracking=Tracking.ACTIVE).aggregate(first=Min("created_at"))["first"]
    if since is None or (last is None and since >= a_day_ago):
        return
    yield Matter(
        code=MISSING,
        subject="sync:nightly",
        label="Nightly sync",
        url=f"{reverse('producers:runs')}?kind={SyncRunKind.NIGHTLY.value}",
        facts={"last": _business_day(last) if last else None},
    )


def _business_day(moment: datetime) -> date:
    return timezone.localdate(moment, timezone.get_default_timezone())


# Words


def _of_a_run(what: str, next_step: str) -> Callable[[Sequence[Matter], User | None], Words]:
    def words(matters: Sequence[Matter], _owner: User | None) -> Words:
        run = matters[0]
        failed = run.facts["failed"]
        hurt = f"{counted(failed, 'producer')} could not be read." if failed else ""
        title = f"The nightly sync of {day(run.facts['on'])} {what}"
        return Words(title, sentences(run.facts["message"], hurt, next_step), run.url)

    return words


def _not_run(matters: Sequence[Matter], _owner: User | None) -> Words:
    last = matters[0].facts["last"]
    when = f"The last one began on {day(last)}." if last else "There has never been one."
    body = sentences(
        when,
        "Changes at the registry are not seen until it runs; after 14 days alerts are lost and reports must be bought.",
        "Look at the jobs of the last night, and whether a worker and beat run.",
    )
    return Words("The nightly sync has not run for more than a day", body, matters[0].url)


NIGHTLY = Watch(
    "producers.nightly",
    look,
    (
        Topic(
            FAILED,
            SYNC_PRODUCERS,
            _of_a_run("failed", "The next one catches up; if it fails too, mend the cause first."),
            Severity.URGENT,
            by_mail=True,
        ),
        Topic(
            STOPPED,
            SYNC_PRODUCERS,
            _of_a_run("was stopped", "Decide on the run's page whether the removals are right."),
            Severity.URGENT,
            by_mail=True,
        ),
        Topic(
            WITH_FAILURES,
            SYNC_PRODUCERS,
            _of_a_run("did not read everything", "The run's page says which producers, and why."),
            Severity.WARNING,
        ),
        Topic(MISSING, SYNC_PRODUCERS, _not_run, Severity.URGENT, by_mail=True),
    ),
)
