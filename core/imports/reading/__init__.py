"""Files of strangers as headers and rows of texts: CSV and XLSX, within limits, each refusal a clear sentence."""

from core.imports.reading.opening import open_sheet
from core.imports.reading.sheet import OpenSheet, RawRow, Unreadable

__all__ = ["OpenSheet", "RawRow", "Unreadable", "open_sheet"]
