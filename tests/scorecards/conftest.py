"""A small rule book, a company and one producer with a scorecard, in the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from appointments.models import Company
from producers.models import Producer
from scorecards.models import Scorecard
from tests.scorecards import records


@pytest.fixture
def rules(db) -> None:
    """Rules of California and Texas; of Puerto Rico nothing is known."""
    records.write_rules()


@pytest.fixture
def heron(rules) -> Company:
    return records.company("77001", "Heron Life", ["life", "health"], ["CA", "TX"])


@pytest.fixture
def ines(heron) -> Producer:
    """Licensed for life in California for 40 more days, and synced."""
    return records.producer("88100001", last_name="Abernathy", first_name="Ines")


@pytest.fixture
def make_scorecards(heron) -> Callable[[int], list[Scorecard]]:
    """Any number of producers like Ines, each with a scorecard that is computed."""
    return records.scorecards


@pytest.fixture
def scorecard(ines) -> Scorecard:
    """Of Ines: California and Texas, life, appointed by Heron."""
    records.assign(ines)
    return records.computed_scorecard(ines)
