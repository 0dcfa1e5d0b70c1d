"""A round: every watch looks; what is new is told once, what is no longer so is closed; constant queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock
from core.accounts.models import User
from core.actor import Actor
from core.audit import services as audit
from core.bulk import insert_many
from core.jobs import services as jobs
from core.jobs.models import Job
from core.notices.models import Notice, NoticeMatter, NoticeRound
from core.notices.watches import Matter, MatterKey, Topic, Watch
from core.secrets import masked

ROUND_JOB = "core.notices.round"
ONE_EACH = 10
"""More than so many of one kind for one person are told in one notice: who reads four hundred reads none."""
NO_LONGER_SO = "It is no longer so."
_AT_ONCE = 10_000
_SYSTEM = Actor.task("Notices")

Recipient = User | None
"""An owner, or everybody who holds the right of the topic."""


@dataclass(frozen=True, slots=True)
class Round:
    """What came of a watch: notices told and closed."""

    told: int
    closed: int


def ask_round(actor: Actor) -> Job:
    """Have all watches look, after commit. Asking again while that waits or runs asks for nothing more."""
    return jobs.enqueue(ROUND_JOB, actor=actor, dedupe_key=ROUND_JOB)


@transaction.atomic
def carry_out(watch: Watch) -> Round:
    """Let one watch look. Its lock is taken first: what another round has told is seen by this one."""
    _lock(watch)
    matters = {matter.key: matter for matter in watch.look(clock.today())}
    known = _told_before(watch, matters)
    events = {topic.code for topic in watch.topics if topic.is_event}
    over = [pk for key, pk in known.items() if pk and key not in matters and key.code not in events]
    closed = _end(watch, over)
    new = [matter for key, matter in matters.items() if key not in known]
    return Round(_tell(watch, new, known.keys()), closed)


def _lock(watch: Watch) -> None:
    NoticeRound.objects.get_or_create(watch=watch.name)
    NoticeRound.objects.select_for_update().get(watch=watch.name)
    NoticeRound.objects.filter(watch=watch.name).update(looked_at=clock.now())


def _codes(watch: Watch) -> list[str]:
    return [topic.code for topic in watch.topics]


def _told_before(watch: Watch, matters: Collection[MatterKey]) -> dict[MatterKey, int | None]:
    """What was told and matters still, with the row of what is held to be so until now.

    Told long ago for deadlines that are not in question any more is not read again every night.
    """
    relevant = Q(ended_at=None)
    if deadlines := [key.deadline for key in matters if key.deadline]:
        relevant |= Q(deadline__gte=min(deadlines))
    rows = NoticeMatter.objects.filter(relevant, code__in=_codes(watch))
    return {
        MatterKey(code, subject, deadline): None if ended_at else pk
        for code, subject, deadline, ended_at, pk in rows.values_list(
            "code", "subject", "deadline", "ended_at", "pk"
        )
    }


# Closing


def _end(watch: Watch, ended: list[int]) -> int:
    """Close the notices of which nothing is so any more; how many."""
    if not ended:
        return 0
    now, pks = clock.now(), iter(ended)
    while some := list(islice(pks, _AT_ONCE)):
        NoticeMatter.objects.filter(pk__in=some).update(ended_at=now)
    told = NoticeMatter.objects.filter(notice=OuterRef("pk"))
    over = Notice.objects.filter(
        Exists(told), ~Exists(told.filter(ended_at=None)), acknowledged_at=None, code__in=_codes(watch)
    )
    return _close(over)


def _close(notices: QuerySet[Notice]) -> int:
    closed = notices.update(acknowledged_at=clock.now(), closed_because=NO_LONGER_SO)
    if closed:
        audit.record("notices.closed", actor=_SYSTEM, subject=None, changes={"notices": [None, closed]})
    return closed


# Telling


def _tell(watch: Watch, new: Sequence[Matter], known: Collection[MatterKey]) -> int:
    """Tell what is new: as few notices as can be read, and every matter written down; how many notices."""
    if not new:
        return 0
    told = list(_packed(watch, new, known))
    notices = [_notice(topic, to, matters) for topic, to, matters in told]
    Notice.objects.bulk_create(notices)
    rows: dict[MatterKey, NoticeMatter] = {}
    for notice, (_topic, _to, matters) in zip(notices, told, strict=True):
        for key in _keys(matters):
            if key not in known:
                rows[key] = NoticeMatter(
                    notice=notice, code=key.code, subject=key.subject, deadline=key.deadline
                )
    insert_many(list(rows.values()))
    return len(notices)


def _keys(matters: Iterable[Matter]) -> Iterator[MatterKey]:
    for matter in matters:
        yield matter.key
        if matter.told_first:
            yield matter.first_key


def _packed(
    watch: Watch, new: Sequence[Matter], known: Collection[MatterKey]
) -> Iterator[tuple[Topic, Recipient, list[Matter]]]:
    """One pack a topic and recipient; packs of what is told singly are opened while they are small."""
    topics = {topic.code: topic for topic in watch.topics}
    at_work = _people({matter.owner_id for matter in new if matter.owner_id})
    packs: defaultdict[tuple[str, int | None], list[Matter]] = defaultdict(list)
    for matter in new:
        comes_first = matter.told_first and matter.first_key not in known
        owner = matter.owner_id if matter.owner_id in at_work else None
        packs[matter.told_first if comes_first else matter.code, owner].append(matter)
    for (code, owner), matters in packs.items():
        singly = topics[code].one_each and len(matters) <= ONE_EACH
        for pack in [[matter] for matter in matters] if singly else [matters]:
            yield topics[code], at_work.get(owner) if owner else None, pack


def _people(ids: set[int]) -> dict[int, User]:
    """Owners who still work here; the records of the others are everybody's."""
    return {user.pk: user for user in User.objects.filter(pk__in=ids, is_staff=True, is_active=True)}


def _notice(topic: Topic, to: Recipient, matters: Sequence[Matter]) -> Notice:
    """Texts of the registry may quote anything: tax numbers are masked here, before anybody is told or mailed."""
    words = topic.words(matters, to)
    deadlines = [matter.deadline for matter in matters if matter.deadline]
    return Notice(
        code=topic.code,
        subject_type=NoticeMatter._meta.label_lower,
        subject_id=uuid4().hex,
        subject_label=matters[0].label[:200] if len(matters) == 1 else "",
        deadline=min(deadlines, default=None),
        user=to,
        audience_right="" if to else topic.audience,
        title=masked(words.title)[:200],
        body=masked(words.body),
        url=words.url[:300],
        severity=topic.severity,
        by_mail=topic.by_mail,
    )
