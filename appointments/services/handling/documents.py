"""Papers that go with a transaction, kept encrypted; reading one is audited."""

from __future__ import annotations

from dataclasses import dataclass

from appointments.models import SupportingDocument
from core.actor import Actor
from core.state_table import HasRight, any_right

LARGEST = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """A document as it was attached. Serve it as an attachment."""

    name: str
    content_type: str
    content: bytes


def attach(
    transaction_id: int, name: str, content: bytes, *, actor: Actor, has_right: HasRight = any_right
) -> SupportingDocument:
    """Attach a PDF, PNG or JPEG of at most 10 MB; raises InvalidInput (path ``file``) or Conflict."""
    raise NotImplementedError


def read(document_id: int, *, actor: Actor, has_right: HasRight = any_right) -> File:
    """The file; that it was read, and by whom, is audited."""
    raise NotImplementedError
