"""Companies by CoCode, as an assignment needs them. The room that keeps the companies says who they are
(``agentsync/wiring.py`` introduces it), for this room may not look up there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

CompanyNames = Callable[[Collection[str] | None], dict[str, str]]
"""Names by CoCode: of the CoCodes asked about, or of every active company when asked with None."""

_sources: list[CompanyNames] = []


def use_company_names(source: CompanyNames) -> None:
    """Let ``source`` answer for companies; the last one introduced counts."""
    _sources[:] = [source]


def company_names(cocodes: Collection[str] | None = None) -> dict[str, str]:
    """Names by CoCode; CoCodes that are not on file are absent. Empty where nobody keeps companies."""
    return _sources[0](cocodes) if _sources else {}
