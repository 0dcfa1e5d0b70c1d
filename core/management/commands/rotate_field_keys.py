"""Write every encrypted value again under FIELD_KEY_ACTIVE."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.crypto.keys import active_key_id
from core.crypto.rotation import encrypted_fields, rotate


class Command(BaseCommand):
    """Safe while the product runs, and safe to kill and run again. Old keys may go once it has ended."""

    help = "Re-encrypt all encrypted fields with the active key (FIELD_KEY_ACTIVE)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate column by column, saying what was done."""
        for model, field in encrypted_fields():
            count = rotate(model, field)
            self.stdout.write(
                f"{model._meta.label}.{field.name}: {count} rewritten with key {active_key_id()}"
            )
