from __future__ import annotations

from django.db.models import TextChoices


class CellKind(TextChoices):
    LICENSE = "license", "License"
    APPOINTMENT = "appointment", "Appointment"


class LicenseCellStatus(TextChoices):
    """Best first: of several licences in a state the best cell wins (scorecards.md)."""

    LICENSED = "licensed", "Licensed"
    RENEW = "renew", "Renew"
    PENDING = "pending", "Pending"
    ADD_LINE = "add_line", "Add line"
    LATE_RENEWAL = "late_renewal", "Late renewal"
    REINSTATE = "reinstate", "Reinstate"
    INACTIVE = "inactive", "Inactive"
    EXPIRED = "expired", "Expired"
    APPLY = "apply", "Apply"


class AppointmentCellStatus(TextChoices):
    APPOINTED = "appointed", "Appointed"
    NOT_REQUIRED = "not_required", "Not required"
    PENDING = "pending", "Pending"
    HELD = "held", "Held"
    APPOINT = "appoint", "Appoint"
    BLOCKED = "blocked", "Blocked"


class Action(TextChoices):
    """What to do next about a cell. Actions that need transactions are drawn when transactions exist."""

    NONE = "", "Nothing to do"
    RENEW = "renew", "Renew"
    RENEW_LATE = "renew_late", "Renew late"
    REINSTATE = "reinstate", "Reinstate"
    APPLY = "apply", "Apply"
    AMEND = "amend", "Add line"
    SEE_WHY = "see_why", "See why inactive"
    FOLLOW = "follow", "Follow it"
    RELEASE = "release", "Release it"
    APPOINT = "appoint", "Appoint"
    FIX = "fix", "Unblock"
