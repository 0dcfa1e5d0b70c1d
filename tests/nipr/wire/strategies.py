"""Messages made up by hypothesis, of all shapes the formats can carry."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from nipr.wire.messages import (
    Address,
    AlertsReport,
    Appointment,
    Biographic,
    ContactInfo,
    Demographics,
    EntityAlert,
    EntityReport,
    EntityType,
    License,
    LineOfAuthority,
    OtherName,
    RegulatoryAction,
    Residency,
    StateAlert,
)

STATES = ("AL", "CA", "DC", "FL", "GU", "OR", "TX", "VI")
text = st.text(st.sampled_from("ABab 0129-&<>'\"éñß/.,"), max_size=12).map(str.strip)
words = text.filter(bool)
day = st.dates()
maybe_day = st.none() | day
npn = st.integers(1, 9_999_999_999).map(str)
fein = st.just("") | st.integers(0, 999_999_999).map(lambda n: f"{n // 10_000_000:02}-{n % 10_000_000:07}")
cocode = st.just("") | st.integers(0, 99999).map(lambda n: f"{n:05}")
branch = st.sampled_from(["", "00001", "00002"])


def lines(*, alerts=False):
    return st.builds(
        LineOfAuthority,
        text,
        text,
        maybe_day,
        text,
        text,
        maybe_day,
        text,
        maybe_day,
        st.none() if alerts else st.none() | st.integers(0, 60),
    )


def licenses(state, *, alerts=False):
    return st.builds(
        License,
        st.just(state),
        text,
        text,
        text,
        st.sampled_from(Residency),
        st.booleans(),
        maybe_day,
        maybe_day,
        maybe_day,
        st.just("") if alerts else text,
        st.just("") if alerts else branch,
        st.lists(lines(alerts=alerts), max_size=3).map(tuple),
    )


def appointments(state, *, alerts=False):
    only_pdb = st.just("") if alerts else text
    return st.builds(
        Appointment,
        st.just(state),
        text,
        cocode,
        fein,
        text,
        text,
        st.sampled_from(["Appointed", "Terminated"]),
        maybe_day,
        maybe_day,
        text,
        only_pdb,
        branch,
        only_pdb,
        only_pdb,
        only_pdb,
    )


def addresses(state):
    return st.builds(Address, st.just(state), *[text] * 9, maybe_day, branch)


def contacts(state):
    return st.builds(ContactInfo, st.just(state), text, maybe_day, text, maybe_day, text, maybe_day, branch)


def actions(state, *, alerts=False):
    length = st.just("") if alerts else text
    return st.builds(
        RegulatoryAction, st.just(state), words, text, text, text, *[maybe_day] * 3, text, text, length
    )


def other_names(state):
    return st.builds(OtherName, st.just(state), st.sampled_from(["Alias", "DBA"]), words)


def of_states(draw, states, rows):
    return tuple(row for state in states for row in draw(st.lists(rows(state), min_size=1, max_size=3)))


@st.composite
def reports(draw):
    """Rows of one state stand together, and states with licences come before those with appointments only."""
    states = draw(st.lists(st.sampled_from(STATES), unique=True, max_size=4))
    firm = draw(st.booleans())
    who = (
        st.builds(Biographic, npn, company_name=text, fein=fein, state_domicile=text, state_company_id=text)
        if firm
        else st.builds(Biographic, npn, text, text, text, text, birth_date=maybe_day, ssn=text)
    )
    with_licenses = states[: draw(st.integers(0, len(states)))]
    return EntityReport(
        EntityType.FIRM if firm else EntityType.INDIVIDUAL,
        draw(who),
        of_states(draw, draw(st.permutations(states)), other_names),
        of_states(draw, states, addresses),
        of_states(draw, states[:1], contacts),
        of_states(draw, with_licenses, licenses),
        of_states(draw, states, appointments),
        of_states(draw, states[1:], actions),
    )


def alert_addresses(state):
    kinds = st.sampled_from([("1", "Residence"), ("2", "Business"), ("3", "Mailing")])
    return st.builds(
        lambda kind, *rest: Address(state, *kind, *rest),
        kinds,
        text,
        text,
        text,
        text,
        text,
        text,
        text,
        maybe_day,
    )


def alert_contacts(state):
    phone = st.sampled_from(["", "555-010-0142"])
    contact = st.builds(lambda p, f, e: ContactInfo(state, phone=p, fax=f, email=e), phone, phone, text)
    return contact.filter(lambda c: c.phone or c.fax or c.email)


@st.composite
def demographics(draw, state, firm):
    names = (
        {"company_name": draw(text)}
        if firm
        else dict(
            zip(
                ("last_name", "first_name", "middle_name", "suffix"),
                draw(st.tuples(*[text] * 4)),
                strict=True,
            )
        )
    )
    has_communication = draw(st.booleans())
    return Demographics(
        **names,
        other_names=tuple(draw(st.lists(other_names(state), max_size=2))),
        addresses=tuple(draw(st.lists(alert_addresses(state), max_size=3))) if has_communication else None,
        contacts=tuple(draw(st.lists(alert_contacts(state), max_size=2))) if has_communication else None,
    )


def changed_or_not(rows):
    return st.none() | st.lists(rows, max_size=3).map(tuple)


@st.composite
def state_alerts(draw, state, firm):
    return StateAlert(
        state,
        draw(changed_or_not(licenses(state, alerts=True))),
        draw(changed_or_not(appointments(state, alerts=True))),
        draw(st.none() | demographics(state, firm)),
        draw(changed_or_not(actions(state, alerts=True))),
    )


@st.composite
def entity_alerts(draw):
    firm = draw(st.booleans())
    states = draw(st.lists(st.sampled_from(STATES), unique=True, max_size=3))
    return EntityAlert(
        draw(npn),
        EntityType.FIRM if firm else EntityType.INDIVIDUAL,
        draw(maybe_day),
        tuple(draw(state_alerts(state, firm)) for state in states),
    )


alerts_reports = st.builds(
    AlertsReport,
    words,
    st.none() | st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)),
    st.lists(entity_alerts(), max_size=4, unique_by=lambda entity: entity.npn).map(tuple),
)
