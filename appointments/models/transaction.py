"""Transactions: what the registry is asked for, one by one, from the request to its end."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from appointments.enums import (
    AttemptOutcome,
    AttemptPurpose,
    BulkStatus,
    RegistryShows,
    StatusDetail,
    TransactionKind,
    TransactionStatus,
)
from appointments.models.appointment import Appointment
from appointments.models.company import Company
from core.actor import ActorKind
from core.crypto import EncryptedTextField
from producers.enums import EntityType
from producers.models import Producer


class TransactionNumber(models.Model):
    """The counters of transactions and batches: one row a kind, raised under its lock. Gaps are no fault."""

    kind = models.CharField(max_length=2, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind}: {self.last}"


class BulkRequest(models.Model):
    """A request set as it was asked for: its rows, what became of those that gave no transaction, and its plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=250, blank=True, default="")
    """What people know it by, where it has a name of its own: the file that it came from, and which part of it."""
    kind = models.CharField(max_length=20, choices=TransactionKind.choices)
    status = models.CharField(max_length=10, choices=BulkStatus.choices, default=BulkStatus.QUEUED)
    message = models.CharField(max_length=500, blank=True, default="")
    requests = models.JSONField(encoder=DjangoJSONEncoder)
    """The rows as asked for, in their order."""
    errors = models.JSONField(default=dict, blank=True)
    """``{index: {"code", "message"}}`` of rows whose checkpoint failed."""
    submit = models.BooleanField(default=False)
    submit_just_in_time = models.BooleanField(default=False)
    dry_run = models.BooleanField(default=False)
    show_ineligible = models.BooleanField(default=True)
    plan = models.BinaryField(null=True, blank=True, editable=False)
    """The answer of a dry run, compressed JSON."""
    plan_digests = models.JSONField(default=list, blank=True)
    """What each chunk of the plan came to, so that it is carried out as shown or not at all."""
    planned_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="runs")
    counts = models.JSONField(default=dict, blank=True)
    done = models.PositiveIntegerField(default=0)
    """Rows that have been judged and written."""
    job_id = models.UUIDField(null=True, blank=True)
    upload = models.ForeignKey(
        "imports.ImportRun", models.SET_NULL, null=True, blank=True, related_name="request_sets"
    )
    """The upload whose rows it asks for."""
    upload_rows = models.JSONField(default=list, blank=True, editable=False)
    """``[[row, here, in_all]]``: rows of the upload by their numbers, in the order of ``requests``, each with how many
    of these are its own, and how many it makes in all request sets."""
    asked_by_kind = models.CharField(max_length=20, choices=ActorKind.choices)
    asked_by_user_id = models.BigIntegerField(null=True, blank=True)
    asked_by_client_id = models.CharField(max_length=100, blank=True, default="")
    asked_by_label = models.CharField("asked by", max_length=200)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(name="bulk_request_kind", condition=Q(kind__in=TransactionKind.values)),
            models.CheckConstraint(name="bulk_request_status", condition=Q(status__in=BulkStatus.values)),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.get_kind_display()}, asked for by {self.asked_by_label}"


class TransactionBatch(models.Model):
    """The transactions of one producer, one state and one company, asked for together."""

    id = models.BigIntegerField(primary_key=True)
    """Taken from ``TransactionNumber``."""
    producer = models.ForeignKey(Producer, models.PROTECT, related_name="transaction_batches")
    state = models.CharField(max_length=2)
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="transaction_batches"
    )
    bulk_request = models.ForeignKey(
        BulkRequest, models.PROTECT, null=True, blank=True, related_name="batches"
    )
    gateway_key = models.CharField(max_length=20, unique=True)
    """CUST_BATCH: random, since a number would come again after a restore."""
    asked_by_label = models.CharField("asked by", max_length=200)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "transaction batches"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return batch_number(self.pk)


class Transaction(models.Model):
    """One request to the registry, for one line, or for one license.

    A status is only changed by a move of ``transitions.TRANSACTIONS``. ``is_open`` follows it: while it is true a
    second request for the same thing is refused by the database. An approved one stays open until the registry shows
    it, or a person is told that it does not.
    """

    id = models.BigIntegerField(primary_key=True)
    """Taken from ``TransactionNumber``."""
    kind = models.CharField(max_length=20, choices=TransactionKind.choices)
    batch = models.ForeignKey(TransactionBatch, models.PROTECT, related_name="transactions")
    bulk_request = models.ForeignKey(
        BulkRequest, models.PROTECT, null=True, blank=True, related_name="transactions"
    )
    request_index = models.PositiveIntegerField(default=0)
    external_id = models.CharField(max_length=100, blank=True, default="", db_index=True)

    producer = models.ForeignKey(Producer, models.PROTECT, related_name="transactions")
    npn = models.CharField("NPN", max_length=10)
    entity_type = models.CharField(max_length=10, choices=EntityType.choices)
    state = models.CharField(max_length=2)
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="transactions")
    cocode = models.CharField("CoCode", max_length=5, blank=True, default="")
    loa_code = models.CharField("line code", max_length=20, blank=True, default="")
    loa = models.CharField("line of authority", max_length=200, blank=True, default="")
    loa_category = models.CharField("LOA category", max_length=20, blank=True, default="")
    county_code = models.CharField(max_length=5, blank=True, default="")
    agent_type = models.CharField(max_length=10, blank=True, default="")
    license_number = models.CharField(max_length=60, blank=True, default="")
    license_class_code = models.CharField(max_length=20, blank=True, default="")
    residency = models.CharField(max_length=2, blank=True, default="")
    effective_date = models.DateField(null=True, blank=True)
    reason = models.CharField("termination reason", max_length=40, blank=True, default="")
    """A slug of the rule book."""
    for_cause = models.BooleanField(default=False)
    application = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    """Of a license transaction: lines asked for and what else the form takes; nothing that is secret."""

    status = models.CharField(max_length=20, choices=TransactionStatus.choices)
    status_detail = models.CharField(max_length=20, blank=True, default="")
    is_open = models.BooleanField()
    eligibility_reason = models.CharField(max_length=40)
    eligibility_text = models.CharField(max_length=300)
    decisions = models.JSONField(default=list, blank=True, encoder=DjangoJSONEncoder)
    nipr_message = models.CharField("NIPR message", max_length=1000, blank=True, default="")
    validation_errors = models.JSONField(default=list, blank=True)
    """``[{"code", "text"}]`` as the gateway gave them."""
    rejection_response = models.CharField("NIPR rejection response", max_length=1000, blank=True, default="")

    just_in_time = models.BooleanField(default=False)
    first_business_date = models.DateField(null=True, blank=True)
    appoint_by = models.DateField(null=True, blank=True)
    """The last day on which a just-in-time appointment may be filed, once the first business is known."""

    state_fee_cents = models.PositiveIntegerField(null=True, blank=True)
    """As estimated when asked for; null: the state bills it."""
    nipr_fee_cents = models.PositiveIntegerField(null=True, blank=True)
    charged_state_fee_cents = models.PositiveIntegerField(null=True, blank=True)
    charged_nipr_fee_cents = models.PositiveIntegerField(null=True, blank=True)
    charged_on = models.DateField(null=True, blank=True, db_index=True)

    gateway_key = models.CharField(max_length=20, unique=True)
    """CUST_TRANS: made once, at random, and the same over all attempts."""
    nipr_trans = models.CharField("NIPR transaction", max_length=40, blank=True, default="")
    attempt = models.ForeignKey("SubmissionAttempt", models.SET_NULL, null=True, blank=True, related_name="+")
    """The attempt that has it now; only its sender may say how the sending ended."""
    resends = models.PositiveSmallIntegerField(default=0)
    send_after = models.DateTimeField(null=True, blank=True)
    first_sent_at = models.DateTimeField(null=True, blank=True)
    unknown_since = models.DateTimeField(null=True, blank=True)
    checks = models.PositiveSmallIntegerField(default=0)
    """How often NIPR has been asked since the outcome became unknown, or since it was with the state."""
    check_after = models.DateTimeField(null=True, blank=True)
    frozen_until = models.DateField(null=True, blank=True)

    prepared_by_kind = models.CharField(max_length=20, choices=ActorKind.choices)
    prepared_by_user_id = models.BigIntegerField(null=True, blank=True)
    prepared_by_client_id = models.CharField(max_length=100, blank=True, default="")
    prepared_by_label = models.CharField("prepared by", max_length=200)
    submitted_by_user_id = models.BigIntegerField(null=True, blank=True)
    submitted_by_client_id = models.CharField(max_length=100, blank=True, default="")
    submitted_by_label = models.CharField("submitted by", max_length=200, blank=True, default="")
    approved_by_user_id = models.BigIntegerField(null=True, blank=True)
    approved_by_client_id = models.CharField(max_length=100, blank=True, default="")
    approved_by_label = models.CharField("approved by", max_length=200, blank=True, default="")

    registry_shows = models.CharField(max_length=8, choices=RegistryShows.choices, blank=True, default="")
    registry_fact = models.ForeignKey(
        Appointment, models.SET_NULL, null=True, blank=True, related_name="transactions"
    )
    created_at = models.DateTimeField(db_index=True)
    status_at = models.DateTimeField()
    final_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("submit_transaction", "Can submit transactions: spends money"),
            ("approve_transaction", "Can approve transactions as the second person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "producer", "state", "cocode", "loa_code", "loa", "county_code"],
                condition=Q(is_open=True),
                name="one_open_transaction",
            ),
            models.CheckConstraint(name="transaction_kind", condition=Q(kind__in=TransactionKind.values)),
            models.CheckConstraint(
                name="transaction_status", condition=Q(status__in=TransactionStatus.values)
            ),
            models.CheckConstraint(
                name="transaction_status_detail", condition=Q(status_detail__in=StatusDetail.values)
            ),
            models.CheckConstraint(
                name="transaction_registry_shows", condition=Q(registry_shows__in=RegistryShows.values)
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"]),
            models.Index(fields=["status", "send_after"]),
            models.Index(fields=["status", "check_after"]),
            models.Index(fields=["producer", "-id"]),
            models.Index(fields=["company", "state", "-id"]),
            models.Index(fields=["bulk_request", "request_index"]),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("appointments:transaction", args=[self.pk])

    @property
    def number(self) -> str:
        return transaction_number(self.pk)

    @property
    def detail_text(self) -> str:
        return StatusDetail(self.status_detail).label

    @property
    def cost_cents(self) -> int:
        """What is known of the estimate; a state fee that is not known counts nothing and is told as such."""
        return (self.state_fee_cents or 0) + (self.nipr_fee_cents or 0)

    @property
    def billed_by_state(self) -> bool:
        return self.state_fee_cents is None


class SubmissionAttempt(models.Model):
    """One document on its way to the gateway, committed before its first byte leaves.

    ``lock`` of the same name is held by the sender's process and dies with it: a lease that is over tells that a
    sender is late, a lock that is free that it is dead.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=6, choices=AttemptPurpose.choices)
    worker = models.CharField(max_length=100)
    epoch = models.UUIDField()
    send_number = models.PositiveBigIntegerField()
    claimed_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    sending_at = models.DateTimeField(null=True, blank=True)
    """From here on it may have left. Empty and its sender dead: it surely did not."""
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=AttemptOutcome.choices, blank=True, default="")
    transactions = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    reply = EncryptedTextField(null=True, blank=True)
    """The raw reply, kept before it is read."""
    applied_at = models.DateTimeField(null=True, blank=True)
    """When its replies were applied. Kept but not applied: whoever finds it applies it."""
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-claimed_at"]
        constraints = [
            models.CheckConstraint(name="attempt_purpose", condition=Q(purpose__in=AttemptPurpose.values)),
            models.CheckConstraint(name="attempt_outcome", condition=Q(outcome__in=AttemptOutcome.values)),
        ]
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(outcome=""), name="attempt_under_way"),
            models.Index(fields=["-claimed_at"], name="attempt_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.claimed_at:%Y-%m-%d %H:%M:%S}"


class TransactionDocument(models.Model):
    """The bytes of one transaction as first sent, and unchanged in every attempt after it. They hold tax numbers."""

    transaction = models.OneToOneField(Transaction, models.CASCADE, primary_key=True, related_name="document")
    body = EncryptedTextField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Document of {self.pk}"


class AttemptTransaction(models.Model):
    """Which transactions an attempt carried."""

    attempt = models.ForeignKey(SubmissionAttempt, models.CASCADE, related_name="carried")
    transaction = models.ForeignKey(Transaction, models.CASCADE, related_name="attempts")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "transaction"], name="attempt_carries_once")
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} carried {self.transaction_id}"


class FencedSend(models.Model):
    """A send that the journal knows and the restored database does not, and what the registry says about it."""

    gateway_batch = models.CharField(max_length=20)
    gateway_key = models.CharField(max_length=20, unique=True)
    sent_at = models.DateTimeField()
    transaction = models.ForeignKey(Transaction, models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=300, blank=True, default="")
    nipr_trans = models.CharField("NIPR transaction", max_length=40, blank=True, default="")
    asked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.gateway_key


class BackgroundAnswers(models.Model):
    """A producer's answers to the background questions of an agent type, as last given. Read only with the right."""

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="background_answers")
    agent_type = models.CharField(max_length=10)
    answers = EncryptedTextField()
    """JSON: ``{question: {"yes": bool, "explanation": str}}``."""
    any_yes = models.BooleanField()
    answered_on = models.DateField()
    recorded_by_label = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "background answers"
        permissions = [("reveal_backgroundanswers", "Can read answers to background questions")]
        constraints = [models.UniqueConstraint(fields=["producer", "agent_type"], name="one_set_of_answers")]

    def __str__(self) -> str:
        return f"{self.producer_id} {self.agent_type}"


class SupportingDocument(models.Model):
    """A file that goes with a transaction: papers of a termination for cause, or of a background answer."""

    transaction = models.ForeignKey(Transaction, models.PROTECT, related_name="supporting_documents")
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = EncryptedTextField()
    """The file in base64, encrypted like every other personal thing."""
    added_by_label = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at"]

    def __str__(self) -> str:
        return self.name


def transaction_number(pk: int) -> str:
    """As people and the API name it: ``GT-00000001``."""
    return f"GT-{pk:08d}"


def batch_number(pk: int) -> str:
    """``TB-000001``."""
    return f"TB-{pk:06d}"


def dollars(cents: int) -> Decimal:
    """Cents as dollars with two decimals."""
    return Decimal(cents).scaleb(-2)
