"""From rows of a file to requests: one a state, in the words that request sets are asked in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, ClassVar

from appointments.enums import TransactionKind
from appointments.imports.survey import AskedRow, Said
from appointments.models import Company
from appointments.services.asking.drafts import Draft, Judged
from appointments.services.asking.known import Known
from appointments.services.asking.requests import Faults
from core.imports.rows import UploadRow

Request = dict[str, Any]
AGENT, STATES, COCODE = "agent_npn", "states", "cocode"


@dataclass(slots=True)
class Asking:
    """What a row asks for. One with a fault asks for nothing."""

    row: AskedRow
    requests: list[Request] = field(default_factory=list)
    faults: list[Said] = field(default_factory=list)
    already: list[Said] = field(default_factory=list)
    """What it asks for that is so already, and therefore makes no request."""


class Way(ABC):
    """How rows of one type of upload are asked for and judged."""

    kind: ClassVar[TransactionKind]
    lines_column: ClassVar[str]
    columns: ClassVar[Mapping[str, str]]
    """The column of each field of a request."""

    @abstractmethod
    def asked(self, row: UploadRow, same: dict[Any, Any]) -> AskedRow | None:
        """A row without fault as values; None where it asks for nothing."""

    def skipped(self, row: UploadRow) -> Said | None:
        """Why a row without fault asks for nothing."""
        return None

    @abstractmethod
    def reading(self, rows: Sequence[AskedRow]) -> Reading:
        """What turns these rows into requests; reads with a constant number of queries."""

    @abstractmethod
    def examine(self, requests: Sequence[Request], faults: Faults) -> Sequence[Any]:
        """Requests as values, through the reader that all requests go through."""

    @abstractmethod
    def known(self, asked: Sequence[Any]) -> Known:
        """What judging them takes, read without locks."""

    @abstractmethod
    def judge(self, known: Known, asked: Sequence[Any]) -> Judged:
        """Judge and price them."""


class Reading(ABC):
    """What is known for turning some rows into requests."""

    companies: Mapping[str, str]
    """Names by CoCode."""

    @abstractmethod
    def asking(self, row: AskedRow) -> Asking:
        """What the row asks for."""

    def held_already(self, draft: Draft) -> bool:
        """Whether what a draft that is refused asks for is so already."""
        return draft.reason_code in ALREADY


ALREADY = frozenset({"already_appointed", "duplicate_transaction"})
"""Reasons of refused ones that come to what was asked for: nothing is left to do."""


def companies_on_file() -> dict[str, Company]:
    """Companies that are in use, by CoCode: one query."""
    rows = Company.objects.filter(active=True).only("pk", "cocode", "name", "fein")
    return {row.cocode: row for row in rows}


def no_such_company(cocode: str, companies: Mapping[str, str]) -> Said:
    """That no company has this number, and which one may be meant."""
    near = get_close_matches(cocode, list(companies), n=1, cutoff=0.8)
    hint = (
        f"Did you mean “{near[0]}” ({companies[near[0]]})?"
        if near
        else "Correct it, or add the company under Rules › Companies first."
    )
    return COCODE, "cocode_not_found", f"No company in use has the CoCode {cocode}. {hint}"


def no_such_states(states: Sequence[str], known: Mapping[str, str]) -> list[Said]:
    """That there are no such states, with the code of one that is written out or nearly right."""
    unknown = [code for code in states if code not in known]
    if not unknown:
        return []
    codes = {name.upper(): code for code, name in known.items()}
    meant = [codes[code] for code in unknown if code in codes]
    hint = (
        f"Write {', '.join(meant)}." if len(meant) == len(unknown) else "Give two letters each, such as CA."
    )
    return [(STATES, "unknown_state", f"There is no state {_quoted(unknown)}. {hint}")]


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word[:40]}”" for word in words[:5])
