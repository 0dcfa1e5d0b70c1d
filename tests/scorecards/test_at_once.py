"""Two may work on the same scorecards at once: nothing is made or counted twice, nothing gets lost."""

from __future__ import annotations

from collections import Counter

import pytest

from scorecards import services
from scorecards.models import Scorecard, ScorecardTally
from tests.at_once import at_once
from tests.scorecards import records

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def several():
    records.write_rules()
    records.company("77001", "Heron Life", ["life"], ["CA"])
    for number in range(12):
        records.assign(records.producer(str(8000 + number)))


def test_makers_at_once_share_no_number_and_make_each_once(several):
    assert sum(at_once(lambda _: services.ensure_scorecards(), threads=4)) == 12
    numbers = sorted(Scorecard.objects.values_list("number", flat=True))
    assert numbers == [f"SCORE-{number:04d}" for number in range(1, 13)]


def test_refreshes_at_once_leave_one_set_of_tallies(several):
    services.ensure_scorecards()
    pks = list(Scorecard.objects.values_list("pk", flat=True))
    at_once(lambda _: services.refresh(pks), threads=4)
    counts = Counter(ScorecardTally.objects.values_list("scorecard", flat=True))
    assert set(counts.values()) == {4}
    assert not Scorecard.objects.filter(stale_since__isnull=False).exists()


def test_what_is_made_stale_beside_a_refresh_is_computed_in_the_end(several):
    services.ensure_scorecards()
    pks = list(Scorecard.objects.values_list("pk", flat=True))

    def one_of(number):
        if number % 2:
            records.appointment(Scorecard.objects.get(pk=pks[number]).producer)
            services.mark_stale(assignment_ids=[Scorecard.objects.get(pk=pks[number]).assignment_id])
        else:
            services.refresh(pks)

    at_once(one_of, threads=4)
    services.refresh_all_stale()
    appointed = [scorecard.appointed for scorecard in Scorecard.objects.filter(pk__in=[pks[1], pks[3]])]
    assert appointed == [1, 1]
