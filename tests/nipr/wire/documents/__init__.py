"""Synthetic documents as the registry would send them."""

from pathlib import Path

HERE = Path(__file__).parent
INDIVIDUAL = (HERE / "individual.xml").read_bytes()
FIRM = (HERE / "firm.xml").read_bytes()
ERROR = (HERE / "error.xml").read_bytes()
ALERTS = (HERE / "alerts.xml").read_bytes()


def changed(document: bytes, old: str, new: str, *, count: int = 1) -> bytes:
    """The document with a piece replaced; the piece must be there."""
    assert old.encode() in document, old
    return document.replace(old.encode(), new.encode(), count)
