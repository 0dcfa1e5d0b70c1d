"""Writing every encrypted value again under the active key, while the product is in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import ExpressionWrapper, F

from core.crypto.box import key_id_of
from core.crypto.fields import EncryptedBytesField, EncryptedTextField
from core.crypto.keys import active_key_id

BATCH = 500
BIG_BATCH = 20
"""Of columns that hold pieces of files."""


def encrypted_fields() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted column of the project."""
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            for field in model._meta.local_fields:
                if isinstance(field, EncryptedTextField):
                    yield model, field


def rotate(model: type[models.Model], field: EncryptedTextField) -> int:
    """Bring one column to the active key; the number of values rewritten. May be killed and run again."""
    rewritten = 0
    after: Any = None
    while batch := _batch(model, field, after):
        with transaction.atomic():
            rewritten += sum(_rewrite(model, field, pk, bytes(blob)) for pk, blob in batch)
        after = batch[-1][0]
    return rewritten


def newest_blob(model: type[models.Model], field: EncryptedTextField) -> bytes | None:
    """The ciphertext written last, as far as the primary key tells; None when there is none."""
    newest = _stored(model, field).order_by("-pk").values_list("raw_blob", flat=True).first()
    return None if newest is None else bytes(newest)


def _raw(model: type[models.Model], field: EncryptedTextField) -> models.QuerySet[Any]:
    """Rows with the ciphertext itself as ``raw_blob``."""
    raw = ExpressionWrapper(F(field.attname), output_field=models.BinaryField())
    return model._base_manager.annotate(raw_blob=raw)


def _stored(model: type[models.Model], field: EncryptedTextField) -> models.QuerySet[Any]:
    return _raw(model, field).exclude(raw_blob=None).exclude(raw_blob=b"")


def _batch(model: type[models.Model], field: EncryptedTextField, after: Any) -> list[tuple[Any, Any]]:
    rows = _stored(model, field).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    at_once = BIG_BATCH if isinstance(field, EncryptedBytesField) else BATCH
    return list(rows.values_list("pk", "raw_blob")[:at_once])


def _rewrite(model: type[models.Model], field: EncryptedTextField, pk: Any, blob: bytes) -> int:
    """Rewrite one value unless somebody changed it meanwhile: theirs is under the active key already."""
    if key_id_of(blob) == active_key_id():
        return 0
    value = field.opened(blob)
    return _raw(model, field).filter(pk=pk, raw_blob=blob).update(**{field.name: value})
