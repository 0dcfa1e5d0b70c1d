"""The job that carries request sets out."""

from __future__ import annotations

from typing import Any

from appointments import access
from appointments.models import BulkRequest
from appointments.services.asking import running
from appointments.services.asking.sets import JOB_KIND
from core.errors import DomainError, NotAllowed
from core.jobs.context import CancelRequested, JobContext, JobInterrupted
from core.jobs.kinds import job_kind


def _refused(ctx: JobContext, refusal: NotAllowed) -> None:
    running.fail(ctx.job.args["bulk_id"], str(refusal))


@job_kind(
    JOB_KIND,
    title="Ask for appointments or terminations",
    resumable=True,
    right=access.PREPARE,
    refused=_refused,
)
def carry_out(ctx: JobContext, bulk_id: str) -> dict[str, Any]:
    """Judge and write a request set, 500 rows at a time; run again it goes on where it stopped."""
    bulk = BulkRequest.objects.select_related("planned_from").get(pk=bulk_id)
    try:
        running.run(bulk, ctx)
    except CancelRequested:
        running.fail(bulk_id, f"Cancelled after {bulk.done:,} of {len(bulk.requests):,} rows.")
        raise
    except JobInterrupted:
        raise
    except DomainError as refusal:
        running.fail(bulk_id, str(refusal))
        raise
    except Exception:
        running.fail(bulk_id, "Something went wrong inside. Retry its job: it goes on where it stopped.")
        raise
    return {"status": bulk.status, "message": bulk.message, "counts": bulk.counts.get("status", {})}
