"""Submitting what an upload has made ready, where that was asked for: never for more than was confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.db import transaction as database
from django.db.models import Sum
from django.db.models.functions import Coalesce

from appointments import access
from appointments.enums import BulkStatus, TransactionStatus
from appointments.models import BulkRequest, Transaction
from appointments.services.asking.running import end
from appointments.services.asking.sending import sentence_of
from appointments.services.handling.pricing import prices_now, summed
from appointments.services.handling.results import HandledOne
from appointments.services.handling.submit import submit
from core.imports.work import Work
from core.rights import require, rights_of
from core.words import money

AT_ONCE = 500


class Sending:
    """The request sets of one processing, all written. They stay open until all of them are submitted or left.

    What it costs is asked anew, of everything together, before the first is submitted, and of each part once more in
    the transaction that submits it. What was submitted once is not submitted again: a person who takes one back
    while this goes on, or is tried again, has the last word.
    """

    def __init__(self, work: Work, sets: Sequence[BulkRequest]) -> None:
        self.work = work
        self.sets = sets
        self.limit = work.run.confirmed_cents or 0

    def send(self) -> None:
        """Submit what is ready if it costs no more than was confirmed; else say the difference, and leave it."""
        if not self.sets:
            return
        require(self.work.actor, access.PREPARE, access.SUBMIT)
        spent = self._spent()
        cents = spent + sum(self._price(ids) for bulk in self.sets for ids in _parts(bulk))
        message = self._too_much(cents) if cents > self.limit else self._send(spent, cents)
        for bulk in self.sets:
            end(bulk, BulkStatus.DONE, message)
        self.work.message = message

    def _send(self, spent: int, cents: int) -> str:
        refused: list[HandledOne] = []
        for bulk in self.sets:
            for ids in _parts(bulk):
                self.work.hold.between(0, None)
                with database.atomic():
                    self.work.hold.take()
                    now = self._price(ids)
                    if spent + now > self.limit:
                        return self._too_much(spent + now)
                    spent += now
                    refused += submit(
                        ids,
                        confirm_cents=None,
                        actor=self.work.actor,
                        has_right=rights_of(self.work.actor),
                        selection_cents=cents,
                    ).refused
        return sentence_of(refused)

    def _price(self, ids: Sequence[int]) -> int:
        """What some of them cost at the rates of now."""
        rows = list(Transaction.objects.filter(pk__in=ids).order_by("pk"))
        return summed(prices_now(rows).values()).total_cents

    def _spent(self) -> int:
        """What this processing has submitted before it was interrupted."""
        sent = Transaction.objects.filter(bulk_request__in=self.sets).exclude(submitted_by_label="")
        sums = sent.aggregate(
            state=Coalesce(Sum("state_fee_cents"), 0), nipr=Coalesce(Sum("nipr_fee_cents"), 0)
        )
        return int(sums["state"] + sums["nipr"])

    def _too_much(self, cents: int) -> str:
        where = ", ".join(f"“{bulk.name}”" for bulk in self.sets[:3])
        more = f" and {len(self.sets) - 3} more" if len(self.sets) > 3 else ""
        return (
            f"Not submitted: it costs {money(cents)} now, and {money(self.limit)} was confirmed, "
            f"{money(cents - self.limit)} less. Look at the request set {where}{more} and submit it there."
        )


def _parts(bulk: BulkRequest) -> Iterator[list[int]]:
    """What is ready and was never submitted, in parts that leave batches whole."""
    kinds = [late for late, asked in ((False, bulk.submit), (True, bulk.submit_just_in_time)) if asked]
    ready = Transaction.objects.filter(
        bulk_request=bulk,
        status=TransactionStatus.READY_TO_SUBMIT,
        just_in_time__in=kinds,
        submitted_by_label="",
    )
    part: list[int] = []
    pairs = list(ready.order_by("batch_id", "pk").values_list("batch_id", "pk"))
    for _batch, group in groupby(pairs, lambda pair: pair[0]):
        ids = [pk for _batch, pk in group]
        if part and len(part) + len(ids) > AT_ONCE:
            yield part
            part = []
        part += ids
    if part:
        yield part
