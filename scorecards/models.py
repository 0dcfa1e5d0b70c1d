"""Have against should, for one assignment: a scorecard, its sheet of cells, and its counts for lists."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from core import clock
from producers.models import Producer, ProducerAssignment
from scorecards.enums import Action, AppointmentCellStatus, CellKind, LicenseCellStatus
from scorecards.packing import EMPTY, Sheet, unpack

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
    generation = models.PositiveIntegerField(default=0, editable=False)
    """Raised by whatever makes it stale. A refresh writes only what it computed for the generation that still holds."""
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
    dropped_on = models.DateField(null=True, blank=True)
    """The day on which one of the two fell below 100, until both are full again."""
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["stale_since"], condition=Q(stale_since__isnull=False), name="scorecard_stale"
            ),
            models.Index(fields=["next_change_on"]),
            models.Index(fields=["licensed_percent", "id"]),
            models.Index(
                fields=["dropped_on"], condition=Q(dropped_on__isnull=False), name="scorecard_dropped"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stale(self) -> bool:
        return self.stale_since is not None

    @property
    def due(self) -> bool:
        """The calendar alone may have changed it since it was computed."""
        return self.next_change_on is not None and self.next_change_on <= clock.today()

    @cached_property
    def content(self) -> Sheet:
        """Cells, decisions and what is held outside the assignment; empty before it was first computed."""
        sheet: ScorecardSheet | None = getattr(self, "sheet", None)
        return sheet.content if sheet else EMPTY

    def cell_dicts(self) -> list[dict[str, Any]]:
        """Every cell as the API tells it: kind, state, loa_category, cocode, status, action, decisions."""
        return self.content.cells

    @property
    def outside_assignment(self) -> list[dict[str, Any]]:
        """What the producer holds that is not asked about, and windows not open yet, each with its reason."""
        return self.content.outside


class ScorecardSheet(models.Model):
    """All cells of one scorecard and their decisions, in one row.

    Beside the scorecard and not in it, so that lists never drag it along (docs/decisions: scorecard cells).
    """

    scorecard = models.OneToOneField(Scorecard, models.CASCADE, primary_key=True, related_name="sheet")
    body = models.BinaryField()
    """As ``scorecards.packing`` packs it."""
    digest = models.CharField(max_length=32)
    """Of the unpacked body: an unchanged sheet is not written again."""

    def __str__(self) -> str:
        return f"Cells of {self.scorecard_id}"

    @property
    def content(self) -> Sheet:
        return unpack(self.body)


class ScorecardTally(models.Model):
    """How many cells of a scorecard are in one status in one state: what lists filter by and count."""

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="tallies", db_index=False)
    """No index of its own: the unique constraint begins with it."""
    kind = models.CharField(max_length=11, choices=CellKind.choices)
    state = models.CharField(max_length=2)
    status = models.CharField(max_length=12)
    action = models.CharField(max_length=10, choices=Action.choices, blank=True, default=Action.NONE)
    cells = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "scorecard tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "kind", "state", "status", "action"], name="one_tally_a_status"
            ),
            models.CheckConstraint(name="tally_kind", condition=Q(kind__in=CellKind.values)),
            models.CheckConstraint(name="tally_status", condition=Q(status__in=CELL_STATUSES)),
            models.CheckConstraint(name="tally_action", condition=Q(action__in=Action.values)),
        ]
        indexes = [
            models.Index(
                fields=["action", "state", "scorecard"], condition=~Q(action=Action.NONE), name="tally_to_do"
            ),
            models.Index(fields=["state", "status", "scorecard"]),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.status}: {self.cells}"


class ScorecardNumber(models.Model):
    """The counter that numbers scorecards: one row, raised under its lock, so that two writers never share a number."""

    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)
