"""Appointments as the registry knows them, in versions."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from appointments.enums import AppointmentStatus
from producers.models import Producer, RegistryFact


class Appointment(RegistryFact):
    """One company x line (x county) row of the registry. The registry gives no id: the natural key is all there is.

    Terminated rows stay beside current ones; ``position`` numbers rows of one key from the oldest.
    """

    NATURAL_KEY = ("producer_id", "state", "company_key", "loa_code", "county_code", "branch_id", "position")
    COMPARED = (
        "company_name",
        "cocode",
        "fein",
        "loa",
        "status",
        "status_date",
        "renewal_date",
        "termination_reason",
        "state_company_id",
        "agency_affiliation",
    )

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="appointments")
    state = models.CharField(max_length=2)
    company_key = models.CharField(max_length=30)
    """The CoCode, or ``fein:`` and nine digits where the carrier has no CoCode, or ``name:`` and the name."""
    company_name = models.CharField(max_length=200, blank=True, default="")
    cocode = models.CharField("CoCode", max_length=5, blank=True, default="")
    fein = models.CharField("FEIN", max_length=9, blank=True, default="")
    state_company_id = models.CharField(max_length=30, blank=True, default="")
    loa_code = models.CharField("line code", max_length=20, blank=True, default="")
    loa = models.CharField("line of authority", max_length=200, blank=True, default="")
    county_code = models.CharField(max_length=5, blank=True, default="")
    branch_id = models.CharField(max_length=20, blank=True, default="")
    status = models.CharField(max_length=12, choices=AppointmentStatus.choices)
    status_date = models.DateField(null=True, blank=True)
    renewal_date = models.DateField(null=True, blank=True)
    """Empty when the registry gives none, and for perpetual appointments (far-future dates on the wire)."""
    termination_reason = models.CharField(max_length=200, blank=True, default="")
    agency_affiliation = models.CharField(max_length=250, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "producer",
                    "state",
                    "company_key",
                    "loa_code",
                    "county_code",
                    "branch_id",
                    "position",
                ],
                condition=Q(known_to__isnull=True),
                name="one_current_appointment",
            ),
            models.CheckConstraint(
                name="appointment_status", condition=Q(status__in=AppointmentStatus.values)
            ),
        ]
        indexes = [
            models.Index(fields=["producer", "state"]),
            models.Index(
                fields=["cocode", "state"], condition=Q(known_to__isnull=True), name="appointment_company"
            ),
        ]

    def oldest_date(self) -> date | None:
        return self.status_date

    def __str__(self) -> str:
        return f"{self.company_name} {self.state} {self.loa or self.loa_code} ({self.status})"

    @property
    def subject(self) -> str:
        line = self.loa or self.loa_code
        return f"{self.state} {self.company_name or self.company_key}" + (f": {line}" if line else "")
