"""An event on the stage: the report it happens to, and what handlers of events say of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from random import Random

from nipr.simulator.identity import Identity
from nipr.wire.messages import AlertType, EntityReport, License


class EventKind(StrEnum):
    RENEW = "renew"
    LAPSE = "lapse"
    REINSTATE = "reinstate"
    ADD_LINE = "add_line"
    END_LINE = "end_line"
    NEW_LICENSE = "new_license"
    REMOVE_LICENSES = "remove_licenses"
    APPOINT = "appoint"
    TERMINATE = "terminate"
    REMOVE_APPOINTMENTS = "remove_appointments"
    MOVE = "move"
    CHANGE_ADDRESS = "change_address"
    CHANGE_CONTACT = "change_contact"
    CHANGE_NAME = "change_name"
    ADD_ACTION = "add_action"
    FILE_APPOINTMENT = "file_appointment"
    """What the gateway approved, exactly as it was asked for; so are the three after it."""
    FILE_TERMINATION = "file_termination"
    GRANT_LICENSE = "grant_license"
    RENEW_AS_ASKED = "renew_as_asked"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to an entity on a day. What ``details`` leave open is drawn, the same way each time."""

    npn: str
    day: date
    kind: EventKind
    state: str = ""
    number: str = ""
    details: tuple[tuple[str, str], ...] = ()
    salt: int = 0

    def detail(self, name: str) -> str:
        return dict(self.details).get(name, "")


Touched = frozenset[tuple[str, AlertType]]
Applied = tuple[EntityReport, Touched]


@dataclass(frozen=True, slots=True)
class Scene:
    """An event with the report it happens to."""

    report: EntityReport
    event: Event
    who: Identity
    dice: Random

    @property
    def day(self) -> date:
        return self.event.day

    def licenses(self, *, active: bool = True) -> list[License]:
        """The licences the event can mean: by state and number where it names them."""
        wanted = self.event
        return [
            lic
            for lic in self.report.licenses
            if lic.active is active and wanted.state in {"", lic.state} and wanted.number in {"", lic.number}
        ]

    def one(self, *, active: bool = True) -> License | None:
        found = self.licenses(active=active)
        return self.dice.choice(found) if found else None

    def with_license(self, old: License, new: License) -> Applied:
        licenses = tuple(new if lic is old else lic for lic in self.report.licenses)
        return replace(self.report, licenses=licenses), touch(AlertType.LICENSING, old.state)

    def nothing(self) -> Applied:
        return self.report, frozenset()


def touch(kind: AlertType, *states: str) -> Touched:
    return frozenset((state, kind) for state in states)
