"""What the API's description says of uploads beyond what can be seen from their views."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from core.api.problems import PROBLEM
from core.downloads import XLSX_TYPE

CSV: Final = "text/csv"
KINDS: Final = {"csv": CSV, "xlsx": XLSX_TYPE}

FORMAT = OpenApiParameter(
    "format", OpenApiTypes.STR, enum=list(KINDS), default="csv", description="The kind of file."
)
WHICH_ROWS = OpenApiParameter(
    "rows",
    OpenApiTypes.STR,
    enum=["all", "failed"],
    default="all",
    description="`failed`: only rows in error or that could not be processed, ready to be mended and uploaded again.",
)
FILE: Final[dict[Any, Any]] = {(200, kind): OpenApiTypes.BINARY for kind in KINDS.values()}
_IN_CONFLICT: Final[dict[str, serializers.Field[Any, Any, Any, Any]]] = {
    "type": serializers.CharField(),
    "title": serializers.CharField(),
    "status": serializers.IntegerField(),
    "detail": serializers.CharField(),
    "code": serializers.CharField(),
    "request_id": serializers.CharField(),
}
SAME_FILE: Final[dict[Any, Any]] = {
    (409, PROBLEM): OpenApiResponse(
        inline_serializer("SameFile", {**_IN_CONFLICT, "earlier": serializers.IntegerField(required=False)}),
        description="The same file was uploaded before (`same_file`, as `earlier`): nothing was kept. "
        "Send it with `again=true` if it is meant. Or a conflict.",
    )
}
COST_CHANGED: Final[dict[Any, Any]] = {
    (409, PROBLEM): OpenApiResponse(
        inline_serializer(
            "UploadCostChanged",
            {
                **_IN_CONFLICT,
                "cost": serializers.CharField(required=False),
                "allowed": serializers.ListField(child=serializers.CharField(), required=False),
            },
        ),
        description="It costs `cost` now, which has to be confirmed (`cost_changed`); or its state does not allow "
        "this (`wrong_state`, with what is `allowed`).",
    )
}


_REFUSED: Final = inline_serializer("UploadRefused", _IN_CONFLICT)


def refused(status: int, description: str) -> dict[Any, Any]:
    """A further answer that is a problem."""
    return {(status, PROBLEM): OpenApiResponse(_REFUSED, description=description)}
