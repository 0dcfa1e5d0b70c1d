"""What can be wrong with a document. The client turns these into :mod:`nipr.errors`."""

from __future__ import annotations

SHOWN = 40
"""How much of a wrong value an error may carry: enough to find it, too little to be a copy of the document."""


class DecodeError(ValueError):
    """The document cannot be read. ``element`` and ``value`` name the culprit where there is one."""

    def __init__(self, message: str, *, element: str = "", value: str = "") -> None:
        self.message = message
        self.element = element
        self.value = value[:SHOWN]
        super().__init__(message)


class NotXml(DecodeError):
    """An HTML page, an empty body, a truncated document: not a whole XML document."""


class UnsafeXml(DecodeError):
    """A document that is built to hurt: a DTD, a bomb, absurd depth or size."""
