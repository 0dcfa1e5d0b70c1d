"""The gateway's documents: appointments, terminations, license applications and renewals. Both directions.

The client encodes transactions and questions and reads replies; the simulator reads documents and encodes replies.
What has no public evidence is named in :mod:`nipr.wire.assumed`.
"""

from nipr.wire.gateway.answers import Answer, AnswerKind, GatewayReply
from nipr.wire.gateway.encoding import (
    TRANSACTION_TYPES,
    document,
    encode_question,
    encode_transaction,
    question_about,
)
from nipr.wire.gateway.reading import read_reply
from nipr.wire.gateway.requests import question_from, read_transaction
from nipr.wire.gateway.values import (
    Applicant,
    Application,
    Appointer,
    Authorization,
    BackgroundAnswer,
    GatewayKind,
    GatewayTransaction,
    Payment,
    PostalAddress,
    TransactionKey,
)

__all__ = [
    "TRANSACTION_TYPES",
    "Answer",
    "AnswerKind",
    "Applicant",
    "Application",
    "Appointer",
    "Authorization",
    "BackgroundAnswer",
    "GatewayKind",
    "GatewayReply",
    "GatewayTransaction",
    "Payment",
    "PostalAddress",
    "TransactionKey",
    "document",
    "encode_question",
    "encode_transaction",
    "question_about",
    "question_from",
    "read_reply",
    "read_transaction",
]
