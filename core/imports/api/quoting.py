"""Refusals that quote what was sent, without the social security numbers that may stand in it."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import APIView

from core.imports.hiding import hidden_unknown


class QuotesNoSecret(APIView):
    """A field that has slipped may be a number that has slipped: answers are kept, and logs may hold them."""

    def handle_exception(self, exc: Exception) -> Response:
        """The problem, with such numbers cut to their last four digits."""
        answer = super().handle_exception(exc)
        if isinstance(answer.data, dict):
            answer.data |= _hidden(answer.data)
        return answer


def _hidden(told: dict[str, Any]) -> dict[str, Any]:
    """What quotes: the sentence, and place and sentence of each fault."""
    faults = [
        {**fault, "path": hidden_unknown(fault["path"]), "message": hidden_unknown(fault["message"])}
        for fault in told.get("errors", [])
    ]
    return {"detail": hidden_unknown(str(told.get("detail", ""))), "errors": faults}
