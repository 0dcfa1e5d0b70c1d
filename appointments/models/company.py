"""Carriers that appoint producers, and what each does in each state."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q


class Company(models.Model):
    """An appointing carrier."""

    name = models.CharField(max_length=200)
    cocode = models.CharField(
        "CoCode",
        max_length=5,
        unique=True,
        validators=[RegexValidator(r"\A[0-9]{5}\Z", "A CoCode has five digits.")],
    )
    fein = models.CharField(
        "FEIN", max_length=9, blank=True, default="", db_index=True, help_text="Nine digits"
    )
    loa_categories = models.JSONField("LOA categories", default=list, blank=True)
    create_internal_appointment = models.BooleanField(
        default=False,
        help_text="Where a state does not appoint this kind of producer, keep an internal appointment here.",
    )
    appointment_producer_assignment_required = models.BooleanField(
        default=False,
        help_text="Appoint only producers who have an assignment for the state, category and company.",
    )
    address_line_1 = models.CharField(max_length=200, blank=True, default="")
    address_line_2 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=2, blank=True, default="")
    zip_code = models.CharField("ZIP", max_length=10, blank=True, default="")
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "companies"
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.cocode})"


class CompanyState(models.Model):
    """Company state setting: whether and how the company appoints in a state."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="states")
    state = models.CharField(max_length=2)
    active = models.BooleanField(default=True)
    just_in_time = models.BooleanField(default=False)
    state_company_id = models.CharField("state company ID", max_length=30, blank=True, default="")
    agent_types = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = "company state setting"
        ordering = ["state"]
        constraints = [
            models.UniqueConstraint(fields=["company", "state"], name="one_setting_a_company_and_state"),
            models.CheckConstraint(name="company_state_two_letters", condition=Q(state__regex=r"^[A-Z]{2}$")),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.state}"
