"""The rule book as kept: shipped rows that a load replaces, local rows that only people change."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q

from rulebook import clock
from rulebook.fields import BY_NAME, FIELDS, RuleField
from rulebook.rules.vocabulary import Confidence, LicenseKind, LoaCategory

CATEGORIES_PATTERN = r"^(({0})(\|({0}))*)?$".format("|".join(LoaCategory))


class Origin(models.TextChoices):
    SHIPPED = "shipped", "Shipped"
    LOCAL = "local", "Local"


class CodeSystem(models.TextChoices):
    """Whose numbering a code belongs to. The same code means something else in another system."""

    NIPR = "NIPR_PDB", "NIPR Producer Database"
    SBS = "SBS", "NAIC State Based Systems"
    FLORIDA = "FL TYCL", "Florida type and class"
    NAME_ONLY = "", "No code"


class ForCause(models.TextChoices):
    YES = "yes", "For cause"
    NO = "no", "Not for cause"
    REVIEW = "review", "To be reviewed"
    NOT_KNOWN = "", "Not known"


class Payee(models.TextChoices):
    REGISTRY = "registry", "NIPR"
    STATE = "state", "State"


class Sourced(models.Model):
    """Where a row comes from and how well it is known."""

    confidence = models.CharField(
        max_length=20,
        choices=[(item.value, item.label) for item in Confidence],
        default=Confidence.UNKNOWN.value,
    )
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)

    class Meta:
        abstract = True


class Mendable(Sourced):
    """A row that is shipped, or says locally what the shipped ones do not. Local rows are withdrawn, not deleted."""

    origin = models.CharField(max_length=7, choices=Origin, default=Origin.SHIPPED)
    reason = models.TextField(blank=True)
    author_label = models.CharField("author", max_length=200, blank=True)
    author_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_local(self) -> bool:
        return self.origin == Origin.LOCAL

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


def _within(field: str, values: Any) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": [str(value) for value in values]}),
        name=f"%(app_label)s_%(class)s_{field}_known",
    )


LOCAL_IS_SIGNED = models.CheckConstraint(
    condition=Q(origin=Origin.SHIPPED, withdrawn_at=None)
    | (Q(origin=Origin.LOCAL) & ~Q(reason="") & ~Q(author_label="")),
    name="%(app_label)s_%(class)s_local_signed",
)


class Jurisdiction(Sourced):
    """A state, district or territory; and "US", whose lines and classes hold everywhere."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=60)
    naic_code = models.CharField(max_length=10, blank=True)
    is_country = models.BooleanField(default=False)
    at_registry = models.BooleanField("in the producer database", null=True)
    conflict = models.TextField("where sources disagree", blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [_within("confidence", Confidence)]

    def __str__(self) -> str:
        return self.name


class StateRule(Mendable):
    """One answer of one state for a period. Open ends are empty; both days belong to the period."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="rules")
    field = models.CharField(max_length=40, choices=[(field.name, field.label) for field in FIELDS])
    value = models.CharField(max_length=500)
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)
    conflict = models.TextField("where sources disagree", blank=True)

    class Meta:
        ordering = ["jurisdiction", "field", "-origin", "effective_from"]
        indexes = [models.Index(fields=["jurisdiction", "field"])]
        constraints = [
            _within("field", BY_NAME),
            _within("origin", Origin),
            _within("confidence", Confidence),
            LOCAL_IS_SIGNED,
            models.CheckConstraint(condition=~Q(value=""), name="rulebook_staterule_says_something"),
            models.CheckConstraint(
                condition=Q(effective_from=None)
                | Q(effective_to=None)
                | Q(effective_from__lte=F("effective_to")),
                name="rulebook_staterule_period_in_order",
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "field", "effective_from"],
                condition=Q(origin=Origin.SHIPPED, effective_from__isnull=False),
                name="rulebook_staterule_one_shipped_a_day",
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "field"],
                condition=Q(origin=Origin.SHIPPED, effective_from=None),
                name="rulebook_staterule_one_shipped_undated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction_id}: {self.definition.label} = {self.told}"

    @property
    def definition(self) -> RuleField:
        return BY_NAME[self.field]

    @property
    def told(self) -> str:
        """The value as people read it."""
        return self.definition.told(self.value)

    def in_force(self, on: date) -> bool:
        return (self.effective_from or on) <= on <= (self.effective_to or on)


class LineOfAuthority(Mendable):
    """A line of authority as one source lists it, with its categories. None: its categories are not known."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="lines")
    code_system = models.CharField(max_length=10, choices=CodeSystem, blank=True)
    code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=120, blank=True)
    categories = models.CharField(max_length=200, blank=True, help_text="With | between them.")
    license_class_code = models.CharField(max_length=20, blank=True)
    license_class_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["jurisdiction", "code_system", "code", "name"]
        verbose_name_plural = "lines of authority"
        constraints = [
            _within("code_system", CodeSystem.values),
            _within("origin", Origin),
            _within("confidence", Confidence),
            LOCAL_IS_SIGNED,
            models.CheckConstraint(
                condition=Q(categories__regex=CATEGORIES_PATTERN), name="rulebook_line_categories_known"
            ),
            models.UniqueConstraint(
                fields=[
                    "jurisdiction",
                    "code_system",
                    "code",
                    "license_class_code",
                    "license_class_name",
                    "name",
                ],
                condition=Q(origin=Origin.SHIPPED),
                name="rulebook_line_one_shipped",
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "code_system", "code"],
                condition=Q(origin=Origin.LOCAL, withdrawn_at=None),
                name="rulebook_line_one_local",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction_id} {self.code} {self.name}".strip()

    @property
    def category_list(self) -> list[str]:
        return [word for word in self.categories.split("|") if word]


class LicenseClass(Sourced):
    """A licence class of a state, and what kind of licence it is. An empty kind is not known."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="license_classes")
    code_system = models.CharField(max_length=10, choices=CodeSystem, blank=True)
    code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(
        max_length=30, blank=True, choices=[(kind.value, kind.label) for kind in LicenseKind]
    )

    class Meta:
        ordering = ["jurisdiction", "name", "code"]
        verbose_name_plural = "license classes"
        constraints = [
            _within("code_system", CodeSystem.values),
            _within("kind", ["", *LicenseKind]),
            _within("confidence", Confidence),
            models.UniqueConstraint(
                fields=["jurisdiction", "code_system", "code", "name"], name="rulebook_licenseclass_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction_id} {self.name}"


class TerminationReason(Sourced):
    """A reason for ending an appointment, and the states that take it."""

    slug = models.CharField(max_length=40, primary_key=True)
    label = models.CharField(max_length=120)
    nipr_code = models.CharField(max_length=20, blank=True)
    for_cause = models.CharField(max_length=6, choices=ForCause, blank=True)
    jurisdictions = models.ManyToManyField(Jurisdiction, blank=True, related_name="termination_reasons")

    class Meta:
        ordering = ["label"]
        constraints = [_within("for_cause", ForCause.values), _within("confidence", Confidence)]

    def __str__(self) -> str:
        return self.label


class Fee(Sourced):
    """What the registry or a state charges for something. No amount in cents: it is not one plain amount."""

    item = models.CharField(max_length=120)
    payee = models.CharField(max_length=8, choices=Payee)
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="fees")
    amount_cents = models.PositiveIntegerField(null=True, blank=True)
    amount_text = models.CharField("as listed", max_length=120)
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["payee", "item", "effective_from"]
        constraints = [
            _within("payee", Payee),
            _within("confidence", Confidence),
            models.UniqueConstraint(
                fields=["item", "effective_from"],
                condition=Q(effective_from__isnull=False),
                name="rulebook_fee_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["item"], condition=Q(effective_from=None), name="rulebook_fee_once_undated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.amount_text}"


class RenewalWindow(Sourced):
    """A season in which a state renews appointments through the registry."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="renewal_windows")
    opens = models.DateField()
    closes = models.DateField()

    class Meta:
        ordering = ["jurisdiction", "opens"]
        constraints = [
            _within("confidence", Confidence),
            models.CheckConstraint(
                condition=Q(opens__lte=F("closes")), name="rulebook_renewalwindow_in_order"
            ),
            models.UniqueConstraint(fields=["jurisdiction", "opens"], name="rulebook_renewalwindow_once"),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction_id} {self.opens} to {self.closes}"


class Edition(models.Model):
    """One row with a token that changes with every change of the book, so that processes know when to read again."""

    token = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.token)
