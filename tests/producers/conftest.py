"""What tests of this room may use."""

from __future__ import annotations

import pytest

from producers import directory
from producers.models import Producer
from rulebook.models import Jurisdiction
from tests.producers.cast import put_on_file


@pytest.fixture
def states(db: None) -> None:
    """Three states and the country."""
    for code, name in (("CA", "California"), ("OR", "Oregon"), ("TX", "Texas")):
        Jurisdiction.objects.create(code=code, name=name)
    Jurisdiction.objects.create(code="US", name="United States", is_country=True)


@pytest.fixture
def heron(monkeypatch: pytest.MonkeyPatch) -> str:
    """The CoCode of the one company on file."""
    companies = {"77001": "Heron Life Insurance Co"}

    def names(cocodes: object = None) -> dict[str, str]:
        return companies if cocodes is None else {k: v for k, v in companies.items() if k in cocodes}  # type: ignore[operator]

    monkeypatch.setattr(directory, "_sources", [names])
    return "77001"


@pytest.fixture
def ines(db: None) -> Producer:
    """An individual on file, not tracked."""
    return put_on_file("88100001", first_name="Ines", last_name="Abernathy")
