"""Rows of an upload about people, taken back."""

from __future__ import annotations

from collections.abc import Sequence

from core.actor import Actor
from core.imports.models import ImportRow
from core.imports.rows import UploadRow
from core.imports.types import Undone
from producers.imports.following import operation_of
from producers.services.onboarding import Made, take_back


def undo(rows: Sequence[UploadRow], actor: Actor) -> Undone:
    """Take back what these rows made, in the transaction of the caller; say of the others what keeps it."""
    made = {row.pk: _made(row) for row in rows if row.pk is not None}
    run_id = ImportRow.objects.filter(pk__in=list(made)[:1]).values_list("run_id", flat=True).first()
    if run_id is None:
        return Undone()
    kept = take_back(
        made, operation_id=operation_of(run_id), reason=f"Upload {run_id} was undone.", actor=actor
    )
    return Undone(undone=[pk for pk in made if pk not in kept], kept=kept)


def _made(row: UploadRow) -> Made:
    effect = row.effect
    return Made(
        producer=effect.get("producer"),
        agency=effect.get("agency"),
        assignment=effect.get("assignment"),
        is_new_agency="agency" in effect.get("made", ()),
    )
