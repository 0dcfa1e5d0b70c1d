"""Rules of Oregon; of Wyoming nothing is known. And a round of one watch."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.accounts.models import User
from core.notices.models import Notice
from core.notices.rounds import Round, carry_out
from core.notices.watches import Watch
from producers.models import Producer
from rulebook.models import Jurisdiction, StateRule
from tests.producers.cast import put_on_file


@pytest.fixture
def rules(db: None) -> None:
    """Oregon renews from 60 days before the expiration."""
    for code, name in (("OR", "Oregon"), ("WY", "Wyoming")):
        Jurisdiction.objects.create(code=code, name=name)
    StateRule.objects.create(
        jurisdiction_id="OR", field="renewal_window_days", value="60", source="ORS 744", confidence="verified"
    )


@pytest.fixture
def ines(leo: User, rules: None) -> Producer:
    """An individual whom Leo looks after, and the registry for us."""
    ines = put_on_file("88100001", first_name="Ines", last_name="Abernathy", owner=leo)
    Producer.objects.filter(pk=ines.pk).update(tracking="active", sync_status="success")
    ines.refresh_from_db()
    return ines


@pytest.fixture
def titles() -> Callable[[Watch], list[str]]:
    """Let a watch look; the titles of the notices that wait afterwards."""

    def look(watch: Watch) -> list[str]:
        carry_out(watch)
        return sorted(Notice.objects.filter(acknowledged_at=None).values_list("title", flat=True))

    return look


@pytest.fixture
def round_of() -> Callable[[Watch], Round]:
    return carry_out
