"""The keys of encrypted fields, from settings: FIELD_KEYS {id: 32 bytes}, FIELD_KEY_ACTIVE, HASH_KEY."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def field_keys() -> Mapping[str, bytes]:
    """All keys that may still be needed for reading, by id."""
    keys: Mapping[str, bytes] = getattr(settings, "FIELD_KEYS", {})
    return keys


def active_key_id() -> str:
    """The id of the key that new values are written with."""
    return str(getattr(settings, "FIELD_KEY_ACTIVE", ""))


def hash_key() -> bytes:
    """The key of the search index over encrypted values. Changing it means hashing every value again."""
    key: bytes = getattr(settings, "HASH_KEY", b"")
    if not key:
        raise ImproperlyConfigured("HASH_KEY is not set.")
    return key
