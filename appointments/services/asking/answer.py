"""What a request set came to, in the shape of the REST API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count

from appointments.enums import BulkStatus, TransactionStatus
from appointments.models import BulkRequest, Transaction
from appointments.services.asking import shelf
from appointments.services.asking.drafts import Tally
from appointments.services.asking.entries import COLUMNS, money, request_entry, written_entry

ROWS_AT_ONCE = 1000


def answer_of(bulk: BulkRequest) -> dict[str, Any]:
    """``{"id", "status", "requests": [...], "counts", "cost"}``; amounts are text with two decimals.

    All of it in memory: for large sets see ``answer_text``.
    """
    return {**summary_of(bulk), "requests": list(request_answers(bulk))}


def request_answers(bulk: BulkRequest) -> Iterator[dict[str, Any]]:
    """The rows under ``requests`` one by one, in the order in which they were asked for; none before the end."""
    if bulk.status in (BulkStatus.QUEUED, BulkStatus.RUNNING):
        return
    yield from shelf.read(bulk.plan) if bulk.dry_run else _written(bulk)


def summary_of(bulk: BulkRequest) -> dict[str, Any]:
    """The answer without its requests: id, status, counts by status, cost; a message where one is due.

    A plan that is made is done, as a request set that is carried out: who waits for the one waits for the other.
    """
    tally = Tally.kept(bulk.counts)
    return {
        "id": str(bulk.pk),
        "status": BulkStatus.DONE.value if bulk.status == BulkStatus.PLANNED else bulk.status,
        **({"message": bulk.message} if bulk.message else {}),
        "counts": _planned_counts(tally) if bulk.dry_run else _counts(bulk, tally),
        "cost": {
            "state": money(tally.state_cents),
            "nipr": money(tally.nipr_cents),
            "total": money(tally.state_cents + tally.nipr_cents),
            "billed_later": tally.billed_later,
        },
    }


def answer_text(bulk: BulkRequest) -> Iterator[str]:
    """The whole answer as JSON in pieces, for a streamed reply; memory does not grow with the requests."""
    yield json.dumps(summary_of(bulk), cls=DjangoJSONEncoder)[:-1] + ', "requests": ['
    separator = ""
    for entry in request_answers(bulk):
        yield separator + json.dumps(entry, cls=DjangoJSONEncoder)
        separator = ", "
    yield "]}"


def _written(bulk: BulkRequest) -> Iterator[dict[str, Any]]:
    """Requests with their transactions, as these stand now; those of which none was made in between."""
    rows = Transaction.objects.filter(bulk_request=bulk).order_by("request_index", "pk").values(*COLUMNS)
    grouped = groupby(rows.iterator(ROWS_AT_ONCE), key=lambda row: row["request_index"])
    waiting = next(grouped, None)
    for index, asked in enumerate(bulk.requests):
        mine: list[dict[str, Any]] = []
        if waiting is not None and waiting[0] == index:
            mine = list(waiting[1])
            waiting = next(grouped, None)
        batch = mine[0]["batch_id"] if mine else None
        error = bulk.errors.get(str(index))
        yield request_entry(index, asked["external_id"], error, batch, map(written_entry, mine))


def _counts(bulk: BulkRequest, tally: Tally) -> dict[str, int]:
    """By the status of now, and with those that were not eligible and not kept."""
    rows = Transaction.objects.filter(bulk_request=bulk).values_list("status").annotate(Count("pk"))
    counts = dict(rows.order_by("status"))
    if tally.hidden:
        name = TransactionStatus.NOT_ELIGIBLE.value
        counts[name] = counts.get(name, 0) + tally.hidden
    return counts


def _planned_counts(tally: Tally) -> dict[str, int]:
    return dict(sorted(tally.status.items()))
