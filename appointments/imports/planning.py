"""Which request sets the waiting rows of an upload become: named, always the same, put on file at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

from django.core.serializers.json import DjangoJSONEncoder

from appointments.enums import BulkStatus
from appointments.imports.asking import STATES, Asking, Request, Way
from appointments.imports.choices import BY_COMPANY, BY_STATE, JUST_IN_TIME, SUBMIT
from appointments.imports.expanding import owned, parts
from appointments.imports.survey import Said
from appointments.models import BulkRequest
from appointments.selectors.records import company_names
from appointments.services.asking.chunks import chunks
from appointments.services.asking.requests import MOST, Faults
from appointments.services.asking.running import end
from appointments.services.asking.sets import put_on_file
from core import clock
from core.imports.enums import RunStatus
from core.imports.models import ImportRun
from core.imports.work import Work

_IDS = UUID("5f0c9a1e-7d0b-4f57-9a6e-2b8f1c3d4e5a")
"""Under it the ids of all request sets of uploads."""
UNFINISHED = (BulkStatus.QUEUED, BulkStatus.RUNNING, BulkStatus.FAILED)
_STATES_CHANGED = (
    "ALL means other states by now than when it was checked. Check it again, then confirm the cost."
)
_CHANGED = (
    "Rows of its upload have changed; what was left of it is asked for by another request set of the upload."
)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row that waits, with the requests it makes as they are kept; or with what has become wrong with it."""

    number: int
    npn: str
    cocode: str
    requests: list[Request]
    faults: list[Said]


@dataclass(frozen=True, slots=True)
class _Piece:
    """The requests of one row that belong to one request set."""

    row: WaitingRow
    requests: list[Request]


def waiting_rows(way: Way, work: Work) -> dict[int, WaitingRow]:
    """All rows that wait, by number, in the order of the file."""
    found: dict[int, WaitingRow] = {}
    same: dict[Any, Any] = {}
    for rows in work.waiting():
        asked = [each for row in rows if (each := way.asked(row, same)) is not None]
        reading = way.reading(asked)
        askings = [reading.asking(row) for row in asked]
        if work.options.get(SUBMIT) or work.options.get(JUST_IN_TIME):
            _keep_to_what_was_shown(askings, {row.number: row.changes for row in rows})
        for part in parts(way, askings):
            found |= {row.number: row for row in _waiting(way, part)}
    return dict(sorted(found.items()))


def _keep_to_what_was_shown(askings: Sequence[Asking], shown: Mapping[int, Mapping[str, Any]]) -> None:
    """Of what is submitted at once ALL means the states that it meant when the cost was confirmed, and no others."""
    for asking in askings:
        if asking.row.everywhere and not asking.faults:
            states = shown[asking.row.number]
            asking.requests = [each for each in asking.requests if each["state"] in states]
            if not asking.requests:
                asking.faults.append((STATES, "changed", _STATES_CHANGED))


def unfinished(run: ImportRun, waiting: dict[int, WaitingRow]) -> list[BulkRequest]:
    """The request sets of the upload that have not come to their end, as long as they still ask for what rows say.

    Rows are mended and checked anew while an upload rests. If any that has not been asked for to its end says
    something else now, all of them are given up, and everything that waits is asked for anew: what has been asked for
    already is found to be so.
    """
    sets = list(BulkRequest.objects.filter(upload=run, status__in=UNFINISHED).order_by("created_at", "pk"))
    if all(_still_so(bulk, waiting) for bulk in sets):
        return sets
    for bulk in sets:
        end(bulk, BulkStatus.CHANGED, _CHANGED)
    return []


def rest(run: ImportRun) -> None:
    """Say on the request sets that an upload has left unfinished that they rest with it, or that they ended with it."""
    told = {
        RunStatus.PAUSED: (BulkStatus.QUEUED, "Its upload is paused; resume that to go on."),
        RunStatus.CANCELLED: (BulkStatus.FAILED, "Its upload was cancelled before everything was asked for."),
        RunStatus.FAILED: (BulkStatus.FAILED, "Its upload came to no end; go on with that."),
    }.get(RunStatus(run.status))
    if told is not None:
        status, message = told
        sets = BulkRequest.objects.filter(upload=run, status__in=UNFINISHED)
        sets.update(
            status=status, message=message, finished_at=clock.now() if status == BulkStatus.FAILED else None
        )


def ended(run: ImportRun) -> Iterator[BulkRequest]:
    """The request sets of the upload that have come to their end, the latest first."""
    sets = BulkRequest.objects.filter(upload=run, status=BulkStatus.DONE).order_by("-created_at", "-pk")
    yield from sets.iterator(chunk_size=5)


def planned_numbers(sets: Sequence[BulkRequest]) -> set[int]:
    """The rows that request sets ask for."""
    return {number for bulk in sets for number, _count, _all in bulk.upload_rows}


def put_sets_on_file(way: Way, work: Work, rows: Sequence[WaitingRow]) -> list[BulkRequest]:
    """New request sets for rows without fault, in the transaction of the caller.

    Their ids come from the upload and their number: whoever else plans the same rows finds the ids taken.
    """
    run, options = work.run, work.options
    earlier = BulkRequest.objects.filter(upload=run).count()
    flags = {name: bool(options.get(name)) for name in (SUBMIT, JUST_IN_TIME)}
    made: list[BulkRequest] = []
    for name, pieces in _named(run, rows, str(options.get("batches", "")), again=bool(earlier)):
        made.append(
            put_on_file(
                way.kind,
                [request for piece in pieces for request in piece.requests],
                work.actor,
                None,
                flags,
                bulk_id=uuid5(_IDS, f"{run.pk}:{earlier + len(made)}"),
                name=name,
                upload=run,
                upload_rows=[
                    (piece.row.number, len(piece.requests), len(piece.row.requests)) for piece in pieces
                ],
            )
        )
    return made


def done_indexes(bulk: BulkRequest) -> set[int]:
    """Indexes of the requests that have been judged and written."""
    done: set[int] = set()
    for indexes in chunks(bulk.requests):
        if len(done) >= bulk.done:
            break
        done.update(indexes)
    return done


def owners(bulk: BulkRequest) -> list[int]:
    """The row that each request is of, by its number."""
    return [number for number, count, _all in bulk.upload_rows for _ in range(count)]


def _waiting(way: Way, askings: Sequence[Asking]) -> Iterator[WaitingRow]:
    numbers, requests = owned(askings)
    kept: dict[int, list[Request]] = {}
    if requests:
        for number, each in zip(numbers, way.examine(requests, Faults()), strict=True):
            kept.setdefault(number, []).append(_kept(each.as_json()))
    for asking in askings:
        row = asking.row
        requests = kept.get(row.number, [])
        # It was worth asking for when it was checked: of what has become so meanwhile, nothing is left to ask for.
        faults = asking.faults or ([] if requests else asking.already)
        yield WaitingRow(row.number, row.npn, row.cocode, requests, faults)


def _kept(request: dict[str, Any]) -> Request:
    """As it comes back from the database."""
    kept: Request = json.loads(json.dumps(request, cls=DjangoJSONEncoder))
    return kept


def _still_so(bulk: BulkRequest, waiting: dict[int, WaitingRow]) -> bool:
    done = done_indexes(bulk)
    start = 0
    for number, count, in_all in bulk.upload_rows:
        indexes = range(start, start + count)
        start += count
        if done.issuperset(indexes):
            continue
        row = waiting.get(number)
        if row is None or len(row.requests) != in_all:
            return False
        if any(bulk.requests[index] not in row.requests for index in indexes):
            return False
    return True


def _named(
    run: ImportRun, rows: Sequence[WaitingRow], batches: str, *, again: bool
) -> Iterator[tuple[str, list[_Piece]]]:
    """Request sets by name, each with at most as many requests as one takes."""
    base = f"{run.file_name} · rows processed later" if again else run.file_name
    for title, pieces in _grouped(rows, batches):
        name = f"{base} · {title}" if title else base
        cut = list(_cut(pieces))
        for number, part in enumerate(cut, start=1):
            yield f"{name} ({number} of {len(cut)})" if len(cut) > 1 else name, part


def _grouped(rows: Sequence[WaitingRow], batches: str) -> Iterator[tuple[str, list[_Piece]]]:
    """By company, by state, or all together; within, by producer and then in the order of the file."""
    ordered = sorted(rows, key=lambda row: (row.npn, row.number))
    if batches == BY_COMPANY:
        names = company_names({row.cocode for row in rows})
        for cocode, group in groupby(sorted(ordered, key=lambda row: row.cocode), lambda row: row.cocode):
            title = f"{names[cocode]} ({cocode})" if cocode in names else cocode
            yield title, [_Piece(row, row.requests) for row in group]
    elif batches == BY_STATE:
        for state in sorted({request["state"] for row in rows for request in row.requests}):
            pieces = [
                _Piece(row, [each for each in row.requests if each["state"] == state]) for row in ordered
            ]
            yield state, [piece for piece in pieces if piece.requests]
    elif ordered:
        yield "", [_Piece(row, row.requests) for row in ordered]


def _cut(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Parts of at most ``MOST`` requests. A producer's stay together as long as they fit, so no batch is parted."""
    part: list[_Piece] = []
    count = 0
    for _npn, group in groupby(pieces, lambda piece: piece.row.npn):
        together = list(group)
        fits = count + sum(len(piece.requests) for piece in together) <= MOST
        for place, piece in enumerate(together):
            full = count + len(piece.requests) > MOST
            if part and (full or (not fits and place == 0)):
                yield part
                part, count = [], 0
            part.append(piece)
            count += len(piece.requests)
    if part:
        yield part
