"""Personal data at rest: encrypted fields with rotating keys, found by a keyed hash."""

from core.crypto.box import CannotDecrypt, keyed_hash
from core.crypto.fields import EncryptedDateField, EncryptedTextField, KeyedHashField

__all__ = ["CannotDecrypt", "EncryptedDateField", "EncryptedTextField", "KeyedHashField", "keyed_hash"]
