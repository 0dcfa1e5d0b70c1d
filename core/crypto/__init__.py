"""Personal data at rest: encrypted fields with rotating keys, found by a keyed hash."""

from core.crypto.box import CannotDecrypt, keyed_hash
from core.crypto.fields import EncryptedBytesField, EncryptedDateField, EncryptedTextField, KeyedHashField

__all__ = [
    "CannotDecrypt",
    "EncryptedBytesField",
    "EncryptedDateField",
    "EncryptedTextField",
    "KeyedHashField",
    "keyed_hash",
]
