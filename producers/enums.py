from __future__ import annotations

from django.db.models import TextChoices


class EntityType(TextChoices):
    INDIVIDUAL = "individual", "Individual"
    FIRM = "firm", "Agency"


class Tracking(TextChoices):
    """NIPR tracking: active producers are updated daily and counted in billing."""

    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"


class SyncStatus(TextChoices):
    """Outcome of the last sync. ``Success - No Licenses`` is a success and never looks like a failure."""

    NOT_STARTED = "not_started", "Not Started"
    QUEUED = "queued", "Queued"
    PROCESSING = "processing", "Processing"
    SUCCESS = "success", "Success"
    SUCCESS_NO_LICENSES = "success_no_licenses", "Success - No Licenses"
    NIPR_TIMEOUT = "nipr_timeout", "NIPR Timeout"
    NIPR_ERROR = "nipr_error", "NIPR Error"
    INVALID_NPN = "invalid_npn", "Invalid NPN"
    PROCESSING_ERROR = "processing_error", "Processing Error"
    RETRY_ERROR = "retry_error", "Retry Error"


SYNCED = (SyncStatus.SUCCESS, SyncStatus.SUCCESS_NO_LICENSES)


class Residency(TextChoices):
    RESIDENT = "R", "Resident"
    NON_RESIDENT = "NR", "Non-resident"
    UNKNOWN = "", "Not known"


class AgentType(TextChoices):
    PRODUCER = "producer", "Producer"
    ADJUSTER = "adjuster", "Adjuster"
    SURPLUS = "surplus", "Surplus lines"


class ScorecardType(TextChoices):
    LICENSE = "license", "License"
    LICENSE_AND_APPOINTMENT = "license_and_appointment", "License & appointment"


class ChangeKind(TextChoices):
    """Which registry fact a change is about."""

    LICENSE = "license", "License"
    LINE = "line", "Line of authority"
    APPOINTMENT = "appointment", "Appointment"
    REGULATORY_ACTION = "regulatory_action", "Regulatory action"
    DEMOGRAPHICS = "demographics", "Name, address or contact"


class ChangeEffect(TextChoices):
    ADDED = "added", "Added"
    CHANGED = "changed", "Changed"
    REMOVED = "removed", "No longer at the registry"
    RESTORED = "restored", "Back at the registry"


class SyncRunKind(TextChoices):
    NIGHTLY = "nightly", "Nightly"
    SELECTION = "selection", "Selection"
    SINGLE = "single", "One producer"


class SyncRunStatus(TextChoices):
    """How far a run came. A run that is killed stays ``running`` until the next one finishes its work."""

    RUNNING = "running", "Running"
    DONE = "done", "Done"
    INCOMPLETE = "incomplete", "Done in part: the registry did not give everything"
    STOPPED = "stopped", "Stopped: needs a decision"
    FAILED = "failed", "Failed"


class SyncSource(TextChoices):
    ENTITY_REPORT = "entity_report", "Full report (paid)"
    ALERTS = "alerts", "Daily alerts"
