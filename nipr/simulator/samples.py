"""The two entities of the documented samples, which every simulated registry holds exactly as documented."""

from __future__ import annotations

from datetime import date

from nipr.wire.messages import (
    Address,
    Appointment,
    AppointmentStatus,
    Biographic,
    ContactInfo,
    EntityReport,
    EntityType,
    License,
    LineOfAuthority,
    OtherName,
    RegulatoryAction,
    Residency,
)

INDIVIDUAL = EntityReport(
    entity_type=EntityType.INDIVIDUAL,
    biographic=Biographic(
        npn="99000017",
        last_name="QUILLFEATHER",
        first_name="MAREN",
        middle_name="T",
        birth_date=date(1981, 2, 13),
        ssn="000-00-0001",
    ),
    other_names=(OtherName("OR", "Alias", "OAKES, MAREN T"),),
    addresses=(
        Address(
            state="OR",
            type_code="2",
            type_name="Business",
            line_1="77 IMAGINARY LN",
            line_2="STE 4",
            city="NOWHERE",
            address_state="OR",
            zip_code="97000",
            country="U.S.A.",
            updated_date=date(2024, 6, 11),
        ),
    ),
    contacts=(
        ContactInfo(
            state="OR",
            phone="555-010-0142",
            phone_updated=date(2024, 6, 11),
            email="maren@quillfeather.example",
            email_updated=date(2024, 6, 11),
        ),
    ),
    licenses=(
        License(
            state="OR",
            number="99000017",
            class_code="3",
            class_name="Insurance Producer",
            residency=Residency.RESIDENT,
            active=True,
            issue_date=date(2011, 8, 19),
            expiration_date=date(2027, 2, 28),
            updated_date=date(2024, 7, 2),
            lines=(
                LineOfAuthority(
                    code="16",
                    name="Life",
                    issue_date=date(2011, 8, 19),
                    status="Active",
                    status_reason_date=date(2011, 8, 19),
                    ce_compliance="In compliance",
                    ce_renewal_date=date(2027, 2, 28),
                    ce_credits_needed=0,
                ),
                LineOfAuthority(
                    code="39",
                    name="Health",
                    issue_date=date(2015, 1, 5),
                    status="Inactive",
                    status_reason="Voluntary Surrender",
                    status_reason_date=date(2023, 3, 1),
                    ce_compliance="N/S",
                    ce_credits_needed=0,
                ),
            ),
        ),
        License(
            state="FL",
            number="X000042",
            class_code="1",
            class_name="Agent",
            residency=Residency.NON_RESIDENT,
            active=True,
            issue_date=date(2016, 10, 3),
            updated_date=date(2024, 5, 20),
            lines=(
                LineOfAuthority(
                    code="39",
                    name="Health",
                    issue_date=date(2016, 10, 3),
                    status="Active",
                    status_reason_date=date(2016, 10, 3),
                    ce_compliance="N/S",
                    ce_credits_needed=0,
                ),
            ),
        ),
    ),
    appointments=(
        Appointment(
            state="OR",
            company_name="Lanternfish Life Assurance Co",
            cocode="00101",
            fein="00-0000101",
            loa_code="16",
            loa="Life",
            status=AppointmentStatus.APPOINTED,
            status_date=date(2022, 4, 15),
            renewal_date=date(9999, 12, 31),
        ),
        Appointment(
            state="FL",
            company_name="Lanternfish Life Assurance Co",
            cocode="00101",
            fein="00-0000101",
            loa_code="39",
            loa="Health",
            status=AppointmentStatus.TERMINATED,
            status_date=date(2024, 1, 31),
            termination_reason="Not supplied",
            county_code="086",
            state_company_id="L-77",
        ),
    ),
    regulatory_actions=(
        RegulatoryAction(
            state="OR",
            action_id="500001",
            origin="INSURANCE DEPARTMENT",
            reason="LATE FILING",
            disposition="MONETARY PENALTY",
            action_date=date(2019, 9, 9),
            effective_date=date(2019, 9, 9),
            enter_date=date(2019, 9, 12),
            file_reference="OR-0000-1",
            penalty="250.00",
        ),
    ),
)

FIRM = EntityReport(
    entity_type=EntityType.FIRM,
    biographic=Biographic(
        npn="99000900",
        company_name="Puddlejump Benefits Agency LLC",
        fein="00-0000900",
        state_domicile="SC",
        state_company_id="PBA-1",
    ),
    other_names=(OtherName("SC", "DBA", "Puddlejump Insurance"),),
    addresses=(
        Address(
            state="SC",
            type_code="3",
            type_name="Mailing",
            line_1="PO BOX 0",
            city="FABLETOWN",
            address_state="SC",
            zip_code="29000",
            country="U.S.A.",
            updated_date=date(2025, 1, 10),
            branch_id="00001",
        ),
    ),
    licenses=(
        License(
            state="SC",
            number="900900",
            class_code="4",
            class_name="Agency",
            residency=Residency.RESIDENT,
            active=True,
            issue_date=date(2018, 5, 5),
            expiration_date=date(2026, 5, 31),
            updated_date=date(2025, 1, 10),
            branch_id="00001",
            lines=(
                LineOfAuthority(
                    code="101",
                    name="None",
                    issue_date=date(2018, 5, 5),
                    status="Active",
                    status_reason_date=date(2018, 5, 5),
                    ce_compliance="N/A",
                    ce_credits_needed=0,
                ),
            ),
        ),
    ),
)

SAMPLES = {report.npn: report for report in (INDIVIDUAL, FIRM)}
