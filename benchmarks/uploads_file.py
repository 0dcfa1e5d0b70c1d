"""The file of the uploads benchmark: people as a carrier hires them, with what each should hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from random import Random

from nipr.simulator.reference import home_states, words

HEADER = (
    "agency_npn",
    "agency_name",
    "first_name",
    "last_name",
    "agent_npn",
    "agent_email",
    "agent_ssn",
    "loa_category",
    "states",
    "scorecard_type",
    "agent_type",
    "cocodes",
    "external_id",
)
AGENCIES = 20
COMPANIES = tuple(str(77001 + number) for number in range(10))
CATEGORIES = ("casualty", "health", "life", "personal_lines", "property", "variable")
MOST = 1_000_000
"""Rows of one file at most: files of different numbers have no number in common."""


def csv_text(rows: int, file: int = 0) -> str:
    """So many agents; nobody stands in two files."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(_agents(rows, file))
    return text.getvalue()


def agencies(file: int) -> list[tuple[str, str]]:
    """The agencies of a file, as ``(npn, name)``."""
    return [
        (str(9_000_000 + file * AGENCIES + number), f"{name.title()} Insurance Partners {file}")
        for number, name in enumerate(_family_names()[:AGENCIES])
    ]


def _agents(rows: int, file: int) -> Iterator[list[str]]:
    dice, firms = Random(file), agencies(file)
    given, family, states = words("given_names"), _family_names(), home_states()
    for number in range(file * MOST, file * MOST + rows):
        first, last = dice.choice(given).title(), dice.choice(family).title()
        firm_npn, firm_name = dice.choice(firms)
        wants_companies = dice.random() < 0.2
        yield [
            firm_npn,
            firm_name,
            first,
            last,
            str(20_000_000 + number),
            f"{first}.{last}.{number}@example.com".lower(),
            _ssn(number),
            ";".join(sorted(dice.sample(CATEGORIES, 2))),
            ";".join(sorted({dice.choice(states) for _ in range(dice.randint(1, 3))})),
            "license_and_appointment" if wants_companies else "license",
            "producer",
            ";".join(sorted(dice.sample(COMPANIES, 2))) if wants_companies else "",
            f"HR-{number}",
        ]


def _ssn(number: int) -> str:
    """A number that could have been issued, another for each; every other one with dashes."""
    rest, serial = divmod(number, 9_999)
    area, group = divmod(rest, 99)
    parts = f"{100 + area}", f"{group + 1:02}", f"{serial + 1:04}"
    return ("-" if number % 2 else "").join(parts)


def _family_names() -> list[str]:
    return [head + tail for tail in words("family_tails") for head in words("family_heads")]
