"""Rows of an upload to and from the database."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, ExpressionWrapper, F, QuerySet, TextField

from core.bulk import JsonText, insert_values, json_encoder, update_values
from core.imports import hiding
from core.imports.enums import SETTLED, WORTH_PROCESSING, Outcome, RowState
from core.imports.masks import readable, secret_texts
from core.imports.models import ImportRow, ImportRun
from core.imports.resource import SLIPPED, Problem, Reader
from core.imports.rows import UploadRow

_AS_TEXT = ("cells", "extra", "problems", "changes", "effect")
_PLAIN = ("pk", "number", "label", "secrets", "outcome", "state", "mended")
_JUDGED = ("label", "outcome", "problems", "changes", "state", "effect")
_CELLS = ("cells", "extra", "secrets", "mended")
_SETTLED = ("state", "effect", "secrets")
_LABEL_CHARACTERS = 200
_NO_PROBLEMS, _NOTHING = JsonText("[]"), JsonText("{}")
_encoded = json_encoder(ImportRow._meta.get_field("changes"))


def rows_of(run: ImportRun) -> QuerySet[ImportRow]:
    """Its rows."""
    return ImportRow.objects.filter(run_id=run.pk)


def waiting(run: ImportRun) -> QuerySet[ImportRow]:
    """Its rows that are worth processing and have not been."""
    return rows_of(run).filter(outcome__in=WORTH_PROCESSING, state=RowState.WAITING)


def done(run: ImportRun) -> QuerySet[ImportRow]:
    """Its rows that were processed with success."""
    return rows_of(run).filter(state=RowState.DONE)


def numbers_of(rows: QuerySet[ImportRow]) -> array[int]:
    """The numbers of rows, ascending: four bytes each, so that all of a file may be kept at hand."""
    return array("I", rows.order_by("number").values_list("number", flat=True).iterator(chunk_size=10_000))


def between(rows: QuerySet[ImportRow], numbers: Sequence[int]) -> QuerySet[ImportRow]:
    """Those of the rows that stand from the first to the last of these numbers, in their order.

    With both ends given any index answers at once, whichever the database picks.
    """
    ends = sorted((numbers[0], numbers[-1]))
    return rows.filter(number__gte=ends[0], number__lte=ends[1]).order_by("number")


def loaded(rows: QuerySet[ImportRow], reader: Reader) -> list[UploadRow]:
    """Rows as they were judged, to be processed or undone, with their values read again."""
    return [_loaded(values, reader, afresh=False) for values in _read(rows)]


def to_be_judged(rows: QuerySet[ImportRow], reader: Reader) -> list[UploadRow]:
    """Rows as if they came from the file, except that those that are done or undone stay so."""
    return [_loaded(values, reader, afresh=True) for values in _read(rows)]


def _read(rows: QuerySet[ImportRow]) -> Iterator[tuple[Any, ...]]:
    """Columns as ``_loaded`` takes them. The texts of a whole JSON column are decoded at once, as one list."""
    texts = {f"{name}_text": ExpressionWrapper(F(name), TextField()) for name in _AS_TEXT}
    columns = list(zip(*rows.annotate(**texts).values_list(*_PLAIN, *texts), strict=True))
    for place in range(len(_PLAIN), len(columns)):
        columns[place] = tuple(json.loads(f"[{','.join(columns[place])}]"))
    return zip(*columns, strict=True)


def _loaded(stored: tuple[Any, ...], reader: Reader, *, afresh: bool) -> UploadRow:
    pk, number, label, secrets, outcome, state, mended, cells, extra, problems, changes, effect = stored
    judged_anew = afresh and state not in SETTLED
    kept = secret_texts(secrets)
    texts, warnings = readable(cells, kept)
    values, faults = reader.read(texts)
    row = UploadRow(
        number,
        cells,
        values=values,
        problems=[*_left(problems, mended=mended), *warnings, *faults] if judged_anew else problems,
        extra=extra,
        secrets=kept,
        mended=mended,
        pk=pk,
        state=RowState.WAITING if judged_anew else state,
    )
    if not judged_anew:
        row.outcome, row.label, row.changes, row.effect = outcome, label, changes, effect
        row.judged_before = row.judged
    return row


def _left(problems: Sequence[Problem], *, mended: bool) -> list[Problem]:
    """What was found when the file was read and stays until a person has mended the row."""
    return [] if mended else [each for each in problems if each["code"] == SLIPPED]


def insert_judged(run: ImportRun, rows: Sequence[UploadRow]) -> None:
    """Keep rows that were judged for the first time."""
    names = ("run_id", "number", *_JUDGED, *_CELLS)
    insert_values(ImportRow, names, [(run.pk, row.number, *_found(row), *_given(row)) for row in rows])


def write_judged(run: ImportRun, rows: Sequence[UploadRow], *, cells_too: bool = False) -> None:
    """Write what was found out about rows that are on file; with their cells where masks were restored."""
    if cells_too:
        values = [(row.pk, *_found(row), *_given(row)) for row in rows]
        update_values(ImportRow, _JUDGED + _CELLS, values)
    else:
        update_values(ImportRow, _JUDGED, [(row.pk, *_found(row)) for row in rows])


def write_settled(run: ImportRun, rows: Sequence[UploadRow]) -> None:
    """Write what became of rows that were processed. Done ones need their secrets no more."""
    as_foreseen: list[UploadRow] = []
    otherwise: list[UploadRow] = []
    for row in rows:
        row.problems = each_once(row.problems)
        row.state = RowState.FAILED if row.faulty else RowState.DONE
        is_same = row.state == RowState.DONE and row.judged == row.judged_before
        (as_foreseen if is_same else otherwise).append(row)
    # Most rows turn out as they were judged before, and that is on file already.
    update_values(ImportRow, _SETTLED, [(row.pk, row.state, _effect(row), None) for row in as_foreseen])
    values = [
        (row.pk, *_found(row), None if row.state == RowState.DONE else _secrets(row)) for row in otherwise
    ]
    update_values(ImportRow, (*_JUDGED, "secrets"), values)


def _found(row: UploadRow) -> tuple[Any, ...]:
    """What was found out about a row. Nothing of it holds a secret, whatever its type wrote into it."""
    label, problems, changes, effect = _shown(row, row.label, row.problems, row.changes, row.effect)
    outcome = Outcome.ERROR.value if row.faulty else row.outcome
    return label[:_LABEL_CHARACTERS], outcome, problems, changes, row.state, effect


def _effect(row: UploadRow) -> JsonText:
    """The same of its effect alone."""
    effect: JsonText = _shown(row, "", row.effect)[1]
    return effect


def _given(row: UploadRow) -> tuple[Any, ...]:
    return row.cells, row.extra, _secrets(row), row.mended


def _secrets(row: UploadRow) -> str | None:
    return _encoded(row.secrets) if row.secrets else None


def each_once(problems: Sequence[Problem]) -> list[Problem]:
    """Problems without repetition: writing judges a row anew, and may say again what was said before."""
    if len(problems) < 2:
        return list(problems)
    # JSON of PostgreSQL comes back with its keys in an order of its own.
    return list({tuple(sorted(problem.items())): problem for problem in problems}.values())


def _shown(row: UploadRow, label: str, *found: Any) -> tuple[Any, ...]:
    """A label and JSON texts without the secrets of the row, looked for in the texts as these are needed anyway."""
    texts = [_as_json(value) for value in found]
    if row.secrets and hiding.stands_in(row.secrets.values(), "".join((_encoded(label), *texts))):
        label, *found = hiding.without(row.secrets.values(), (label, *found))
        texts = [_as_json(value) for value in found]
    return label, *texts


def _as_json(value: Any) -> JsonText:
    return JsonText(_encoded(value)) if value else _NO_PROBLEMS if isinstance(value, list) else _NOTHING


def counted(run: ImportRun) -> tuple[dict[str, int], dict[str, int]]:
    """Its rows by outcome, and by state, as they stand now."""
    outcomes: Counter[str] = Counter()
    states: Counter[str] = Counter()
    groups = rows_of(run).order_by().values_list("outcome", "state").annotate(rows=Count("pk"))
    for outcome, state, rows in groups:
        outcomes[outcome] += rows
        states[state] += rows
    return dict(outcomes), {state: states[state] for state in ("done", "failed", "undone")}


def batches(rows: QuerySet[ImportRow], numbers: Sequence[int], size: int) -> Iterator[QuerySet[ImportRow]]:
    """The rows of these numbers, so many at a time."""
    for start in range(0, len(numbers), size):
        yield between(rows, numbers[start : start + size])
