"""Files of strangers as headers and rows of texts: CSV and XLSX, within limits, each refusal a clear sentence."""

from core.imports.reading.sheet import OpenSheet, Unreadable, open_sheet

__all__ = ["OpenSheet", "Unreadable", "open_sheet"]
