"""Papers that go with a transaction, kept encrypted; reading one is audited."""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import transaction as database

from appointments import access
from appointments.enums import StatusDetail, TransactionStatus
from appointments.models import SupportingDocument, Transaction
from appointments.moves import locked
from appointments.transitions import FINAL
from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict, DomainError, InvalidInput, NotAllowed
from core.state_table import HasRight, any_right

LARGEST = 10 * 1024 * 1024
MOST = 20
"""Papers of one transaction."""

_KINDS = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
)
"""How each begins: the content decides, never the name."""

_ENDINGS = {".pdf": {".pdf"}, ".png": {".png"}, ".jpg": {".jpg", ".jpeg"}}
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class File:
    """A document as it was attached. Serve it as an attachment."""

    name: str
    content_type: str
    content: bytes


def attach(
    transaction_id: int, name: str, content: bytes, *, actor: Actor, has_right: HasRight = any_right
) -> SupportingDocument:
    """Attach a PDF, PNG or JPEG of at most 10 MB; raises InvalidInput (path ``file``) or Conflict.

    The same file again is the document that is there. What waited for its documents then waits for approval only.
    """
    _require(has_right, access.PREPARE)
    content_type, ending = _kind_of(content)
    with audit.operation(), database.atomic():
        row = _open_transaction(transaction_id)
        digest = sha256(content).hexdigest()
        if same := row.supporting_documents.filter(sha256=digest).first():
            return same
        if row.supporting_documents.count() >= MOST:
            raise Conflict(f"{row.number} has {MOST} documents already.", "Put several papers into one PDF.")
        document = SupportingDocument.objects.create(
            transaction=row,
            name=safe_name(name, ending),
            content_type=content_type,
            size=len(content),
            sha256=digest,
            content=base64.b64encode(content).decode("ascii"),
            added_by_label=actor.label[:200],
            added_at=clock.now(),
        )
        changes: dict[str, list[Any]] = {"document": [None, document.name], "size": [None, document.size]}
        audit.record("transaction.document_attached", actor=actor, subject=row, changes=changes)
        _documents_are_there(row, actor)
    return document


def read(document_id: int, *, actor: Actor, has_right: HasRight = any_right) -> File:
    """The file; that it was read, and by whom, is audited."""
    _require(has_right, access.VIEW_TRANSACTIONS)
    with database.atomic():
        document = SupportingDocument.objects.select_related("transaction").filter(pk=document_id).first()
        if document is None:
            raise _not_found("There is no such document.")
        changes = {"document": [None, document.name]}
        audit.record("transaction.document_read", actor=actor, subject=document.transaction, changes=changes)
    return File(document.name, document.content_type, base64.b64decode(document.content))


def safe_name(name: str, ending: str) -> str:
    """The name without folders, control and direction characters, of a length that fits, ending as the content is."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(each for each in plain if unicodedata.category(each)[0] != "C")
    stem = re.sub(r'[<>:"|?*%;]', "_", visible).strip(" .")
    for known in _ENDINGS[ending]:
        if stem.lower().endswith(known):
            stem = stem[: -len(known)].strip(" .")
    return f"{stem[:_LONGEST_NAME] or 'document'}{ending}"


def _kind_of(content: bytes) -> tuple[str, str]:
    """Content type and ending; raises InvalidInput."""
    if not content:
        raise _wrong("empty", "The file is empty.")
    if len(content) > LARGEST:
        raise _wrong(
            "too_large", f"The file has {len(content) / 1024 / 1024:,.1f} MB; at most 10 MB are taken."
        )
    for begins, content_type, ending in _KINDS:
        if content.startswith(begins):
            return content_type, ending
    raise _wrong("not_taken", "The file is neither a PDF nor a PNG or JPEG picture.")


def _open_transaction(pk: int) -> Transaction:
    row = next(iter(locked([pk])), None)
    if row is None:
        raise _not_found("There is no such transaction.")
    if row.status in FINAL:
        status = TransactionStatus(row.status).label
        raise Conflict(f"{row.number} is “{status}”: no document is taken any more.", "Nothing to do.")
    return row


def _documents_are_there(row: Transaction, actor: Actor) -> None:
    """The status stays what it is; only what it waits for is less."""
    if row.status_detail != StatusDetail.DOCUMENTS_REQUIRED:
        return
    Transaction.objects.filter(pk=row.pk).update(status_detail=StatusDetail.DOCUMENTED)
    changes = {"status_detail": [StatusDetail.DOCUMENTS_REQUIRED.value, StatusDetail.DOCUMENTED.value]}
    audit.record("transaction.documents_complete", actor=actor, subject=row, changes=changes)


def _require(has_right: HasRight, right: str) -> None:
    if not has_right(right):
        raise NotAllowed(right)


def _not_found(message: str) -> DomainError:
    error = DomainError("not_found", message, "It may have been closed meanwhile; look at the list again.")
    error.status = 404
    return error


def _wrong(code: str, message: str) -> InvalidInput:
    return InvalidInput([{"path": "file", "code": code, "message": message}])
