from __future__ import annotations

from django.db.models import TextChoices


class AppointmentStatus(TextChoices):
    APPOINTED = "Appointed", "Appointed"
    TERMINATED = "Terminated", "Terminated"
