"""The PDB entity report: everything the registry holds about one individual or firm.

``decode`` reads it (streaming, so a 60 MB report of a carrier-owned agency is fine), ``encode`` writes it.
``decode(encode(report)) == report`` when rows of one state stand together.
"""

from __future__ import annotations

from nipr.wire.pdb.reader import decode
from nipr.wire.pdb.writer import encode

__all__ = ["decode", "encode"]
