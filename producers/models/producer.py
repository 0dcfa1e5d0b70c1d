"""Who is licensed: individuals and agencies (firms), in one table."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from core.crypto import EncryptedDateField, EncryptedTextField
from producers.enums import EntityType, SyncStatus, Tracking

npn_validator = RegexValidator(r"\A[0-9]{1,10}\Z", "An NPN has 1 to 10 digits.")

SSN_HASH_PURPOSE = "producers.ssn"


def shown_name(company_name: str | None, parts: Iterable[str], number: object) -> str:
    """What people call a producer: an agency's ``company_name``, or the parts of a person's where that is None."""
    if company_name is not None:
        return company_name or f"Agency {number}"
    return " ".join(part for part in parts if part) or f"Producer {number}"


class Producer(models.Model):
    """An individual or an agency (firm), as the organisation keeps it; registry facts hang off it.

    ``agency`` is the firm an individual belongs to. A dummy NPN marks an agency that the registry does not know;
    it is never sent there.
    """

    entity_type = models.CharField(max_length=10, choices=EntityType.choices, default=EntityType.INDIVIDUAL)
    npn = models.CharField(
        "NPN", max_length=10, null=True, blank=True, unique=True, validators=[npn_validator]
    )
    dummy_npn = models.BooleanField("dummy NPN", default=False)
    external_id = models.CharField(max_length=100, blank=True, default="", db_index=True)

    first_name = models.CharField(max_length=100, blank=True, default="")
    middle_name = models.CharField(max_length=100, blank=True, default="")
    last_name = models.CharField(max_length=100, blank=True, default="")
    suffix = models.CharField(max_length=20, blank=True, default="")
    company_name = models.CharField(max_length=200, blank=True, default="")
    sort_name = models.CharField(max_length=210, blank=True, default="", editable=False)
    """``last, first middle`` or the company name, lower-cased: what lists sort and searches look up."""
    fein = models.CharField("FEIN", max_length=9, blank=True, default="", help_text="Nine digits")
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=30, blank=True, default="")
    resident_state = models.CharField(max_length=2, blank=True, default="")
    state_domicile = models.CharField(max_length=2, blank=True, default="")

    ssn = EncryptedTextField("SSN", blank=True, default="")
    ssn_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    ssn_last4 = models.CharField("SSN, last four", max_length=4, blank=True, default="", editable=False)
    birth_date = EncryptedDateField("date of birth", null=True, blank=True)

    agency = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="members")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="owned_producers"
    )

    tracking = models.CharField(
        "NIPR tracking", max_length=8, choices=Tracking.choices, default=Tracking.ACTIVE
    )
    sync_status = models.CharField(
        "NIPR sync status", max_length=20, choices=SyncStatus.choices, default=SyncStatus.NOT_STARTED
    )
    sync_message = models.CharField(max_length=500, blank=True, default="")
    sync_status_at = models.DateTimeField(null=True, blank=True)
    last_synced_at = models.DateTimeField(null=True, blank=True)
    """When a sync last succeeded: how fresh the facts are."""
    last_report_at = models.DateTimeField(null=True, blank=True)
    """When the last full (paid) report was read; alerts build on it."""
    alert_problem = models.CharField(max_length=200, blank=True, default="")
    """Why the registry refused this producer as an alert target."""

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [
            ("reveal_ssn", "Can reveal a social security number or date of birth"),
            ("sync_producer", "Can sync producers with the registry"),
        ]
        indexes = [
            models.Index(fields=["entity_type", "sort_name", "id"]),
            models.Index(fields=["sort_name", "id"]),
            # Looked up by how it begins, in whatever language the database sorts.
            models.Index(
                fields=["sort_name"], name="producer_name_prefix", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(fields=["tracking", "id"]),
            models.Index(fields=["sync_status", "id"]),
            models.Index(fields=["email"]),
            models.Index(fields=["fein"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="producer_entity_type", condition=Q(entity_type__in=EntityType.values)
            ),
            models.CheckConstraint(name="producer_tracking", condition=Q(tracking__in=Tracking.values)),
            models.CheckConstraint(
                name="producer_sync_status", condition=Q(sync_status__in=SyncStatus.values)
            ),
            models.CheckConstraint(name="producer_npn_not_empty", condition=~Q(npn="")),
            models.UniqueConstraint(
                fields=["ssn_hash"], condition=~Q(ssn_hash=""), name="one_producer_a_ssn"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_firm(self) -> bool:
        return self.entity_type == EntityType.FIRM

    @property
    def display_name(self) -> str:
        parts = (self.first_name, self.middle_name, self.last_name, self.suffix)
        return shown_name(self.company_name if self.is_firm else None, parts, self.npn or self.pk)

    @property
    def on_registry(self) -> bool:
        """Whether the registry can be asked about it: it has an NPN, and a real one."""
        return bool(self.npn) and not self.dummy_npn
