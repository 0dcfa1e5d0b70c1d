"""How a job moves."""

from __future__ import annotations

from core.jobs.models import Job, JobStatus
from core.state_table import Move, StateTable

CONTROL = "jobs.control_job"


def _not_asked_yet(job: Job) -> str:
    return "It has been asked to stop already." if job.cancel_requested_at else ""


JOBS = StateTable[Job](
    [
        Move(JobStatus.QUEUED, "claim", JobStatus.RUNNING),
        Move(JobStatus.RUNNING, "finish", JobStatus.DONE),
        Move(JobStatus.RUNNING, "fail", JobStatus.FAILED),
        Move(JobStatus.RUNNING, "give_back", JobStatus.QUEUED),
        Move(JobStatus.RUNNING, "stop", JobStatus.CANCELLED),
        Move(JobStatus.QUEUED, "cancel", JobStatus.CANCELLED, CONTROL, label="Cancel"),
        Move(JobStatus.RUNNING, "cancel", JobStatus.RUNNING, CONTROL, _not_asked_yet, label="Cancel"),
        Move(JobStatus.FAILED, "retry", JobStatus.QUEUED, CONTROL, label="Try again"),
        Move(JobStatus.CANCELLED, "retry", JobStatus.QUEUED, CONTROL, label="Try again"),
    ]
)
