"""XML of an alerts report to :class:`AlertsReport`.

The document begins with what is referred to (addresses, people, organisations) and goes on with one JurisdictionReport
for each entity, so one pass is enough: the former are kept by key, the latter read and forgotten.

Replace semantics: a category without any element is unchanged (``None``); a deletion marker, an element without its
content, says that nothing is left (``()``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import BinaryIO

from nipr.wire.assumed import ADDRESS_ELEMENTS, NAME_SUFFIX, REGULATORY_ACTION
from nipr.wire.errors import DecodeError
from nipr.wire.messages import (
    Address,
    AlertsReport,
    Appointment,
    ContactInfo,
    Demographics,
    EntityAlert,
    EntityProblem,
    EntityType,
    License,
    LineOfAuthority,
    OtherName,
    RegulatoryAction,
    Residency,
    StateAlert,
)
from nipr.wire.values import fein, loose_date, parse_date, parse_moment, phone_from_international
from nipr.wire.xml import Element, local_name, records

_TAGS = ("{*}MessageHeader", "{*}Address", "{*}Person", "{*}Organization", "{*}JurisdictionReport")
_RESIDENCY = {"true": Residency.RESIDENT, "false": Residency.NON_RESIDENT}


def decode(source: bytes | BinaryIO) -> AlertsReport:
    """Read a whole report. Raises :class:`DecodeError` when it cannot be read at all.

    An entity that cannot be read (a wrong date, a reference to nobody) becomes an :class:`EntityProblem`: it must not
    cost the other entities their alerts.
    """
    reader = _Reader()
    document = records(source, _TAGS)
    for element in document:
        reader.read(element)
    if local_name(document.root) != "LicensingReportProcessResult":
        name = local_name(document.root)
        raise DecodeError(f"Expected a LicensingReportProcessResult, got {name}.", element=name)
    return AlertsReport(
        message_id=reader.message_id,
        created_at=parse_moment(reader.created_at),
        entities=tuple(reader.entities.values()),
        problems=tuple(reader.problems),
    )


def _at(element: Element, *path: str) -> Element | None:
    """The first element at a path of local names."""
    return element.find("/".join(f"{{*}}{name}" for name in path))


def _text(element: Element, *path: str) -> str:
    found = _at(element, *path)
    return (found.text or "").strip() if found is not None else ""


def _date(element: Element, *path: str) -> date | None:
    """A date that decides something: wrong is an error that names the element."""
    text = _text(element, *path)
    try:
        return parse_date(text)
    except ValueError:
        shown = "withheld" if path[-1] == "BirthDate" else text[:40]
        raise DecodeError(f"{'/'.join(path)} is not a date: {shown}", element=path[-1], value=shown) from None


def _bookkeeping_date(element: Element, *path: str) -> date | None:
    """A date nothing hangs on: wrong reads as absent."""
    return loose_date(_text(element, *path))


def _identifier(element: Element, code: str) -> str:
    for identifier in element.iterfind("{*}ExternalIdentifier"):
        if _text(identifier, "TypeCode") == code:
            return _text(identifier, "Id")
    return ""


def _reference(element: Element | None) -> tuple[str, EntityType]:
    """The key a *References* element points at, and whether at a person or an organisation."""
    if element is not None:
        for child in element.iter("{*}PersonReferences", "{*}OrganizationReferences"):
            is_person = local_name(child) == "PersonReferences"
            key = child.get("personReference" if is_person else "organizationReference", "")
            return key, EntityType.INDIVIDUAL if is_person else EntityType.FIRM
    return "", EntityType.INDIVIDUAL


class _Reader:
    """Keeps what may be referred to, and turns each JurisdictionReport into an entity."""

    def __init__(self) -> None:
        self.message_id = ""
        self.created_at = ""
        self.entities: dict[str, EntityAlert] = {}
        self.problems: list[EntityProblem] = []
        self._by_key: dict[str, Element] = {}

    def read(self, element: Element) -> None:
        name = local_name(element)
        if name == "MessageHeader":
            self.message_id = _text(element, "MessageId")
            self.created_at = _text(element, "MessageDateTime")
        elif name == "JurisdictionReport":
            self._read_entity(element)
            element.clear()
        elif key := element.get("key", ""):
            self._by_key[key] = element

    def _read_entity(self, report: Element) -> None:
        key, entity_type = _reference(report)
        primary = self._by_key.get(key)
        npn = _identifier(primary, "NAICProducerCode") if primary is not None else ""
        if primary is None or not npn:
            self.problems.append(EntityProblem("", f"A JurisdictionReport points at nobody: {key[:40]}"))
            return
        try:
            entity = self._entity(npn, entity_type, primary, report)
        except DecodeError as error:
            self.problems.append(EntityProblem(npn, error.message))
            return
        earlier = self.entities.get(npn)
        self.entities[npn] = _merged(earlier, entity) if earlier else entity

    def _entity(self, npn: str, entity_type: EntityType, primary: Element, report: Element) -> EntityAlert:
        items: dict[str, list[Element]] = {}
        for item in report.iterfind("{*}JurisdictionReportItem"):
            items.setdefault(_text(item, "StateOrProvinceCode").upper(), []).append(item)
        return EntityAlert(
            npn=npn,
            entity_type=entity_type,
            birth_date=_date(primary, "BirthDate"),
            states=tuple(self._state(state, parts) for state, parts in items.items()),
        )

    def _state(self, state: str, items: list[Element]) -> StateAlert:
        """What one state says; several items for it count as one."""
        licenses = [e for item in items for e in item.iter("{*}InsuranceLicense")]
        appointments = [e for item in items for e in item.iter("{*}InsuranceAppointment")]
        actions = [e for item in items for e in item.iter(f"{{*}}{REGULATORY_ACTION}")]
        return StateAlert(
            state=state,
            licenses=tuple(_licenses(state, licenses)) if licenses else None,
            appointments=tuple(self._appointments(state, appointments)) if appointments else None,
            demographics=self._demographics(state, items),
            regulatory_actions=tuple(_actions(state, actions)) if actions else None,
        )

    def _appointments(self, state: str, elements: list[Element]) -> Iterator[Appointment]:
        for element in elements:
            status, (insurer_key, _) = (
                _text(element, "StatusCode"),
                _reference(_at(element, "InsurerReferences")),
            )
            if not status and not insurer_key:
                continue  # the deletion marker
            insurer = self._by_key.get(insurer_key)
            licensee = self._by_key.get(_reference(_at(element, "LicenseeReferences"))[0])
            yield Appointment(
                state=_text(element, "StateOrProvinceCode").upper() or state,
                company_name=_text(insurer, "OrganizationName", "FullName") if insurer is not None else "",
                cocode=_identifier(insurer, "NAICInsurerCode") if insurer is not None else "",
                fein=fein(_identifier(insurer, "FEINId")) if insurer is not None else "",
                loa_code=_text(element, "LineOfAuthority", "LineOfAuthorityCode"),
                loa=_text(element, "LineOfAuthority", "LineOfAuthorityDescription"),
                status=status,
                status_date=_date(element, "TerminationEffectiveDate")
                or _date(element, "AppointmentEffectiveDate"),
                renewal_date=_date(element, "LineOfAuthority", "RenewalDate"),
                termination_reason=_text(element, "StatusReasonDescription"),
                branch_id=_identifier(licensee, "BranchID") if licensee is not None else "",
            )

    def _demographics(self, state: str, items: list[Element]) -> Demographics | None:
        """Present only where a Licensee itself refers to the state's person or organisation."""
        for item in items:
            key, _ = _reference(_at(item, "Licensee", "LicenseeReferences"))
            if key in self._by_key:
                return self._read_demographics(state, self._by_key[key])
        return None

    def _read_demographics(self, state: str, node: Element) -> Demographics:
        names = [child for child in node if local_name(child) in ("PersonName", "OrganizationName")]
        primary = next((name for name in names if _text(name, "TypeCode") in ("Primary", "")), None)
        is_firm = local_name(node) == "Organization"
        others = [name for name in names if name is not primary]
        holders = [e for e in node if local_name(e) in ("PersonCommunication", "BusinessCommunication")]
        return Demographics(
            last_name=_text(primary, "Surname") if primary is not None else "",
            first_name=_text(primary, "GivenName") if primary is not None else "",
            middle_name=_text(primary, "MiddleName") if primary is not None else "",
            suffix=_text(primary, NAME_SUFFIX) if primary is not None else "",
            company_name=_text(primary, "FullName") if is_firm and primary is not None else "",
            other_names=tuple(OtherName(state, _text(n, "TypeCode"), _text(n, "FullName")) for n in others),
            addresses=tuple(self._addresses(state, holders)) if holders else None,
            contacts=tuple(_contacts(state, holders)) if holders else None,
        )

    def _addresses(self, state: str, holders: list[Element]) -> Iterator[Address]:
        for element in (child for holder in holders for child in holder):
            kind = ADDRESS_ELEMENTS.get(local_name(element))
            reference = _at(element, "AddressReferences")
            address = (
                self._by_key.get(reference.get("addressReference", "")) if reference is not None else None
            )
            if kind is None or address is None:
                continue
            yield Address(
                state=state,
                type_code=kind[0],
                type_name=kind[1],
                line_1=_text(address, "LineOne"),
                line_2=_text(address, "LineTwo"),
                line_3=_text(address, "LineThree"),
                city=_text(address, "CityName"),
                address_state=_text(address, "StateOrProvinceCode"),
                zip_code=_text(address, "PostalCode"),
                country=_text(address, "CountryCode"),
                updated_date=_bookkeeping_date(element, "AsOfDate"),
            )


def _merged(earlier: EntityAlert, later: EntityAlert) -> EntityAlert:
    """One entity that a report lists twice: of a category of a state, what comes later replaces what came before."""
    states = {said.state: said for said in earlier.states}
    for said in later.states:
        before = states.get(said.state, said)
        states[said.state] = StateAlert(
            state=said.state,
            licenses=before.licenses if said.licenses is None else said.licenses,
            appointments=before.appointments if said.appointments is None else said.appointments,
            demographics=said.demographics or before.demographics,
            regulatory_actions=(
                before.regulatory_actions if said.regulatory_actions is None else said.regulatory_actions
            ),
        )
    birth_date = later.birth_date or earlier.birth_date
    return replace(later, birth_date=birth_date, states=tuple(states.values()))


def _contacts(state: str, holders: list[Element]) -> Iterator[ContactInfo]:
    """Each holder with a telephone or an e-mail is one contact; a holder without is nothing left."""
    for holder in holders:
        phone = fax = ""
        for telephone in holder.iter("{*}Telephone"):
            number = phone_from_international(_text(telephone, "PhoneNumber"))
            if _text(telephone, "TypeCode") == "Fax":
                fax = number
            else:
                phone = phone or number
        contact = ContactInfo(state, phone=phone, fax=fax, email=_text(holder, "Email", "EmailAddress"))
        if contact.phone or contact.fax or contact.email:
            yield contact


def _licenses(state: str, elements: list[Element]) -> Iterator[License]:
    for element in elements:
        detail = _at(element, "License")
        if detail is None:
            continue  # the deletion marker
        yield License(
            state=_text(detail, "StateOrProvinceCode").upper() or state,
            number=_text(detail, "LicenseNumberId"),
            class_code=_text(detail, "LicenseClassCode"),
            class_name=_text(detail, "LicenseClassDescription"),
            residency=_RESIDENCY.get(_text(element, "ResidentLicenseIndicator").lower(), Residency.UNKNOWN),
            active=_text(detail, "StatusCode").lower() == "active",
            issue_date=_date(detail, "IssueDate"),
            expiration_date=_date(detail, "LicensePeriod", "EndDate"),
            updated_date=_bookkeeping_date(detail, "AsOfDate"),
            lines=tuple(_line(line) for line in element.iterfind("{*}LineOfAuthority")),
        )


def _line(element: Element) -> LineOfAuthority:
    return LineOfAuthority(
        code=_text(element, "LineOfAuthorityCode"),
        name=_text(element, "LineOfAuthorityDescription"),
        issue_date=_date(element, "IssueDate"),
        status=_text(element, "StatusCode"),
        status_reason=_text(element, "StatusReasonCode"),
        status_reason_date=_date(element, "StatusPeriod", "StartDate"),
        ce_compliance=_text(element, "ContinuingEducation", "StatusDescription"),
        ce_renewal_date=_date(element, "ContinuingEducation", "ContinuingEducationPeriod", "EndDate"),
    )


def _actions(state: str, elements: list[Element]) -> Iterator[RegulatoryAction]:
    for element in elements:
        action = RegulatoryAction(
            state=_text(element, "StateOrProvinceCode").upper() or state,
            action_id=_identifier(element, "RegulatoryAgencyRIRSId"),
            origin=_text(element, "ActionInceptionCode"),
            reason=_text(element, "ActionReasonDescription"),
            disposition=_text(element, "Disposition"),
            action_date=_date(element, "ActionDate"),
            effective_date=_date(element, "RegulatoryActionPeriod", "StartDate"),
            enter_date=_bookkeeping_date(element, "ActionRegulatoryEntryDate"),
            file_reference=_identifier(element, "RegulatoryAgencyFileReferenceNumber"),
            penalty=_text(element, "PenaltyAmount"),
        )
        if action.action_id or action.action_date or action.file_reference:
            yield action
