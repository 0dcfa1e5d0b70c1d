"""The documentation says what the code does, and its links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from appointments.enums import TransactionStatus
from appointments.transitions import TRANSACTIONS
from core.imports.enums import RunStatus
from core.imports.transitions import RUNS

PROJECT = Path(settings.BASE_DIR)
PAGES = [PROJECT / "README.md", PROJECT / "CHANGELOG.md", *sorted((PROJECT / "docs").rglob("*.md"))]
LIFE = (PROJECT / "docs/how-to/transactions.md").read_text()
UPLOADS = (PROJECT / "docs/how-to/uploads.md").read_text()


def _links(document: Path) -> Iterator[str]:
    prose = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)", prose):
        if "://" not in target:
            yield target


@pytest.mark.parametrize("document", PAGES, ids=lambda each: str(each.relative_to(PROJECT)))
def test_links_and_pictures_lead_to_files(document: Path) -> None:
    assert [target for target in _links(document) if not (document.parent / target).exists()] == []


def test_the_drawn_life_of_a_transaction_is_the_table_it_moves_by() -> None:
    assert f"```mermaid\n{TRANSACTIONS.diagram()}\n```" in LIFE


def test_every_status_of_a_transaction_is_explained_in_its_own_words() -> None:
    explained = re.findall(r"^\| ([A-Z][a-z ]+) \|", LIFE, flags=re.MULTILINE)
    assert {status.label for status in TransactionStatus} <= set(explained)


def test_the_drawn_life_of_an_upload_is_the_table_it_moves_by() -> None:
    assert f"```mermaid\n{RUNS.diagram()}\n```" in UPLOADS


def test_every_status_of_an_upload_is_explained_in_its_own_words() -> None:
    explained = re.findall(r"^\| ([A-Z][a-z ]+) \|", UPLOADS, flags=re.MULTILINE)
    assert {status.label for status in RunStatus} <= set(explained)
