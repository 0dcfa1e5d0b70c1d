"""Local rules that are about to end: afterwards the shipped rule counts again, and nobody would have noticed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.urls import reverse

from core.accounts.models import User
from core.notices.models import Severity
from core.notices.watches import Matter, Topic, Watch, Words
from core.words import counted
from producers.notices.wording import day
from rulebook.access import CHANGE_RULES
from rulebook.models import Origin, StateRule

ENDING = "rule.override_ends"
WITHIN = timedelta(days=14)


def look(today: date) -> Iterator[Matter]:
    """Every local rule in force or to come whose last day is within two weeks."""
    rows = StateRule.objects.filter(
        origin=Origin.LOCAL, withdrawn_at=None, effective_to__range=(today, today + WITHIN)
    )
    for rule in rows.select_related("jurisdiction").order_by("effective_to", "pk"):
        yield Matter(
            code=ENDING,
            subject=f"state_rule:{rule.pk}",
            label=f"{rule.jurisdiction.name}: {rule.definition.label}",
            url=reverse("rulebook:state", args=[rule.jurisdiction_id]),
            deadline=rule.effective_to,
            facts={"value": rule.told, "reason": rule.reason, "author": rule.author_label},
        )


def _words(matters: Sequence[Matter], _owner: User | None) -> Words:
    first = min(matter.deadline for matter in matters if matter.deadline)
    after = "Afterwards the shipped rule counts again. If the local one still holds, say so for longer."
    if len(matters) == 1:
        only = matters[0]
        said = f"“{only.facts['value']}”, by {only.facts['author'] or 'an unnamed author'}: {only.facts['reason']}"
        return Words(
            f"{only.label}: the local rule ends on {day(first)}", f"{said.rstrip('.')}. {after}", only.url
        )
    named = ", ".join(matter.label for matter in matters[:5])
    title = (
        f"{counted(len(matters), 'local rule')} end by {day(max(m.deadline for m in matters if m.deadline))}"
    )
    return Words(
        title, f"The first on {day(first)}. Among them {named}. {after}", reverse("rulebook:library")
    )


RULES = Watch(
    "rulebook.overrides", look, (Topic(ENDING, CHANGE_RULES, _words, Severity.WARNING, one_each=True),)
)
