"""How statuses look and what is to be done about them, in plain words."""

from __future__ import annotations

from decimal import Decimal

from appointments.views.decisions import Look
from scorecards.enums import Action, AppointmentCellStatus, CellKind, LicenseCellStatus

LOOKS: dict[tuple[str, str], Look] = {
    (CellKind.LICENSE, LicenseCellStatus.LICENSED): Look("Licensed", "check_circle", "good"),
    (CellKind.LICENSE, LicenseCellStatus.RENEW): Look("Renew", "autorenew", "warn"),
    (CellKind.LICENSE, LicenseCellStatus.PENDING): Look("Pending", "hourglass_top", "info"),
    (CellKind.LICENSE, LicenseCellStatus.ADD_LINE): Look("Add line", "playlist_add", "gap"),
    (CellKind.LICENSE, LicenseCellStatus.LATE_RENEWAL): Look("Renew late", "alarm", "bad"),
    (CellKind.LICENSE, LicenseCellStatus.REINSTATE): Look("Reinstate", "restart_alt", "bad"),
    (CellKind.LICENSE, LicenseCellStatus.INACTIVE): Look("Inactive", "block", "bad"),
    (CellKind.LICENSE, LicenseCellStatus.EXPIRED): Look("Expired", "event_busy", "bad"),
    (CellKind.LICENSE, LicenseCellStatus.APPLY): Look("Apply", "add_circle", "gap"),
    (CellKind.APPOINTMENT, AppointmentCellStatus.APPOINTED): Look("Appointed", "verified", "good"),
    (CellKind.APPOINTMENT, AppointmentCellStatus.NOT_REQUIRED): Look("Not required", "remove", "quiet"),
    (CellKind.APPOINTMENT, AppointmentCellStatus.PENDING): Look("Pending", "hourglass_top", "info"),
    (CellKind.APPOINTMENT, AppointmentCellStatus.HELD): Look("Held", "pause_circle", "info"),
    (CellKind.APPOINTMENT, AppointmentCellStatus.APPOINT): Look("Appoint", "person_add", "gap"),
    (CellKind.APPOINTMENT, AppointmentCellStatus.BLOCKED): Look("Blocked", "lock", "warn"),
}

NEXT_STEPS: dict[str, tuple[str, str]] = {
    Action.RENEW_LATE: ("Renew late", "Expired, and the state still takes a late renewal."),
    Action.REINSTATE: ("Reinstate", "Expired and too late to renew; the state still reinstates."),
    Action.RENEW: ("Renew", "The renewal window is open."),
    Action.SEE_WHY: ("Find out why it is inactive", "The registry shows a license that is not active."),
    Action.AMEND: ("Add a line", "A license is in force; the line of authority is missing on it."),
    Action.APPLY: ("Apply for a license", "There is none, or it expired too long ago."),
    Action.APPOINT: ("Appoint", "Everything is in order: the company can appoint."),
    Action.FIX: ("Put in order what blocks an appointment", "One thing stands in the way of each."),
    Action.RELEASE: ("Release what is held", "An appointment waits for the first business."),
    Action.FOLLOW: ("Follow what is under way", "A request has no final answer yet."),
}
"""What an action asks for and why, the most urgent first."""

SHORT_REASONS = {
    "appointment_company_known": "company not on file",
    "appointment_company_state": "company not in this state",
    "appointment_company_category": "line not supported",
    "appointment_assignment": "outside the assignment",
    "appointment_license_active": "license not in force",
    "appointment_license": "no such license",
    "appointment_resident_license": "no resident license",
    "state_appoints": "state rule not known",
}
"""Why a cell is blocked, in the few words that fit into it."""

BLOCKERS = {
    "appointment_company_known": "Blocked: the company is not on file",
    "appointment_company_state": "Blocked: the company does not appoint in the state",
    "appointment_company_category": "Blocked: the company does not support the line",
    "appointment_assignment": "Blocked: outside the producer’s assignment",
    "appointment_license_active": "Blocked: the license is not in force",
    "appointment_license": "Blocked: no license carries the line",
    "appointment_resident_license": "Blocked: no resident license is in force",
    "state_appoints": "Blocked: the state’s rule is not known",
}
"""What stands in the way of appointments, by the rule that says so."""


def look(kind: str, status: str) -> Look:
    return LOOKS[kind, status]


def category_label(code: str) -> str:
    """An LOA category as screens say it."""
    return code.replace("_", " ").capitalize()


def percent_text(value: Decimal | None) -> str:
    """Whole percents, rounded down: 99.6 is not 100. With nothing to count there is none."""
    return "—" if value is None else f"{int(value)} %"
