"""Where the registry's side comes from: the simulator's book, or an invoice as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import httpx

from core.errors import Conflict, DomainError, FieldError, InvalidInput
from nipr.config import RegistryConfig

_SECONDS = 30.0


def simulator_book() -> dict[str, int]:
    """Cents by ``batch/trans`` as the simulated registry's own book has them. Raises DomainError when it is away."""
    config = RegistryConfig.from_settings()
    address = config.url("simulator", "/_simulator/book")
    try:
        answer = httpx.get(address, auth=(config.username, config.password), timeout=_SECONDS)
        answer.raise_for_status()
        rows = answer.json()["transactions"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        message = f"The simulator's book could not be read: {error}."
        raise DomainError(
            "book_not_read", message, "Start the simulator, or name an invoice file."
        ) from error
    return {key: row["state_cents"] + row["nipr_cents"] for key, row in rows.items()}


def invoice(text: str) -> dict[str, int]:
    """An invoice with the columns ``nipr_trans``, or ``batch`` and ``trans``, and ``cents`` or ``amount`` (dollars).

    Lines of one transaction are added up. Raises InvalidInput with every line that cannot be read.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    columns = {name.strip().lower() for name in reader.fieldnames or ()}
    if not ({"nipr_trans"} <= columns or {"batch", "trans"} <= columns) or not columns & {"cents", "amount"}:
        fix = "It needs nipr_trans, or batch and trans; and cents, or amount in dollars."
        raise Conflict("The file has not the columns of an invoice.", fix, code="wrong_columns")
    found: dict[str, int] = {}
    faults: list[FieldError] = []
    for row in reader:
        said = {str(name).strip().lower(): str(value or "").strip() for name, value in row.items()}
        key, cents = _key(said), _cents(said)
        if not key or cents is None:
            faults.append(_fault(reader.line_num))
        else:
            found[key] = found.get(key, 0) + cents
    if faults:
        raise InvalidInput(faults)
    return found


def _key(row: Mapping[str, str]) -> str:
    if row.get("nipr_trans"):
        return row["nipr_trans"]
    batch, trans = row.get("batch", ""), row.get("trans", "")
    return f"{batch}/{trans}" if batch and trans else ""


def _cents(row: Mapping[str, str]) -> int | None:
    try:
        if row.get("cents"):
            return int(row["cents"])
        dollars = Decimal(row.get("amount", "").replace("$", "").replace(",", ""))
    except (InvalidOperation, ValueError):
        return None
    cents = dollars * 100
    return int(cents) if cents == cents.to_integral_value() else None


def _fault(line: int) -> FieldError:
    message = f"Line {line} names no transaction, or no amount that can be read."
    return {"path": f"lines.{line}", "code": "unreadable", "message": message}
