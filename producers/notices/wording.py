"""Words that the notices of this room and of higher ones share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from core.accounts.models import User
from producers.enums import Tracking
from producers.models import Producer

STATES_NAMED = 8
PRODUCER_NAMES = (
    "producer__owner_id",
    "producer__entity_type",
    "producer__npn",
    "producer__first_name",
    "producer__middle_name",
    "producer__last_name",
    "producer__suffix",
    "producer__company_name",
)
"""What has to be loaded of a producer to name it and its owner; nothing personal."""
NOBODY = "Told to the whole team, for want of an owner."


def day(when: date) -> str:
    """A date as the screens write it: “31 Mar 2027”."""
    return f"{when.day} {when:%b %Y}"


def by_state(states: Iterable[str]) -> str:
    """“FL 3, TX 2 and 4 in other states”, the most first."""
    counts = Counter(states).most_common()
    named = ", ".join(f"{state} {count}" for state, count in counts[:STATES_NAMED])
    rest = sum(count for _state, count in counts[STATES_NAMED:])
    return f"{named} and {rest:,} in other states" if rest else named


def sentences(*parts: str) -> str:
    """The parts that say something, one after another."""
    return " ".join(part for part in parts if part)


def page_of(producer: Producer, tab: str = "") -> str:
    """The page of a producer, opened at a tab."""
    return reverse("producers:page", args=[producer.pk]) + (f"?tab={tab}" if tab else "")


def licenses_list(owner: User | None, **filters: Any) -> str:
    """The list of the licences of tracked producers, cut to those of one owner or to those of nobody."""
    whose = owner.pk if owner else "null"
    return f"{reverse('producers:licenses')}?{urlencode({**filters, 'tracking': Tracking.ACTIVE, 'owner': whose})}"
