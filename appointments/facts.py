"""From records to the facts that rules are asked about: appointments, companies, and producers with both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from appointments.enums import TransactionStatus
from appointments.models import (
    Appointment,
    Company,
    CompanyState,
    GatewayBusinessRule,
    Transaction,
    transaction_number,
)
from core.versioned import as_known_at
from producers.facts import CHUNK, producer_facts
from rulebook.rules.facts import (
    AppointmentFact,
    BusinessRuleFact,
    CompanyFact,
    CompanyStateFact,
    OpenTransactionFact,
    ProducerFact,
)


def full_facts(producer_ids: Collection[int], *, known_at: datetime | None = None) -> dict[int, ProducerFact]:
    """Everything that rules ask of these producers, by id: six queries.

    Transactions are those open now: what was under way at an earlier moment is not asked.
    """
    facts = producer_facts(producer_ids, known_at=known_at)
    appointments = appointment_facts(producer_ids, known_at=known_at)
    under_way = {} if known_at else open_transactions(producer_ids)
    return {
        pk: replace(
            fact,
            appointments=tuple(appointments.get(pk, ())),
            open_transactions=tuple(under_way.get(pk, ())),
        )
        for pk, fact in facts.items()
    }


def open_transactions(producer_ids: Collection[int]) -> dict[int, list[OpenTransactionFact]]:
    """What these producers have under way, and what is recorded here without being filed."""
    under_way = Transaction.objects.filter(
        Q(is_open=True) | Q(status=TransactionStatus.RECORDED), producer__in=producer_ids
    )
    found: dict[int, list[OpenTransactionFact]] = defaultdict(list)
    rows = under_way.order_by("pk").values_list(
        "producer_id",
        "pk",
        "kind",
        "state",
        "cocode",
        "loa_code",
        "loa_category",
        "status",
        "loa",
        "county_code",
    )
    for producer_id, pk, *what in rows.iterator(CHUNK):
        kind, state, cocode, loa_code, category, status, loa, county = what
        number = transaction_number(pk)
        found[producer_id].append(
            OpenTransactionFact(kind, state, cocode, loa_code, category, status, number, loa, county)
        )
    return found


COLUMNS = (
    "producer_id",
    "state",
    "cocode",
    "fein",
    "loa_code",
    "loa",
    "status",
    "status_date",
    "renewal_date",
    "termination_reason",
    "county_code",
    "branch_id",
    "company_name",
)


def appointment_facts(
    producer_ids: Collection[int], *, known_at: datetime | None = None
) -> dict[int, list[AppointmentFact]]:
    """Appointments, ended ones among them. What the registry no longer shows is not held."""
    current = as_known_at(Appointment.objects.filter(producer__in=producer_ids, removed_at=None), known_at)
    rows = current.order_by("producer_id", "pk").values_list(*COLUMNS)
    found: dict[int, list[AppointmentFact]] = defaultdict(list)
    for row in rows.iterator(CHUNK):
        found[row[0]].append(_appointment_fact(row))
    return found


def _appointment_fact(row: Sequence[Any]) -> AppointmentFact:
    _pk, state, cocode, fein, loa_code, loa, status, *rest = row
    return AppointmentFact(state, cocode, fein, loa_code, loa, status.casefold(), *rest)


def company_facts(cocodes: Collection[str] | None = None) -> dict[str, CompanyFact]:
    """Companies that are in use, by CoCode, with their state settings: two queries. None asks for all."""
    companies = Company.objects.filter(active=True)
    if cocodes is not None:
        companies = companies.filter(cocode__in=cocodes)
    settings: dict[int, dict[str, CompanyStateFact]] = defaultdict(dict)
    rows = CompanyState.objects.filter(company__in=companies)
    for row in rows:
        settings[row.company_id][row.state] = CompanyStateFact(
            active=row.active, just_in_time=row.just_in_time, agent_types=tuple(row.agent_types)
        )
    return {
        company.cocode: CompanyFact(
            name=company.name,
            cocode=company.cocode,
            fein=company.fein,
            loa_categories=frozenset(company.loa_categories),
            create_internal_appointment=company.create_internal_appointment,
            requires_assignment=company.appointment_producer_assignment_required,
            states=settings.get(company.pk, {}),
        )
        for company in companies
    }


def business_rules(states: Collection[str]) -> dict[str, list[BusinessRuleFact]]:
    """The lines that the organisation does business in, by state: one query."""
    found: dict[str, list[BusinessRuleFact]] = defaultdict(list)
    rows = GatewayBusinessRule.objects.filter(state__in=states).order_by("state", "agent_type", "loa_code")
    for row in rows:
        classes = None if row.license_class_codes is None else frozenset(row.license_class_codes)
        found[row.state].append(
            BusinessRuleFact(row.state, row.loa_code, row.agent_type, classes, row.active)
        )
    return found
