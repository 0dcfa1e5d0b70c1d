"""Business rules as told: read into rows, or refused with a path for each fault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appointments.models import GatewayBusinessRule
from appointments.services.settings.values import RuleFields
from core.errors import FieldError, InvalidInput
from producers.enums import AgentType
from producers.identity import plain

_LONGEST = 20


def read_rules(state: str, rules: Sequence[RuleFields]) -> list[GatewayBusinessRule]:
    """Unsaved rows; raises InvalidInput with every fault found."""
    rows = [_row(state, fields) for fields in rules]
    faults = [fault for index, row in enumerate(rows) for fault in _faults(index, row)]
    faults += _twice(rows)
    if faults:
        raise InvalidInput(faults)
    return rows


def _row(state: str, fields: RuleFields) -> GatewayBusinessRule:
    classes = fields.get("license_class_codes")
    return GatewayBusinessRule(
        state=state,
        loa_code=plain(fields.get("loa_code", "")),
        agent_type=fields.get("agent_type", AgentType.PRODUCER.value),
        license_class_codes=None if classes is None else sorted({plain(code) for code in classes}),
        active=fields.get("active", True),
    )


def _faults(index: int, row: GatewayBusinessRule) -> Iterator[FieldError]:
    path = f"rules.{index}"
    if not row.loa_code:
        yield _fault(f"{path}.loa_code", "required", "A rule names a line by its code.")
    if len(row.loa_code) > _LONGEST:
        yield _fault(f"{path}.loa_code", "too_long", f"A line's code has at most {_LONGEST} characters.")
    if row.agent_type not in AgentType.values:
        message = f"There is no agent type “{row.agent_type}”; there are {', '.join(AgentType.values)}."
        yield _fault(f"{path}.agent_type", "unknown", message)
    classes = row.license_class_codes
    if classes is not None and (not classes or not all(0 < len(code) <= _LONGEST for code in classes)):
        message = "Name the license classes it holds for, or none (null) for any."
        yield _fault(f"{path}.license_class_codes", "invalid", message)


def _twice(rows: Sequence[GatewayBusinessRule]) -> Iterator[FieldError]:
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(rows):
        key = row.loa_code, row.agent_type
        if key in seen and row.loa_code:
            message = f"Line {row.loa_code} is told twice for {row.agent_type}."
            yield _fault(f"rules.{index}.loa_code", "twice", message)
        seen.add(key)


def _fault(path: str, code: str, message: str) -> FieldError:
    return {"path": path, "code": code, "message": message}
