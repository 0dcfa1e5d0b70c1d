"""Bodies that are read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know, so that a misspelt one is an error and not a silence."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, Mapping) else []
        if unknown:
            raise serializers.ValidationError(
                {
                    str(name): serializers.ErrorDetail("There is no such field.", code="unknown_field")
                    for name in unknown
                }
            )
        value: dict[str, Any] = super().to_internal_value(data)
        return value
