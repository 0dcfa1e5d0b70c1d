"""Just-in-time appointments whose first business is placed: the state's days run out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from appointments import access
from appointments.enums import TransactionStatus
from appointments.models import Transaction
from appointments.notices.wording import listed, named, of_whom, what
from core.accounts.models import User
from core.notices.models import Severity
from core.notices.watches import Matter, Topic, Watch, Words
from core.words import counted
from producers.notices.wording import NOBODY, day, sentences

SOON, LAST_DAY, RAN_OUT = "just_in_time.soon", "just_in_time.last_day", "just_in_time.ran_out"
FIVE_DAYS, ONE_DAY = timedelta(days=5), timedelta(days=1)

NOT_SENT = (
    TransactionStatus.HELD,
    TransactionStatus.READY_TO_SUBMIT,
    TransactionStatus.AWAITING_APPROVAL,
)


def look(today: date) -> Iterator[Matter]:
    """What has to be filed within five days, or by tomorrow, and what was not filed in time."""
    running = Transaction.objects.filter(
        just_in_time=True, status__in=NOT_SENT, appoint_by__lte=today + FIVE_DAYS
    )
    for row in named(running, "appoint_by"):
        yield Matter(
            code=_code(row.appoint_by or today, today),
            subject=f"transaction:{row.pk}",
            label=row.producer.display_name,
            url=row.get_absolute_url(),
            deadline=row.appoint_by,
            owner_id=row.producer.owner_id,
            facts={"what": what(row)},
        )


def _code(last_day: date, today: date) -> str:
    if last_day < today:
        return RAN_OUT
    return LAST_DAY if last_day - today <= ONE_DAY else SOON


def _words(one: str, many: str, then: str) -> Callable[[Sequence[Matter], User | None], Words]:
    def words(matters: Sequence[Matter], owner: User | None) -> Words:
        nobody, only = "" if owner else NOBODY, matters[0]
        if len(matters) > 1:
            noun = "just-in-time appointment"
            title = f"{counted(len(matters), noun)} {many}"
            body = sentences(f"Of {of_whom(matters)}.", then, nobody)
            return Words(title, body, listed(TransactionStatus.HELD))
        title = f"{only.label}: just-in-time appointment {one}"
        until = f"The {only.facts['what']}: last day {day(only.deadline)}." if only.deadline else ""
        return Words(title, sentences(until, then, nobody), only.url)

    return words


_RELEASE = "Release it so that it reaches the state in time."

JUST_IN_TIME = Watch(
    "appointments.just_in_time",
    look,
    (
        Topic(SOON, access.SUBMIT, _words("due within five days", "due within five days", _RELEASE)),
        Topic(
            LAST_DAY,
            access.SUBMIT,
            _words("due by tomorrow", "due by tomorrow", _RELEASE),
            Severity.URGENT,
            by_mail=True,
        ),
        Topic(
            RAN_OUT,
            access.SUBMIT,
            _words(
                "was not filed in time",
                "were not filed in time",
                "It can still be released; the state may decline it. Talk to compliance first.",
            ),
            Severity.URGENT,
            by_mail=True,
        ),
    ),
)
