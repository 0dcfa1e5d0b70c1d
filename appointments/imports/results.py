"""What requests came to, put on the rows that they are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from appointments.enums import StatusDetail, TransactionKind, TransactionStatus
from appointments.imports import planning
from appointments.imports.asking import Reading, Request, Way
from appointments.imports.planning import WaitingRow
from appointments.imports.telling import Found, tell
from appointments.models import BulkRequest, DefaultTerminationReason, Transaction, transaction_number
from appointments.services.asking.drafts import Draft, Judged, Refusal
from core import clock
from core.imports.enums import Outcome
from core.imports.models import ImportRun
from core.imports.rows import UploadRow
from rulebook.decision import Decision
from rulebook.rules.reasons import ReasonBook
from rulebook.selectors import load_reason_book

MOST_NUMBERS = 50
"""Numbers of transactions that a row names."""
Part = tuple[UUID, int]
"""A request: its set, and its place there."""


class Parts:
    """Which requests rows are made of, and how many of each row have not been written yet."""

    def __init__(self, run: ImportRun, sets: Sequence[BulkRequest], waiting: dict[int, WaitingRow]) -> None:
        self.sets = {bulk.pk: bulk for bulk in sets}
        self.owners = {bulk.pk: planning.owners(bulk) for bulk in sets}
        self.left: Counter[int] = Counter()
        self.of_row: dict[int, list[Part]] = {}
        for bulk in sets:
            done = planning.done_indexes(bulk)
            for index, number in enumerate(self.owners[bulk.pk]):
                if number in waiting:
                    self.of_row.setdefault(number, []).append((bulk.pk, index))
                    self.left[number] += index not in done
        self.total = len(self.of_row)
        self.settled = 0
        self._add_ended(run, {number: waiting[number].requests for number in self.of_row})

    def _add_ended(self, run: ImportRun, wanted: dict[int, list[Request]]) -> None:
        """Of rows whose first states are in request sets that ended before a kill: those parts, written already."""
        lacking = {
            number: [each for each in requests if each not in self._asked_for(number)]
            for number, requests in wanted.items()
            if len(requests) > len(self.of_row[number])
        }
        lacking = {number: requests for number, requests in lacking.items() if requests}
        if not lacking:
            return
        for bulk in planning.ended(run):
            for index, number in enumerate(planning.owners(bulk)):
                if number in lacking and bulk.requests[index] in lacking[number]:
                    lacking[number].remove(bulk.requests[index])
                    self.sets[bulk.pk] = bulk
                    self.of_row[number].insert(0, (bulk.pk, index))

    def _asked_for(self, number: int) -> list[Request]:
        return [self.sets[bulk_id].requests[index] for bulk_id, index in self.of_row[number]]

    def took(self, asked_for: Counter[int]) -> None:
        """So many requests of each row have been written."""
        self.left.subtract(asked_for)
        self.settled += sum(self.left[number] == 0 for number in asked_for)


class Results:
    """Drafts, refusals and transactions by row."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self._reasons: ReasonBook | None = None

    def put_on(
        self,
        rows: Sequence[UploadRow],
        parts: Parts,
        bulk: BulkRequest,
        judged: Judged,
        written: Sequence[Transaction],
    ) -> None:
        """Give complete rows their outcome, changes and effect. Those of which nothing came get a fault."""
        found = _Found()
        found.add_chunk(bulk, judged, written)
        wanted = {part for row in rows for part in parts.of_row[row.number]}
        found.read(wanted, parts)
        asked = {row.number: each for row in rows if (each := self.way.asked(row, {})) is not None}
        reading = self.way.reading(list(asked.values()))
        reasons = self._reason_book()
        for row in rows:
            mine = parts.of_row[row.number]
            told = tell(found.of(mine, reading), reasons, self.way.lines_column)
            row.problems = []
            if told.outcome == Outcome.SKIPPED:
                # It was worth asking for when it was checked, and is not any more.
                told.faults, told.warnings = told.warnings, []
            told.put_on(row)
            row.effect = found.effect(mine)

    def _reason_book(self) -> ReasonBook | None:
        if self._reasons is None and self.way.kind == TransactionKind.TERMINATION:
            defaults = dict(DefaultTerminationReason.objects.values_list("state", "reason"))
            self._reasons = load_reason_book(clock.today(), defaults)
        return self._reasons


class _Found:
    """What requests came to, by set and place."""

    def __init__(self) -> None:
        self._drafts: dict[Part, list[Draft]] = {}
        self._refusals: dict[Part, tuple[str, Refusal]] = {}
        self._numbers: dict[Part, list[str]] = {}
        self._known: set[Part] = set()

    def add_chunk(self, bulk: BulkRequest, judged: Judged, written: Sequence[Transaction]) -> None:
        """A chunk that has just been judged and written."""
        for draft in judged.drafts:
            self._drafts.setdefault((bulk.pk, draft.index), []).append(draft)
            self._known.add((bulk.pk, draft.index))
        for index, refusal in judged.refusals.items():
            self._refusals[bulk.pk, index] = bulk.requests[index]["state"], refusal
            self._known.add((bulk.pk, index))
        for transaction in written:
            self._add_number((bulk.pk, transaction.request_index), transaction.pk, transaction.status)

    def read(self, wanted: set[Part], parts: Parts) -> None:
        """Read what was written in earlier chunks: a query for each request set."""
        missing: dict[UUID, list[int]] = {}
        for bulk_id, index in wanted - self._known:
            missing.setdefault(bulk_id, []).append(index)
        for bulk_id, indexes in missing.items():
            rows = Transaction.objects.filter(bulk_request=bulk_id, request_index__in=indexes)
            for transaction in rows.order_by("pk"):
                place = (bulk_id, transaction.request_index)
                self._drafts.setdefault(place, []).append(_as_draft(transaction))
                self._add_number(place, transaction.pk, transaction.status)
            self._read_errors(parts.sets[bulk_id], indexes)

    def of(self, mine: Sequence[Part], reading: Reading) -> Found:
        """What the requests of a row came to."""
        drafts = [draft for part in mine for draft in self._drafts.get(part, ())]
        refusals = [self._refusals[part] for part in mine if part in self._refusals]
        already = {
            place for place, draft in enumerate(drafts) if draft.not_eligible and reading.held_already(draft)
        }
        return Found(drafts, refusals, already)

    def effect(self, mine: Sequence[Part]) -> dict[str, Any]:
        """The request sets and the transactions of a row."""
        numbers = [number for part in mine for number in self._numbers.get(part, ())]
        sets = list(dict.fromkeys(str(bulk_id) for bulk_id, _index in mine))
        return {"request_sets": sets, "made": len(numbers), "transactions": numbers[:MOST_NUMBERS]}

    def _add_number(self, place: Part, pk: int, status: str) -> None:
        if status != TransactionStatus.NOT_ELIGIBLE:
            self._numbers.setdefault(place, []).append(transaction_number(pk))

    def _read_errors(self, bulk: BulkRequest, indexes: Sequence[int]) -> None:
        errors = BulkRequest.objects.filter(pk=bulk.pk).values_list("errors", flat=True).get()
        for index in indexes:
            if error := errors.get(str(index)):
                self._refusals[bulk.pk, index] = bulk.requests[index]["state"], Refusal(**error)


def _as_draft(row: Transaction) -> Draft:
    """A transaction as the draft that it was made of, as far as rows are told of it."""
    return Draft(
        kind=TransactionKind(row.kind),
        index=row.request_index,
        external_id=row.external_id,
        producer_id=row.producer_id,
        npn=row.npn,
        entity_type=row.entity_type,
        state=row.state,
        company_id=row.company_id,
        cocode=row.cocode,
        loa_code=row.loa_code,
        loa=row.loa,
        loa_category=row.loa_category,
        status=TransactionStatus(row.status),
        reason_code=row.eligibility_reason,
        reason_text=row.eligibility_text,
        decisions=tuple(Decision.from_dict(each) for each in row.decisions),
        status_detail=StatusDetail(row.status_detail),
        termination_reason=row.reason,
        just_in_time=row.just_in_time,
        state_fee_cents=row.state_fee_cents,
        nipr_fee_cents=row.nipr_fee_cents,
    )
