"""XML of an entity report to :class:`EntityReport`.

One pass over the elements that end (``LICENSE``, ``APPOINTMENT``, ...), each forgotten once read, so that memory holds
the result and not the document. This is the hot path of the nightly sync: it stays within a small factor of bare
parsing by reading a record's children once into a dict and by sharing equal texts and dates.

What fails a document and what does not. A wrong date in a field that decides something (issue, expiration, status,
renewal, birth, a regulatory action's day) raises :class:`DecodeError`: read as blank, an expiration date would become a
perpetual licence. A wrong *bookkeeping* date (when a row was updated or entered) is read as absent.
``ACTIVE`` must be a yes or a no; blank is not active, because nobody said it is. Unknown elements are ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import BinaryIO

from nipr.wire.assumed import NO_PRODUCER
from nipr.wire.errors import DecodeError
from nipr.wire.messages import (
    Address,
    Appointment,
    Biographic,
    ContactInfo,
    EntityReport,
    EntityType,
    License,
    LineOfAuthority,
    OtherName,
    RegistryRefusal,
    RegulatoryAction,
    Residency,
)
from nipr.wire.values import fein, parse_date, whole_number
from nipr.wire.xml import Element, local_name, records

Fields = dict[str, str]

_YES_NO = {
    "yes": True, "y": True, "true": True, "active": True,
    "no": False, "n": False, "false": False, "inactive": False, "": False,
}  # fmt: skip
_RESIDENCY = {"r": Residency.RESIDENT, "nr": Residency.NON_RESIDENT}


class _Texts(dict[str | None, str]):
    """Trimmed text, one shared string for each distinct one; no text is ``""``."""

    def __missing__(self, raw: str | None) -> str:
        text = raw.strip() if raw else ""
        self[raw] = text
        return text


def _date(fields: Fields, name: str) -> date | None:
    """A date that decides something: wrong is an error."""
    text = fields.get(name, "")
    try:
        return parse_date(text)
    except ValueError:
        shown = "withheld" if name == "DATE_BIRTH" else text[:40]
        raise DecodeError(f"{name} is not a date: {shown}", element=name, value=shown) from None


def _bookkeeping_date(fields: Fields, name: str) -> date | None:
    """A date nothing hangs on: wrong reads as absent."""
    try:
        return parse_date(fields.get(name, ""))
    except ValueError:
        return None


class _Reader:
    """Collects the rows of one report while its elements end."""

    def __init__(self) -> None:
        self.type = ""
        self.error: str | None = None
        self.biographic: Biographic | None = None
        self.entity_type: EntityType | None = None
        self.other_names: list[OtherName] = []
        self.addresses: list[Address] = []
        self.contacts: list[ContactInfo] = []
        self.licenses: list[License] = []
        self.appointments: list[Appointment] = []
        self.actions: list[RegulatoryAction] = []
        self._texts = _Texts()
        self._lines: list[LineOfAuthority] = []
        self._nested: Fields = {}
        self._parent: Element | None = None
        self._state = ""
        self.handlers: dict[str, Callable[[Element], None]] = {
            "TRANSACTION_TYPE": self._transaction_type,
            "ERROR": self._error,
            "BIOGRAPHIC": self._biographic,
            "OTHER_NAME": self._other_name,
            "ADDRESS": self._address,
            "CONTACT_INFO": self._contact,
            "DETAIL": self._line,
            "HOME_STATE": self._nest,
            "Agency_Name": self._nest,
            "FEIN_State_Co_ID": self._nest,
            "LICENSE": self._license,
            "APPOINTMENT": self._appointment,
            "REGULATORY_ACTION": self._regulatory_actions,
        }

    def result(self, root: Element) -> EntityReport | RegistryRefusal:
        """What was collected, once the document has ended well."""
        if local_name(root) != "PDB":
            raise DecodeError(f"Expected a PDB document, got {local_name(root)}.", element=local_name(root))
        if self.error is not None or self.type == "ERROR":
            return RegistryRefusal(self.error or "")
        if self.biographic is None or not self.biographic.npn:
            return RegistryRefusal(NO_PRODUCER)
        return EntityReport(
            entity_type=self.entity_type or EntityType.INDIVIDUAL,
            biographic=self.biographic,
            other_names=tuple(self.other_names),
            addresses=tuple(self.addresses),
            contacts=tuple(self.contacts),
            licenses=tuple(self.licenses),
            appointments=tuple(self.appointments),
            regulatory_actions=tuple(self.actions),
        )

    def _fields(self, element: Element) -> Fields:
        texts = self._texts
        fields = {child.tag: texts[child.text] for child in element}
        if self._nested:
            fields.update(self._nested)
            self._nested = {}
        return fields

    def _state_of(self, element: Element) -> str:
        """The name of the nearest STATE around an element; siblings share the answer."""
        parent = element.getparent()
        if parent is not self._parent:
            state = next(element.iterancestors("STATE"), None)
            self._parent = parent
            self._state = self._texts[state.get("name") if state is not None else ""].upper()
        return self._state

    def _branch(self, element: Element) -> str:
        return self._texts[element.get("branch_id")]

    def _transaction_type(self, element: Element) -> None:
        self.type = self._fields(element).get("TYPE", "").upper()

    def _error(self, element: Element) -> None:
        self.error = self._fields(element).get("DESCRIPTION", "") or self._texts[element.text]

    def _nest(self, element: Element) -> None:
        """A grandchild: remembered under its own name until its record ends."""
        self._nested[element.tag] = self._texts[element.text]

    def _biographic(self, element: Element) -> None:
        f = self._fields(element)
        is_firm = next(element.iterancestors("FIRM"), None) is not None or self.type == "FIRM"
        self.entity_type = EntityType.FIRM if is_firm else EntityType.INDIVIDUAL
        self.biographic = Biographic(
            npn=f.get("NPN", ""),
            last_name=f.get("NAME_LAST", ""),
            first_name=f.get("NAME_FIRST", ""),
            middle_name=f.get("NAME_MIDDLE", ""),
            suffix=f.get("NAME_SUFFIX", ""),
            company_name=f.get("NAME_COMPANY", ""),
            fein=fein(f.get("ID_FEIN", "")),
            state_domicile=f.get("STATE_DOMICILE", ""),
            state_company_id=f.get("STATE_CO_ID", ""),
            birth_date=_date(f, "DATE_BIRTH"),
            ssn=f.get("ID_SSN", ""),
        )

    def _other_name(self, element: Element) -> None:
        texts = self._texts
        for name in element.iter("NAME"):
            text = texts[name.text]
            if text:
                self.other_names.append(OtherName(self._state_of(name), texts[name.get("type")], text))

    def _address(self, element: Element) -> None:
        f = self._fields(element)
        self.addresses.append(
            Address(
                state=self._state_of(element),
                type_code=f.get("ADDRESS_TYPE_CODE", ""),
                type_name=f.get("ADDR_TYPE", ""),
                line_1=f.get("ADDR_LINE_1", ""),
                line_2=f.get("ADDR_LINE_2", ""),
                line_3=f.get("ADDR_LINE_3", ""),
                city=f.get("NAME_CITY", ""),
                address_state=f.get("NAME_STATE", ""),
                zip_code=f.get("ZIP", ""),
                country=f.get("COUNTRY", ""),
                updated_date=_bookkeeping_date(f, "DATE_UPDATED"),
                branch_id=self._branch(element),
            )
        )
        element.clear()

    def _contact(self, element: Element) -> None:
        f = self._fields(element)
        self.contacts.append(
            ContactInfo(
                state=self._state_of(element),
                phone=f.get("BUSINESS_PHONE", ""),
                phone_updated=_bookkeeping_date(f, "BUSINESS_PHONE_UPDATE_DATE"),
                fax=f.get("FAX", ""),
                fax_updated=_bookkeeping_date(f, "FAX_UPDATE_DATE"),
                email=f.get("BUSINESS_EMAIL", ""),
                email_updated=_bookkeeping_date(f, "BUSINESS_EMAIL_UPDATE_DATE"),
                branch_id=self._branch(element),
            )
        )
        element.clear()

    def _line(self, element: Element) -> None:
        f = self._fields(element)
        self._lines.append(
            LineOfAuthority(
                code=f.get("LOA_CODE", ""),
                name=f.get("LOA", ""),
                issue_date=_date(f, "AUTHORITY_ISSUE_DATE"),
                status=f.get("STATUS", ""),
                status_reason=f.get("STATUS_REASON", ""),
                status_reason_date=_date(f, "STATUS_REASON_DATE"),
                ce_compliance=f.get("CE_COMPLIANCE", ""),
                ce_renewal_date=_date(f, "CE_RENEWAL_DATE"),
                ce_credits_needed=whole_number(f.get("CE_CREDITS_NEEDED", "")),
            )
        )

    def _license(self, element: Element) -> None:
        f = self._fields(element)
        active = f.get("ACTIVE", "")
        if active.lower() not in _YES_NO:
            raise DecodeError(f"ACTIVE is neither Yes nor No: {active[:40]}", element="ACTIVE", value=active)
        self.licenses.append(
            License(
                state=self._state_of(element),
                number=f.get("LICENSE_NUM", ""),
                class_code=f.get("LICENSE_CLASS_CODE", ""),
                class_name=f.get("LICENSE_CLASS", ""),
                residency=_RESIDENCY.get(f.get("RESIDENCY_STATUS", "").lower(), Residency.UNKNOWN),
                active=_YES_NO[active.lower()],
                issue_date=_date(f, "DATE_ISSUE_LICENSE_ORIG"),
                expiration_date=_date(f, "DATE_EXPIRE_LICENSE"),
                updated_date=_bookkeeping_date(f, "DATE_UPDATED"),
                adhs=f.get("ADHS", "") or f.get("HOME_STATE", ""),
                branch_id=self._branch(element),
                lines=tuple(self._lines),
            )
        )
        self._lines = []
        element.clear()

    def _appointment(self, element: Element) -> None:
        f = self._fields(element)
        get = f.get
        self.appointments.append(
            Appointment(
                self._state_of(element),
                get("COMPANY_NAME", ""),
                get("COCODE", ""),
                fein(get("FEIN", "")),
                get("LOA_CODE", ""),
                get("LINE_OF_AUTHORITY", ""),
                get("STATUS", ""),
                _date(f, "STATUS_REASON_DATE"),
                _date(f, "APPONT_RENEWAL_DATE"),
                get("TERMINATION_REASON", ""),
                get("COUNTY_CODE", ""),
                self._branch(element),
                get("APPOINTER_STATE_CO_ID", ""),
                get("Agency_Name", "") or get("Agency_Affiliations", ""),
                get("FEIN_State_Co_ID", ""),
            )
        )
        element.clear()

    def _regulatory_actions(self, element: Element) -> None:
        """One action for each STATE, or several when a STATE repeats ACTION_ID."""
        for state in element.iterchildren("STATE"):
            rows: list[Fields] = []
            for child in state:
                if not rows or child.tag in rows[-1]:
                    rows.append({})
                rows[-1][child.tag] = self._texts[child.text]
            name = self._texts[state.get("name")].upper()
            self.actions.extend(_regulatory_action(name, row) for row in rows if any(row.values()))


def _regulatory_action(state: str, f: Fields) -> RegulatoryAction:
    return RegulatoryAction(
        state=state,
        action_id=f.get("ACTION_ID", ""),
        origin=f.get("ORIGIN_OF_ACTION", ""),
        reason=f.get("REASON_FOR_ACTION", ""),
        disposition=f.get("DISPOSITION", ""),
        action_date=_date(f, "DATE_OF_ACTION"),
        effective_date=_date(f, "EFFECTIVE_DATE"),
        enter_date=_bookkeeping_date(f, "ENTER_DATE"),
        file_reference=f.get("FILE_REF", ""),
        penalty=f.get("PENALTY_FINE_FORFEITURE", ""),
        length_of_order=f.get("LENGTH_OF_ORDER", ""),
    )


def decode(source: bytes | BinaryIO) -> EntityReport | RegistryRefusal:
    """Read a whole report. Raises :class:`DecodeError` when it cannot be trusted."""
    reader = _Reader()
    handlers = reader.handlers
    document = records(source, tuple(handlers))
    for element in document:
        handlers[element.tag](element)
    return reader.result(document.root)
