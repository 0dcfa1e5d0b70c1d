"""What approved transactions do to a report: filed as they were asked for, nothing of it drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from nipr.simulator.appointing import PERPETUAL, terminated
from nipr.simulator.licensing import Holding, active_line, free_number, make_license
from nipr.simulator.reference import BLANK_LOA_STATES, ClassKind, Coded, carriers, jurisdictions
from nipr.simulator.scene import Applied, Scene, touch
from nipr.wire.messages import AlertType, Appointment, AppointmentStatus, License, LineOfAuthority, Residency


def file_appointment(scene: Scene) -> Applied:
    """A row for each line; a row that ended once for the same line gives way to the current one."""
    if not scene.event.detail("cocode"):
        return scene.nothing()
    rows = list(_rows(scene))
    keys = {_key(row) for row in rows}
    kept = [row for row in scene.report.appointments if _key(row) not in keys]
    return replace(scene.report, appointments=(*kept, *rows)), touch(
        AlertType.APPOINTMENTS, scene.event.state
    )


def _rows(scene: Scene) -> Iterator[Appointment]:
    event, state = scene.event, scene.event.state
    codes = event.detail("loa_codes").split()
    if state in BLANK_LOA_STATES or not codes:
        codes = [""]
    effective = date.fromisoformat(event.detail("effective_date") or event.day.isoformat())
    for code in codes:
        yield Appointment(
            state=state,
            company_name=event.detail("company"),
            cocode=event.detail("cocode"),
            fein=event.detail("fein") or _fein(event.detail("cocode")),
            loa_code=code,
            loa=_line_name(scene, code),
            status=AppointmentStatus.APPOINTED,
            status_date=effective,
            renewal_date=PERPETUAL if state in {"TX", "NH"} else date(event.day.year + 1, 3, 31),
            county_code=event.detail("county_code"),
            branch_id=next((row.branch_id for row in scene.report.licenses if row.state == state), ""),
            state_company_id=event.detail("state_company_id"),
        )


def _fein(cocode: str) -> str:
    return next((carrier.fein for carrier in carriers() if carrier.cocode == cocode), "")


def _line_name(scene: Scene, code: str) -> str:
    """As the entity's own licence names the line, or else as the state does."""
    state = scene.event.state
    held = (line for lic in scene.report.licenses if lic.state == state for line in lic.lines)
    if name := next((line.name for line in held if line.code == code), ""):
        return name
    return next((coded.name for coded in jurisdictions()[state].lines.values() if coded.code == code), code)


def _key(row: Appointment) -> tuple[str, ...]:
    return row.state, row.cocode or row.fein, row.loa_code, row.county_code


def file_termination(scene: Scene) -> Applied:
    """End the rows of the company's lines that were named, or of all its lines where none was."""
    event = scene.event
    day = date.fromisoformat(event.detail("effective_date") or event.day.isoformat())
    reason = event.detail("reason") or "Not supplied"
    rows = tuple(
        terminated(row, day, reason) if _is_named(scene, row) else row for row in scene.report.appointments
    )
    if rows == scene.report.appointments:
        return scene.nothing()
    return replace(scene.report, appointments=rows), touch(AlertType.APPOINTMENTS, event.state)


def _is_named(scene: Scene, row: Appointment) -> bool:
    event, codes = scene.event, scene.event.detail("loa_codes").split()
    return (
        row.status == AppointmentStatus.APPOINTED
        and row.state == event.state
        and row.cocode == event.detail("cocode")
        and (not codes or not row.loa_code or row.loa_code in codes)
        and event.detail("county_code") in {"", row.county_code}
    )


def grant_license(scene: Scene) -> Applied:
    """The licence applied for; lines are added to one in force of the same class."""
    state, codes = scene.event.state, scene.event.detail("loa_codes").split()
    if not codes:
        return scene.nothing()
    asked = scene.event.detail("class_code")
    held = next(
        (
            lic
            for lic in scene.report.licenses
            if lic.active and lic.state == state and asked in {"", lic.class_code}
        ),
        None,
    )
    if held is not None:
        kept = tuple(line for line in held.lines if line.code not in codes or line.status == "Active")
        new = [code for code in codes if code not in {line.code for line in kept}]
        lines = (*kept, *_lines(scene, held, new))
        return scene.with_license(held, replace(held, lines=lines, updated_date=scene.day))
    granted = _granted(scene, codes)
    report = replace(scene.report, licenses=(*scene.report.licenses, granted))
    return report, touch(AlertType.LICENSING, state)


def _granted(scene: Scene, codes: list[str]) -> License:
    holding = Holding(
        scene.who, jurisdictions()[scene.event.state], ClassKind.PRODUCER, scene.day, scene.day, ("life",)
    )
    made = make_license(holding, scene.dice)
    residency = Residency(scene.event.detail("residency") or made.residency)
    taken = {lic.number for lic in scene.report.licenses if lic.state == made.state}
    place, who = jurisdictions()[made.state], scene.who
    made = replace(
        made,
        number=free_number(place, who.index, taken) if made.number in taken else made.number,
        active=True,
        updated_date=scene.day,
        residency=residency,
        class_code=scene.event.detail("class_code") or made.class_code,
    )
    return replace(made, lines=tuple(_lines(scene, made, codes)))


def _lines(scene: Scene, lic: License, codes: list[str]) -> Iterator[LineOfAuthority]:
    for code in codes:
        coded = Coded(code, _line_name(scene, code))
        resident = lic.residency is Residency.RESIDENT
        yield active_line(coded, scene.day, lic.expiration_date, resident=resident, firm=scene.who.is_firm)
