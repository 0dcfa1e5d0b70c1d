"""Which header means which column: by its name, its synonyms, or what the organisation said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.imports.resource import UploadResource


@dataclass(slots=True)
class Matched:
    """Headers with their columns."""

    columns: list[str]
    """For each header its column; blank for one that is only kept."""
    missing: list[str] = field(default_factory=list)
    """Required columns that no header means."""
    doubled: dict[str, list[str]] = field(default_factory=dict)
    """Columns that several headers mean, with these headers."""
    suggestions: dict[str, list[str]] = field(default_factory=dict)
    """For unmatched headers the columns they may mean, the likeliest first."""

    @property
    def clear(self) -> bool:
        """Whether the file can be read without asking anybody."""
        return not self.missing and not self.doubled


def normalised(header: str) -> str:
    """A header without what never matters: case, spaces, underscores, hyphens, brackets."""
    raise NotImplementedError


def match(
    headers: Sequence[str],
    resource: UploadResource,
    *,
    remembered: Mapping[str, str],
    chosen: Mapping[str, str] | None = None,
) -> Matched:
    """Match headers. ``chosen`` (by header, for this file) goes before names, names before what is ``remembered``."""
    raise NotImplementedError
