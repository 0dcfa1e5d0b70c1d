""":class:`EntityReport` to XML, element for element as the registry writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from lxml import etree

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
)
from nipr.wire.values import us_date
from nipr.wire.xml import Element, add, serialize


class _OfState(Protocol):
    @property
    def state(self) -> str: ...


Row = TypeVar("Row", bound=_OfState)


def encode(report: EntityReport | RegistryRefusal) -> bytes:
    """The document of a report, or the ERROR document of a refusal; indented, as the registry's samples are."""
    root = etree.Element("PDB")
    if isinstance(report, RegistryRefusal):
        add(add(root, "TRANSACTION_TYPE"), "TYPE", "ERROR")
        add(add(root, "ERROR"), "DESCRIPTION", report.description)
        return serialize(root, indented=True)
    kind = "FIRM" if report.entity_type is EntityType.FIRM else "INDIVIDUAL"
    add(add(root, "TRANSACTION_TYPE"), "TYPE", kind)
    entity = add(add(root, "PRODUCER"), kind)
    _write_biographic(add(entity, "ENTITY_BIOGRAPHIC"), report)
    _write_licensing(add(entity, "PRODUCER_LICENSING"), report)
    return serialize(root, indented=True)


def _write_biographic(parent: Element, report: EntityReport) -> None:
    biographic = add(parent, "BIOGRAPHIC")
    write = _write_firm if report.entity_type is EntityType.FIRM else _write_individual
    write(biographic, report.biographic)
    _by_state(add(biographic, "OTHER_NAME"), report.other_names, _write_other_name)
    _by_state(add(parent, "ADDRESSES"), report.addresses, _write_address)
    _by_state(add(parent, "CONTACT_INFOS"), report.contacts, _write_contact)


def _write_licensing(parent: Element, report: EntityReport) -> None:
    information = add(parent, "LICENSE_INFORMATION")
    licenses, appointments = _grouped(report.licenses), _grouped(report.appointments)
    for name in dict.fromkeys([*licenses, *appointments]):
        state = add(information, "STATE", name=name)
        for item in licenses.get(name, ()):
            _write_license(state, item)
        appointed = add(state, "APPOINTMENT_INFORMATION")
        for row in appointments.get(name, ()):
            _write_appointment(appointed, row)
    add(parent, "CLEARANCE_CERTIFICATION_INFO")
    actions = add(parent, "REGULATORY_ACTION")
    for action in report.regulatory_actions:
        _write_action(add(actions, "STATE", name=action.state), action)
    add(add(parent, "NASD_EXAM"), "DETAILS")


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.state, []).append(row)
    return groups


def _by_state(parent: Element, rows: Sequence[Row], write: Callable[[Element, Row], None]) -> None:
    for name, members in _grouped(rows).items():
        state = add(parent, "STATE", name=name)
        for row in members:
            write(state, row)


def _fill(parent: Element, **texts: str) -> None:
    for tag, text in texts.items():
        add(parent, tag, text)


def _record(parent: Element, tag: str, branch_id: str) -> Element:
    return add(parent, tag, branch_id=branch_id) if branch_id else add(parent, tag)


def _write_individual(parent: Element, who: Biographic) -> None:
    _fill(
        parent,
        ID_SSN=who.ssn,
        NAME_LAST=who.last_name,
        NAME_FIRST=who.first_name,
        NAME_MIDDLE=who.middle_name,
        NAME_SUFFIX=who.suffix,
        DATE_BIRTH=us_date(who.birth_date),
        NPN=who.npn,
    )


def _write_firm(parent: Element, who: Biographic) -> None:
    _fill(
        parent,
        NPN=who.npn,
        ID_FEIN=who.fein,
        NAME_COMPANY=who.company_name,
        STATE_CO_ID=who.state_company_id,
        STATE_DOMICILE=who.state_domicile,
    )


def _write_other_name(state: Element, other: OtherName) -> None:
    add(state, "NAME", other.name, type=other.type)


def _write_address(state: Element, address: Address) -> None:
    _fill(
        _record(state, "ADDRESS", address.branch_id),
        DATE_UPDATED=us_date(address.updated_date),
        ADDRESS_TYPE_CODE=address.type_code,
        ADDR_TYPE=address.type_name,
        ADDR_LINE_1=address.line_1,
        ADDR_LINE_2=address.line_2,
        ADDR_LINE_3=address.line_3,
        NAME_CITY=address.city,
        NAME_STATE=address.address_state,
        ZIP=address.zip_code,
        COUNTRY=address.country,
    )


def _write_contact(state: Element, contact: ContactInfo) -> None:
    _fill(
        _record(state, "CONTACT_INFO", contact.branch_id),
        BUSINESS_PHONE=contact.phone,
        BUSINESS_PHONE_UPDATE_DATE=us_date(contact.phone_updated),
        FAX=contact.fax,
        FAX_UPDATE_DATE=us_date(contact.fax_updated),
        BUSINESS_EMAIL=contact.email,
        BUSINESS_EMAIL_UPDATE_DATE=us_date(contact.email_updated),
    )


def _write_license(state: Element, item: License) -> None:
    element = _record(state, "LICENSE", item.branch_id)
    _fill(
        element,
        LICENSE_NUM=item.number,
        DATE_UPDATED=us_date(item.updated_date),
        DATE_ISSUE_LICENSE_ORIG=us_date(item.issue_date),
        DATE_EXPIRE_LICENSE=us_date(item.expiration_date),
        LICENSE_CLASS=item.class_name,
        LICENSE_CLASS_CODE=item.class_code,
        RESIDENCY_STATUS=item.residency.value,
        ACTIVE="Yes" if item.active else "No",
        ADHS=item.adhs,
    )
    details = add(element, "DETAILS")
    for line in item.lines:
        _write_line(add(details, "DETAIL"), line)


def _write_line(detail: Element, line: LineOfAuthority) -> None:
    _fill(
        detail,
        LOA=line.name,
        LOA_CODE=line.code,
        AUTHORITY_ISSUE_DATE=us_date(line.issue_date),
        STATUS=line.status,
        STATUS_REASON=line.status_reason,
        STATUS_REASON_DATE=us_date(line.status_reason_date),
        CE_COMPLIANCE=line.ce_compliance,
        CE_RENEWAL_DATE=us_date(line.ce_renewal_date),
        CE_CREDITS_NEEDED="" if line.ce_credits_needed is None else str(line.ce_credits_needed),
    )


def _write_appointment(parent: Element, row: Appointment) -> None:
    element = _record(parent, "APPOINTMENT", row.branch_id)
    _fill(
        element,
        COMPANY_NAME=row.company_name,
        APPOINTER_STATE_CO_ID=row.state_company_id,
        FEIN=row.fein,
        COCODE=row.cocode,
        LINE_OF_AUTHORITY=row.loa,
        LOA_CODE=row.loa_code,
        STATUS=row.status,
        TERMINATION_REASON=row.termination_reason,
        STATUS_REASON_DATE=us_date(row.status_date),
        APPONT_RENEWAL_DATE=us_date(row.renewal_date),
        COUNTY_CODE=row.county_code,
    )
    affiliations = add(element, "Agency_Affiliations")
    if row.agency_affiliation or row.agency_affiliation_id:
        add(affiliations, "Agency_Name", row.agency_affiliation)
        add(affiliations, "FEIN_State_Co_ID", row.agency_affiliation_id)


def _write_action(state: Element, action: RegulatoryAction) -> None:
    _fill(
        state,
        ACTION_ID=action.action_id,
        ORIGIN_OF_ACTION=action.origin,
        REASON_FOR_ACTION=action.reason,
        DISPOSITION=action.disposition,
        DATE_OF_ACTION=us_date(action.action_date),
        EFFECTIVE_DATE=us_date(action.effective_date),
        ENTER_DATE=us_date(action.enter_date),
        FILE_REF=action.file_reference,
        PENALTY_FINE_FORFEITURE=action.penalty,
        LENGTH_OF_ORDER=action.length_of_order,
    )
