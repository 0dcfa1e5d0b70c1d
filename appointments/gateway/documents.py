"""A transaction as the gateway reads it: made once, kept, and sent with the same bytes ever after."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from appointments.enums import LICENSING, TransactionKind
from appointments.gateway.journal import SentKey
from appointments.models import (
    BackgroundAnswers,
    CompanyState,
    GatewaySettings,
    Transaction,
    TransactionDocument,
)
from core import clock
from nipr.wire import gateway as wire
from nipr.wire.gateway.encoding import TRANSACTION_TYPES
from nipr.wire.messages import EntityType, Residency
from producers.models import Address, ContactInfo, Producer

PAYMENT_TYPE = "2"
"""Electronic funds transfer: compulsory for programs."""
NO_ANSWERS = "The producer's answers to the background questions of this kind of license are missing."


@dataclass(slots=True)
class Documents:
    """The bytes by transaction, and for those that cannot be written the reasons."""

    bodies: dict[int, bytes] = field(default_factory=dict)
    faults: dict[int, list[str]] = field(default_factory=dict)
    stamps: dict[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Applicants:
    """What only license transactions say: tax numbers by producer, the rest by transaction."""

    tax_numbers: dict[int, str] = field(default_factory=dict, repr=False)
    applications: dict[int, wire.Application] = field(default_factory=dict, repr=False)


def kept_or_made(ids: Collection[int], settings: GatewaySettings) -> Documents:
    """The documents of these transactions; those that have none yet get theirs. At most eight queries."""
    found = Documents()
    for pk, body, at in TransactionDocument.objects.filter(pk__in=ids).values_list(
        "pk", "body", "created_at"
    ):
        found.bodies[pk], found.stamps[pk] = body.encode(), at
    if wanting := [pk for pk in ids if pk not in found.bodies]:
        _make(wanting, settings, found)
    return found


def questions(keys: Iterable[SentKey], settings: GatewaySettings) -> list[bytes]:
    """The minimal messages that ask what became of these."""
    return [_question(key, settings) for key in keys]


def sent_key(row: Transaction, stamped_at: datetime) -> SentKey:
    return SentKey(row.batch.gateway_key, row.gateway_key, row.kind, row.state, stamped_at)


def _question(key: SentKey, settings: GatewaySettings) -> bytes:
    stamp = timezone.localtime(key.stamped_at, timezone.get_default_timezone())
    return wire.encode_question(
        wire.TransactionKey(settings.customer, key.batch, key.trans),
        account_id=settings.payment_account,
        payment_type=PAYMENT_TYPE,
        date_stamp=stamp.date(),
        state=key.state,
        time_stamp=stamp.time(),
        transaction_type=TRANSACTION_TYPES[wire.GatewayKind(key.kind)],
    )


def _make(ids: Collection[int], settings: GatewaySettings, found: Documents) -> None:
    rows = Transaction.objects.filter(pk__in=ids).select_related("producer", "batch", "company")
    rows = rows.defer("producer__ssn", "producer__birth_date")
    transactions = list(rows.order_by("pk"))
    company_ids = _state_company_ids(transactions)
    applicants = _applicants([row for row in transactions if row.kind in LICENSING])
    now = clock.now()
    made: list[TransactionDocument] = []
    for row in transactions:
        if faults := _faults(row, applicants):
            found.faults[row.pk] = faults
            continue
        body = wire.encode_transaction(_value(row, settings, company_ids, applicants, now))
        found.bodies[row.pk], found.stamps[row.pk] = body, now
        made.append(TransactionDocument(transaction=row, body=body.decode(), created_at=now))
    TransactionDocument.objects.bulk_create(made)


def _faults(row: Transaction, applicants: _Applicants) -> list[str]:
    """What is missing, whatever the state: without it the gateway could only refuse."""
    producer = row.producer
    wanted: dict[str, object] = {
        "The producer has no NPN.": row.npn,
        "The producer has no last name or company name.": _last_name(producer),
        "The transaction names no state.": row.state,
    }
    if row.kind in LICENSING:
        wanted[NO_ANSWERS] = row.pk in applicants.applications
    else:
        wanted["The transaction names no company."] = row.company_id and row.cocode
    if row.kind == TransactionKind.APPOINTMENT:
        wanted["The transaction names no line of authority."] = row.loa_code
    return [sentence for sentence, value in wanted.items() if not value]


def _value(
    row: Transaction,
    settings: GatewaySettings,
    company_ids: dict[tuple[int, str], str],
    applicants: _Applicants,
    now: datetime,
) -> wire.GatewayTransaction:
    stamp = timezone.localtime(now, timezone.get_default_timezone())
    return wire.GatewayTransaction(
        key=wire.TransactionKey(settings.customer, row.batch.gateway_key, row.gateway_key),
        kind=wire.GatewayKind(row.kind),
        state=row.state,
        applicant=_applicant(row, applicants),
        authorization=_authorization(settings),
        payment=wire.Payment(settings.payment_account, PAYMENT_TYPE),
        date_stamp=stamp.date(),
        time_stamp=stamp.time(),
        appointer=_appointer(row, company_ids),
        loa_codes=_lines(row),
        license_class=row.license_class_code,
        county_code=row.county_code,
        effective_date=row.effective_date,
        reason=row.reason,
        state_fee_cents=row.state_fee_cents or 0,
        application=applicants.applications.get(row.pk),
        entity=settings.entity,
    )


def _lines(row: Transaction) -> tuple[str, ...]:
    asked = row.application.get("loa_codes", ())
    return (row.loa_code,) if row.loa_code else tuple(str(code) for code in asked)


def _last_name(producer: Producer) -> str:
    return producer.company_name if producer.is_firm else producer.last_name


def _applicant(row: Transaction, applicants: _Applicants) -> wire.Applicant:
    producer = row.producer
    return wire.Applicant(
        entity_type=EntityType(row.entity_type),
        last_name=_last_name(producer),
        first_name="" if producer.is_firm else producer.first_name,
        npn=row.npn,
        tax_number=applicants.tax_numbers.get(producer.pk, ""),
        license_number=row.license_number,
        license_class=row.license_class_code,
    )


def _authorization(settings: GatewaySettings) -> wire.Authorization:
    address = wire.PostalAddress(settings.address_line_1, settings.city, settings.state, settings.zip_code)
    return wire.Authorization(
        first_name=settings.first_name,
        last_name=settings.last_name,
        title=settings.title,
        address=address,
        email=settings.email,
        phone=settings.phone,
    )


def _appointer(row: Transaction, company_ids: dict[tuple[int, str], str]) -> wire.Appointer | None:
    company = row.company
    if company is None:
        return None
    return wire.Appointer(
        name=company.name,
        cocode=row.cocode,
        state_company_id=company_ids.get((company.pk, row.state), ""),
        tax_number=company.fein,
    )


def _state_company_ids(rows: Sequence[Transaction]) -> dict[tuple[int, str], str]:
    companies = {row.company_id for row in rows if row.company_id}
    given = CompanyState.objects.filter(company__in=companies, state__in={row.state for row in rows})
    return {
        (company, state): name
        for company, state, name in given.values_list("company_id", "state", "state_company_id")
    }


# What license applications say beyond that


def _applicants(rows: Sequence[Transaction]) -> _Applicants:
    """Tax numbers, birth dates and answers are only read for those that need them: five queries, or none."""
    if not rows:
        return _Applicants()
    ids = {row.producer_id for row in rows}
    producers = {
        producer.pk: producer
        for producer in Producer.objects.filter(pk__in=ids).only(
            "entity_type", "fein", "ssn", "birth_date", "email", "phone"
        )
    }
    answers = {
        (given.producer_id, given.agent_type): _answers(given.answers)
        for given in BackgroundAnswers.objects.filter(producer__in=ids)
    }
    addresses, contacts = _addresses(ids), _contacts(ids)
    return _Applicants(
        {pk: producer.fein if producer.is_firm else producer.ssn for pk, producer in producers.items()},
        {
            row.pk: wire.Application(
                residency=Residency(row.residency),
                birth_date=producers[row.producer_id].birth_date,
                address=addresses.get(row.producer_id),
                email=producers[row.producer_id].email or contacts.get(row.producer_id, ("", ""))[0],
                phone=producers[row.producer_id].phone or contacts.get(row.producer_id, ("", ""))[1],
                answers=answers[row.producer_id, row.agent_type],
            )
            for row in rows
            if (row.producer_id, row.agent_type) in answers
        },
    )


def _answers(text: str) -> tuple[wire.BackgroundAnswer, ...]:
    given = json.loads(text)
    return tuple(
        wire.BackgroundAnswer(question, bool(answer["yes"]), answer.get("explanation", ""))
        for question, answer in sorted(given.items())
    )


def _addresses(producer_ids: Collection[int]) -> dict[int, wire.PostalAddress]:
    """The newest address on file of each."""
    rows = Address.objects.filter(producer__in=producer_ids, known_to=None, removed_at=None)
    return {
        row.producer_id: wire.PostalAddress(row.line_1, row.city, row.address_state, row.zip_code, row.line_2)
        for row in rows.order_by("producer_id", "updated_date", "pk")
    }


def _contacts(producer_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    rows = ContactInfo.objects.filter(producer__in=producer_ids, known_to=None, removed_at=None)
    return {row.producer_id: (row.email, row.phone) for row in rows.order_by("producer_id", "pk")}
