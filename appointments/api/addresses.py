"""Numbers of transactions as they stand in addresses and bodies."""

from __future__ import annotations

import re

from django.http import Http404

from appointments.models import transaction_number

_NUMBER = re.compile(r"GT-(\d{8,18})", re.ASCII)


def transaction_id(number: str) -> int | None:
    """The primary key that ``GT-00000012`` names; None for whatever names none."""
    found = _NUMBER.fullmatch(number)
    pk = int(found[1]) if found else 0
    return pk if pk and transaction_number(pk) == number else None


def transaction_id_or_404(number: str) -> int:
    """The same for an address."""
    pk = transaction_id(number)
    if pk is None:
        raise Http404
    return pk
