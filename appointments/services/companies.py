"""Carriers come on file and change, and so does what each does in each state."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypedDict

from django.db import IntegrityError, transaction

from appointments.models import Company, CompanyState
from core.actor import Actor
from core.audit import services as audit
from core.errors import FieldError, InvalidInput
from producers.enums import AgentType
from producers.identity import Malformed, clean_fein, plain
from producers.services.assignments import ASSIGNABLE_CATEGORIES
from producers.services.records import refuse_stale
from producers.states import state_names


class CompanyFields(TypedDict, total=False):
    """What may be said about a company. Absent means unchanged."""

    name: str
    cocode: str
    fein: str
    loa_categories: Collection[str]
    create_internal_appointment: bool
    appointment_producer_assignment_required: bool
    address_line_1: str
    address_line_2: str
    city: str
    state: str
    zip_code: str
    active: bool


class CompanyStateFields(TypedDict, total=False):
    """What a company does in one state. Absent means the default of a new setting, or unchanged."""

    state: str
    active: bool
    just_in_time: bool
    state_company_id: str
    agent_types: Collection[str]


class DuplicateCompany(InvalidInput):
    """The CoCode belongs to a company that is on file already."""

    status = 409

    def __init__(self, existing: Company) -> None:
        message = f"CoCode {existing.cocode} belongs to {existing.name}, which is on file already."
        super().__init__([{"path": "cocode", "code": "duplicate", "message": message}])
        self.code = "duplicate_company"
        self.fix = f"Open {existing.name} instead, or correct the CoCode."
        self.existing = existing


@transaction.atomic
def create_company(
    fields: CompanyFields, states: Sequence[CompanyStateFields] = (), *, actor: Actor
) -> Company:
    """Put a company on file, with its state settings."""
    company = Company()
    _apply(company, fields)
    _save(company)
    audit.record("company.created", actor=actor, subject=company, changes=_difference({}, _said(company)))
    if states:
        _write_states(company, states, actor)
    return company


@transaction.atomic
def update_company(
    company_id: int, fields: CompanyFields, *, actor: Actor, expected_version: int | None = None
) -> Company:
    """Change a company. With ``expected_version`` somebody else's change made meanwhile is not overwritten."""
    company = Company.objects.select_for_update().get(pk=company_id)
    refuse_stale(company, expected_version)
    before = _said(company)
    _apply(company, fields)
    changes = _difference(before, _said(company))
    if changes:
        company.version += 1
        _save(company)
        audit.record("company.updated", actor=actor, subject=company, changes=changes)
    return company


@transaction.atomic
def set_company_states(
    company_id: int,
    states: Sequence[CompanyStateFields],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Company:
    """Write the settings of the states named; states that are not named keep theirs."""
    company = Company.objects.select_for_update().get(pk=company_id)
    refuse_stale(company, expected_version)
    if _write_states(company, states, actor):
        company.version += 1
        # One save of the company tells higher rooms; the settings themselves are written in bulk.
        company.save(update_fields=["version", "updated_at"])
    return company


_STATE_FIELDS = ("active", "just_in_time", "state_company_id", "agent_types")


def _write_states(company: Company, states: Sequence[CompanyStateFields], actor: Actor) -> bool:
    """Write what differs, with two statements; True when something did."""
    known = {setting.state: setting for setting in company.states.select_for_update()}
    wanted = [_setting(company, known, fields) for fields in states]
    _refuse_wrong_states(wanted)
    changes: dict[str, list[Any]] = {}
    for setting, before in wanted:
        after = _state_said(setting)
        if before != after:
            changes[setting.state] = [_state_words(before), _state_words(after)]
    changed = [setting for setting, _before in wanted if setting.state in changes]
    CompanyState.objects.bulk_create([setting for setting in changed if setting.pk is None])
    CompanyState.objects.bulk_update([setting for setting in changed if setting.pk], _STATE_FIELDS)
    if changes:
        audit.record("company.states_changed", actor=actor, subject=company, changes=changes)
    return bool(changes)


def _setting(
    company: Company, known: dict[str, CompanyState], fields: CompanyStateFields
) -> tuple[CompanyState, dict[str, Any] | None]:
    """The setting as wanted, and what it said before (None for a new one)."""
    state = plain(fields.get("state", "")).upper()
    setting = known.get(state)
    before = _state_said(setting) if setting else None
    if setting is None:
        setting = CompanyState(company=company, state=state, agent_types=[AgentType.PRODUCER.value])
    for name in ("active", "just_in_time"):
        if name in fields:
            setattr(setting, name, fields[name])
    if "state_company_id" in fields:
        setting.state_company_id = plain(fields["state_company_id"])
    if "agent_types" in fields:
        setting.agent_types = sorted(set(fields["agent_types"]))
    return setting, before


def _refuse_wrong_states(wanted: Sequence[tuple[CompanyState, Any]]) -> None:
    names = state_names()
    faults: list[FieldError] = []
    seen: set[str] = set()
    for index, (setting, _before) in enumerate(wanted):
        if setting.state not in names:
            faults.append(
                _fault(f"states.{index}.state", "unknown_state", f"There is no state “{setting.state}”.")
            )
        elif setting.state in seen:
            faults.append(_fault(f"states.{index}.state", "twice", f"{setting.state} is named twice."))
        seen.add(setting.state)
        unknown = [each for each in setting.agent_types if each not in AgentType.values]
        if unknown:
            faults.append(_unknown(f"states.{index}.agent_types", "agent type", unknown))
        if len(setting.state_company_id) > 30:
            message = f"The state company ID of {setting.state} has more than 30 characters."
            faults.append(_fault(f"states.{index}.state_company_id", "too_long", message))
    if faults:
        raise InvalidInput(faults)


def _state_said(setting: CompanyState) -> dict[str, Any]:
    return {name: getattr(setting, name) for name in _STATE_FIELDS}


def _state_words(said: dict[str, Any] | None) -> str:
    """A setting in one line, for the audit trail."""
    if said is None:
        return "not set"
    parts = ["active" if said["active"] else "inactive"]
    parts += ["just-in-time"] if said["just_in_time"] else []
    parts += [f"company ID {said['state_company_id']}"] if said["state_company_id"] else []
    return ", ".join([*parts, *said["agent_types"]])


def _apply(company: Company, fields: CompanyFields) -> None:
    """Put normalised fields on the company, or raise InvalidInput with every fault."""
    faults: list[FieldError] = []
    for name, value in fields.items():
        setattr(company, name, plain(value) if isinstance(value, str) else value)
    if "fein" in fields:
        try:
            company.fein = clean_fein(fields["fein"])
        except Malformed as malformed:
            faults.append(_fault("fein", "malformed", str(malformed)))
    company.loa_categories = sorted(set(company.loa_categories))
    company.state = company.state.upper()
    faults += _wrong(company)
    if faults:
        raise InvalidInput(faults)
    _refuse_duplicate(company)


def _save(company: Company) -> None:
    """Save; somebody may have taken the same CoCode since it was looked up, and then their company is named."""
    try:
        with transaction.atomic():
            company.save()
    except IntegrityError:
        _refuse_duplicate(company)
        raise


def _refuse_duplicate(company: Company) -> None:
    existing = Company.objects.filter(cocode=company.cocode).exclude(pk=company.pk).first()
    if existing is not None:
        raise DuplicateCompany(existing)


def _wrong(company: Company) -> Iterable[FieldError]:
    if not company.name:
        yield _fault("name", "required", "A company needs its name.")
    if not re.fullmatch(r"[0-9]{5}", company.cocode):
        said = f"“{company.cocode}” is not a CoCode: it" if company.cocode else "A CoCode"
        yield _fault("cocode", "malformed", f"{said} has five digits, leading zeros among them.")
    unknown = [each for each in company.loa_categories if each not in set(ASSIGNABLE_CATEGORIES)]
    if unknown:
        yield _unknown("loa_categories", "LOA category", unknown)
    if company.state and company.state not in state_names():
        yield _fault("state", "unknown_state", f"There is no state “{company.state}”.")
    for field in Company._meta.concrete_fields:
        text = getattr(company, field.attname)
        if (
            field.max_length
            and isinstance(text, str)
            and len(text) > field.max_length
            and field.name != "cocode"
        ):
            yield _fault(field.name, "too_long", f"At most {field.max_length} characters fit here.")


def _said(company: Company) -> dict[str, Any]:
    return {name: getattr(company, name) for name in CompanyFields.__annotations__}


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    return {
        name: [before.get(name), value]
        for name, value in after.items()
        if (before.get(name) or "") != (value or "")
    }


def _unknown(path: str, what: str, values: Iterable[str]) -> FieldError:
    return _fault(path, "unknown", f"There is no {what} {', '.join(f'“{value}”' for value in values)}.")


def _fault(path: str, code: str, message: str) -> FieldError:
    return {"path": path, "code": code, "message": message}
