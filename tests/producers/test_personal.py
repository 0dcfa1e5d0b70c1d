from __future__ import annotations

from datetime import date

import pytest

from core.audit.models import AuditEntry
from core.errors import InvalidInput, NotAllowed
from producers.services import reveal_birth_date, reveal_ssn
from tests.producers.cast import put_on_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines():
    return put_on_file("88100001", first_name="Ines", ssn="123-45-6789", birth_date=date(1980, 2, 3))


def test_with_the_right_and_a_reason_it_is_shown_and_recorded(ines, ada):
    assert reveal_ssn(ines.pk, user=ada, reason="W-9 for the carrier") == "123-45-6789"
    entry = AuditEntry.objects.get(action="producer.ssn_revealed")
    assert (entry.actor_user_id, entry.reason) == (ada.pk, "W-9 for the carrier")
    assert "6789" not in str(entry.changes)


def test_a_date_of_birth_is_shown_the_same_way(ines, ada):
    assert reveal_birth_date(ines.pk, user=ada, reason="Background check") == date(1980, 2, 3)
    assert AuditEntry.objects.filter(action="producer.birth_date_revealed").count() == 1


def test_without_the_right_nothing_is_shown_or_recorded(ines, leo):
    with pytest.raises(NotAllowed, match="Can reveal a social security number"):
        reveal_ssn(ines.pk, user=leo, reason="W-9 for the carrier")
    assert not AuditEntry.objects.filter(action="producer.ssn_revealed").exists()


@pytest.mark.parametrize("reason", ["", "   ", "why"])
def test_without_a_reason_nothing_is_shown(ines, ada, reason):
    with pytest.raises(InvalidInput, match="Say why"):
        reveal_ssn(ines.pk, user=ada, reason=reason)
    assert not AuditEntry.objects.filter(action="producer.ssn_revealed").exists()
