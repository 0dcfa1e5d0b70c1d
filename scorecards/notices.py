"""Scorecards that were full and no longer are: told in one notice, however many they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.urls import reverse

from core.accounts.models import User
from core.notices.models import Severity
from core.notices.watches import Matter, Topic, Watch, Words
from core.words import counted
from producers.access import CHANGE_PRODUCERS
from producers.notices.wording import PRODUCER_NAMES, day
from scorecards.models import Scorecard

DROPPED = "scorecard.dropped"


def look(today: date) -> Iterator[Matter]:
    """Running scorecards that have dropped below 100 % and have not been full since."""
    rows = Scorecard.objects.filter(assignment__ended_at=None, dropped_on__isnull=False)
    named = ("number", "dropped_on", "licensed_percent", "appointed_percent", *PRODUCER_NAMES)
    for card in rows.select_related("producer").only(*named).order_by("pk"):
        yield Matter(
            code=DROPPED,
            subject=f"scorecard:{card.pk}",
            label=f"{card.number} of {card.producer.display_name}",
            url=reverse("scorecards:page", args=[card.number]),
            deadline=card.dropped_on,
        )


def _words(matters: Sequence[Matter], _owner: User | None) -> Words:
    since = min(matter.deadline for matter in matters if matter.deadline)
    if len(matters) == 1:
        only = matters[0]
        return Words(f"{only.label} dropped below 100 %", f"It was full before {day(since)}.", only.url)
    named = ", ".join(matter.label for matter in matters[:5])
    url = f"{reverse('scorecards:list')}?dropped_since={since.isoformat()}"
    body = f"They were full before {day(since)}: {named}{' and others' if len(matters) > 5 else ''}."
    return Words(f"{counted(len(matters), 'scorecard')} dropped below 100 %", body, url)


SCORECARDS = Watch("scorecards.dropped", look, (Topic(DROPPED, CHANGE_PRODUCERS, _words, Severity.WARNING),))
