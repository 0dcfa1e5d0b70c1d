"""The alerts report, in the ACORD namespace: what changed for whom in which state, with replace semantics.

``decode(encode(report)) == report``, apart from what the format cannot carry: a licence's ADHS, branch and missing CE
credits, an appointment's county and company id, the dates of contacts, and the codes of address types beyond its three.
"""

from __future__ import annotations

from nipr.wire.acord.reader import decode
from nipr.wire.acord.writer import encode

__all__ = ["decode", "encode"]
