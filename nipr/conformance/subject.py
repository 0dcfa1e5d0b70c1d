"""Whom the checks appoint: an entity and a company of the test account, by default those of the simulator's samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from nipr.wire.gateway import (
    Applicant,
    Appointer,
    Authorization,
    GatewayKind,
    GatewayTransaction,
    Payment,
    PostalAddress,
    TransactionKey,
)
from nipr.wire.messages import EntityType


@dataclass(frozen=True, slots=True)
class Subject:
    """The parts of the test transactions that depend on the account. ``frozen_state`` has a renewal freeze just now."""

    customer: str = "00DEMO"
    account_id: str = "001"
    state: str = "OR"
    frozen_state: str = ""
    npn: str = "99000017"
    last_name: str = "QUILLFEATHER"
    first_name: str = "MAREN"
    license_number: str = "99000017"
    license_class: str = "3"
    loa_code: str = "16"
    cocode: str = "00101"
    company: str = "Lanternfish Life Assurance Co"
    clerk_first_name: str = "IDA"
    clerk_last_name: str = "CLERK"
    clerk_title: str = "Licensing Analyst"
    clerk_email: str = "ops@lanternfish.example"
    clerk_phone: str = "555-010-0100"
    clerk_address: str = "1 FICTION PLZ"
    clerk_city: str = "NOWHERE"
    clerk_state: str = "OR"
    clerk_zip: str = "97000"
    state_fee_cents: int = 1000

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Subject:
        """From a JSON object with some of the fields. ``ValueError`` names one that is not known."""
        known = {field.name for field in fields(cls)}
        if unknown := set(data) - known:
            raise ValueError(f"Not known: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(known))}.")
        return cls(**data)

    def appointment(self, batch: str, trans: str) -> GatewayTransaction:
        """An appointment of the subject under a key, stamped now."""
        now = datetime.now(UTC)
        return GatewayTransaction(
            key=TransactionKey(self.customer, batch, trans),
            kind=GatewayKind.APPOINTMENT,
            state=self.state,
            applicant=Applicant(
                EntityType.INDIVIDUAL,
                self.last_name,
                self.first_name,
                npn=self.npn,
                license_number=self.license_number,
                license_class=self.license_class,
            ),
            authorization=Authorization(
                self.clerk_first_name,
                self.clerk_last_name,
                self.clerk_title,
                PostalAddress(self.clerk_address, self.clerk_city, self.clerk_state, self.clerk_zip),
                self.clerk_email,
                self.clerk_phone,
            ),
            payment=Payment(self.account_id),
            date_stamp=now.date(),
            time_stamp=now.time().replace(microsecond=now.microsecond // 1000 * 1000),
            appointer=Appointer(self.company, self.cocode),
            loa_codes=(self.loa_code,),
            license_class=self.license_class,
            state_fee_cents=self.state_fee_cents,
        )

    def termination(self, batch: str, trans: str) -> GatewayTransaction:
        """A termination in the state that is frozen just now."""
        return replace(
            self.appointment(batch, trans),
            kind=GatewayKind.TERMINATION,
            state=self.frozen_state,
            reason="VOLUNTARY",
            state_fee_cents=0,
        )
