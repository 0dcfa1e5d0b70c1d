"""Who lives in the simulated registry: invented people and firms, each a function of (seed, index).

Everything about an entity follows from its index, so nothing has to be kept: an NPN, an SSN, an FEIN and a licence
number can all be read back into the index they came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from random import Random

from nipr.simulator.reference import home_states, words
from nipr.wire.messages import EntityType

FIRST_NPN = 88_000_001
FIRM_EVERY = 20
"""One entity in twenty is a firm."""


def rng(*parts: object) -> Random:
    """A generator that depends on nothing but what is named; unlike ``hash()`` it is the same in every process."""
    digest = blake2b(":".join(map(str, parts)).encode(), digest_size=8).digest()
    return Random(int.from_bytes(digest, "big"))  # noqa: S311  a believable world, not a secret


@dataclass(frozen=True, slots=True)
class Identity:
    """The part of an entity that lists and searches need, cheap to derive."""

    npn: str
    index: int
    entity_type: EntityType
    state: str
    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    suffix: str = ""
    company_name: str = ""
    birth_date: date | None = None
    ssn: str = ""
    fein: str = ""
    agency_npn: str = ""

    def __repr__(self) -> str:
        return f"Identity(npn={self.npn!r})"

    @property
    def is_firm(self) -> bool:
        return self.entity_type is EntityType.FIRM

    @property
    def display_name(self) -> str:
        if self.is_firm:
            return self.company_name
        given = " ".join(filter(None, (self.first_name, self.middle_name)))
        return f"{self.last_name}, {given}"


def npn_of(index: int) -> str:
    return str(FIRST_NPN + index)


def surname(dice: Random) -> str:
    return dice.choice(words("family_heads")) + dice.choice(words("family_tails"))


def identity(seed: int, index: int, producers: int) -> Identity:
    """The entity at ``index`` of a world of ``producers`` entities."""
    dice = rng(seed, index, "identity")
    state = dice.choice(home_states())
    if index % FIRM_EVERY == 0:
        return _firm(dice, index, state)
    return _person(dice, index, state, producers)


def _firm(dice: Random, index: int, state: str) -> Identity:
    return Identity(
        npn=npn_of(index),
        index=index,
        entity_type=EntityType.FIRM,
        state=state,
        company_name=f"{surname(dice).capitalize()} {dice.choice(words('firm_kinds'))}",
        fein=f"00-1{index:06d}",
    )


def _person(dice: Random, index: int, state: str, producers: int) -> Identity:
    born = date(1948, 1, 1) + timedelta(days=dice.randrange(55 * 365))
    firms = (producers + FIRM_EVERY - 1) // FIRM_EVERY
    independent = dice.random() < 0.15
    agency = "" if independent else npn_of(dice.randrange(firms) * FIRM_EVERY)
    return Identity(
        npn=npn_of(index),
        index=index,
        entity_type=EntityType.INDIVIDUAL,
        state=state,
        first_name=dice.choice(words("given_names")),
        middle_name=dice.choice("ABCDEFGHJKLMNPRSTVW") if dice.random() < 0.6 else "",
        last_name=surname(dice),
        suffix=dice.choice(("JR", "SR", "III")) if dice.random() < 0.03 else "",
        birth_date=born,
        ssn=f"000-{index // 10_000 + 10:02d}-{index % 10_000:04d}",
        agency_npn=agency,
    )


def index_of_ssn(ssn: str) -> int | None:
    """Which index an SSN of this world belongs to. No real SSN begins with 000."""
    digits = "".join(filter(str.isdigit, ssn))
    if len(digits) != 9 or not digits.startswith("000"):
        return None
    return (int(digits[3:5]) - 10) * 10_000 + int(digits[5:])


def index_of_fein(fein: str) -> int | None:
    digits = "".join(filter(str.isdigit, fein))
    return int(digits[3:]) if len(digits) == 9 and digits.startswith("001") else None
