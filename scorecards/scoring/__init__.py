"""Have against should, as a pure function: no clock, no database, the same answer for the same facts."""

from scorecards.scoring.score import score
from scorecards.scoring.values import Cell, Figures, OutsideEntry, OutsideKind, OutsideReason, ScoreResult

__all__ = ["Cell", "Figures", "OutsideEntry", "OutsideKind", "OutsideReason", "ScoreResult", "score"]
