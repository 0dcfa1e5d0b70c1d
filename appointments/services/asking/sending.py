"""Submitting what a request set has made ready, where it was asked for with ``submit``."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction as database
from django.db.models import Sum
from django.db.models.functions import Coalesce

from appointments.enums import TransactionStatus
from appointments.models import BulkRequest, Transaction
from appointments.services.handling.results import HandledOne
from appointments.services.handling.submit import submit
from core.actor import Actor
from core.jobs.context import JobContext
from core.rights import rights_of

AT_ONCE = 500


def send_ready(bulk: BulkRequest, actor: Actor, ctx: JobContext | None) -> str:
    """Submit the ready ones, just-in-time ones only where they were asked for; the sentence of what was refused.

    The second key goes by the cost of the whole request set, not by that of a chunk.
    """
    kinds = [late for late, asked in ((False, bulk.submit), (True, bulk.submit_just_in_time)) if asked]
    if not kinds:
        return ""
    ours = Transaction.objects.filter(bulk_request=bulk, just_in_time__in=kinds)
    cents = _cost(bulk, kinds)
    refused: list[HandledOne] = []
    last = int(ctx.checkpoint.get("submitted", 0)) if ctx else 0
    ready = ours.filter(status=TransactionStatus.READY_TO_SUBMIT).order_by("pk").values_list("pk", flat=True)
    while ids := list(ready.filter(pk__gt=last)[:AT_ONCE]):
        last = ids[-1]
        refused += _submit(ids, bulk, actor, cents, ctx)
    return sentence_of(refused)


def _submit(
    ids: list[int], bulk: BulkRequest, actor: Actor, cents: int, ctx: JobContext | None
) -> Iterator[HandledOne]:
    if ctx is not None:
        ctx.raise_if_cancelled()
    with database.atomic():
        handled = submit(
            ids, confirm_cents=None, actor=actor, has_right=rights_of(actor), selection_cents=cents
        )
        if ctx is not None:
            # What a person takes back after this stays taken back, though the job be run again.
            ctx.save_checkpoint(done=bulk.done, submitted=ids[-1])
    yield from handled.refused


def _cost(bulk: BulkRequest, kinds: list[bool]) -> int:
    """What everything that is to be submitted costs, what has been submitted by an earlier run among it."""
    spent = Transaction.objects.filter(bulk_request=bulk, just_in_time__in=kinds, for_cause=False)
    sums = spent.aggregate(state=Coalesce(Sum("state_fee_cents"), 0), nipr=Coalesce(Sum("nipr_fee_cents"), 0))
    return int(sums["state"] + sums["nipr"])


def sentence_of(refused: list[HandledOne]) -> str:
    """How many were refused, and why the first was; blank where none was."""
    if not refused:
        return ""
    first = refused[0]
    return f"{len(refused):,} were not submitted. {first.number}: {first.message} {first.fix}".strip()
