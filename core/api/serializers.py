"""Bodies that are read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know, so that a misspelt one is an error and not a silence."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Read the body; unknown fields are named together with whatever else is wrong with it."""
        unknown = self._unknown(data) if isinstance(data, Mapping) else {}
        try:
            value: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if unknown and isinstance(error.detail, dict):
                raise serializers.ValidationError({**error.detail, **unknown}) from error
            raise
        if unknown:
            raise serializers.ValidationError(unknown)
        return value

    def _unknown(self, data: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
        known = set(self.fields)
        return {
            str(name): [ErrorDetail("There is no such field.", code="unknown_field")]
            for name in data
            if name not in known
        }
