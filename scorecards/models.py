"""Have against should, for one assignment: a scorecard and its cells as last computed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from producers.models import Producer, ProducerAssignment
from scorecards.enums import Action, AppointmentCellStatus, CellKind, LicenseCellStatus

CELL_STATUSES = sorted({*LicenseCellStatus.values, *AppointmentCellStatus.values})


class Scorecard(models.Model):
    """``SCORE-0001``. Figures are kept with it so that lists and dashboards need not open the cells."""

    assignment = models.OneToOneField(ProducerAssignment, models.CASCADE, related_name="scorecard")
    producer = models.ForeignKey(Producer, models.CASCADE, related_name="scorecards")
    number = models.CharField(max_length=20, unique=True)
    as_of = models.DateField(null=True, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    facts_read_at = models.DateTimeField(null=True, blank=True)
    """As of when the registry facts under it were read."""
    stale_since = models.DateTimeField(null=True, blank=True)
    next_change_on = models.DateField(null=True, blank=True)
    """The next day on which the calendar alone may change a cell (a window opens, a licence expires)."""
    license_cells = models.PositiveIntegerField(default=0)
    licensed = models.PositiveIntegerField(default=0)
    """Cells that are ``licensed`` or ``renew``."""
    appointment_cells = models.PositiveIntegerField(default=0)
    """Appointment cells that are not ``not_required``."""
    appointed = models.PositiveIntegerField(default=0)
    to_do = models.PositiveIntegerField(default=0)
    """Cells with an action."""
    licensed_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    """``None`` when there is nothing to count: an empty denominator is not 100."""
    appointed_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    outside_assignment = models.JSONField(default=list)
    """What the producer holds that the assignment does not ask about, and windows not open yet, each with its reason."""
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["stale_since"], condition=Q(stale_since__isnull=False), name="scorecard_stale"
            ),
            models.Index(fields=["next_change_on"]),
            models.Index(fields=["licensed_percent", "id"]),
        ]

    def __str__(self) -> str:
        return self.number


class ScorecardCell(models.Model):
    """One state x category (x company), with the decisions that explain it."""

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="cells")
    kind = models.CharField(max_length=11, choices=CellKind.choices)
    state = models.CharField(max_length=2)
    loa_category = models.CharField(max_length=30)
    cocode = models.CharField(max_length=5, blank=True, default="")
    status = models.CharField(max_length=12)
    action = models.CharField(max_length=10, choices=Action.choices, blank=True, default=Action.NONE)
    decisions = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "kind", "state", "loa_category", "cocode"], name="one_cell_a_place"
            ),
            models.CheckConstraint(name="cell_kind", condition=Q(kind__in=CellKind.values)),
            models.CheckConstraint(name="cell_status", condition=Q(status__in=CELL_STATUSES)),
        ]
        indexes = [models.Index(fields=["state", "status"]), models.Index(fields=["action", "state"])]

    def __str__(self) -> str:
        return f"{self.state} {self.loa_category} {self.cocode}: {self.status}"
