"""What the registry says about a producer, in versions: a changed fact closes its row and opens another."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from core.versioned import VersionedFact
from producers.enums import Residency
from producers.models.producer import Producer
from rulebook.rules.book import normalised

CURRENT = Q(known_to__isnull=True)


class RegistryFact(VersionedFact):
    """A versioned fact of a producer. The registry gives its rows no ids, so ``position`` (oldest first) tells apart
    rows of one document that share every other part of the natural key.
    """

    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    BOOKKEEPING: ClassVar[frozenset[str]] = frozenset()
    """Compared fields that say when a row was touched, not what is true: alone they make no entry in Changes."""

    producer_id: int
    state: str

    def follow(self) -> None:
        """Take over what is only known when another row of the same document has found its place."""

    @property
    def subject(self) -> str:
        """The fact in words, for Changes."""
        return str(self)

    def oldest_date(self) -> date | None:
        """The day the fact began in the world, where the registry says it."""
        return None


class License(RegistryFact):
    """A licence in one state. ``expiration_date`` is empty for a perpetual licence."""

    NATURAL_KEY = ("producer_id", "state", "license_number", "license_class_code", "branch_id", "position")
    COMPARED = (
        "license_class",
        "residency",
        "active",
        "issue_date",
        "expiration_date",
        "updated_date",
        "adhs",
    )
    BOOKKEEPING = frozenset({"updated_date"})

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="licenses")
    state = models.CharField(max_length=2)
    license_number = models.CharField(max_length=50)
    license_class = models.CharField(max_length=150, blank=True, default="")
    license_class_code = models.CharField(max_length=20, blank=True, default="")
    branch_id = models.CharField(max_length=20, blank=True, default="")
    residency = models.CharField(
        max_length=2, choices=Residency.choices, blank=True, default=Residency.UNKNOWN
    )
    active = models.BooleanField(default=False)
    issue_date = models.DateField(null=True, blank=True)
    expiration_date = models.DateField(null=True, blank=True)
    updated_date = models.DateField(null=True, blank=True)
    adhs = models.CharField("ADHS", max_length=50, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["producer", "state", "license_number", "license_class_code", "branch_id", "position"],
                condition=CURRENT,
                name="one_current_license",
            ),
        ]
        indexes = [
            # Looked up by how it begins, in whatever language the database sorts.
            models.Index(
                fields=["license_number"], name="license_number_prefix", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(
                fields=["expiration_date", "state"], condition=CURRENT, name="license_current_expiration"
            ),
            models.Index(fields=["producer", "state"]),
        ]

    def oldest_date(self) -> date | None:
        return self.issue_date

    def __str__(self) -> str:
        return f"{self.state} {self.license_class or 'license'} {self.license_number}"


class LicenseLine(RegistryFact):
    """A line of authority on a licence, with its continuing education."""

    NATURAL_KEY = (
        "producer_id",
        "state",
        "license_number",
        "license_class_code",
        "branch_id",
        "license_position",
        "loa_code",
        "loa",
        "position",
    )
    COMPARED = (
        "status",
        "issue_date",
        "status_reason",
        "status_reason_date",
        "ce_compliance",
        "ce_credits_needed",
        "ce_renewal_date",
    )

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="license_lines")
    state = models.CharField(max_length=2)
    license_number = models.CharField(max_length=50)
    license_class_code = models.CharField(max_length=20, blank=True, default="")
    branch_id = models.CharField(max_length=20, blank=True, default="")
    license_position = models.PositiveSmallIntegerField(default=0)
    """The position of its licence, where several share number, class and branch."""
    loa_code = models.CharField("line code", max_length=20, blank=True, default="")
    loa = models.CharField("line of authority", max_length=200, blank=True, default="")
    status = models.CharField(max_length=50, blank=True, default="")
    issue_date = models.DateField(null=True, blank=True)
    status_reason = models.CharField(max_length=200, blank=True, default="")
    status_reason_date = models.DateField(null=True, blank=True)
    ce_compliance = models.CharField("CE compliance", max_length=50, blank=True, default="")
    ce_credits_needed = models.IntegerField("CE credits needed", null=True, blank=True)
    ce_renewal_date = models.DateField("CE renewal date", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "producer",
                    "state",
                    "license_number",
                    "license_class_code",
                    "branch_id",
                    "license_position",
                    "loa_code",
                    "loa",
                    "position",
                ],
                condition=CURRENT,
                name="one_current_line",
            ),
        ]
        indexes = [models.Index(fields=["producer", "state"])]

    def natural_key_values(self) -> tuple[Any, ...]:
        """A name that is only spelled otherwise ("&", capitals) is the same line."""
        spelled = super().natural_key_values()
        at = self.NATURAL_KEY.index("loa")
        return (*spelled[:at], normalised(self.loa), *spelled[at + 1 :])

    came_with: License | None = None
    """While a document is written, the licence it lists the line under."""

    def follow(self) -> None:
        if self.came_with is not None:
            self.branch_id, self.license_position = self.came_with.branch_id, self.came_with.position

    def oldest_date(self) -> date | None:
        return self.issue_date

    def __str__(self) -> str:
        return f"{self.state} {self.loa or self.loa_code}"

    @property
    def subject(self) -> str:
        return f"{self.state} license {self.license_number}: {self.loa or self.loa_code}"

    @property
    def is_active(self) -> bool:
        return self.status.casefold() == "active"


class RegulatoryAction(RegistryFact):
    """What a regulator did, as the registry's RIRS reports it."""

    NATURAL_KEY = ("producer_id", "state", "action_id", "position")
    COMPARED = (
        "origin",
        "reason",
        "disposition",
        "action_date",
        "effective_date",
        "enter_date",
        "file_reference",
        "penalty",
        "length_of_order",
    )
    BOOKKEEPING = frozenset({"enter_date"})

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="regulatory_actions")
    state = models.CharField(max_length=2)
    action_id = models.CharField(max_length=50)
    origin = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    disposition = models.CharField(max_length=500, blank=True, default="")
    action_date = models.DateField(null=True, blank=True)
    effective_date = models.DateField(null=True, blank=True)
    enter_date = models.DateField(null=True, blank=True)
    file_reference = models.CharField(max_length=100, blank=True, default="")
    penalty = models.CharField(max_length=50, blank=True, default="")
    length_of_order = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["producer", "state", "action_id", "position"],
                condition=CURRENT,
                name="one_current_action",
            )
        ]

    def oldest_date(self) -> date | None:
        return self.action_date

    def __str__(self) -> str:
        return f"{self.state} {self.reason} ({self.action_date})"

    @property
    def subject(self) -> str:
        return f"{self.state} regulatory action {self.action_id}: {self.reason}"


class Address(RegistryFact):
    """An address on file with a state."""

    NATURAL_KEY = ("producer_id", "state", "type_code", "branch_id", "position")
    COMPARED = (
        "type_name",
        "line_1",
        "line_2",
        "line_3",
        "city",
        "address_state",
        "zip_code",
        "country",
        "updated_date",
    )
    BOOKKEEPING = frozenset({"updated_date"})

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="addresses")
    state = models.CharField(max_length=2)
    type_code = models.CharField(max_length=5, blank=True, default="")
    branch_id = models.CharField(max_length=20, blank=True, default="")
    type_name = models.CharField(max_length=30, blank=True, default="")
    line_1 = models.CharField(max_length=200, blank=True, default="")
    line_2 = models.CharField(max_length=200, blank=True, default="")
    line_3 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    address_state = models.CharField(max_length=30, blank=True, default="")
    zip_code = models.CharField("ZIP", max_length=20, blank=True, default="")
    country = models.CharField(max_length=50, blank=True, default="")
    updated_date = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["producer", "state", "type_code", "branch_id", "position"],
                condition=CURRENT,
                name="one_current_address",
            )
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.line_1, self.city, self.address_state) if part)

    @property
    def subject(self) -> str:
        return f"{self.state} {self.type_name or self.type_code} address".replace("  ", " ")


class ContactInfo(RegistryFact):
    """Business phone, fax and email on file with a state."""

    NATURAL_KEY = ("producer_id", "state", "branch_id", "position")
    COMPARED = ("phone", "phone_updated", "fax", "fax_updated", "email", "email_updated")
    BOOKKEEPING = frozenset({"phone_updated", "fax_updated", "email_updated"})

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="contacts")
    state = models.CharField(max_length=2)
    branch_id = models.CharField(max_length=20, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    phone_updated = models.DateField(null=True, blank=True)
    fax = models.CharField(max_length=40, blank=True, default="")
    fax_updated = models.DateField(null=True, blank=True)
    email = models.CharField(max_length=254, blank=True, default="")
    email_updated = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["producer", "state", "branch_id", "position"],
                condition=CURRENT,
                name="one_current_contact",
            )
        ]

    def __str__(self) -> str:
        return self.email or self.phone

    @property
    def subject(self) -> str:
        return f"{self.state} phone, fax and email"


class OtherName(RegistryFact):
    """An alias, primary or trade name on file with a state."""

    NATURAL_KEY = ("producer_id", "state", "type", "name")
    COMPARED = ()

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="other_names")
    state = models.CharField(max_length=2)
    type = models.CharField(max_length=20, blank=True, default="")
    name = models.CharField(max_length=250)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["producer", "state", "type", "name"], condition=CURRENT, name="one_current_other_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"{self.state} {self.type or 'other'} name {self.name}"
