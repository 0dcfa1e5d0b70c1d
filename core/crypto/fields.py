"""Model fields whose column holds ciphertext. In Python they are plain ``str`` and ``date``."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import IsNull

from core.crypto.box import decrypt, encrypt, keyed_hash, seal, unseal


class EncryptedTextField(models.Field[Any, Any]):
    """Text, encrypted at rest. Absent (NULL) and empty (no bytes) stay what they are.

    Only ``isnull`` can be asked of the database. To find a row by its value put a ``KeyedHashField`` beside it.
    """

    description = "Encrypted text"
    empty_strings_allowed = True

    def get_internal_type(self) -> str:
        """The column is a plain blob on every database."""
        return "BinaryField"

    @property
    def place(self) -> str:
        """What the ciphertext is bound to: this column and no other."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Encrypt on the way in; covers save, bulk_create, bulk_update and update alike."""
        if value is None:
            return None
        return connection.Database.Binary(self.sealed(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Decrypt on the way out."""
        if value is None:
            return None
        return self.opened(bytes(value))

    def sealed(self, value: Any) -> bytes:
        """What is stored for a value."""
        text = self.to_text(value)
        return encrypt(text, self.place) if text else b""

    def opened(self, blob: bytes) -> Any:
        """The value of what is stored; CannotDecrypt when the keys of today do not open it."""
        return self.from_text(decrypt(blob, self.place)) if blob else ""

    def to_text(self, value: Any) -> str:
        """The text to encrypt."""
        return str(value)

    def from_text(self, text: str) -> Any:
        """The Python value of a decrypted text."""
        return text

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse comparisons: equal values have different ciphertexts, so they would silently find nothing."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched; use its keyed hash.")
        return IsNull

    def value_to_string(self, obj: models.Model) -> str:
        """Keep personal data out of fixtures."""
        raise FieldError(f"{self.name} is encrypted and is not serialised.")

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """No generic form shows or takes an encrypted value; a screen that may do so says it."""
        return None


class EncryptedDateField(EncryptedTextField):
    """A date, encrypted at rest."""

    description = "Encrypted date"
    empty_strings_allowed = False

    def to_text(self, value: Any) -> str:
        """ISO form; a string is checked to be a date before it is stored."""
        return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()

    def from_text(self, text: str) -> date:
        """The date again."""
        return date.fromisoformat(text)


class EncryptedBytesField(EncryptedTextField):
    """Bytes, encrypted at rest: pieces of files."""

    description = "Encrypted bytes"

    def sealed(self, value: Any) -> bytes:
        """Nothing is stored for nothing."""
        return seal(bytes(value), self.place) if value else b""

    def opened(self, blob: bytes) -> bytes:
        """The bytes again."""
        return unseal(blob, self.place) if blob else b""


class KeyedHashField(models.CharField[Any, Any]):
    """The searchable shadow of an encrypted field: filled from it whenever the row is saved or bulk-created.

    ``bulk_update`` and ``update`` write only the columns they are given; set both there.
    """

    def __init__(self, of: str, purpose: str, **kwargs: Any) -> None:
        kwargs |= {"max_length": 64, "editable": False, "blank": True}
        kwargs.setdefault("default", "")
        kwargs.setdefault("db_index", True)
        super().__init__(**kwargs)
        self.of = of
        self.purpose = purpose

    def deconstruct(self) -> Any:
        """Keep ``of`` and ``purpose`` in migrations, and what is always so out of them."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "editable", "blank"):
            kwargs.pop(fixed, None)
        kwargs.setdefault("db_index", False)  # Django leaves its own default out, which is not ours
        return name, path, args, kwargs | {"of": self.of, "purpose": self.purpose}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Hash what the encrypted field holds now; blank for absent or empty."""
        value = getattr(model_instance, self.of)
        hashed = keyed_hash(str(value), self.purpose) if value else ""
        setattr(model_instance, self.attname, hashed)
        return hashed
