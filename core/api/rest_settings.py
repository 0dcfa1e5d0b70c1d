"""The REST_FRAMEWORK setting."""

from __future__ import annotations

from typing import Any


def rest_framework(*, calls_per_minute: int) -> dict[str, Any]:
    """How every REST view works unless it says otherwise."""
    return {
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "core.api.authentication.ClientAuthentication",
            "rest_framework.authentication.SessionAuthentication",
        ],
        "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.ScopePermission"],
        "DEFAULT_THROTTLE_CLASSES": ["core.api.throttling.CallerThrottle"],
        "DEFAULT_THROTTLE_RATES": {"caller": f"{calls_per_minute}/min"},
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["core.api.parsers.BoundedJSONParser"],
        "DEFAULT_METADATA_CLASS": "core.api.metadata.NameOnly",
        "DEFAULT_PAGINATION_CLASS": "core.api.pagination.CursorPages",
        "DEFAULT_SCHEMA_CLASS": "core.api.schema.ApiSchema",
        "EXCEPTION_HANDLER": "core.api.problems.exception_handler",
        "TEST_REQUEST_DEFAULT_FORMAT": "json",
    }
