""":class:`AlertsReport` to XML, in the order the registry writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from nipr.wire.assumed import ADDRESS_ELEMENTS, NAME_SUFFIX, REGULATORY_ACTION
from nipr.wire.messages import (
    Address,
    AlertsReport,
    Appointment,
    ContactInfo,
    Demographics,
    EntityAlert,
    EntityType,
    License,
    LineOfAuthority,
    OtherName,
    RegulatoryAction,
    Residency,
    StateAlert,
)
from nipr.wire.values import bare_fein, international_phone, iso_date
from nipr.wire.xml import Element, add, serialize

ACORD_NS = "http://www.acord.org/schema/data/draft/ReusableDataComponents/1"
_NSMAP: Any = {None: ACORD_NS}  # the stubs know no default namespace
ZERO_ID = "00000000-0000-0000-0000-000000000000"
_ADDRESS_ELEMENT = {code: name for name, (code, _) in ADDRESS_ELEMENTS.items()}


def _add(parent: Element, name: str, text: str | None = None, /, **attributes: str) -> Element:
    return add(parent, f"{{{ACORD_NS}}}{name}", text, **attributes)


def _new(name: str) -> Element:
    return etree.Element(f"{{{ACORD_NS}}}{name}", nsmap=_NSMAP)


def _optional(parent: Element, name: str, text: str) -> None:
    """An element only where there is something to say: the alerts leave absent values out."""
    if text:
        _add(parent, name, text)


def encode(report: AlertsReport) -> bytes:
    """The report's document."""
    root = _new("LicensingReportProcessResult")
    header = _add(root, "MessageHeader")
    _add(header, "MessageId", report.message_id)
    _add(header, "CorrelationId", ZERO_ID)
    _optional(header, "MessageDateTime", report.created_at.isoformat() if report.created_at else "")
    _add(header, "MessageDocumentCount", str(len(report.entities)))
    _write_result(_add(root, "MessageResult"))
    _Writer().write(_add(root, "LicensingReport"), report)
    return serialize(root)


def _write_result(parent: Element) -> None:
    _add(parent, "StatusCode", "Valid")
    result = _add(parent, "MessageDocumentResult")
    _add(_add(result, "MessageDocumentReferences"), "DocumentId", ZERO_ID)
    _add(result, "StatusCode", "Success")
    _add(result, "SuccessCode", "Success")


@dataclass
class _Writer:
    """Gathers what is referred to while writing the entities; the former come first in the document."""

    addresses: list[Element] = field(default_factory=list)
    people: list[Element] = field(default_factory=list)
    organizations: dict[str, Element] = field(default_factory=dict)
    items: int = 1000

    def write(self, parent: Element, report: AlertsReport) -> None:
        entities = [self._entity(number, entity) for number, entity in enumerate(report.entities, start=1)]
        parent.extend([*self.addresses, *self.people, *self.organizations.values()])
        _add(parent, "DocumentId", ZERO_ID)
        _add(parent, "TypeCode", "PDBDetail")
        parent.extend(entities)

    def _entity(self, number: int, entity: EntityAlert) -> Element:
        primary = self._node(entity, f"PRI{number}")
        _optional(primary, "BirthDate", iso_date(entity.birth_date))
        report = _new("JurisdictionReport")
        _refer(report, primary)
        for state in entity.states:
            self.items += 1
            item = _add(report, "JurisdictionReportItem", key=str(self.items))
            _add(item, "StateOrProvinceCode", state.state)
            self._licensee(_add(item, "Licensee"), number, entity, state)
        return report

    def _node(self, entity: EntityAlert, suffix: str, branch_id: str = "") -> Element:
        """A Person or Organization element with the entity's NPN, registered under its key."""
        is_firm = entity.entity_type is EntityType.FIRM
        node = _new("Organization" if is_firm else "Person")
        key = f"{'Org' if is_firm else 'Person'}{suffix}"
        node.set("key", key)
        _identify(node, "NAICProducerCode", entity.npn)
        if branch_id:
            _identify(node, "BranchID", branch_id)
        if is_firm:
            self.organizations[key] = node
        else:
            self.people.append(node)
        return node

    def _licensee(self, licensee: Element, number: int, entity: EntityAlert, alert: StateAlert) -> None:
        node = self._node(entity, f"{alert.state}{number}")
        if alert.demographics is not None:
            _refer(_add(licensee, "LicenseeReferences"), node)
            self._write_demographics(node, entity, alert.demographics)
        if alert.licenses is not None:
            _write_licenses(licensee, alert.licenses)
        if alert.appointments is not None:
            self._appointments(licensee, node, number, entity, alert.appointments)
        if alert.regulatory_actions is not None:
            _write_actions(licensee, alert.regulatory_actions)

    def _appointments(
        self,
        licensee: Element,
        node: Element,
        number: int,
        entity: EntityAlert,
        rows: tuple[Appointment, ...],
    ) -> None:
        if not rows:
            marker = _add(licensee, "InsuranceAppointment")
            for name in ("StateOrProvinceCode", "InsurerReferences", "LicenseeReferences"):
                _add(marker, name)
        branches: dict[str, Element] = {"": node}
        for row in rows:
            if row.branch_id not in branches:
                suffix = f"{row.state}{number}B{row.branch_id}"
                branches[row.branch_id] = self._node(entity, suffix, row.branch_id)
            _write_appointment(licensee, row, self._insurer(row), branches[row.branch_id])

    def _insurer(self, row: Appointment) -> Element:
        """The company's node, one for each distinct company of the document."""
        key = f"Org{bare_fein(row.fein)}{row.cocode}{row.company_name}"
        if key not in self.organizations:
            node = _new("Organization")
            node.set("key", key)
            if row.cocode:
                _identify(node, "NAICInsurerCode", row.cocode)
            if row.fein:
                _identify(node, "FEINId", bare_fein(row.fein))
            _add(_add(node, "OrganizationName"), "FullName", row.company_name)
            self.organizations[key] = node
        return self.organizations[key]

    def _write_demographics(self, node: Element, entity: EntityAlert, demographics: Demographics) -> None:
        write = _write_company_name if entity.entity_type is EntityType.FIRM else _write_person_name
        write(node, demographics)
        for other in demographics.other_names:
            _write_other_name(node, entity, other)
        if demographics.addresses is None and demographics.contacts is None:
            return
        contacts = demographics.contacts or (ContactInfo(""),)
        for position, contact in enumerate(contacts):
            holder = _add(
                node, "BusinessCommunication" if contact.email or contact.phone else "PersonCommunication"
            )
            for address in (demographics.addresses or ()) if position == 0 else ():
                self._write_address(holder, address)
            _write_contact(holder, contact)

    def _write_address(self, holder: Element, address: Address) -> None:
        name = _ADDRESS_ELEMENT.get(address.type_code)
        if name is None:
            return
        key = f"Address{len(self.addresses) + 1}"
        element = _new("Address")
        element.set("key", key)
        self.addresses.append(element)
        _add(element, "LineOne", address.line_1)
        _optional(element, "LineTwo", address.line_2)
        _optional(element, "LineThree", address.line_3)
        _add(element, "CityName", address.city)
        _add(element, "StateOrProvinceCode", address.address_state)
        _add(element, "PostalCode", address.zip_code)
        _add(element, "CountryCode", address.country)
        use = _add(holder, name)
        _optional(use, "AsOfDate", iso_date(address.updated_date))
        _add(use, "AddressReferences", addressReference=key)


def _refer(parent: Element, node: Element) -> None:
    key = node.get("key", "")
    if etree.QName(node).localname == "Person":
        _add(parent, "PersonReferences", personReference=key)
    else:
        _add(parent, "OrganizationReferences", organizationReference=key)


def _identify(node: Element, code: str, value: str) -> None:
    identifier = _add(node, "ExternalIdentifier")
    _add(identifier, "TypeCode", code)
    _add(identifier, "Id", value)


def _write_person_name(node: Element, who: Demographics) -> None:
    name = _add(node, "PersonName")
    _add(name, "TypeCode", "Primary")
    given = " ".join(part for part in (who.first_name, who.middle_name) if part)
    _add(name, "FullName", ", ".join(part for part in (who.last_name, given) if part))
    _add(name, "Surname", who.last_name)
    _optional(name, "GivenName", who.first_name)
    _optional(name, "MiddleName", who.middle_name)
    _optional(name, NAME_SUFFIX, who.suffix)


def _write_company_name(node: Element, who: Demographics) -> None:
    name = _add(node, "OrganizationName")
    _add(name, "TypeCode", "Primary")
    _add(name, "FullName", who.company_name)


def _write_other_name(node: Element, entity: EntityAlert, other: OtherName) -> None:
    name = _add(node, "OrganizationName" if entity.entity_type is EntityType.FIRM else "PersonName")
    _add(name, "TypeCode", other.type)
    _add(name, "FullName", other.name)


def _write_contact(holder: Element, contact: ContactInfo) -> None:
    for kind, number in (("Wired", contact.phone), ("Fax", contact.fax)):
        if number:
            telephone = _add(holder, "Telephone")
            _add(telephone, "TypeCode", kind)
            _add(telephone, "PhoneNumber", international_phone(number))
    if contact.email:
        email = _add(holder, "Email")
        _add(email, "TypeCode", "Business")
        _add(email, "EmailAddress", contact.email)


def _write_licenses(licensee: Element, licenses: tuple[License, ...]) -> None:
    if not licenses:
        _add(_add(licensee, "InsuranceLicense"), "TypeCode", "Producer")
    for item in licenses:
        element = _add(licensee, "InsuranceLicense")
        if item.residency is not Residency.UNKNOWN:
            resident = item.residency is Residency.RESIDENT
            _add(element, "ResidentLicenseIndicator", "true" if resident else "false")
        _add(element, "TypeCode", "Producer")
        _write_license(_add(element, "License", key=f"{item.number}{item.state}"), item)
        for line in item.lines:
            _write_line(_add(element, "LineOfAuthority"), item.state, line)


def _write_license(element: Element, item: License) -> None:
    _add(element, "LicenseNumberId", item.number)
    period = _add(element, "LicensePeriod")
    _optional(period, "EndDate", iso_date(item.expiration_date))
    _add(element, "StatusCode", "Active" if item.active else "Inactive")
    _optional(element, "IssueDate", iso_date(item.issue_date))
    _add(element, "LicenseClassCode", item.class_code)
    _add(element, "LicenseClassDescription", item.class_name)
    _add(element, "StateOrProvinceCode", item.state)
    _add(element, "StateOrProvinceName", item.state)
    _optional(element, "AsOfDate", iso_date(item.updated_date))


def _write_line(element: Element, state: str, line: LineOfAuthority) -> None:
    _optional(element, "IssueDate", iso_date(line.issue_date))
    _add(element, "StateOrProvinceCode", state)
    _add(element, "StateOrProvinceName", state)
    _add(element, "LineOfAuthorityCode", line.code)
    _add(element, "LineOfAuthorityDescription", line.name)
    _add(element, "StatusCode", line.status)
    _add(element, "StatusDescription", line.status)
    _optional(element, "StatusReasonCode", line.status_reason)
    _optional(_add(element, "StatusPeriod"), "StartDate", iso_date(line.status_reason_date))
    if line.ce_compliance or line.ce_renewal_date:
        education = _add(element, "ContinuingEducation")
        _add(education, "StateOrProvinceCode", state)
        _optional(education, "StatusDescription", line.ce_compliance)
        _optional(_add(education, "ContinuingEducationPeriod"), "EndDate", iso_date(line.ce_renewal_date))


def _write_appointment(licensee: Element, row: Appointment, insurer: Element, node: Element) -> None:
    element = _add(licensee, "InsuranceAppointment")
    _add(element, "StateOrProvinceCode", row.state)
    _refer(_add(element, "InsurerReferences"), insurer)
    _refer(_add(element, "LicenseeReferences"), node)
    _add(element, "StatusCode", row.status)
    _optional(element, "StatusReasonDescription", row.termination_reason)
    ended = row.status == "Terminated"
    _optional(
        element,
        "TerminationEffectiveDate" if ended else "AppointmentEffectiveDate",
        iso_date(row.status_date),
    )
    line = _add(element, "LineOfAuthority")
    _optional(line, "RenewalDate", iso_date(row.renewal_date))
    _optional(line, "LineOfAuthorityCode", row.loa_code)
    _optional(line, "LineOfAuthorityDescription", row.loa)


def _write_actions(licensee: Element, actions: tuple[RegulatoryAction, ...]) -> None:
    if not actions:
        _add(licensee, REGULATORY_ACTION)
    for action in actions:
        element = _add(licensee, REGULATORY_ACTION)
        for code, value in (
            ("RegulatoryAgencyFileReferenceNumber", action.file_reference),
            ("RegulatoryAgencyRIRSId", action.action_id),
        ):
            if value:
                _identify(element, code, value)
        _add(element, "StateOrProvinceCode", action.state)
        _optional(element, "PenaltyAmount", action.penalty)
        _optional(element, "ActionInceptionCode", action.origin)
        _optional(element, "ActionReasonDescription", action.reason)
        _optional(element, "Disposition", action.disposition)
        _optional(element, "ActionDate", iso_date(action.action_date))
        _optional(element, "ActionRegulatoryEntryDate", iso_date(action.enter_date))
        _optional(_add(element, "RegulatoryActionPeriod"), "StartDate", iso_date(action.effective_date))
