"""Finding entities: by name, number, SSN or FEIN for the hitlist, and all of them for the roster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice

from nipr.simulator.identity import Identity, index_of_fein, index_of_ssn
from nipr.simulator.licensing import index_of_number
from nipr.simulator.reference import jurisdictions
from nipr.simulator.registry import Registry
from nipr.simulator.samples import SAMPLES
from nipr.wire.messages import EntityType, HitlistRow

FIRM, INDIVIDUAL, BY_LICENSE = "0", "1", "2"
MOST_ROWS = 100


class BadSearch(ValueError):
    """A search the hitlist does not take."""


class Directory:
    """Names of everybody, kept from the first search on; numbers are computed back into their owners."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._population = registry.population

    @cached_property
    def _everyone(self) -> list[Identity]:
        return [self._population.identity_of(npn) for npn in self._population.npns()]

    def hitlist(self, query: Mapping[str, str]) -> list[HitlistRow]:
        """The rows of a hitlist request. :class:`BadSearch` says which parameter is missing."""
        kind = query.get("report_type", INDIVIDUAL)
        searches = {FIRM: self._firms, INDIVIDUAL: self._individuals, BY_LICENSE: self._by_license}
        if kind not in searches:
            raise BadSearch("The request parameter report_type is not valid.")
        return [_row(who) for who in islice(searches[kind](query), MOST_ROWS)]

    def _individuals(self, query: Mapping[str, str]) -> Iterator[Identity]:
        npn, ssn, last = (query.get(name, "").strip() for name in ("entity_id", "ssn", "name_last"))
        if not npn and len(last) < 2:
            raise BadSearch("The request parameter name_last needs at least two letters.")
        found = self._narrowed(npn, ssn)
        wanted = [last, query.get("name_first", ""), query.get("name_middle", "")]
        for who in found:
            names = [who.last_name, who.first_name, who.middle_name]
            if not who.is_firm and all(
                name.startswith(start.strip().upper()) for name, start in zip(names, wanted, strict=True)
            ):
                yield who

    def _narrowed(self, npn: str, ssn: str) -> list[Identity]:
        if npn:
            return [self._population.identity_of(npn)] if npn in self._population else []
        if ssn:
            who = self.by_ssn(ssn)
            return [who] if who else []
        return self._everyone

    def _firms(self, query: Mapping[str, str]) -> Iterator[Identity]:
        fein, name = query.get("id_fein", "").strip(), query.get("name_company", "").strip().upper()
        if not fein and len(name) < 2:
            raise BadSearch("The request parameter name_company needs at least two letters.")
        if fein:
            who = self.by_fein(fein)
            yield from [who] if who else []
            return
        yield from (
            who for who in self._everyone if who.is_firm and who.company_name.upper().startswith(name)
        )

    def _by_license(self, query: Mapping[str, str]) -> Iterator[Identity]:
        number, state = query.get("license", "").strip(), query.get("state", "").strip().upper()
        place = jurisdictions().get(state)
        if not number or place is None:
            raise BadSearch("The request parameters license and state are required.")
        index = index_of_number(place, number)
        npns = list(SAMPLES)
        if index is not None and 0 <= index < self._population.producers:
            npns.append(self._population.identity(index).npn)
        for npn in npns:
            if any(
                lic.state == state and lic.number == number for lic in self._registry.report(npn).licenses
            ):
                yield self._population.identity_of(npn)

    def by_ssn(self, ssn: str) -> Identity | None:
        for npn, report in SAMPLES.items():
            if _digits(ssn) and _digits(report.biographic.ssn) == _digits(ssn):
                return self._population.identity_of(npn)
        return self._generated(index_of_ssn(ssn), firm=False)

    def by_fein(self, fein: str) -> Identity | None:
        for npn, report in SAMPLES.items():
            if _digits(fein) and _digits(report.biographic.fein) == _digits(fein):
                return self._population.identity_of(npn)
        return self._generated(index_of_fein(fein), firm=True)

    def _generated(self, index: int | None, *, firm: bool) -> Identity | None:
        if index is None or not 0 <= index < self._population.producers:
            return None
        who = self._population.identity(index)
        return who if who.is_firm is firm else None

    def roster(self, *, full: bool = False) -> list[dict[str, str]]:
        """Who is in the registry, for seeding a product. An SSN is its last four digits unless ``full``."""
        return [_listed(who, full=full) for who in self._everyone]


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _row(who: Identity) -> HitlistRow:
    return HitlistRow(
        name=who.display_name,
        npn=who.npn,
        entity_id=who.npn,
        resident_state=who.state,
        birth_date=who.birth_date,
        entity_type=who.entity_type,
        fein=who.fein,
    )


def _listed(who: Identity, *, full: bool) -> dict[str, str]:
    born = who.birth_date.isoformat() if who.birth_date else ""
    identity = {"ssn": who.ssn, "birth_date": born} if full else {"ssn_last4": who.ssn[-4:]}
    return {
        "npn": who.npn,
        "entity_type": EntityType(who.entity_type).value,
        "first_name": who.first_name,
        "middle_name": who.middle_name,
        "last_name": who.last_name,
        "suffix": who.suffix,
        "company_name": who.company_name,
        "agency_npn": who.agency_npn,
        "resident_state": who.state,
        "fein": who.fein,
        **identity,
    }
