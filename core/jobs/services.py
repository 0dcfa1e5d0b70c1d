"""Asking for jobs, retrying and cancelling them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from core import clock
from core.access import has_right
from core.accounts.models import User
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict, FieldError, InvalidInput
from core.jobs.kinds import JobKind, kind_named
from core.jobs.models import IS_OPEN, Job, JobStatus
from core.jobs.transitions import JOBS
from core.rights import require
from core.secrets import secrets_in
from core.state_table import HasRight, any_right

RUN_TASK = "core.jobs.run"


def enqueue(
    kind: str,
    args: dict[str, Any] | None = None,
    *,
    actor: Actor,
    title: str = "",
    subject_label: str = "",
    dedupe_key: str = "",
    period_key: str = "",
) -> Job:
    """Write a job's row; its id goes to the queue once the transaction has committed.

    While a job with the same ``dedupe_key`` is open, and for ever after one with the same ``period_key``, that job is
    returned instead. Secrets are refused, since arguments are kept and shown.
    """
    _refuse_secrets(args or {})
    job = Job(
        kind=kind,
        title=(title or kind_named(kind).title)[:200],
        subject_label=subject_label[:200],
        args=args or {},
        actor_kind=actor.kind,
        actor_user_id=actor.user_id,
        actor_label=actor.label[:200],
        dedupe_key=dedupe_key,
        period_key=period_key,
    )
    with transaction.atomic():
        existing = _same(job) or _insert(job)
        if existing is not None:
            return existing
        audit.record("job.enqueued", actor=actor, subject=job)
        send(job.pk)
    return job


def send(job_id: UUID) -> None:
    """Send a job's message after commit. Should it get lost, the reaper sends another."""
    transaction.on_commit(lambda: current_app.send_task(RUN_TASK, args=[str(job_id)]), robust=True)


def retry(job: Job, *, actor: Actor) -> Job:
    """Run a failed or cancelled job again; a resumable one goes on where it stopped.

    It takes the right of the kind, of one's own jobs too, and what the kind asks of those who try again.
    """
    kind = kind_named(job.kind)
    require_right_of(kind, actor)
    if kind.rights_to_retry:
        require(actor, *kind.rights_to_retry(**job.args))
    fresh = {
        "error": "",
        "losses": 0,
        "finished_at": None,
        "cancel_requested_at": None,
        "cancelled_by": "",
        "sends": 1,
        "sent_at": timezone.now(),
    }
    with transaction.atomic():
        _refuse_double(job)
        JOBS.apply(job, "retry", _rights(job, actor), changes=fresh)
        audit.record("job.retried", actor=actor, subject=job)
        send(job.pk)
    return job


def cancel(job: Job, *, actor: Actor) -> Job:
    """Take back a waiting job; ask a running one to stop at its next safe point."""
    now = clock.now()
    with transaction.atomic():
        stamp = "finished_at" if job.status == JobStatus.QUEUED else "cancel_requested_at"
        JOBS.apply(
            job, "cancel", _rights(job, actor), changes={stamp: now, "cancelled_by": actor.label[:200]}
        )
        audit.record("job.cancelled", actor=actor, subject=job)
    return job


def require_right_of(kind: JobKind, actor: Actor) -> None:
    """Raise NotAllowed unless the person who acts holds the right of the kind; tasks and machines need none."""
    if kind.right and actor.user_id is not None:
        require(actor, kind.right)


def _refuse_secrets(args: dict[str, Any]) -> None:
    found: list[FieldError] = [
        {"path": path, "code": "secret", "message": f"“{path}” looks like a secret; pass the record's id."}
        for path in secrets_in(args)
    ]
    if found:
        raise InvalidInput(found)


def _same(job: Job) -> Job | None:
    """The job that stands in the way of this one, if there is one."""
    same = Q()
    if job.dedupe_key:
        same |= IS_OPEN & Q(dedupe_key=job.dedupe_key)
    if job.period_key:
        same |= Q(period_key=job.period_key)
    return Job.objects.filter(same).exclude(pk=job.pk).first() if same else None


def _insert(job: Job) -> Job | None:
    """Insert the row; None when that worked, else the job that somebody else inserted at the same moment."""
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        if (faster := _same(job)) is None:
            raise
        return faster
    return None


def _refuse_double(job: Job) -> None:
    other = _same(Job(pk=job.pk, dedupe_key=job.dedupe_key))
    if other is not None:
        raise Conflict(f"The same work is under way already: {other}.", "Wait for it, or cancel it first.")


def _rights(job: Job, actor: Actor) -> HasRight:
    """People may control their own jobs; those of others need the right."""
    if actor.user_id is None or actor.user_id == job.actor_user_id:
        return any_right
    user = User.objects.get(pk=actor.user_id)
    return lambda right: has_right(user, right)
