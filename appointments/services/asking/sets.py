"""Request sets come on file, and are carried out now or by a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError
from django.db import transaction as database

from appointments import access
from appointments.enums import TransactionKind
from appointments.models import BulkRequest
from appointments.services.asking.requests import AT_ONCE
from appointments.services.asking.running import run
from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict
from core.imports.models import ImportRun
from core.jobs.services import enqueue
from core.rights import require

JOB_KIND = "appointments.bulk"


def begin(
    kind: TransactionKind,
    rows: Sequence[dict[str, Any]],
    *,
    actor: Actor,
    wait: bool,
    flags: dict[str, bool],
    planned_from: BulkRequest | None = None,
    bulk_id: UUID | None = None,
) -> BulkRequest:
    """Put a request set on file and have it carried out; NotAllowed before that for want of a right.

    ``wait`` carries up to 100 rows out before it answers. More are done by a job, whatever the caller would like.
    """
    spends = flags.get("submit") or flags.get("submit_just_in_time")
    require(actor, access.PREPARE, access.SUBMIT if spends else "")
    with audit.operation(), database.atomic():
        bulk = put_on_file(kind, rows, actor, planned_from, flags, bulk_id=bulk_id)
        if wait and len(rows) <= AT_ONCE:
            return run(bulk)
        job = enqueue(
            JOB_KIND,
            {"bulk_id": str(bulk.pk)},
            actor=actor,
            title=_title(bulk),
            subject_label=f"{len(rows):,} requests",
            dedupe_key=f"{JOB_KIND}:{bulk.pk}",
        )
        BulkRequest.objects.filter(pk=bulk.pk).update(job_id=job.pk)
        bulk.job_id = job.pk
    return bulk


def put_on_file(
    kind: TransactionKind,
    rows: Sequence[dict[str, Any]],
    actor: Actor,
    planned_from: BulkRequest | None,
    flags: dict[str, bool],
    *,
    bulk_id: UUID | None = None,
    name: str = "",
    upload: ImportRun | None = None,
    upload_rows: Sequence[tuple[int, int, int]] = (),
) -> BulkRequest:
    """A request set as it was asked for; Conflict when the id that the caller gives has been used.

    One of an ``upload`` says of which rows its requests are: ``(number, how many here, how many in all)``.
    """
    bulk = BulkRequest(
        id=bulk_id or uuid4(),
        name=name[:250],
        kind=kind,
        requests=list(rows),
        planned_from=planned_from,
        upload=upload,
        upload_rows=list(upload_rows),
        asked_by_kind=actor.kind,
        asked_by_user_id=actor.user_id,
        asked_by_client_id=actor.client_id[:100],
        asked_by_label=actor.label[:200],
        created_at=clock.now(),
        **flags,
    )
    try:
        with database.atomic():
            bulk.save(force_insert=True)
    except IntegrityError as taken:
        raise Conflict("This request set has been asked for already.", "Look at its result.") from taken
    changes: dict[str, list[Any]] = {name: [None, value] for name, value in flags.items()}
    changes["requests"] = [None, len(rows)]
    if bulk.name:
        changes["name"] = [None, bulk.name]
    audit.record("bulk_request.asked", actor=actor, subject=bulk, changes=changes)
    return bulk


def _title(bulk: BulkRequest) -> str:
    what = f"{TransactionKind(bulk.kind).label.lower()}s"
    if bulk.dry_run:
        return f"Plan {what}"
    return f"Ask for {what}"
