"""The report services: entityinfo, hitlist and addinfo, from parameters to documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from nipr.simulator.faults import Call, FaultKind, Struck
from nipr.simulator.http import Request, Response, Understood
from nipr.simulator.large_firm import appointments
from nipr.simulator.registry import Registry
from nipr.simulator.samples import INDIVIDUAL
from nipr.simulator.search import BadSearch, Directory
from nipr.wire import addinfo, hitlist, pdb
from nipr.wire.messages import EntityReport, RegistryRefusal
from nipr.wire.values import is_npn

NOT_A_NUMBER = "The request parameter id_entity is not a valid number."
NO_RECORD = "No record was found for the given id_entity."
"""Invented: what the registry says of an unknown NPN is not publicly known."""

ROWS_PER_CHUNK = 500
OPENING, CLOSING = b"<APPOINTMENT_INFORMATION>", b"</APPOINTMENT_INFORMATION>"

PREFIX, SUFFIX = "/pdb-xml-reports/", "_xml.cgi"


class ReportServices:
    """Answers with documents; charges the book for each report that is found."""

    def __init__(self, registry: Registry, directory: Directory) -> None:
        self._registry = registry
        self._directory = directory
        self._operations: dict[str, Callable[[Request, Struck], Response]] = {
            "entityinfo": self.entity_info,
            "hitlist": self.hit_list,
            "addinfo": self.add_info,
        }

    def understand(self, request: Request) -> Understood | None:
        """The report a request asks for; ``None`` when it is for another service."""
        name = request.path.removeprefix(PREFIX).removesuffix(SUFFIX)
        if request.path != f"{PREFIX}{name}{SUFFIX}" or name not in self._operations:
            return None
        npn = _entity(request)
        call = Call(name, name, npn if is_npn(npn) else "")
        return Understood(call, partial(self._operations[name], request))

    def entity_info(self, request: Request, struck: Struck) -> Response:
        """A whole report, for which the caller is charged."""
        npn = _entity(request)
        if refused := self._refused(npn, struck):
            return Response(body=pdb.encode(refused))
        self._registry.book.charge("entityinfo", npn)
        if FaultKind.WRONG_NPN in struck:
            return Response(body=pdb.encode(self._stranger(npn)))
        report = self._registry.report(npn)
        if self._registry.population.is_large_firm(npn):
            return Response(chunks=self._streamed(report))
        return Response(body=pdb.encode(report))

    def hit_list(self, request: Request, struck: Struck) -> Response:
        """A free search; unknown people give a list without rows."""
        try:
            return Response(body=hitlist.encode(self._directory.hitlist(request.query)))
        except BadSearch as error:
            return Response(body=hitlist.encode(RegistryRefusal(str(error))))

    def add_info(self, request: Request, struck: Struck) -> Response:
        """When each category last changed, free of charge."""
        npn = _entity(request)
        if refused := self._refused(npn, struck):
            return Response(body=pdb.encode(refused))
        return Response(body=addinfo.encode(self._registry.add_info(npn)))

    def _refused(self, npn: str, struck: Struck) -> RegistryRefusal | None:
        if not is_npn(npn):
            return RegistryRefusal(NOT_A_NUMBER)
        if FaultKind.UNKNOWN_NPN in struck or npn not in self._registry.population:
            return RegistryRefusal(NO_RECORD)
        return None

    def _stranger(self, npn: str) -> EntityReport:
        others = (other for other in self._registry.population.npns() if other != npn)
        return self._registry.report(next(others, INDIVIDUAL.npn))

    def _streamed(self, report: EntityReport) -> Iterator[bytes]:
        """A report whose appointments are encoded as they are sent, so that no size of firm fills the memory."""
        population = self._registry.population
        rows = appointments(population.large_firm_appointments, population.anchor)
        first = True
        while batch := tuple(islice(rows, ROWS_PER_CHUNK)):
            document = pdb.encode(replace(report, appointments=batch))
            head, _, rest = document.partition(OPENING)
            body, _, tail = rest.rpartition(CLOSING)
            if first:
                yield head + OPENING
            first = False
            yield body
        yield CLOSING + tail


def _entity(request: Request) -> str:
    """``id_entity`` on reports, ``entity_id`` on the hitlist."""
    query = request.query
    return (query.get("id_entity") or query.get("entity_id") or "").strip()
