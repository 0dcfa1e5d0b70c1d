"""What OPTIONS says: the name of the resource; its methods are in ``Allow``, and all else in /api/schema/."""

from __future__ import annotations

from typing import Any

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request


class NameOnly(BaseMetadata):
    """The framework's own answer would try every method and list every choice."""

    def determine_metadata(self, request: Request, view: Any) -> dict[str, Any]:
        """The body of the answer."""
        return {"name": view.get_view_name(), "description": "/api/schema/"}
