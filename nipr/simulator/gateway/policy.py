"""How the simulated gateway behaves: what it refuses, who decides when, and what the account may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any

from nipr.wire.gateway.values import GatewayKind, GatewayTransaction

IMMEDIATE, POLL, MANUAL = "immediate", "poll", "manual"


class BadPolicy(ValueError):
    """A policy that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a transaction must be for something to happen to it; a blank matches everything."""

    text: str
    npn: str = ""
    state: str = ""
    cocode: str = ""
    loa: str = ""
    kind: str = ""

    def concerns(self, transaction: GatewayTransaction) -> bool:
        company = transaction.appointer.cocode if transaction.appointer else ""
        return (
            self.npn in {"", transaction.applicant.npn}
            and self.state in {"", transaction.state}
            and self.cocode in {"", company}
            and (not self.loa or self.loa in transaction.loa_codes)
            and self.kind in {"", transaction.kind.value}
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a test may set. As it stands here it is how the gateway begins."""

    polling: bool = True
    """A repeat or a minimal message tells how a transaction stands; off, a repeat is a duplicate (3999)."""
    review: str | int = IMMEDIATE
    """``immediate``: final in the same call. ``poll``: SR, final when next asked about. A number: SR, final after so
    many days of the simulated calendar. ``manual``: SR until somebody decides."""
    review_by_state: Mapping[str, str | int] = field(default_factory=dict)
    visibility_seconds: float = 0.0
    """A transaction is received and has its effect, yet until then nobody who asks is told so, and a repeat of its
    bytes is not recognised: it is taken again, takes effect again, and is charged again."""
    visibility_days: int = 0
    """The same in days of the simulated calendar."""
    frozen: Mapping[str, date] = field(default_factory=dict)
    """States that process no terminations before a day."""
    decline: tuple[Rule, ...] = ()
    refuse: tuple[Rule, ...] = ()
    pair_3999_20001: bool = True
    """3999 comes with the 20001 that contradicts it, as seen."""
    any_npn: bool = False
    """Take transactions about NPNs that the registry does not have."""
    checks_facts: bool = False
    """Decline appointments without a license in force in the state, and terminations of what is not appointed."""

    def review_of(self, state: str) -> str | int:
        """How transactions of a state are reviewed."""
        return self.review_by_state.get(state, self.review)

    def changed(self, data: Mapping[str, Any]) -> Policy:
        """With some of it set anew from JSON. ``visibility_delay`` is another name of ``visibility_seconds``."""
        given = dict(data)
        if "visibility_delay" in given:
            given["visibility_seconds"] = given.pop("visibility_delay")
        unknown = set(given) - {known.name for known in fields(Policy)}
        if unknown:
            raise BadPolicy(f"Not a part of the policy: {', '.join(sorted(unknown))}.")
        try:
            return replace(self, **{name: _READERS[name](value) for name, value in given.items()})
        except (TypeError, ValueError, AttributeError) as error:
            raise BadPolicy(f"Not a policy: {error}") from error

    def as_dict(self) -> dict[str, Any]:
        """For ``GET /_simulator/gateway``."""
        return {**asdict(self), "visibility_delay": self.visibility_seconds}


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false.")
    return value


def _review(value: Any) -> str | int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if value in {IMMEDIATE, POLL, MANUAL}:
        return str(value)
    raise ValueError(f"A review is immediate, poll, manual or a number of days, not {value!r}.")


def _rules(value: Any) -> tuple[Rule, ...]:
    rules = tuple(Rule(**{"text": "", **{k: str(v) for k, v in row.items()}}) for row in value)
    for rule in rules:
        if rule.kind not in {"", *GatewayKind}:
            raise ValueError(f"{rule.kind!r} is not a kind of transaction.")
    return rules


_READERS: dict[str, Callable[[Any], Any]] = {
    "polling": _flag,
    "review": _review,
    "review_by_state": lambda value: {str(state): _review(review) for state, review in value.items()},
    "visibility_seconds": float,
    "visibility_days": int,
    "frozen": lambda value: {
        str(state): day if isinstance(day, date) else date.fromisoformat(day) for state, day in value.items()
    },
    "decline": _rules,
    "refuse": _rules,
    "pair_3999_20001": _flag,
    "any_npn": _flag,
    "checks_facts": _flag,
}
