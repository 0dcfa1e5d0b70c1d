from appointments.models.appointment import Appointment
from appointments.models.business_rules import (
    DefaultTerminationReason,
    GatewayBusinessRule,
    GatewaySettings,
    GatewayState,
)
from appointments.models.company import Company, CompanyState
from appointments.models.transaction import (
    AttemptTransaction,
    BackgroundAnswers,
    BulkRequest,
    FencedSend,
    SubmissionAttempt,
    SupportingDocument,
    Transaction,
    TransactionBatch,
    TransactionDocument,
    TransactionNumber,
    batch_number,
    dollars,
    transaction_number,
)

__all__ = [
    "Appointment",
    "AttemptTransaction",
    "BackgroundAnswers",
    "BulkRequest",
    "Company",
    "CompanyState",
    "DefaultTerminationReason",
    "FencedSend",
    "GatewayBusinessRule",
    "GatewaySettings",
    "GatewayState",
    "SubmissionAttempt",
    "SupportingDocument",
    "Transaction",
    "TransactionBatch",
    "TransactionDocument",
    "TransactionNumber",
    "batch_number",
    "dollars",
    "transaction_number",
]
