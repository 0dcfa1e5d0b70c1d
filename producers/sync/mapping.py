"""What the registry says (:mod:`nipr.wire.messages`) as rows of the producer's fact tables."""

from __future__ import annotations

from collections.abc import Iterable

from nipr.wire import messages
from producers.models import (
    Address,
    ContactInfo,
    License,
    LicenseLine,
    OtherName,
    RegistryFact,
    RegulatoryAction,
)
from producers.sync.rows import Notes, date_or_never, finished

FactRows = dict[type[RegistryFact], list[RegistryFact]]

FACT_MODELS: tuple[type[RegistryFact], ...] = (
    License,
    LicenseLine,
    RegulatoryAction,
    Address,
    ContactInfo,
    OtherName,
)


def report_rows(producer_id: int, report: messages.EntityReport, notes: Notes) -> FactRows:
    """All rows of a full report that live in this room. Appointments go to their sink."""
    licenses = list(license_rows(producer_id, report.licenses))
    return {
        License: finished(licenses, notes),
        LicenseLine: finished(line_rows(zip(licenses, report.licenses, strict=True)), notes),
        RegulatoryAction: finished(action_rows(producer_id, report.regulatory_actions), notes),
        Address: finished(address_rows(producer_id, report.addresses), notes),
        ContactInfo: finished(contact_rows(producer_id, report.contacts), notes),
        OtherName: finished(name_rows(producer_id, report.other_names), notes),
    }


def license_rows(producer_id: int, licenses: Iterable[messages.License]) -> Iterable[License]:
    for source in licenses:
        yield License(
            producer_id=producer_id,
            state=source.state,
            license_number=source.number,
            license_class=source.class_name,
            license_class_code=source.class_code,
            branch_id=source.branch_id,
            residency=str(source.residency),
            active=source.active,
            issue_date=source.issue_date,
            expiration_date=date_or_never(source.expiration_date),
            updated_date=source.updated_date,
            adhs=source.adhs,
        )


def line_rows(licenses: Iterable[tuple[License, messages.License]]) -> Iterable[LicenseLine]:
    """The lines of licences, each with the row of the licence it belongs to."""
    for owner, document in licenses:
        for source in document.lines:
            row = LicenseLine(
                producer_id=owner.producer_id,
                state=owner.state,
                license_number=owner.license_number,
                license_class_code=owner.license_class_code,
                loa_code=source.code,
                loa=source.name,
                status=source.status,
                issue_date=source.issue_date,
                status_reason=source.status_reason,
                status_reason_date=source.status_reason_date,
                ce_compliance=source.ce_compliance,
                ce_credits_needed=source.ce_credits_needed,
                ce_renewal_date=date_or_never(source.ce_renewal_date),
            )
            row.came_with = owner
            yield row


def action_rows(producer_id: int, actions: Iterable[messages.RegulatoryAction]) -> Iterable[RegulatoryAction]:
    for source in actions:
        yield RegulatoryAction(
            producer_id=producer_id,
            state=source.state,
            action_id=source.action_id,
            origin=source.origin,
            reason=source.reason,
            disposition=source.disposition,
            action_date=source.action_date,
            effective_date=source.effective_date,
            enter_date=source.enter_date,
            file_reference=source.file_reference,
            penalty=source.penalty,
            length_of_order=source.length_of_order,
        )


def address_rows(producer_id: int, addresses: Iterable[messages.Address]) -> Iterable[Address]:
    for source in addresses:
        yield Address(
            producer_id=producer_id,
            state=source.state,
            type_code=source.type_code,
            branch_id=source.branch_id,
            type_name=source.type_name,
            line_1=source.line_1,
            line_2=source.line_2,
            line_3=source.line_3,
            city=source.city,
            address_state=source.address_state,
            zip_code=source.zip_code,
            country=source.country,
            updated_date=source.updated_date,
        )


def contact_rows(producer_id: int, contacts: Iterable[messages.ContactInfo]) -> Iterable[ContactInfo]:
    for source in contacts:
        yield ContactInfo(
            producer_id=producer_id,
            state=source.state,
            branch_id=source.branch_id,
            phone=source.phone,
            phone_updated=source.phone_updated,
            fax=source.fax,
            fax_updated=source.fax_updated,
            email=source.email,
            email_updated=source.email_updated,
        )


def name_rows(producer_id: int, names: Iterable[messages.OtherName]) -> Iterable[OtherName]:
    for source in names:
        yield OtherName(producer_id=producer_id, state=source.state, type=source.type, name=source.name)
