"""AES-256-GCM over single values, and the keyed hash that finds them again.

A blob is ``version (1) | length of key id (1) | key id | nonce (12) | ciphertext and tag``. The place a value
belongs to (``producers.producer.ssn``) is authenticated with it, so a blob moved to another column does not open.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.crypto.keys import active_key_id, field_keys, hash_key

_VERSION = 1
_NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The value cannot be read: its key is missing or wrong, or the value was altered."""


def encrypt(text: str, place: str) -> bytes:
    """Encrypt with the active key for one place."""
    return seal(text.encode(), place)


def decrypt(blob: bytes, place: str) -> str:
    """Decrypt with whichever key the blob names."""
    return unseal(blob, place).decode()


def seal(content: bytes, place: str) -> bytes:
    """Encrypt bytes with the active key for one place."""
    key_id = active_key_id()
    nonce = os.urandom(_NONCE_BYTES)
    name = key_id.encode("ascii")
    sealed = _cipher(field_keys()[key_id]).encrypt(nonce, content, place.encode())
    return bytes((_VERSION, len(name))) + name + nonce + sealed


def unseal(blob: bytes, place: str) -> bytes:
    """Decrypt bytes with whichever key the blob names."""
    key_id, rest = _split(blob)
    key = field_keys().get(key_id)
    if key is None:
        raise CannotDecrypt(
            f"{place}: no key {key_id!r} in FIELD_KEYS. Restore it: values written with it exist."
        )
    try:
        return _cipher(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], place.encode())
    except InvalidTag as error:
        raise CannotDecrypt(
            f"{place}: key {key_id!r} does not open this value; key or value is wrong."
        ) from error


def key_id_of(blob: bytes) -> str:
    """The id of the key a blob was written with."""
    return _split(blob)[0]


def keyed_hash(value: str, purpose: str) -> str:
    """HMAC-SHA256 of a value for one purpose, in hex. Without the key a billion guesses tell nothing."""
    return hmac.digest(hash_key(), f"{purpose}\0{value}".encode(), "sha256").hex()


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    """Preparing one costs more than using it on a short text."""
    return AESGCM(key)


def _split(blob: bytes) -> tuple[str, bytes]:
    if len(blob) < 2 or blob[0] != _VERSION:
        raise CannotDecrypt("The stored value is not an encrypted one.")
    end = 2 + blob[1]
    return blob[2:end].decode("ascii", "replace"), blob[end:]
