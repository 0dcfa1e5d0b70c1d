"""The order in which rows stand changes nothing, and neither does processing them again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.models import Transaction
from core.imports.models import ImportRun
from producers.models import Producer
from tests.appointments.asking import world
from tests.appointments.imports import desk
from tests.appointments.imports.world import FOX, HERON, cells, ending_cells

NPNS = ["88100001", "88100002", "404"]
STATES = st.lists(st.sampled_from(["CA", "TX", "OR", "ZZ"]), min_size=1, max_size=2, unique=True).map(
    ";".join
)
LINES = st.lists(st.sampled_from(["life", "health", "16", "936", "Crop"]), min_size=1, max_size=2).map(
    ";".join
)
COCODES = st.sampled_from([HERON, FOX, "77009"])
DATES = st.sampled_from(["", "2026-12-01", "45321"])
APPOINTMENTS = st.builds(
    lambda npn, states, lines, cocode, day: cells(
        agent_npn=npn, states=states, loa_category=lines, cocode=cocode, effective_date=day
    ),
    st.sampled_from(NPNS), STATES, LINES, COCODES, DATES,
)  # fmt: skip
ENDINGS = st.builds(
    lambda npn, states, lines, cocode, reason: ending_cells(
        agent_npn=npn, states=states, line_of_authority=lines, cocode=cocode, termination_reason=reason
    ),
    st.sampled_from(NPNS), STATES, LINES, COCODES, st.sampled_from(["VOLUNTARY", "Fraud", "", "quit"]),
)  # fmt: skip
FEW = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
Asked = list[tuple[Any, ...]]


@pytest.fixture
def pair(place) -> None:
    """Two producers, with licenses and appointments here and there."""
    one, other = (world.licensed(npn) for npn in NPNS[:2])
    world.license_of(one, "TX", residency="NR")
    for holder in Producer.objects.all():
        world.appointed(holder, "TX", world.LIFE)
        world.appointed(holder, "CA", world.HEALTH)
    world.appointed(other, "CA", world.LIFE, cocode=FOX, company_key=FOX)
    world.rule("CA", "appointment_fee_per_line", "no")


def _outcome(upload: Any, rows: list[dict[str, str]], again: bool) -> tuple[Asked, dict[str, int]]:
    """What a file comes to; nothing of it stays."""
    save = transaction.savepoint()
    run = _processed(upload(*rows))
    made = Transaction.objects.count()
    if again:
        second = _processed(upload(*rows))
        assert "new" not in second.counts
        assert Transaction.objects.count() == made
    found = desk.asked(), dict(run.counts)
    cents = sum((row[-2] or 0) + (row[-1] or 0) for row in found[0])
    assert run.foreseen.get("cost_cents", 0) == cents
    transaction.savepoint_rollback(save)
    return found


def _processed(run: ImportRun) -> ImportRun:
    return desk.process(run) if run.counts.get("new") else run


@FEW
@given(rows=st.lists(APPOINTMENTS, min_size=1, max_size=8), seed=st.randoms(use_true_random=False))
def test_of_appointments(pair, rows, seed):
    mixed = list(rows)
    seed.shuffle(mixed)
    assert _outcome(desk.appoint, rows, again=True) == _outcome(desk.appoint, mixed, again=False)


@FEW
@given(rows=st.lists(ENDINGS, min_size=1, max_size=8), seed=st.randoms(use_true_random=False))
def test_of_terminations(pair, rows, seed):
    mixed = list(rows)
    seed.shuffle(mixed)
    assert _outcome(desk.terminate, rows, again=True) == _outcome(desk.terminate, mixed, again=False)
