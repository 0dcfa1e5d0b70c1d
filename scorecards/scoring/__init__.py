"""Have against should, as a pure function: no clock, no database, the same answer for the same facts."""

from scorecards.scoring.appointments import appointment_cell
from scorecards.scoring.licenses import license_cell
from scorecards.scoring.score import cells_of, score
from scorecards.scoring.values import Cell, Figures, OutsideEntry, OutsideKind, OutsideReason, ScoreResult

__all__ = [
    "Cell",
    "Figures",
    "OutsideEntry",
    "OutsideKind",
    "OutsideReason",
    "ScoreResult",
    "appointment_cell",
    "cells_of",
    "license_cell",
    "score",
]
