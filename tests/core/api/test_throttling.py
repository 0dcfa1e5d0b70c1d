"""How often one caller may call."""

from __future__ import annotations

import pytest

from core.api.throttling import CallerThrottle

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/parcels"


@pytest.fixture
def clock(monkeypatch):
    """A clock that only moves when told to, and a budget of ten calls a minute."""
    moment = [6_000_000.0]
    monkeypatch.setattr(CallerThrottle, "timer", lambda _self: moment[0])
    monkeypatch.setattr(CallerThrottle, "get_rate", lambda _self: "10/min")

    def move(seconds: float) -> None:
        moment[0] += seconds

    return move


def served(client, calls: int) -> int:
    return sum(client.get(ADDRESS).status_code == 200 for _ in range(calls))


def test_the_budget_is_what_it_says(machine, clock):
    assert served(machine("read"), 15) == 10


def test_a_new_minute_does_not_give_the_budget_twice(machine, clock):
    client = machine("read")
    clock(59)
    assert served(client, 15) == 10
    clock(2)
    assert served(client, 15) == 1
    clock(30)
    assert served(client, 15) == 5


def test_two_minutes_later_all_of_it_is_there_again(machine, clock):
    client = machine("read")
    served(client, 15)
    clock(120)
    assert served(client, 15) == 10


@pytest.mark.parametrize("pause", [0, 20, 61, 90])
def test_who_waits_as_long_as_told_is_served(machine, clock, pause):
    client = machine("read")
    served(client, 10)
    clock(pause)
    served(client, 10)
    clock(int(client.get(ADDRESS)["Retry-After"]))
    assert client.get(ADDRESS).status_code == 200


def test_others_do_not_notice(machine, clock):
    greedy, modest = machine("read"), machine("read", name="Other")
    served(greedy, 15)
    assert served(modest, 10) == 10
