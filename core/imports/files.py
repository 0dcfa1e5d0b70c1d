"""The uploaded file: in the database, encrypted, in pieces. It never stands in the clear on a disk."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

from core.crypto import keyed_hash
from core.errors import Conflict
from core.imports.hiding import hidden_unknown
from core.imports.models import FilePiece, ImportRun

PIECE_BYTES = 256 * 1024
_PIECES_AT_ONCE = 8
_FILE_NAME_CHARACTERS = 200
_NAMELESS = "upload"


def fingerprint(type_name: str, content: bytes) -> str:
    """Equal for the same file uploaded as the same type. Keyed: a small file could be guessed from a plain hash."""
    return keyed_hash(hashlib.sha256(content).hexdigest(), f"imports.{type_name}")


def shown_name(given: str) -> str:
    """A file's name as it is kept: no folders, no characters that hide what it is, no social security numbers."""
    base = re.split(r"[/\\]", given)[-1]
    visible = "".join(
        each for each in base if unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return hidden_unknown(" ".join(visible.split()))[-_FILE_NAME_CHARACTERS:].strip() or _NAMELESS


def keep(run: ImportRun, content: bytes) -> None:
    """Keep the content of a run's file."""
    starts = range(0, len(content), PIECE_BYTES)
    pieces = (
        FilePiece(run=run, number=number, content=content[start : start + PIECE_BYTES])
        for number, start in enumerate(starts)
    )
    FilePiece.objects.bulk_create(pieces, batch_size=_PIECES_AT_ONCE)


def content_of(run: ImportRun) -> bytes:
    """The content again, exactly; Conflict when it has been deleted or is not what was uploaded."""
    pieces = FilePiece.objects.filter(run_id=run.pk).order_by("number").values_list("content", flat=True)
    content = b"".join(pieces.iterator(chunk_size=_PIECES_AT_ONCE))
    if not content:
        raise Conflict("The file has been deleted.", "Upload it again.", code="file_deleted")
    if not hmac.compare_digest(fingerprint(run.type, content), run.fingerprint):
        raise Conflict("What is kept of the file is not what was uploaded.", "Upload it again.")
    return content


def delete(run: ImportRun) -> None:
    """Delete what is kept."""
    FilePiece.objects.filter(run_id=run.pk).delete()
