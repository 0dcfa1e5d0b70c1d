"""What an upload made is taken back, as far as nothing has built on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from django.db.models import Count, F

from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.audit.models import AuditEntry
from core.notices.models import Notice, NoticeMatter
from producers.enums import SyncRunStatus
from producers.models import Change, Producer, ProducerAssignment, SyncItem, SyncState
from producers.signals import assignments_changed


class Meaning(Enum):
    """What rows that point to a producer mean for taking it off file again."""

    GOES_WITH_IT = "The registry said it, or it follows from what is on file: it can be had again."
    BUILDS_ON_IT = "Somebody did it: the producer stays."
    DEPENDS = "Some do, some do not; it is looked at in its own way."


MEANING = {
    "producers.Producer.agency": Meaning.DEPENDS,  # members that go with it do not hold it
    "producers.ProducerAssignment.producer": Meaning.DEPENDS,  # those of the same upload go with it
    "producers.Change.producer": Meaning.DEPENDS,  # one that somebody acknowledged was worked on
    "producers.License.producer": Meaning.GOES_WITH_IT,
    "producers.LicenseLine.producer": Meaning.GOES_WITH_IT,
    "producers.RegulatoryAction.producer": Meaning.GOES_WITH_IT,
    "producers.Address.producer": Meaning.GOES_WITH_IT,
    "producers.ContactInfo.producer": Meaning.GOES_WITH_IT,
    "producers.OtherName.producer": Meaning.GOES_WITH_IT,
    "producers.SyncState.producer": Meaning.GOES_WITH_IT,
    "producers.SyncItem.producer": Meaning.DEPENDS,  # not while it waits to be read
    "producers.AlertTarget.producer": Meaning.GOES_WITH_IT,  # the next night unsubscribes
    "appointments.Appointment.producer": Meaning.GOES_WITH_IT,
    "appointments.TransactionBatch.producer": Meaning.BUILDS_ON_IT,
    "appointments.Transaction.producer": Meaning.BUILDS_ON_IT,
    "appointments.BackgroundAnswers.producer": Meaning.BUILDS_ON_IT,
    "scorecards.Scorecard.producer": Meaning.GOES_WITH_IT,
}
"""Every relation to a producer. One that is missing here holds the producer until somebody has decided."""

_ONLY_LOOKED_AT = ("producer.ssn_revealed", "producer.birth_date_revealed", "background_answers.read")
_DONE_SINCE = {
    "producer.updated": "it was edited",
    "producer.tracking_changed": "its tracking was changed",
    "assignment.created": "an assignment was added",
    "assignment.updated": "an assignment was edited",
    "assignment.ended": "an assignment was ended",
}
_TAKEN_ON = "somebody has taken on a notice about it"
_ONLY_CHANGED = "It changed a producer who was on file before, and made nothing. Change that back by hand."


@dataclass(frozen=True, slots=True)
class Made:
    """What a row of an upload is about, by ids, and what of it was not there before."""

    producer: int | None = None
    agency: int | None = None
    assignment: int | None = None
    is_new_agency: bool = False


def came_with(operation_id: UUID, producer_ids: Collection[int] | None = None) -> set[int]:
    """Ids of the producers, or of these, that came on file in an operation. Some may be gone again."""
    entries = AuditEntry.objects.filter(
        operation_id=operation_id, action="producer.created", subject_type=Producer._meta.label_lower
    )
    if producer_ids is not None:
        entries = entries.filter(subject_id__in=list(map(str, producer_ids)))
    return set(map(int, entries.order_by().values_list("subject_id", flat=True).iterator(10_000)))


def take_back(rows: Mapping[int, Made], *, operation_id: UUID, reason: str, actor: Actor) -> dict[int, str]:
    """Take off file what came on it in an operation; end assignments of those who were there before.

    Answers with what keeps rows from being undone. Constant number of queries, in the transaction of the caller.
    """
    ids = {pk for made in rows.values() for pk in (made.producer, made.agency) if pk is not None}
    on_file = _locked(ids)
    ours = came_with(operation_id, on_file)
    held = what_builds_on(ours, operation_id)
    people = {made.producer for made in rows.values() if made.producer in ours}
    _remove({pk: on_file[pk] for pk in people - held.keys() if pk}, reason, actor)
    agencies = {made.agency for made in rows.values() if made.agency in ours} - held.keys()
    members = _members(pk for pk in agencies if pk)
    _remove({pk: on_file[pk] for pk in agencies - members.keys() if pk}, reason, actor)
    for pk, count in members.items():
        held[pk] = f"{'a producer belongs' if count == 1 else f'{count:,} producers belong'} to it"
    edited = _end({made.assignment for made in rows.values() if made.producer not in ours}, reason, actor)
    found = {}
    for key, made in rows.items():
        if sentence := " ".join(_what_stays(made, ours, on_file, held, edited)):
            found[key] = sentence
    return found


def _what_stays(
    made: Made,
    ours: Collection[int],
    on_file: Mapping[int, Producer],
    held: Mapping[int, str],
    edited: Collection[int],
) -> Iterator[str]:
    if made.producer in ours:
        if made.producer is not None and made.producer in held:
            yield f"{on_file[made.producer].display_name} stays: {held[made.producer]}."
    elif made.assignment is None and made.producer in on_file:
        yield _ONLY_CHANGED
    elif made.assignment in edited:
        yield "The assignment stays: it was edited since."
    if made.is_new_agency and made.agency is not None and made.agency in held:
        yield f"The agency {on_file[made.agency].display_name} stays: {held[made.agency]}."


def what_builds_on(producer_ids: Collection[int], operation_id: UUID) -> dict[int, str]:
    """Producers that something has built on since they came on file in an operation, with what it was."""
    found: dict[int, list[str]] = defaultdict(list)
    if producer_ids:
        for looked in (_done_since, _rows_built, _acknowledged, _being_read):
            for pk, what in looked(producer_ids, operation_id):
                if what not in found[pk]:
                    found[pk].append(what)
    return {pk: ", ".join(whats) for pk, whats in found.items()}


Found = Iterator[tuple[int, str]]


def _done_since(producer_ids: Collection[int], operation_id: UUID) -> Found:
    """Whatever a person, a client or another upload does to a producer stands in the trail; the sync writes none."""
    entries = AuditEntry.objects.filter(
        subject_type=Producer._meta.label_lower, subject_id__in=[str(pk) for pk in producer_ids]
    )
    others = entries.exclude(operation_id=operation_id).exclude(action__in=_ONLY_LOOKED_AT).order_by("pk")
    for pk, action in others.values_list("subject_id", "action"):
        yield int(pk), _DONE_SINCE.get(action, "somebody has worked on it")


def _rows_built(producer_ids: Collection[int], _operation_id: UUID) -> Found:
    for relation in Producer._meta.related_objects:
        model, field = relation.related_model, relation.field.name
        if MEANING.get(f"{model._meta.label}.{field}", Meaning.BUILDS_ON_IT) is not Meaning.BUILDS_ON_IT:
            continue
        rows = model._base_manager.filter(**{f"{field}__in": producer_ids}).order_by()
        for pk, count in rows.values_list(field).annotate(Count("pk")):
            name = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
            yield pk, f"{count:,} {name}"


def _acknowledged(producer_ids: Collection[int], _operation_id: UUID) -> Found:
    """Open notices close by themselves when what they are about is gone; one that somebody took on is work begun."""
    changes = Change.objects.filter(producer_id__in=producer_ids, acknowledged_at__isnull=False)
    for pk in changes.order_by().values_list("producer_id", flat=True).distinct():
        yield pk, "somebody has seen its changes"
    notices = Notice.objects.filter(
        subject_type=Producer._meta.label_lower,
        subject_id__in=[str(pk) for pk in producer_ids],
        acknowledged_by__isnull=False,
    )
    for subject_id in notices.order_by().values_list("subject_id", flat=True):
        yield int(subject_id), _TAKEN_ON
    subjects = {f"producer:{pk}": pk for pk in producer_ids}
    taken_on = NoticeMatter.objects.filter(subject__in=list(subjects), notice__acknowledged_by__isnull=False)
    for subject in taken_on.order_by().values_list("subject", flat=True).distinct():
        yield subjects[subject], _TAKEN_ON


def _being_read(producer_ids: Collection[int], _operation_id: UUID) -> Found:
    items = SyncItem.objects.filter(
        producer_id__in=producer_ids, done_at=None, run__status=SyncRunStatus.RUNNING
    )
    for pk in items.order_by().values_list("producer_id", flat=True).distinct():
        yield pk, "it is being read from the registry; undo it once that is over"


def _locked(ids: Collection[int]) -> dict[int, Producer]:
    """Lock in the order of the sync: what it remembers first, then the producers."""
    list(SyncState.objects.filter(producer_id__in=ids).order_by("pk").select_for_update().values_list("pk"))
    rows = Producer.objects.filter(pk__in=ids).defer("ssn", "birth_date")
    return {producer.pk: producer for producer in rows.order_by("pk").select_for_update()}


def _members(agencies: Iterator[int]) -> dict[int, int]:
    """How many belong to each agency that somebody belongs to."""
    members = Producer.objects.filter(agency_id__in=list(agencies)).order_by()
    return {pk: count for pk, count in members.values_list("agency_id").annotate(Count("pk")) if pk}


def _remove(producers: Mapping[int, Producer], reason: str, actor: Actor) -> None:
    if not producers:
        return
    audit.record_many(
        audit.AuditRecord(
            "producer.upload_undone", actor, producer, {"npn": [producer.npn, None]}, reason=reason
        )
        for producer in producers.values()
    )
    Producer.objects.filter(pk__in=producers).defer("ssn", "birth_date").delete()


def _end(ids: Collection[int | None], reason: str, actor: Actor) -> set[int]:
    """End running assignments that are still as they were made; the others are answered."""
    rows = ProducerAssignment.objects.filter(pk__in=[pk for pk in ids if pk], ended_at=None)
    running = list(rows.select_related("producer").order_by("pk").select_for_update(of=("self",)))
    ending = [assignment for assignment in running if assignment.version == 1]
    if ending:
        now = clock.now()
        ProducerAssignment.objects.filter(pk__in=[assignment.pk for assignment in ending]).update(
            ended_at=now, version=F("version") + 1, updated_at=now
        )
        audit.record_many(
            audit.AuditRecord(
                "assignment.ended",
                actor,
                assignment.producer,
                {"ended_at": [None, now.isoformat()]},
                reason=reason,
            )
            for assignment in ending
        )
        producer_ids = {assignment.producer_id for assignment in ending}
        assignments_changed.send(ProducerAssignment, producer_ids=producer_ids)
    return {assignment.pk for assignment in running} - {assignment.pk for assignment in ending}
