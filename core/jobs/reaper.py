"""Finding jobs that nobody works on: their worker died, or their message was lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import clock
from core.errors import Conflict
from core.jobs import services
from core.jobs.models import Job, JobStatus
from core.jobs.transitions import JOBS

#: After so many workers died over a job in a row it is the job's fault.
MAX_LOSSES = 5
#: A waiting job's message is sent again after this long, then after twice as long, up to 16 times.
RESEND_SECONDS = 30
AT_ONCE = 500


def reap() -> dict[str, int]:
    """Give lapsed jobs back to the queue and send lost messages again."""
    lapsed = list(Job.objects.filter(status=JobStatus.RUNNING, lease_until__lt=timezone.now())[:AT_ONCE])
    waiting = Job.objects.filter(status=JobStatus.QUEUED, sent_at__lt=_sent_before(1))[:AT_ONCE]
    return {
        "lapsed": sum(_recover(job) for job in lapsed),
        "resent": sum(_resend(job) for job in waiting),
    }


def _recover(job: Job) -> bool:
    """Move on one job whose lease has lapsed; False when its worker was back in time after all."""
    lapsed = Q(run_number=job.run_number, lease_until=job.lease_until)
    ended = {"finished_at": clock.now(), "lease_until": None}
    try:
        with transaction.atomic():
            if job.cancel_requested_at:
                JOBS.apply(job, "stop", changes={**ended, "error": "Cancelled."}, where=lapsed)
            elif job.losses >= MAX_LOSSES:
                reason = f"The worker died {job.losses + 1} times over this job."
                JOBS.apply(job, "fail", changes={**ended, "error": reason}, where=lapsed)
            else:
                again = {"losses": job.losses + 1, "lease_until": None, "sent_at": timezone.now(), "sends": 1}
                JOBS.apply(job, "give_back", changes=again, where=lapsed)
                services.send(job.pk)
    except Conflict:
        return False
    return True


def _resend(job: Job) -> bool:
    """Send a waiting job's message again, the less often the longer it waits: the queue may just be long."""
    if job.sent_at > _sent_before(job.sends):
        return False
    unsent = Job.objects.filter(pk=job.pk, status=JobStatus.QUEUED, sent_at=job.sent_at)
    if not unsent.update(sent_at=timezone.now(), sends=job.sends + 1):
        return False
    services.send(job.pk)
    return True


def _sent_before(sends: int) -> datetime:
    return timezone.now() - timedelta(seconds=RESEND_SECONDS * 2 ** min(sends - 1, 4))
