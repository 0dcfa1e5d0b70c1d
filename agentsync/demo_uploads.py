"""The demonstration's uploads: a hiring class that is on file by now, and a second one with rows to be mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from random import Random
from typing import Any

from agentsync.demo import Say, Simulator, make_people, wait_for_jobs
from core.actor import Actor
from core.exports import csv_lines, xlsx_file
from core.imports import services
from core.imports.models import ImportRun
from producers.enums import EntityType, ScorecardType
from producers.imports import AGENT
from producers.models import Producer

HIRED, STILL_TO_COME = 24, 14
STATES = ("OH;PA", "TX", "GA;FL;AL", "CA", "OR;WA;ID")
CATEGORIES = ("life;health", "property;casualty", "life")
Row = dict[str, str]


def seed(simulator: Simulator, say: Say) -> None:
    """Upload both, once, and process the first."""
    if ImportRun.objects.exists():
        return
    leo = Actor.person(make_people()["specialist"])
    rows = list(islice(_hires(simulator), HIRED + STILL_TO_COME))
    header = list(AGENT.resource.columns)
    first, second = rows[:HIRED], _with_slips(rows[HIRED:])
    workbook = xlsx_file(header, _cells(header, first), sheet="template").read()
    run = services.upload(AGENT.name, "hiring-class-spring.xlsx", workbook, {}, actor=leo)
    wait_for_jobs(say)
    run.refresh_from_db()
    services.process(run, actor=leo)
    text = "".join(csv_lines(header, _cells(header, second)))
    services.upload(AGENT.name, "hiring-class-summer.csv", text.encode(), {}, actor=leo)
    wait_for_jobs(say)
    say(
        f"Two uploads: {len(first)} new producers are on file; {len(second)} more wait, some of them to be mended."
    )


def _hires(simulator: Simulator) -> Iterator[Row]:
    """People whom the registry knows and we do not yet, with what each should hold."""
    on_file = set(Producer.objects.values_list("npn", flat=True))
    agencies = Producer.objects.filter(entity_type=EntityType.FIRM, dummy_npn=False).exclude(npn=None)
    agency_npns = list(agencies.order_by("pk").values_list("npn", flat=True)[:3])
    wanted = zip(cycle(agency_npns), cycle(STATES), cycle(CATEGORIES))
    strangers = (
        each
        for each in simulator.get("roster?full=1")
        if each["entity_type"] == EntityType.INDIVIDUAL and each["npn"] not in on_file
    )
    for number, (person, (agency, states, categories)) in enumerate(
        zip(strangers, wanted, strict=False), start=1
    ):
        yield {
            "agency_npn": str(agency),
            "first_name": person["first_name"],
            "last_name": person["last_name"],
            "agent_npn": person["npn"],
            "agent_email": f"hire{number}@demo.example",
            "loa_category": categories,
            "states": states,
            "scorecard_type": ScorecardType.LICENSE.value,
            "external_id": f"HR-{2000 + number}",
        }


def _with_slips(rows: Sequence[Row]) -> list[Row]:
    """As people fill files in: one state that does not exist, one NPN with a letter O, one field left out, one typo."""
    slips: tuple[Row, ...] = (
        {"states": "OH;ZZ"},
        {"agent_npn": "88O14"},
        {"last_name": ""},
        {"loa_category": "lif"},
    )
    places = Random(3).sample(range(len(rows)), min(len(slips), len(rows)))  # noqa: S311 - the same slips every time
    mistaken = dict(zip(places, slips, strict=False))
    return [row | mistaken.get(place, {}) for place, row in enumerate(rows)]


def _cells(header: Sequence[str], rows: Sequence[Row]) -> Iterator[list[Any]]:
    return ([row.get(column, "") for column in header] for row in rows)
