"""The simulated registry's entities: a function from NPN to report, not a store.

A world of 100,000 producers costs nothing until somebody asks. Reports are made as of an anchor date that does not move
with the day the server is started, so a simulator started again tomorrow tells the same story one day on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from nipr.simulator import biography
from nipr.simulator.appointing import make_appointments
from nipr.simulator.identity import FIRST_NPN, Identity, identity, npn_of, rng
from nipr.simulator.large_firm import LARGE_FIRM_NPN, large_firm
from nipr.simulator.licensing import make_licenses
from nipr.simulator.samples import SAMPLES
from nipr.wire.messages import EntityReport

FIRST_ANCHOR = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Population:
    """Who is in the registry. ``seed``, ``producers`` and ``start`` decide every byte."""

    producers: int
    seed: int
    start: date
    large_firm_appointments: int = 0

    @property
    def anchor(self) -> date:
        """The day the reports of :meth:`base` describe; history runs from here to the clock."""
        return min(FIRST_ANCHOR, date(self.start.year, 1, 1))

    def npns(self) -> Iterator[str]:
        yield from SAMPLES
        yield from map(npn_of, range(self.producers))
        if self.large_firm_appointments:
            yield LARGE_FIRM_NPN

    def __contains__(self, npn: str) -> bool:
        return npn in SAMPLES or self.is_large_firm(npn) or self.index_of(npn) is not None

    def is_large_firm(self, npn: str) -> bool:
        return npn == LARGE_FIRM_NPN and self.large_firm_appointments > 0

    def index_of(self, npn: str) -> int | None:
        """The position of a generated entity; ``None`` for the samples, the large firm and strangers."""
        index = int(npn) - FIRST_NPN if npn.isascii() and npn.isdigit() else -1
        return index if 0 <= index < self.producers else None

    def identity(self, index: int) -> Identity:
        return identity(self.seed, index, self.producers)

    def identity_of(self, npn: str) -> Identity:
        """Who an NPN is, whether generated or not."""
        index = self.index_of(npn)
        return self.identity(index) if index is not None else _identity_from(self.base(npn))

    def base(self, npn: str) -> EntityReport:
        """The report as of the anchor. ``KeyError`` for an NPN that is not here."""
        if npn in SAMPLES:
            return SAMPLES[npn]
        if self.is_large_firm(npn):
            return large_firm(self.anchor)
        index = self.index_of(npn)
        if index is None:
            raise KeyError(npn)
        return self._generated(index)

    def _generated(self, index: int) -> EntityReport:
        who, as_of = self.identity(index), self.anchor
        dice = rng(self.seed, index, "report")
        licenses = make_licenses(who, dice, as_of)
        states = sorted({lic.state for lic in licenses})
        return EntityReport(
            entity_type=who.entity_type,
            biographic=biography.biographic(who),
            other_names=biography.make_other_names(who, dice),
            addresses=biography.make_addresses(who, states, dice, as_of),
            contacts=biography.make_contacts(who, states, dice, as_of),
            licenses=licenses,
            appointments=make_appointments(licenses, dice, as_of),
            regulatory_actions=biography.make_actions(who, states, dice, as_of),
        )


def build(producers: int, seed: int, start_date: date, *, large_firm_appointments: int = 0) -> Population:
    """A registry of so many entities (one in twenty a firm), beside the two documented samples."""
    return Population(producers, seed, start_date, large_firm_appointments)


def _identity_from(report: EntityReport) -> Identity:
    person = report.biographic
    return Identity(
        npn=report.npn,
        index=int(report.npn) - FIRST_NPN,
        entity_type=report.entity_type,
        state=next((row.state for row in report.licenses), person.state_domicile),
        first_name=person.first_name,
        middle_name=person.middle_name,
        last_name=person.last_name,
        company_name=person.company_name,
        birth_date=person.birth_date,
        ssn=person.ssn,
        fein=person.fein,
    )
