"""Continuing education: credits that are still needed when the day for them comes near."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from core.accounts.models import User
from core.notices.models import Severity
from core.notices.watches import Matter, Topic, Watch, Words
from core.words import counted
from producers.access import CHANGE_PRODUCERS
from producers.enums import Tracking
from producers.models import License, LicenseLine
from producers.notices.wording import (
    NOBODY,
    PRODUCER_NAMES,
    by_state,
    day,
    licenses_list,
    page_of,
    sentences,
)
from producers.selectors import HELD, credits_due, license_key

WITHIN = 60
CREDITS_DUE = "education.credits_due"


def look(today: date) -> Iterator[Matter]:
    """Every licence in force with credits to earn within sixty days, or by a day that has passed.

    The registry says it line by line; people earn credits for the licence, so its lines are one matter.
    """
    for line in _lines(today + timedelta(days=WITHIN)):
        producer = line.producer
        key = (line.producer_id, *license_key(line))
        yield Matter(
            code=CREDITS_DUE,
            subject="education:" + "/".join(str(value) for value in key),
            label=f"{producer.display_name}: {line.state} license {line.license_number}",
            url=page_of(producer, "licenses"),
            deadline=line.ce_renewal_date,
            owner_id=producer.owner_id,
            facts={"state": line.state, "credits": line.ce_credits_needed},
        )


def _lines(last: date) -> QuerySet[LicenseLine]:
    same = {
        name: OuterRef(name)
        for name in ("producer", "state", "license_number", "license_class_code", "branch_id")
    }
    in_force = License.objects.filter(HELD, active=True, position=OuterRef("license_position"), **same)
    named = (
        "state",
        "license_number",
        "license_class_code",
        "branch_id",
        "license_position",
        "ce_renewal_date",
        "ce_credits_needed",
    )
    rows = LicenseLine.objects.filter(credits_due(last), Exists(in_force), producer__tracking=Tracking.ACTIVE)
    return rows.select_related("producer").only(*named, *PRODUCER_NAMES).order_by("ce_credits_needed", "pk")


def _credits_due(matters: Sequence[Matter], owner: User | None) -> Words:
    nobody = "" if owner else NOBODY
    first = min(matter.deadline for matter in matters if matter.deadline)
    if len(matters) == 1:
        only = matters[0]
        needed = counted(only.facts["credits"], "credit")
        body = f"{needed} of continuing education still to be earned by {day(first)}."
        return Words(f"{only.label}: continuing education is due", sentences(body, nobody), only.url)
    states = f"{by_state(matter.facts['state'] for matter in matters)}."
    title = f"Continuing education is due for {counted(len(matters), 'license')}"
    url = licenses_list(owner, ce_due_in=WITHIN, active="true")
    return Words(title, sentences(f"The first credits are needed by {day(first)}.", states, nobody), url)


EDUCATION = Watch(
    "producers.education", look, (Topic(CREDITS_DUE, CHANGE_PRODUCERS, _credits_due, Severity.WARNING),)
)
