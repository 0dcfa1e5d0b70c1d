"""Names, addresses, contacts and regulatory actions of an invented entity."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from nipr.simulator.identity import Identity, surname
from nipr.simulator.reference import jurisdictions, words
from nipr.wire.messages import Address, Biographic, ContactInfo, OtherName, RegulatoryAction

ADDRESS_TYPES = {"1": "Residence", "2": "Business", "3": "Mailing"}
REASONS = (
    "LATE FILING",
    "FAILURE TO REPORT OTHER STATE ACTION",
    "UNPAID ASSESSMENT",
    "MISSTATEMENT ON APPLICATION",
)
DISPOSITIONS = (
    ("MONETARY PENALTY", "250.00"),
    ("MONETARY PENALTY", "1000.00"),
    ("PROBATION", ""),
    ("REPRIMAND", ""),
)


def biographic(who: Identity) -> Biographic:
    return Biographic(
        npn=who.npn,
        last_name=who.last_name,
        first_name=who.first_name,
        middle_name=who.middle_name,
        suffix=who.suffix,
        company_name=who.company_name,
        fein=who.fein,
        state_domicile=who.state if who.is_firm else "",
        state_company_id=f"F-{who.index}" if who.is_firm else "",
        birth_date=who.birth_date,
        ssn=who.ssn,
    )


def make_address(who: Identity, state: str, type_code: str, dice: Random, day: date) -> Address:
    """An address in an invented town, under the ZIP prefix of its state."""
    place = jurisdictions()[state]
    return Address(
        state=state,
        type_code=type_code,
        type_name=ADDRESS_TYPES[type_code],
        line_1=f"{dice.randint(1, 9999)} {dice.choice(words('streets'))}",
        line_2=f"STE {dice.randint(1, 40)}" if dice.random() < 0.3 else "",
        city=dice.choice(words("cities")),
        address_state=state,
        zip_code=f"{place.zip_prefix}{dice.randint(0, 99):02d}",
        country="U.S.A.",
        updated_date=day,
        branch_id="00001" if who.is_firm else "",
    )


def make_contact(who: Identity, state: str, dice: Random, day: date) -> ContactInfo:
    fax = dice.random() < 0.15
    return ContactInfo(
        state=state,
        phone=f"555-01{dice.randint(0, 9)}-{dice.randint(0, 9999):04d}",
        phone_updated=day,
        fax=f"555-01{dice.randint(0, 9)}-{dice.randint(0, 9999):04d}" if fax else "",
        fax_updated=day if fax else None,
        email=_email(who),
        email_updated=day,
        branch_id="00001" if who.is_firm else "",
    )


def _email(who: Identity) -> str:
    if who.is_firm:
        return f"licensing@{who.company_name.split()[0].lower()}.example"
    return f"{who.first_name}.{who.last_name}@mail.example".lower()


def make_addresses(who: Identity, states: list[str], dice: Random, as_of: date) -> tuple[Address, ...]:
    """Home and office in the resident state, a mailing address where other states keep one."""
    day = as_of - timedelta(days=dice.randrange(900))
    home = ["2", "3"] if who.is_firm else ["1", "2"]
    rows = [make_address(who, who.state, code, dice, day) for code in home]
    rows.extend(
        make_address(who, state, "3", dice, day)
        for state in states
        if state != who.state and dice.random() < 0.4
    )
    return tuple(rows)


def make_contacts(who: Identity, states: list[str], dice: Random, as_of: date) -> tuple[ContactInfo, ...]:
    day = as_of - timedelta(days=dice.randrange(900))
    kept = [who.state, *(state for state in states if state != who.state and dice.random() < 0.3)]
    return tuple(make_contact(who, state, dice, day) for state in kept)


def make_other_names(who: Identity, dice: Random) -> tuple[OtherName, ...]:
    if dice.random() > 0.12:
        return ()
    if who.is_firm:
        return (OtherName(who.state, "DBA", f"{who.company_name.split()[0]} Insurance"),)
    return (OtherName(who.state, "Alias", f"{surname(dice)}, {who.first_name} {who.middle_name}".strip()),)


def make_action(who: Identity, state: str, dice: Random, day: date) -> RegulatoryAction:
    disposition, penalty = dice.choice(DISPOSITIONS)
    return RegulatoryAction(
        state=state,
        action_id=str(500_000 + who.index * 10 + dice.randrange(10)),
        origin="INSURANCE DEPARTMENT",
        reason=dice.choice(REASONS),
        disposition=disposition,
        action_date=day,
        effective_date=day,
        enter_date=day + timedelta(days=3),
        file_reference=f"{state}-{dice.randint(0, 9999):04d}-{who.index}",
        penalty=penalty,
        length_of_order="365 DAYS" if disposition == "PROBATION" else "",
    )


def make_actions(who: Identity, states: list[str], dice: Random, as_of: date) -> tuple[RegulatoryAction, ...]:
    if not states or dice.random() > 0.02:
        return ()
    day = as_of - timedelta(days=30 + dice.randrange(3000))
    return (make_action(who, dice.choice(states), dice, day),)
