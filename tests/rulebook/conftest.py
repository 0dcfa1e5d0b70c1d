"""The shipped rule book, loaded once for a test that asks for it, and the person who changes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rulebook import loader, services
from rulebook.models import Jurisdiction, LineOfAuthority, Origin, StateRule
from rulebook.rules.vocabulary import Confidence


@pytest.fixture
def shipped(db: None) -> None:
    """The rule book as it is shipped."""
    loader.load()


@pytest.fixture
def california(db: None) -> Jurisdiction:
    """One state with one rule and one national line: enough for most tests, and quick."""
    Jurisdiction.objects.create(code="US", name="United States", is_country=True)
    state = Jurisdiction.objects.create(code="CA", name="California", confidence=Confidence.VERIFIED)
    StateRule.objects.create(
        jurisdiction=state,
        field="renewal_window_days",
        value="90",
        source="Cal. Ins. Code",
        confidence=Confidence.VERIFIED,
    )
    LineOfAuthority.objects.create(
        jurisdiction_id="US", code_system="NIPR_PDB", code="16", name="Life", categories="life"
    )
    return state


@pytest.fixture
def override(california: Jurisdiction) -> Callable[..., StateRule]:
    """Say locally that California's renewals open 120 days before, in December 2026 unless told otherwise."""

    def say(**changes: Any) -> StateRule:
        asked = {
            "jurisdiction": "CA",
            "field": "renewal_window_days",
            "value": "120",
            "effective_from": date(2026, 12, 1),
            "effective_to": date(2026, 12, 31),
            "reason": "Bulletin 2026-14",
            "author_label": "Ada Lindqvist",
        }
        return services.override_rule(**{**asked, **changes})

    return say


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be spoiled."""
    for file in loader.SHIPPED_DATA.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


@pytest.fixture
def spoil(folder: Path) -> Callable[[str, str, str], Path]:
    """Replace one piece of text in one of the copied files."""

    def replace(name: str, old: str, new: str) -> Path:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return replace


def shipped_rules() -> list[tuple[Any, ...]]:
    """Every shipped rule as it stands, for comparing before and after."""
    rows = StateRule.objects.filter(origin=Origin.SHIPPED).order_by("jurisdiction", "field", "effective_from")
    return list(rows.values_list("jurisdiction", "field", "value", "effective_from", "source", "confidence"))
