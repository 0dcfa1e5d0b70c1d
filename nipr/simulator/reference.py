"""What the simulated world is made of: jurisdictions, lines, licence classes and invented carriers.

The tables ship beside this module, because the simulator runs without the product's database. Codes and renewal bases
are the ones public data shows; carriers are invented. A renewal basis the data does not know stays blank in the table.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
NPN_NUMBERED = "npn"
"""Marks a jurisdiction that uses the NPN as its licence number."""

BLANK_LOA_STATES = frozenset({"DC", "DE", "MD", "NJ", "TN"})
"""States seen to report appointments without a line code."""

FLORIDA_COUNTIES = ("001", "011", "036", "057", "086", "095", "117")


class ClassKind(StrEnum):
    PRODUCER = "producer"
    ADJUSTER = "adjuster"
    SURPLUS = "surplus"


@dataclass(frozen=True, slots=True)
class Coded:
    """A code and the text that goes with it."""

    code: str
    name: str


ADJUSTER_CLASS = Coded("9801", "Independent Adjuster")
SURPLUS_CLASS = Coded("9802", "Surplus Lines Broker")
"""Invented codes: the registry's own for these two kinds are not publicly known."""

NO_LINE = Coded("791", "LOA not applicable")


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """How one state numbers, classes and renews licences."""

    code: str
    name: str
    cycle_months: int | None
    renewal_basis: str
    fixed_expiry: str
    appoints: bool
    zip_prefix: str
    number_prefix: str
    resident_class: Coded
    nonresident_class: Coded
    firm_class: Coded
    lines: Mapping[str, Coded]


@dataclass(frozen=True, slots=True)
class Carrier:
    """An invented insurer. A blank ``cocode`` is a carrier known by its FEIN only."""

    cocode: str
    fein: str
    name: str
    categories: tuple[str, ...]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


@cache
def _lines() -> dict[str, dict[str, Coded]]:
    lines: dict[str, dict[str, Coded]] = {}
    for row in _rows("lines.csv"):
        lines.setdefault(row["state"], {})[row["category"]] = Coded(row["code"], row["name"])
    return lines


def _jurisdiction(row: Mapping[str, str]) -> Jurisdiction:
    lines = _lines()
    return Jurisdiction(
        code=row["state"],
        name=row["name"],
        cycle_months=int(row["cycle_months"]) if row["cycle_months"] else None,
        renewal_basis=row["renewal_basis"],
        fixed_expiry=row["fixed_expiry"],
        appoints=row["appoints_individuals"] == "yes",
        zip_prefix=row["zip_prefix"],
        number_prefix=row["number_prefix"],
        resident_class=Coded(row["resident_code"], row["resident_name"]),
        nonresident_class=Coded(row["nonresident_code"], row["nonresident_name"]),
        firm_class=Coded(row["firm_code"], row["firm_name"]),
        lines={**lines["US"], **lines.get(row["state"], {})},
    )


@cache
def jurisdictions() -> Mapping[str, Jurisdiction]:
    """Every jurisdiction that takes part in the registry, by code."""
    return {row["state"]: _jurisdiction(row) for row in _rows("jurisdictions.csv")}


@cache
def carriers() -> tuple[Carrier, ...]:
    """The pool of invented carriers, in a fixed order."""
    return tuple(
        Carrier(row["cocode"], row["fein"], row["name"], tuple(row["categories"].split()))
        for row in _rows("carriers.csv")
    )


@cache
def home_states() -> tuple[str, ...]:
    """Where people live: the large states come up more often."""
    return tuple(row["state"] for row in _rows("jurisdictions.csv") for _ in range(int(row["weight"])))


@cache
def words(name: str) -> tuple[str, ...]:
    """A list of words to make names and addresses from."""
    return tuple(row["word"] for row in _rows("words.csv") if row["list"] == name)
