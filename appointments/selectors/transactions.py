"""Reads about transactions, batches, request sets and the gateway, with names."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from appointments import access
from appointments.enums import ACTIONABLE, TransactionStatus
from appointments.models import (
    AttemptTransaction,
    BulkRequest,
    GatewaySettings,
    SubmissionAttempt,
    SupportingDocument,
    Transaction,
    TransactionBatch,
)
from core.accounts.models import User
from core.audit.models import AuditEntry
from core.audit.selectors import history_for
from producers.models import Producer
from producers.selectors import without_personal

_NUMBER = re.compile(r"(GT|TB)-?0*(\d{1,18})", re.IGNORECASE)
HEAVY = ("decisions", "application", "validation_errors")
"""What a list never shows."""


def transaction_list(user: User | None = None) -> QuerySet[Transaction]:
    """All transactions, as lists read them."""
    rows = Transaction.objects.select_related("producer", "company")
    return rows.defer(*HEAVY, *without_personal("producer__"))


def actionable_list(user: User | None = None) -> QuerySet[Transaction]:
    """What waits for a person."""
    return transaction_list(user).filter(status__in=ACTIONABLE)


def transaction_pages() -> QuerySet[Transaction]:
    """Transactions as their own pages read them."""
    related = Transaction.objects.select_related("producer", "company", "batch", "registry_fact")
    return related.defer(*without_personal("producer__"))


def search_transactions(rows: QuerySet[Transaction], term: str) -> QuerySet[Transaction]:
    """By number, batch, NPN, how a name begins, external id, or NIPR's own number."""
    kind, number = number_in(term)
    if kind:
        return rows.filter(pk=number) if kind == "GT" else rows.filter(batch=number)
    exact = Q(external_id=term) | Q(nipr_trans=term)
    if term.isdigit():
        return rows.filter(exact | Q(npn=term))
    named = Producer.objects.filter(sort_name__prefix=term.casefold()).values("pk")
    return rows.filter(exact | Q(producer__in=named))


def number_in(text: str) -> tuple[str, int]:
    """``GT-00000012`` as ("GT", 12), ``tb-3`` as ("TB", 3); ("", 0) where it is neither."""
    found = _NUMBER.fullmatch(text.strip())
    return (found[1].upper(), int(found[2])) if found else ("", 0)


def counts_by_status(rows: QuerySet[Transaction]) -> dict[str, int]:
    """How many of the rows stand where, in the order of the statuses."""
    counted = rows.order_by().values_list("status").annotate(Count("pk"))
    found: dict[str, int] = dict(counted)
    return {status: found[status] for status in TransactionStatus.values if status in found}


def counts_by(rows: QuerySet[Transaction], *paths: str) -> list[tuple[Any, ...]]:
    """Rows counted by some columns, the most frequent first: ``(*columns, count)``."""
    return list(rows.order_by().values_list(*paths).annotate(count=Count("pk")).order_by("-count", *paths))


def batch_pages() -> QuerySet[TransactionBatch]:
    """Batches as their pages read them."""
    related = TransactionBatch.objects.select_related("producer", "company", "bulk_request")
    heavy = ("requests", "errors", "plan", "plan_digests", "upload_rows")
    return related.defer(*(f"bulk_request__{name}" for name in heavy), *without_personal("producer__"))


def fee_totals(rows: QuerySet[Transaction]) -> dict[str, int]:
    """Cents over the rows: ``estimated``, ``charged``; and how many the state bills by itself, ``billed_later``."""
    sums = rows.order_by().aggregate(
        state=Sum("state_fee_cents"),
        nipr=Sum("nipr_fee_cents"),
        charged_state=Sum("charged_state_fee_cents"),
        charged_nipr=Sum("charged_nipr_fee_cents"),
        billed_later=Count("pk", filter=Q(state_fee_cents=None, nipr_fee_cents__isnull=False)),
        count=Count("pk"),
    )
    sums = {name: value or 0 for name, value in sums.items()}
    return sums | {
        "estimated": sums["state"] + sums["nipr"],
        "charged": sums["charged_state"] + sums["charged_nipr"],
    }


def attempts_of(transaction: Transaction) -> list[SubmissionAttempt]:
    """The documents that carried it, oldest first; never their replies."""
    carried = AttemptTransaction.objects.filter(transaction=transaction).select_related("attempt")
    return [each.attempt for each in carried.defer("attempt__reply").order_by("attempt__claimed_at")]


def history_of(transaction: Transaction) -> list[AuditEntry]:
    """What was done to it, oldest first."""
    return list(history_for(transaction).order_by("id"))


def recent_attempts(limit: int) -> QuerySet[SubmissionAttempt]:
    """The last documents that went to the gateway, or were about to."""
    return SubmissionAttempt.objects.defer("reply").order_by("-claimed_at")[:limit]


def waiting_at_gateway() -> dict[str, int]:
    """How many wait to leave, are on their way, unknown, or with the state."""
    statuses = (
        TransactionStatus.QUEUED,
        TransactionStatus.SUBMITTING,
        TransactionStatus.UNKNOWN,
        TransactionStatus.SUBMITTED,
        TransactionStatus.AWAITING_VALIDATION,
    )
    found = counts_by_status(Transaction.objects.filter(status__in=statuses))
    return {status.value: found.get(status.value, 0) for status in statuses}


def request_sets(user: User | None = None) -> QuerySet[BulkRequest]:
    """Request sets without their rows and plans."""
    return BulkRequest.objects.defer("requests", "errors", "plan", "plan_digests", "upload_rows")


def transactions_of_set(bulk: BulkRequest) -> QuerySet[Transaction]:
    """What a request set has made."""
    return transaction_list().filter(bulk_request=bulk)


def transactions_of_producer(producer: Producer, limit: int) -> list[Transaction]:
    """The latest transactions of a producer."""
    rows = Transaction.objects.filter(producer=producer).select_related("company").defer(*HEAVY)
    return list(rows.order_by("-id")[:limit])


def transactions_in(ids: Collection[int]) -> QuerySet[Transaction]:
    """Some transactions by their ids; given as a subset of what may be seen by whoever shows them."""
    return transaction_list().filter(pk__in=ids)


def papers_of(transaction: Transaction) -> list[SupportingDocument]:
    """The files that go with it, without their content."""
    return list(SupportingDocument.objects.filter(transaction=transaction).defer("content"))


def gateway_settings() -> GatewaySettings:
    """The settings as saved, or the ones that hold until somebody saves some."""
    return GatewaySettings.objects.filter(pk=1).first() or GatewaySettings(pk=1)


def approvers(*, without: int | None = None) -> list[str]:
    """Names of the people who may approve, ``without`` one of them."""
    app_label, _, codename = access.APPROVE.partition(".")
    right = {"content_type__app_label": app_label, "codename": codename}
    holds = Q(is_superuser=True) | Q(
        **{f"groups__permissions__{name}": value for name, value in right.items()}
    )
    holds |= Q(**{f"user_permissions__{name}": value for name, value in right.items()})
    people = User.objects.filter(holds, is_active=True, is_staff=True).distinct()
    if without is not None:
        people = people.exclude(pk=without)
    return [person.get_full_name() for person in people.order_by("name")]
