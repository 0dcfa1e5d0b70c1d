"""A decision is a value: what was decided, by which rule, on which facts, and what would change it.

Plain Python, JSON-safe both ways: it is stored with what it allowed, and shown wherever the outcome is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self


class Outcome(StrEnum):
    """What a rule says: yes, no, that nobody knows, or something worth telling that decides nothing."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Fix:
    """What would change the outcome: a code for the button, its text, and what the button needs."""

    code: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "text": self.text, "params": json_safe(self.params)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(code=data["code"], text=data["text"], params=data.get("params") or {})


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer of one rule, with everything needed to explain it later."""

    rule: str
    outcome: Outcome
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    effective_from: date | None = None
    fix: Fix | None = None
    override: bool = False
    effective_to: date | None = None
    confidence: str = ""

    @property
    def passed(self) -> bool:
        return self.outcome is Outcome.PASS

    @property
    def failed(self) -> bool:
        return self.outcome is Outcome.FAIL

    @property
    def unknown(self) -> bool:
        return self.outcome is Outcome.UNKNOWN

    def as_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "outcome": self.outcome.value,
            "text": self.text,
            "facts": json_safe(self.facts),
            "source": self.source,
            "effective_from": json_safe(self.effective_from),
            "effective_to": json_safe(self.effective_to),
            "confidence": self.confidence,
            "override": self.override,
            "fix": self.fix.as_dict() if self.fix else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The stored decision again. Facts stay as they were stored: dates among them are ISO text."""
        fix = data.get("fix")
        return cls(
            rule=data["rule"],
            outcome=Outcome(data["outcome"]),
            text=data["text"],
            facts=data.get("facts") or {},
            source=data.get("source") or "",
            effective_from=_date(data.get("effective_from")),
            effective_to=_date(data.get("effective_to")),
            confidence=data.get("confidence") or "",
            override=bool(data.get("override")),
            fix=Fix.from_dict(fix) if fix else None,
        )


def json_safe(value: Any) -> Any:
    """The value with dates as ISO text, amounts as text and sets in order, so that JSON can hold it."""
    match value:
        case None | bool() | int() | float():
            return value
        case str() | Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(key): json_safe(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted(json_safe(item) for item in value)
    return [json_safe(item) for item in value]


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
