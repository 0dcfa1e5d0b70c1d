"""Two rounds at the same moment tell everything once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.notices.models import Notice, NoticeMatter
from core.notices.rounds import carry_out
from producers.notices import LICENSES
from tests.at_once import at_once
from tests.producers.cast import give_license

pytestmark = pytest.mark.django_db(transaction=True)


def test_rounds_at_once_tell_each_licence_once(ines):
    for number in range(5):
        soon = clock.today() + timedelta(days=20)
        give_license(ines, license_number=f"N{number}", expiration_date=soon)
    assert sum(came_of_it.told for came_of_it in at_once(lambda _: carry_out(LICENSES), threads=4)) == 1
    assert (Notice.objects.count(), NoticeMatter.objects.count()) == (1, 5)
