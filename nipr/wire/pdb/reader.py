"""XML of an entity report to :class:`EntityReport`.

One pass over the records (``LICENSE``, ``APPOINTMENT``, ...) of a tree, or of a stream that is forgotten while it is
read, so that memory holds the result and not the document. This is the hot path of the nightly sync. It stays within a
small factor of bare parsing by three habits: a record's children are read once into a dict, equal texts and dates are
shared, and a record's values are picked in one go.

What fails a document and what does not. A wrong date in a field that decides something (issue, expiration, status,
renewal, birth, a regulatory action's day) raises :class:`DecodeError`: read as blank, an expiration date would become a
perpetual licence. A wrong *bookkeeping* date (when a row was updated or entered) is read as absent.
``ACTIVE`` must be a yes or a no; blank is not active, because nobody said it is. Unknown elements are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
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
from nipr.wire.quick import quick
from nipr.wire.values import NotADate, fein, loose_date, parse_date, whole_number
from nipr.wire.xml import Element, local_name, records

Fields = dict[str, str]
"""A record's texts by element name."""


class _Blank(dict[str, str]):
    """The same, where an element that is not there is as blank as an empty one."""

    def __missing__(self, name: str) -> str:
        return ""


def _picker(*names: str) -> Callable[[Fields], tuple[str, ...]]:
    """All texts of a record at once, in this order."""
    pick: Callable[[Fields], tuple[str, ...]] = itemgetter(*names)

    def values(fields: Fields) -> tuple[str, ...]:
        try:
            return pick(fields)
        except KeyError:
            return pick(_Blank(fields))

    return values


_YES_NO = {"YES": True, "Y": True, "TRUE": True, "NO": False, "N": False, "FALSE": False, "": False}
_RESIDENCY = {"R": Residency.RESIDENT, "NR": Residency.NON_RESIDENT}

_new_address = quick(Address)
_new_contact = quick(ContactInfo)
_new_line = quick(LineOfAuthority)
_new_license = quick(License)
_new_appointment = quick(Appointment)

_BIOGRAPHIC = _picker(
    "NPN",
    "NAME_LAST",
    "NAME_FIRST",
    "NAME_MIDDLE",
    "NAME_SUFFIX",
    "NAME_COMPANY",
    "ID_FEIN",
    "STATE_DOMICILE",
    "STATE_CO_ID",
    "DATE_BIRTH",
    "ID_SSN",
)
_ADDRESS = _picker(
    "ADDRESS_TYPE_CODE",
    "ADDR_TYPE",
    "ADDR_LINE_1",
    "ADDR_LINE_2",
    "ADDR_LINE_3",
    "NAME_CITY",
    "NAME_STATE",
    "ZIP",
    "COUNTRY",
    "DATE_UPDATED",
)
_CONTACT = _picker(
    "BUSINESS_PHONE",
    "BUSINESS_PHONE_UPDATE_DATE",
    "FAX",
    "FAX_UPDATE_DATE",
    "BUSINESS_EMAIL",
    "BUSINESS_EMAIL_UPDATE_DATE",
)
_AFFILIATION = _picker("Agency_Name", "FEIN_State_Co_ID")
_LINE = _picker(
    "LOA_CODE",
    "LOA",
    "AUTHORITY_ISSUE_DATE",
    "STATUS",
    "STATUS_REASON",
    "STATUS_REASON_DATE",
    "CE_COMPLIANCE",
    "CE_RENEWAL_DATE",
    "CE_CREDITS_NEEDED",
)
_LICENSE = _picker(
    "LICENSE_NUM",
    "LICENSE_CLASS_CODE",
    "LICENSE_CLASS",
    "RESIDENCY_STATUS",
    "ACTIVE",
    "DATE_ISSUE_LICENSE_ORIG",
    "DATE_EXPIRE_LICENSE",
    "DATE_UPDATED",
    "ADHS",
)
_APPOINTMENT = _picker(
    "COMPANY_NAME",
    "COCODE",
    "FEIN",
    "LOA_CODE",
    "LINE_OF_AUTHORITY",
    "STATUS",
    "STATUS_REASON_DATE",
    "APPONT_RENEWAL_DATE",
    "TERMINATION_REASON",
    "COUNTY_CODE",
    "APPOINTER_STATE_CO_ID",
    "Agency_Affiliations",
)
_ACTION = _picker(
    "ACTION_ID",
    "ORIGIN_OF_ACTION",
    "REASON_FOR_ACTION",
    "DISPOSITION",
    "DATE_OF_ACTION",
    "EFFECTIVE_DATE",
    "ENTER_DATE",
    "FILE_REF",
    "PENALTY_FINE_FORFEITURE",
    "LENGTH_OF_ORDER",
)


def _text(raw: str | None) -> str:
    return raw.strip() if raw else ""


def _fields(children: Iterable[Element]) -> Fields:
    return {child.tag: (child.text or "").strip() for child in children}


def _last(children: list[Element], name: str) -> list[Element]:
    """What is in the last child of that name: containers stand last in a record, so this looks at one or two."""
    for child in reversed(children):
        if child.tag == name:
            return list(child)
    return []


def _is_active(text: str) -> bool:
    try:
        return _YES_NO[text.upper()]
    except KeyError:
        raise DecodeError(
            f"ACTIVE is neither Yes nor No: {text[:40]}", element="ACTIVE", value=text
        ) from None


def _name_wrong_date(record: Element, error: NotADate) -> DecodeError:
    """Say which element holds the wrong date. A birth date is not repeated."""
    name = next((e.tag for e in record.iter() if (e.text or "").strip() == error.text), record.tag)
    shown = "withheld" if name == "DATE_BIRTH" else error.text[:40]
    return DecodeError(f"{name} is not a date: {shown}", element=name, value=shown)


class _Reader:
    """Collects the rows of one report, record by record."""

    def __init__(self) -> None:
        self.type = ""
        self.error: str | None = None
        self.biographic: Biographic | None = None
        self.entity_type = EntityType.INDIVIDUAL
        self.other_names: list[OtherName] = []
        self.addresses: list[Address] = []
        self.contacts: list[ContactInfo] = []
        self.licenses: list[License] = []
        self.appointments: list[Appointment] = []
        self.actions: list[RegulatoryAction] = []
        self._parent: Element | None = None
        self._state = ""
        self.handlers: dict[str, Callable[[Element], None]] = {
            "TRANSACTION_TYPE": self._read_type,
            "ERROR": self._read_error,
            "BIOGRAPHIC": self._read_biographic,
            "ADDRESS": self._read_address,
            "CONTACT_INFO": self._read_contact,
            "LICENSE": self._read_license,
            "APPOINTMENT": self._read_appointment,
            "REGULATORY_ACTION": self._read_actions,
        }

    def result(self, root: Element) -> EntityReport | RegistryRefusal:
        """What was collected, once the document has ended well."""
        if root.tag != "PDB":
            raise DecodeError(f"Expected a PDB document, got {root.tag[:80]}.", element=local_name(root))
        if self.error is not None or self.type == "ERROR":
            return RegistryRefusal(self.error or "")
        if self.biographic is None or not (self.biographic.npn or self.licenses or self.appointments):
            return RegistryRefusal(NO_PRODUCER)
        if not self.biographic.npn:
            raise DecodeError("The report does not say whose it is: NPN is empty.", element="NPN")
        return EntityReport(
            entity_type=self.entity_type,
            biographic=self.biographic,
            other_names=tuple(self.other_names),
            addresses=tuple(self.addresses),
            contacts=tuple(self.contacts),
            licenses=tuple(self.licenses),
            appointments=tuple(self.appointments),
            regulatory_actions=tuple(self.actions),
        )

    def _state_of(self, record: Element) -> str:
        """The name of the nearest STATE around a record; siblings share the answer."""
        parent = record.getparent()
        if parent is not self._parent:
            self._parent = parent
            while parent is not None and parent.tag != "STATE":
                parent = parent.getparent()
            self._state = _text(parent.get("name") if parent is not None else "").upper()
        return self._state

    def _read_type(self, record: Element) -> None:
        self.type = _fields(record).get("TYPE", "").upper()

    def _read_error(self, record: Element) -> None:
        self.error = _fields(record).get("DESCRIPTION") or _text(record.text)

    def _read_biographic(self, record: Element) -> None:
        npn, last, first, middle, suffix, company, tax_id, domicile, company_id, birth, ssn = _BIOGRAPHIC(
            _Blank(_fields(record))
        )
        if self.type == "FIRM" or (not self.type and next(record.iterancestors("FIRM"), None) is not None):
            self.entity_type = EntityType.FIRM
        self.biographic = Biographic(
            npn=npn,
            last_name=last,
            first_name=first,
            middle_name=middle,
            suffix=suffix,
            company_name=company,
            fein=fein(tax_id),
            state_domicile=domicile,
            state_company_id=company_id,
            birth_date=parse_date(birth),
            ssn=ssn,
        )
        for other in record.iter("NAME"):
            if name := _text(other.text):
                self.other_names.append(OtherName(self._state_of(other), _text(other.get("type")), name))

    def _read_address(self, record: Element) -> None:
        *texts, updated = _ADDRESS(_fields(record))
        self.addresses.append(
            _new_address(self._state_of(record), *texts, loose_date(updated), record.get("branch_id") or "")
        )

    def _read_contact(self, record: Element) -> None:
        phone, phone_updated, fax, fax_updated, email, email_updated = _CONTACT(_fields(record))
        self.contacts.append(
            _new_contact(
                self._state_of(record),
                phone,
                loose_date(phone_updated),
                fax,
                loose_date(fax_updated),
                email,
                loose_date(email_updated),
                record.get("branch_id") or "",
            )
        )

    def _read_license(self, record: Element) -> None:
        children = list(record)
        number, class_code, class_name, residency, active, issued, expires, updated, adhs = _LICENSE(
            _fields(children)
        )
        if not adhs and (home := _last(children, "ADHS")):
            adhs = _text(home[0].text)
        self.licenses.append(
            _new_license(
                self._state_of(record),
                number,
                class_code,
                class_name,
                _RESIDENCY.get(residency.upper(), Residency.UNKNOWN),
                _is_active(active),
                parse_date(issued),
                parse_date(expires),
                loose_date(updated),
                adhs,
                record.get("branch_id") or "",
                tuple([self._line(detail) for detail in _last(children, "DETAILS")]),
            )
        )

    def _line(self, record: Element) -> LineOfAuthority:
        code, name, issued, status, reason, changed, ce, ce_renewal, needed = _LINE(_fields(record))
        return _new_line(
            code,
            name,
            parse_date(issued),
            status,
            reason,
            parse_date(changed),
            ce,
            parse_date(ce_renewal),
            whole_number(needed),
        )

    def _read_appointment(self, record: Element) -> None:
        children = list(record)
        company, cocode, tax_id, code, line, status, changed, renewal, reason, county, company_id, agency = (
            _APPOINTMENT(_fields(children))
        )
        agency_id = ""
        if affiliation := _last(children, "Agency_Affiliations"):
            agency, agency_id = _AFFILIATION(_fields(affiliation))
        self.appointments.append(
            _new_appointment(
                self._state_of(record),
                company,
                cocode,
                fein(tax_id),
                code,
                line,
                status,
                parse_date(changed),
                parse_date(renewal),
                reason,
                county,
                record.get("branch_id") or "",
                company_id,
                agency,
                agency_id,
            )
        )

    def _read_actions(self, record: Element) -> None:
        """One action for each STATE, or several when a STATE repeats ACTION_ID."""
        for state in record.iterchildren("STATE"):
            name = _text(state.get("name")).upper()
            rows: list[Fields] = []
            for child in state:
                if not rows or child.tag in rows[-1]:
                    rows.append({})
                rows[-1][child.tag] = _text(child.text)
            self.actions.extend(self._action(name, row) for row in rows if any(row.values()))

    def _action(self, state: str, fields: Fields) -> RegulatoryAction:
        number, origin, reason, disposition, acted, effective, entered, file, penalty, length = _ACTION(
            fields
        )
        return RegulatoryAction(
            state=state,
            action_id=number,
            origin=origin,
            reason=reason,
            disposition=disposition,
            action_date=parse_date(acted),
            effective_date=parse_date(effective),
            enter_date=loose_date(entered),
            file_reference=file,
            penalty=penalty,
            length_of_order=length,
        )


def decode(source: bytes | BinaryIO) -> EntityReport | RegistryRefusal:
    """Read a whole report. Raises :class:`DecodeError` when it cannot be trusted."""
    reader = _Reader()
    handlers = reader.handlers
    document = records(source, tuple(handlers))
    try:
        for record in document:
            handlers[record.tag](record)
            if document.streaming:
                record.clear()
    except NotADate as error:
        raise _name_wrong_date(record, error) from None
    return reader.result(document.root)
