"""Requests of many rows: examined by the reader that all requests go through, in parts that are judged together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appointments.imports.asking import Asking, Request, Way
from appointments.imports.survey import Said
from appointments.services.asking.requests import MOST, Faults
from core.errors import FieldError
from rulebook.rules.vocabulary import LoaCategory

AT_ONCE = 5_000
"""Requests that are judged together; those of one producer and company may be more."""


def parts(way: Way, askings: Sequence[Asking]) -> Iterator[list[Asking]]:
    """Rows in parts of about ``AT_ONCE`` requests, examined. What is of one producer and company is never parted."""
    part: list[Asking] = []
    count = 0
    for lot in _lots(askings):
        wanted = sum(len(asking.requests) for asking in lot)
        if wanted > MOST:
            _refuse(lot, wanted)
            wanted = 0
        if part and count + wanted > AT_ONCE:
            yield _examined(way, part)
            part, count = [], 0
        part += lot
        count += wanted
    if part:
        yield _examined(way, part)


def owned(askings: Sequence[Asking]) -> tuple[list[int], list[Request]]:
    """The requests of rows without fault, and the number of the row that each is of."""
    pairs = [
        (asking.row.number, request) for asking in askings if not asking.faults for request in asking.requests
    ]
    return [number for number, _request in pairs], [request for _number, request in pairs]


def _lots(askings: Sequence[Asking]) -> list[list[Asking]]:
    places: dict[tuple[str, str], list[Asking]] = {}
    for asking in askings:
        places.setdefault(asking.row.place, []).append(asking)
    return list(places.values())


def _refuse(lot: Sequence[Asking], wanted: int) -> None:
    text = f"The rows of this producer and company ask for {wanted:,} things; at most {MOST:,} go at once."
    for asking in lot:
        asking.requests = []
        asking.faults.append(("", "too_many", f"{text} Put them into several files."))


def _examined(way: Way, askings: list[Asking]) -> list[Asking]:
    """Put what the reader of requests refuses on the rows. Of ALL, states that know no such line are left out."""
    owners, requests = owned(askings)
    faults = Faults()
    if requests:
        way.examine(requests, faults)
    if not faults.found:
        return askings
    of_request: dict[int, list[FieldError]] = {}
    for fault in faults.found:
        of_request.setdefault(int(fault["path"].split(".")[1]), []).append(fault)
    of_row: dict[int, list[list[FieldError]]] = {}
    for index, number in enumerate(owners):
        of_row.setdefault(number, []).append(of_request.get(index, []))
    for asking in askings:
        if any(of_row.get(asking.row.number, ())):
            _put_on(way, asking, of_row[asking.row.number])
    return askings


def _put_on(way: Way, asking: Asking, faults: Sequence[Sequence[FieldError]]) -> None:
    """``faults`` are those of each of its requests."""
    fine = [request for request, found in zip(asking.requests, faults, strict=True) if not found]
    if asking.row.everywhere and fine:
        asking.requests = fine
        return
    asking.faults += dict.fromkeys(_said(way, fault) for found in faults for fault in found)


def _said(way: Way, fault: FieldError) -> Said:
    _requests, _index, *names = fault["path"].split(".")
    column = way.columns.get(names[0], "") if names else ""
    hint = f" {_HINT}" if column == way.lines_column else ""
    return column, fault["code"], f"{fault['message']}{hint}"


_HINT = f"Write LOA categories ({', '.join(LoaCategory)}), or lines by the code or the name that the state gives them."
