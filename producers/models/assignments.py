"""What a producer should hold."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from producers.enums import AgentType, ScorecardType
from producers.models.producer import Producer


class ProducerAssignment(models.Model):
    """States, LOA categories and companies a producer should be licensed and appointed for.

    The lists hold sorted, distinct codes: two-letter states, category slugs, five-digit CoCodes.
    """

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="assignments")
    states = models.JSONField(default=list)
    loa_categories = models.JSONField("LOA categories", default=list)
    cocodes = models.JSONField("companies (CoCodes)", default=list, blank=True)
    agent_type = models.CharField(max_length=10, choices=AgentType.choices, default=AgentType.PRODUCER)
    scorecard_type = models.CharField(
        max_length=25, choices=ScorecardType.choices, default=ScorecardType.LICENSE
    )
    external_id = models.CharField(max_length=100, blank=True, default="")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """Assignments are ended, not deleted, so that yesterday's scorecard still explains itself."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assignment_agent_type", condition=Q(agent_type__in=AgentType.values)
            ),
            models.CheckConstraint(
                name="assignment_scorecard_type", condition=Q(scorecard_type__in=ScorecardType.values)
            ),
        ]
        indexes = [models.Index(fields=["producer", "ended_at"])]

    def __str__(self) -> str:
        return f"{', '.join(self.states)} / {', '.join(self.loa_categories)}"
