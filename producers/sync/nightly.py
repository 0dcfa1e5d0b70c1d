"""The nightly run: subscriptions equal to tracking, the days' alerts, full reports only where alerts are no help.

Nothing is lost by a night that fails: each subscription remembers the last day that was read, a reason to look at a
full report stays on the producer until it was done, and what another run left unfinished is taken along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from core import clock
from core.jobs.models import IS_OPEN, Job
from nipr.client import RegistryClient
from nipr.errors import ErrorKind, NoAlertsToday, RegistryError, ReportNotReady
from nipr.ledger import asking
from nipr.wire.messages import AddInfo, AlertsReport, EntityAlert
from producers.enums import SYNCED, SyncRunKind, SyncRunStatus, SyncSource, SyncStatus, Tracking
from producers.models import AlertSubscription, Producer, SyncItem, SyncRun, SyncState
from producers.sync import outcomes, subscriptions
from producers.sync.alerts import sync_alerts
from producers.sync.claims import ensure_states
from producers.sync.engine import BATCH
from producers.sync.guard import TooMuchVanished
from producers.sync.outcomes import Outcome
from producers.sync.reading import Reading, client_for, closed_when_cancelled, ended, summary
from producers.sync.reporting import Reporter
from producers.sync.runs import add_items, close_items, close_run, open_run

REGISTRY_ZONE = ZoneInfo("America/Chicago")
"""The registry stamps its alerts in Central time."""

CATCH_UP_DAYS = 14
"""The registry keeps the alerts of so many days."""

LATE_DAYS = 3
"""Alerts that are not ready after a weekend and a day more never come: the registry may have had a holiday."""

MISSED_TOO_MUCH = f"More than {CATCH_UP_DAYS} days of alerts were missed."
NEVER_CAME = "The alerts of a day never came."
UNREADABLE_ALERT = "An alert about this producer could not be read."
ALERT_BEFORE_REPORT = "There was an alert, but no full report to build on."

ASKED_AGAIN = (
    SyncStatus.NOT_STARTED,
    SyncStatus.QUEUED,
    SyncStatus.PROCESSING,
    SyncStatus.NIPR_TIMEOUT,
    SyncStatus.NIPR_ERROR,
    SyncStatus.RETRY_ERROR,
)
"""Not Invalid NPN and Processing Error: the same document would be bought again every night to fail again."""


def run_of_job(job_id: UUID, *, asked_by: str) -> SyncRun:
    """The run of a job; a job that is run again goes on with it."""
    run = SyncRun.objects.filter(job_id=job_id).first()
    if run is None:
        run = open_run(SyncRunKind.NIGHTLY, asked_by=asked_by, reason="Nightly sync")
        run.job_id = job_id
    run.status = SyncRunStatus.RUNNING
    run.save(update_fields=["job_id", "status"])
    return run


def carry_out(
    run: SyncRun, reporter: Reporter, *, today: date | None = None, asked_by_kind: str = "task"
) -> SyncRun:
    """The whole night, for ``today`` or the business day it is."""
    with client_for(run) as client, asking(run.asked_by, run.reason, kind=asked_by_kind):
        night = Night(run, client, reporter, today or clock.today())
        with closed_when_cancelled(night.reading):
            status, problems = night.carry_out()
    close_run(run, status, " ".join([*problems, summary(run)]))
    return run


def tracked() -> QuerySet[Producer]:
    """Whom the nightly run looks after."""
    return Producer.objects.filter(tracking=Tracking.ACTIVE, dummy_npn=False).exclude(npn=None)


def tracked_ids() -> list[int]:
    return list(tracked().order_by("pk").values_list("pk", flat=True))


def days_to_read(last: date, today: date) -> list[date]:
    """Working days after ``last`` up to today; the registry has no alerts at weekends, and keeps them for a while."""
    first = max(last + timedelta(days=1), today - timedelta(days=CATCH_UP_DAYS))
    days = (first + timedelta(days=n) for n in range((today - first).days + 1))
    return [day for day in days if day.weekday() < 5]


@dataclass(slots=True)
class Night:
    """One nightly run on its way."""

    run: SyncRun
    client: RegistryClient
    reporter: Reporter
    today: date
    problems: list[str] = field(default_factory=list)
    status: SyncRunStatus = SyncRunStatus.DONE
    covered: int = 0
    """Producers of whom the alerts have told everything there is."""
    reading: Reading = field(init=False)

    def __post_init__(self) -> None:
        self.reading = Reading(self.run, self.client, self.reporter)

    def carry_out(self) -> tuple[SyncRunStatus, list[str]]:
        self._take_over_unfinished()
        try:
            subscriptions.keep_equal(self.client, self.reporter, today=self.today)
            for subscription in AlertSubscription.objects.order_by("name"):
                self.reporter.raise_if_cancelled()
                self._read_subscription(subscription)
        except TooMuchVanished as stopped:
            self.reading.refuse(stopped, SyncSource.ALERTS)
            return SyncRunStatus.STOPPED, [str(stopped)]
        except RegistryError as error:
            if error.kind is ErrorKind.FIX_CONFIGURATION:
                return SyncRunStatus.FAILED, [error.message]
            self._problem(f"{error.message.rstrip('.')}. The next nightly sync catches up.")
        self._count_the_quiet()
        add_items(self.run, self._not_cleared_by_addinfo(self._report_wanted()))
        status, message = ended(self.reading)
        if message:
            self.problems.append(message)
        return (status if status is not SyncRunStatus.DONE else self.status), self.problems

    def _problem(self, sentence: str) -> None:
        self.status = SyncRunStatus.INCOMPLETE
        self.problems.append(sentence)
        self.reporter.log(sentence, "warning")

    # Runs that were killed

    def _take_over_unfinished(self) -> None:
        """Go on with the producers of runs that nobody works at any more."""
        alive = SyncState.objects.filter(claimed_until__gte=timezone.now()).values("claim")
        dead = (
            SyncRun.objects.filter(status=SyncRunStatus.RUNNING)
            .exclude(pk=self.run.pk)
            .exclude(job_id__in=Job.objects.filter(IS_OPEN).values("pk"))
            .exclude(claim__in=alive)
        )
        for run in dead:
            waiting = run.items.filter(source=SyncSource.ENTITY_REPORT, done_at=None)
            ids = list(waiting.values_list("producer_id", flat=True))
            add_items(self.run, ids)
            moved = f"Gone on with in run {self.run.pk}."
            close_items(run, [Outcome(pk, SyncStatus.QUEUED, summary=moved, skipped=True) for pk in ids])
            close_run(run, SyncRunStatus.FAILED, f"Ended before it was finished. {moved}")
            self.reporter.log(f"Run {run.pk} was not finished: going on with its {len(ids):,} producers.")

    # Alerts

    def _read_subscription(self, subscription: AlertSubscription) -> None:
        """The days that were not read yet, in order: a day replaces what the days before it said."""
        last = subscription.last_report_day or self.today - timedelta(days=1)
        if (self.today - last).days > CATCH_UP_DAYS:
            self._want_reports(Q(alert_target__subscription=subscription), MISSED_TOO_MUCH)
        until = clock.now()
        for day in days_to_read(last, self.today):
            try:
                self._apply(self.client.alerts_report(day, subscription.name), day)
            except NoAlertsToday:
                self.reporter.log(f"Alerts of {day}: none.")
            except ReportNotReady:
                if day == self.today:
                    self.reporter.log("Today's alerts are not ready yet; the next run reads them.")
                    until = day_before_ends(day)
                    break
                if (self.today - day).days <= LATE_DAYS:
                    self._problem(
                        f"The alerts of {day} are not ready at the registry; the next run reads them."
                    )
                    return
                # The days after it must not wait for ever: what it would have said, full reports say.
                self._want_reports(Q(alert_target__subscription=subscription), NEVER_CAME)
                self._problem(f"The alerts of {day} never came; full reports are looked at instead.")
            self._day_is_read(subscription, day)
        self._covered(subscription, until)

    def _day_is_read(self, subscription: AlertSubscription, day: date) -> None:
        """Today may still bring alerts, so it is read again tomorrow; a day twice does no harm."""
        if day < self.today:
            subscription.last_report_day = day
            subscription.save(update_fields=["last_report_day"])
        if day.isoformat() not in self.run.days_read:
            self.run.days_read = sorted([*self.run.days_read, day.isoformat()])
            self.run.save(update_fields=["days_read"])

    def _apply(self, report: AlertsReport, day: date) -> None:
        for problem in report.problems:
            self.reporter.log(f"Alert of {day} about NPN {problem.npn}: {problem.message}", "warning")
        self._want_reports(
            Q(npn__in=[problem.npn for problem in report.problems if problem.npn]), UNREADABLE_ALERT
        )
        entities = iter(self._of_interest(report, day))
        while batch := list(islice(entities, BATCH)):
            done = sync_alerts(batch, known_at=clock.now(), sitting=self.reading.sitting)
            self._want_reports(Q(pk__in=[each.producer_id for each in done if each.failed]), UNREADABLE_ALERT)
            self._close([outcome for outcome in done if outcome.changed or outcome.failed])
        self.reporter.log(f"Alerts of {day}: {len(report.entities):,} producers.")

    def _of_interest(self, report: AlertsReport, day: date) -> Iterator[tuple[int, EntityAlert]]:
        """Alerts about producers we track, unless a full report that is younger than the alert was read."""
        rows = tracked().filter(npn__in=[entity.npn for entity in report.entities])
        known = {npn: (pk, read_at) for pk, npn, read_at in rows.values_list("pk", "npn", "last_report_at")}
        unknown = sorted({entity.npn for entity in report.entities} - known.keys())
        if unknown:
            shown = ", ".join(unknown[:10])
            self.reporter.log(f"Alerts of {day} about NPNs that are not tracked here were left out: {shown}.")
        unread = [pk for pk, read_at in known.values() if read_at is None]
        self._want_reports(Q(pk__in=unread), ALERT_BEFORE_REPORT)
        for entity in report.entities:
            pk, read_at = known.get(entity.npn, (0, None))
            if read_at is not None and registry_day(read_at) <= day:
                yield pk, entity

    def _close(self, done: list[Outcome]) -> None:
        """A producer with alerts on several days is one item of the run, with all its changes."""
        earlier = dict(
            self.run.items.filter(
                source=SyncSource.ALERTS, producer_id__in=[outcome.producer_id for outcome in done]
            ).values_list("producer_id", "changes")
        )
        close_items(self.run, done, SyncSource.ALERTS)
        again = [outcome for outcome in done if earlier.get(outcome.producer_id)]
        for outcome in again:
            total = earlier[outcome.producer_id] + outcome.changes
            item = self.run.items.filter(source=SyncSource.ALERTS, producer_id=outcome.producer_id)
            item.update(changes=total, message=f"{outcomes.counted(total, 'change')}.")
        self.reporter.count(
            changed=sum(outcome.changed for outcome in done), changes=sum(outcome.changes for outcome in done)
        )

    def _covered(self, subscription: AlertSubscription, until: datetime) -> None:
        """Everybody is as fresh as the alerts, or as a younger report; whom nothing was said of is unchanged.

        While today's alerts are not out, nobody's facts are today's: Refresh still reads the registry.
        """
        followed = Producer.objects.filter(alert_target__subscription=subscription, sync_status__in=SYNCED)
        self.covered += followed.filter(last_report_at__isnull=False).update(
            last_synced_at=Greatest("last_report_at", Value(until))
        )

    def _count_the_quiet(self) -> None:
        """Whom nothing was said of counts as looked at, and unchanged."""
        told_of = self.run.items.filter(source=SyncSource.ALERTS).count()
        quiet = max(self.covered - told_of, 0)
        counts = SyncRun.objects.filter(pk=self.run.pk)
        counts.update(producers=F("producers") + quiet, unchanged=F("unchanged") + quiet)
        self.reporter.count(producers=quiet + told_of)

    # Full reports

    def _want_reports(self, whom: Q, reason: str) -> None:
        """Have the full reports of some producers looked at, tonight or as soon as the registry lets us."""
        ids = list(tracked().filter(whom).values_list("pk", flat=True))
        ensure_states(ids)
        SyncState.objects.filter(producer_id__in=ids).update(report_wanted=reason)

    def _report_wanted(self) -> list[Producer]:
        """Tracked producers for whom alerts are not enough: never read, failed last time, or a reason was noted."""
        waiting = SyncItem.objects.filter(done_at=None, run__status=SyncRunStatus.RUNNING).exclude(
            run=self.run
        )
        never_read = Q(last_report_at=None) & ~Q(
            sync_status__in=[SyncStatus.INVALID_NPN, SyncStatus.PROCESSING_ERROR]
        )
        noted = SyncState.objects.exclude(report_wanted="").values("producer")
        wanted = tracked().filter(never_read | Q(sync_status__in=ASKED_AGAIN) | Q(pk__in=noted))
        return list(
            wanted.exclude(pk__in=waiting.values("producer_id")).defer("ssn", "birth_date").order_by("pk")
        )

    def _not_cleared_by_addinfo(self, producers: Iterable[Producer]) -> Iterator[int]:
        """The ids of those whose report has to be bought. Asking when somebody last changed is free."""
        for producer in producers:
            if producer.last_report_at is None or producer.npn is None:
                yield producer.pk
                continue
            read_on = registry_day(producer.last_report_at)
            if changed_since(self.client.add_info(producer.npn), read_on):
                yield producer.pk
            else:
                self._clear(producer, read_on)

    def _clear(self, producer: Producer, read_on: date) -> None:
        """Nothing has changed: what is known is what a report would say."""
        held = producer.licenses.filter(known_to=None, removed_at=None).exists()
        remark = producer.sync_state.remark if hasattr(producer, "sync_state") else ""
        said = outcomes.alerted(producer.pk, has_licenses=held, changes=0, changed=False, remark=remark)
        outcomes.record([said], known_at=clock.now(), full_report=False)
        SyncState.objects.filter(producer=producer).update(report_wanted="")
        self.reporter.log(
            f"NPN {producer.npn}: unchanged at the registry since {read_on}; no report was bought."
        )
        self.reporter.count(reports_not_needed=1)


def registry_day(moment: datetime) -> date:
    """The day it is at the registry: what is dated there is dated so, whatever day it is at the business."""
    return timezone.localdate(moment, REGISTRY_ZONE)


def day_before_ends(day: date) -> datetime:
    """The last moment before a day of the business, which is what Refresh goes by."""
    return timezone.make_aware(datetime.combine(day, time.min)) - timedelta(microseconds=1)


def changed_since(info: AddInfo | None, day: date) -> bool:
    """Whether an entity may have changed on or after a day. A registry that does not say is taken to mean yes."""
    if info is None or info.licensing is None or info.demographics is None:
        return True
    dates = (info.demographics, info.licensing, info.appointments, info.regulatory_actions)
    return any(each is not None and each >= day for each in dates)
