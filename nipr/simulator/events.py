"""What can happen to an entity: each event turns one report into the next and says what it touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from nipr.simulator import biography, filings
from nipr.simulator.appointing import TERMINATION_REASONS, appointment_rows, terminated
from nipr.simulator.identity import Identity, rng, surname
from nipr.simulator.licensing import Holding, active_line, end_line, make_license
from nipr.simulator.reference import ClassKind, Coded, carriers, jurisdictions
from nipr.simulator.renewal import DEFAULT_CYCLE_MONTHS, add_months
from nipr.simulator.scene import Applied, Event, EventKind, Scene, touch
from nipr.wire.messages import (
    Address,
    AlertType,
    Appointment,
    AppointmentStatus,
    EntityReport,
    License,
    LineOfAuthority,
    OtherName,
    Residency,
)


def apply(report: EntityReport, event: Event, who: Identity) -> Applied:
    """The report after the event. An event that finds nothing to act on changes nothing."""
    dice = rng(event.npn, event.day, event.kind, event.state, event.salt)
    return HANDLERS[event.kind](Scene(report, event, who, dice))


def _extended(lic: License) -> date | None:
    if lic.expiration_date is None:
        return None
    return add_months(lic.expiration_date, jurisdictions()[lic.state].cycle_months or DEFAULT_CYCLE_MONTHS)


def _map_lines(
    lic: License, change: Callable[[LineOfAuthority], LineOfAuthority], *, status: str
) -> tuple[LineOfAuthority, ...]:
    return tuple(change(line) if line.status == status else line for line in lic.lines)


def _renew(scene: Scene) -> Applied:
    lic = scene.one()
    if lic is None:
        return scene.nothing()
    asked = scene.event.detail("expiration_date")
    expires = date.fromisoformat(asked) if asked else _extended(lic)

    def carry_on(line: LineOfAuthority) -> LineOfAuthority:
        return replace(line, ce_renewal_date=expires if line.ce_renewal_date else None, ce_credits_needed=0)

    lines = _map_lines(lic, carry_on, status="Active")
    return scene.with_license(lic, replace(lic, expiration_date=expires, updated_date=scene.day, lines=lines))


def _lapse(scene: Scene) -> Applied:
    lic = scene.one()
    if lic is None:
        return scene.nothing()
    lines = _map_lines(lic, lambda line: end_line(line, scene.day, "Failure to renew"), status="Active")
    return scene.with_license(lic, replace(lic, active=False, updated_date=scene.day, lines=lines))


def _reinstate(scene: Scene) -> Applied:
    lic = scene.one(active=False)
    if lic is None:
        return scene.nothing()
    expires = lic.expiration_date
    while expires is not None and expires <= scene.day:
        lic_after = replace(lic, expiration_date=expires)
        expires = _extended(lic_after)

    def revive(line: LineOfAuthority) -> LineOfAuthority:
        if line.status_reason != "Failure to renew":
            return line
        resident = lic.residency is Residency.RESIDENT
        coded = Coded(line.code, line.name)
        return replace(
            active_line(
                coded, line.issue_date or scene.day, expires, resident=resident, firm=scene.who.is_firm
            ),
            status_reason="Reinstated",
            status_reason_date=scene.day,
        )

    lines = _map_lines(lic, revive, status="Inactive")
    new = replace(lic, active=True, expiration_date=expires, updated_date=scene.day, lines=lines)
    return scene.with_license(lic, new)


def _add_line(scene: Scene) -> Applied:
    lic = scene.one()
    if lic is None:
        return scene.nothing()
    held = {line.code for line in lic.lines if line.status == "Active"}
    choices = [coded for coded in _asked_lines(scene, lic.state) if coded.code not in held]
    if not choices:
        return scene.nothing()
    coded = scene.dice.choice(choices)
    line = active_line(
        coded,
        scene.day,
        lic.expiration_date,
        resident=lic.residency is Residency.RESIDENT,
        firm=scene.who.is_firm,
    )
    lines = (*(old for old in lic.lines if old.code != coded.code), line)
    return scene.with_license(lic, replace(lic, updated_date=scene.day, lines=lines))


def _asked_lines(scene: Scene, state: str) -> list[Coded]:
    """By category, by code and name, or any of the state's."""
    lines = jurisdictions()[state].lines
    if category := scene.event.detail("category"):
        return [lines[category]]
    if code := scene.event.detail("loa_code"):
        return [Coded(code, scene.event.detail("loa") or code)]
    return list(dict.fromkeys(lines.values()))


def _end_line(scene: Scene) -> Applied:
    code = scene.event.detail("loa_code")
    for lic in scene.licenses():
        for line in lic.lines:
            if line.status == "Active" and code in {"", line.code}:
                reason = scene.event.detail("reason") or "Voluntary Surrender"
                ended = end_line(line, scene.day, reason)
                lines = tuple(ended if old is line else old for old in lic.lines)
                return scene.with_license(lic, replace(lic, updated_date=scene.day, lines=lines))
    return scene.nothing()


def _new_license(scene: Scene) -> Applied:
    held = {lic.state for lic in scene.report.licenses}
    free = (
        [scene.event.state] if scene.event.state else [code for code in jurisdictions() if code not in held]
    )
    state = scene.dice.choice(free) if free else ""
    if not state or state in held:
        return scene.nothing()
    license_ = _issued(scene, state)
    report = replace(scene.report, licenses=(*scene.report.licenses, license_))
    return report, touch(AlertType.LICENSING, state)


def _issued(scene: Scene, state: str) -> License:
    """A licence issued today, in force, for the categories the entity already works in (or those asked for)."""
    categories = tuple(scene.event.detail("categories").split()) or _categories_held(scene.report)
    place = jurisdictions()[state]
    holding = Holding(scene.who, place, ClassKind.PRODUCER, scene.day, scene.day, categories)
    made = make_license(holding, scene.dice)
    return replace(made, active=True, updated_date=scene.day)


def _categories_held(report: EntityReport) -> tuple[str, ...]:
    for lic in report.licenses:
        lines = jurisdictions()[lic.state].lines
        codes = {line.code for line in lic.lines}
        if held := tuple(name for name, coded in lines.items() if coded.code in codes):
            return held
    return ("life", "health")


def _remove_licenses(scene: Scene) -> Applied:
    gone = {lic.state for lic in scene.report.licenses if lic.state == scene.event.state}
    licenses = tuple(lic for lic in scene.report.licenses if lic.state not in gone)
    return replace(scene.report, licenses=licenses), touch(AlertType.LICENSING, *gone)


def _appoint(scene: Scene) -> Applied:
    asked = scene.event.detail("cocode")
    able = [lic for lic in scene.licenses() if jurisdictions()[lic.state].appoints or scene.event.state]
    pool = [carrier for carrier in carriers() if asked in {"", carrier.cocode}]
    if not able or not pool:
        return scene.nothing()
    lic = scene.dice.choice(able)
    rows = _still_open(appointment_rows(lic, scene.dice.choice(pool), scene.day), scene.report)
    if not rows:
        return scene.nothing()
    report = replace(scene.report, appointments=(*scene.report.appointments, *rows))
    return report, touch(AlertType.APPOINTMENTS, lic.state)


def _still_open(rows: Iterable[Appointment], report: EntityReport) -> list[Appointment]:
    """Rows whose natural key the report does not hold yet: one appointment is filed once."""
    held = {_key(row) for row in report.appointments}
    return [row for row in rows if _key(row) not in held]


def _key(row: Appointment) -> tuple[str, ...]:
    return row.state, row.cocode or row.fein, row.loa_code, row.county_code, row.branch_id


def _terminate(scene: Scene) -> Applied:
    current = [row for row in scene.report.appointments if _means(scene.event, row)]
    if not current:
        return scene.nothing()
    chosen = scene.dice.choice(current)
    reason = scene.event.detail("reason") or scene.dice.choice(TERMINATION_REASONS)
    rows = tuple(
        terminated(row, scene.day, reason) if _same_filing(row, chosen) else row
        for row in scene.report.appointments
    )
    return replace(scene.report, appointments=rows), touch(AlertType.APPOINTMENTS, chosen.state)


def _means(event: Event, row: Appointment) -> bool:
    return (
        row.status == AppointmentStatus.APPOINTED
        and event.state in {"", row.state}
        and event.detail("cocode") in {"", row.cocode}
        and event.detail("loa_code") in {"", row.loa_code}
    )


def _same_filing(row: Appointment, chosen: Appointment) -> bool:
    """The county rows of one line end together."""
    return row.status == AppointmentStatus.APPOINTED and _key(row)[:3] == _key(chosen)[:3]


def _remove_appointments(scene: Scene) -> Applied:
    state = scene.event.state
    kept = tuple(row for row in scene.report.appointments if row.state != state)
    gone = [state] if len(kept) < len(scene.report.appointments) else []
    return replace(scene.report, appointments=kept), touch(AlertType.APPOINTMENTS, *gone)


def _move(scene: Scene) -> Applied:
    """A move of state: the new state's licence becomes the resident one, the old state's a non-resident one."""
    home = next((lic.state for lic in scene.report.licenses if lic.residency is Residency.RESIDENT), "")
    others = [lic.state for lic in scene.report.licenses if lic.active and lic.state != home]
    target = scene.event.state or (scene.dice.choice(others) if others else "")
    if not target or target == home:
        return scene.nothing()
    licenses = [_with_residency(lic, target, scene.day) for lic in scene.report.licenses]
    if target not in {lic.state for lic in licenses}:
        licenses.append(replace(_issued(scene, target), residency=Residency.RESIDENT))
    kept = tuple(row for row in scene.report.addresses if row.state not in {home, target})
    moved = tuple(
        biography.make_address(scene.who, target, code, scene.dice, scene.day) for code in ("1", "2")
    )
    report = replace(scene.report, licenses=tuple(licenses), addresses=(*moved, *kept))
    touched = filter(None, (home, target))
    return report, frozenset(
        (state, kind) for state in touched for kind in (AlertType.LICENSING, AlertType.DEMOGRAPHICS)
    )


def _with_residency(lic: License, home: str, day: date) -> License:
    residency = Residency.RESIDENT if lic.state == home else Residency.NON_RESIDENT
    return lic if lic.residency is residency else replace(lic, residency=residency, updated_date=day)


def _change_address(scene: Scene) -> Applied:
    rows = [row for row in scene.report.addresses if scene.event.state in {"", row.state}]
    if not rows:
        return scene.nothing()
    old = scene.dice.choice(rows)
    new: Address = biography.make_address(scene.who, old.state, old.type_code or "2", scene.dice, scene.day)
    addresses = tuple(new if row is old else row for row in scene.report.addresses)
    return replace(scene.report, addresses=addresses), touch(AlertType.DEMOGRAPHICS, old.state)


def _change_contact(scene: Scene) -> Applied:
    rows = [row for row in scene.report.contacts if scene.event.state in {"", row.state}]
    if not rows:
        return scene.nothing()
    old = scene.dice.choice(rows)
    new = biography.make_contact(scene.who, old.state, scene.dice, scene.day)
    contacts = tuple(new if row is old else row for row in scene.report.contacts)
    return replace(scene.report, contacts=contacts), touch(AlertType.DEMOGRAPHICS, old.state)


def _change_name(scene: Scene) -> Applied:
    """A new surname; the old one stays as an alias in the resident state."""
    person = scene.report.biographic
    if scene.who.is_firm:
        return scene.nothing()
    state = next((row.state for row in scene.report.addresses), scene.who.state)
    alias = OtherName(state, "Alias", f"{person.last_name}, {person.first_name} {person.middle_name}".strip())
    named = replace(person, last_name=scene.event.detail("last_name") or surname(scene.dice))
    report = replace(scene.report, biographic=named, other_names=(*scene.report.other_names, alias))
    return report, touch(AlertType.DEMOGRAPHICS, state)


def _add_action(scene: Scene) -> Applied:
    lic = scene.one() or scene.one(active=False)
    state = scene.event.state or (lic.state if lic else scene.who.state)
    action = biography.make_action(scene.who, state, scene.dice, scene.day)
    actions = (*scene.report.regulatory_actions, action)
    return replace(scene.report, regulatory_actions=actions), touch(AlertType.RIRS, state)


HANDLERS: dict[EventKind, Callable[[Scene], Applied]] = {
    EventKind.RENEW: _renew,
    EventKind.LAPSE: _lapse,
    EventKind.REINSTATE: _reinstate,
    EventKind.ADD_LINE: _add_line,
    EventKind.END_LINE: _end_line,
    EventKind.NEW_LICENSE: _new_license,
    EventKind.REMOVE_LICENSES: _remove_licenses,
    EventKind.APPOINT: _appoint,
    EventKind.TERMINATE: _terminate,
    EventKind.REMOVE_APPOINTMENTS: _remove_appointments,
    EventKind.MOVE: _move,
    EventKind.CHANGE_ADDRESS: _change_address,
    EventKind.CHANGE_CONTACT: _change_contact,
    EventKind.CHANGE_NAME: _change_name,
    EventKind.ADD_ACTION: _add_action,
    EventKind.FILE_APPOINTMENT: filings.file_appointment,
    EventKind.FILE_TERMINATION: filings.file_termination,
    EventKind.GRANT_LICENSE: filings.grant_license,
    EventKind.RENEW_AS_ASKED: lambda scene: _renew(scene) if scene.licenses() else _reinstate(scene),
}
