from __future__ import annotations

from django.db.models import TextChoices


class AppointmentStatus(TextChoices):
    APPOINTED = "Appointed", "Appointed"
    TERMINATED = "Terminated", "Terminated"


class TransactionKind(TextChoices):
    """What a transaction asks the registry for."""

    APPOINTMENT = "appointment", "Appointment"
    TERMINATION = "termination", "Termination"
    LICENSE_APPLICATION = "license_application", "License application"
    LICENSE_RENEWAL = "license_renewal", "License renewal"


LICENSING = (TransactionKind.LICENSE_APPLICATION, TransactionKind.LICENSE_RENEWAL)


class TransactionStatus(TextChoices):
    """Where a transaction is; ``StatusDetail`` says why (domain.md)."""

    NOT_ELIGIBLE = "not_eligible", "Not eligible"
    READY_TO_SUBMIT = "ready_to_submit", "Ready to submit"
    HELD = "held", "Held"
    AWAITING_APPROVAL = "awaiting_approval", "Awaiting approval"
    RECORDED = "recorded", "Recorded"
    QUEUED = "queued", "Queued"
    SUBMITTING = "submitting", "Submitting"
    UNKNOWN = "unknown", "Unknown"
    SUBMITTED = "submitted", "Submitted"
    AWAITING_VALIDATION = "awaiting_validation", "Awaiting validation"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    FAILED = "failed", "Failed"
    CLOSED = "closed", "Closed"


OPEN = (
    TransactionStatus.READY_TO_SUBMIT,
    TransactionStatus.HELD,
    TransactionStatus.AWAITING_APPROVAL,
    TransactionStatus.QUEUED,
    TransactionStatus.SUBMITTING,
    TransactionStatus.UNKNOWN,
    TransactionStatus.SUBMITTED,
    TransactionStatus.AWAITING_VALIDATION,
)
"""No final answer yet: a second request for the same thing is refused."""

ACTIONABLE = (
    TransactionStatus.READY_TO_SUBMIT,
    TransactionStatus.HELD,
    TransactionStatus.AWAITING_APPROVAL,
    TransactionStatus.FAILED,
    TransactionStatus.UNKNOWN,
)
"""What waits for a person."""

AT_REGISTRY = (
    TransactionStatus.SUBMITTING,
    TransactionStatus.UNKNOWN,
    TransactionStatus.SUBMITTED,
    TransactionStatus.AWAITING_VALIDATION,
)
"""Left, or may have left, and without a final answer."""


class StatusDetail(TextChoices):
    """Why a transaction stands where it stands. The label is the sentence that people read."""

    NONE = "", ""
    REGISTRY_STATE = "registry_state", "A registry state: kept here, nothing is filed, no fee."
    INTERNAL = "internal", "An internal appointment: the state takes no filing for this kind of producer."
    JUST_IN_TIME = "just_in_time", "Waits for first business (just in time)."
    FOR_CAUSE = "for_cause", "For cause: a second person approves it."
    DOCUMENTS_REQUIRED = (
        "documents_required",
        "Attach the documents that go with it; then a second person approves.",
    )
    DOCUMENTED = "documented", "The documents are attached: a second person approves it."
    ABOVE_LIMIT = "above_limit", "Above the cost limit: a second person approves it."
    APPROVED_HERE = "approved_here", "Approved by a second person; ready to be submitted."
    COOL_OFF = "cool_off", "Leaves after the cool-off time; it can still be taken back."
    TRY_AGAIN = "try_again", "It surely did not reach NIPR; it will be sent again."
    TAKEN_BACK = "taken_back", "Taken back before it left."
    SENDING = "sending", "On its way to NIPR."
    NO_ANSWER = "no_answer", "Sent, no answer. NIPR is being asked. Do not enter it again."
    UNREADABLE = (
        "unreadable",
        "Sent; the answer could not be understood. NIPR is being asked. Do not enter it again.",
    )
    WORKER_LOST = "worker_lost", "The sender stopped on the way. NIPR is being asked. Do not enter it again."
    NOT_RECEIVED = "not_received", "NIPR says that it has not received it; waiting until that is certain."
    NEEDS_PERSON = "needs_person", "What became of it is not known. A person has to find out and say."
    FENCED = (
        "fenced",
        "The database was restored: nothing is sent until a person has compared and released it.",
    )
    STATE_REVIEW = "state_review", "With the state for review."
    RECEIVED = "received", "NIPR has it; no status was told yet."
    RENEWAL_FREEZE = "renewal_freeze", "The state has frozen terminations for its renewal season."
    REFUSED = "refused", "NIPR refused the document; nothing was charged."
    NOT_SHOWN = "not_shown", "Approved, yet the registry does not show it."
    SHOWN = "shown", "Approved, and the registry shows it."


class AttemptPurpose(TextChoices):
    """Why a document went to the gateway."""

    SEND = "send", "Send"
    ASK = "ask", "Ask what became of it"
    RESEND = "resend", "Send again"


class AttemptOutcome(TextChoices):
    """How it ended. Empty: under way, or its sender died."""

    OPEN = "", "Under way"
    ANSWERED = "answered", "Answered"
    NOT_SENT = "not_sent", "Surely not sent"
    UNKNOWN = "unknown", "Unknown"


class BulkStatus(TextChoices):
    """How far a request set has come. A dry run ends as ``planned``; an approved plan is run and ends as ``done``."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    PLANNED = "planned", "Planned"
    DONE = "done", "Done"
    CHANGED = "changed", "Changed since it was planned"
    FAILED = "failed", "Failed"


class RegistryShows(TextChoices):
    """What the registry's facts say about an approved transaction."""

    NOT_YET = "", "Not seen yet"
    SHOWN = "shown", "Shown"
    DIFFERS = "differs", "Differs"
    MISSING = "missing", "Not shown"
