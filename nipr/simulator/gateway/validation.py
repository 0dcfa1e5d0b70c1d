"""What the simulated gateway finds wrong with a transaction before it takes it. A refusal costs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nipr.simulator.gateway.policy import Policy
from nipr.simulator.population import Population
from nipr.simulator.reference import jurisdictions
from nipr.wire.assumed import VALIDATION_CODES
from nipr.wire.gateway.requests import Posted
from nipr.wire.gateway.values import GatewayKind, GatewayTransaction
from nipr.wire.messages import EntityType
from nipr.wire.values import is_npn

_COCODE = re.compile(r"[0-9]{5}\Z")
_TAX_NUMBER = re.compile(r"\d{9}\Z|\d{3}-\d{2}-\d{4}\Z|\d{2}-\d{7}\Z")
_FOR_COMPANIES = (GatewayKind.APPOINTMENT, GatewayKind.TERMINATION)

Fault = tuple[str, str]
"""The name of the field and a sentence."""


def faults_of(posted: Posted, population: Population, policy: Policy) -> list[Fault]:
    """Code and text of each fault; none for a transaction that can be taken."""
    found: Iterable[Fault] = ()
    if posted.problem:
        found = [(posted.problem.field, posted.problem.message)]
    elif posted.transaction:
        found = _faults(posted.transaction, population, policy)
    return [(VALIDATION_CODES[name], text) for name, text in found]


def _faults(transaction: GatewayTransaction, population: Population, policy: Policy) -> Iterator[Fault]:
    yield from _about_applicant(transaction, population, policy)
    if transaction.state not in jurisdictions():
        yield "STATE", "STATE_CODE is not a jurisdiction that takes transactions."
    if transaction.kind in _FOR_COMPANIES:
        yield from _about_company(transaction)
    else:
        yield from _about_application(transaction)
    yield from _about_sender(transaction)
    yield from (
        ("RULE", rule.text or "Refused by a business rule.")
        for rule in policy.refuse
        if rule.concerns(transaction)
    )


def _about_applicant(
    transaction: GatewayTransaction, population: Population, policy: Policy
) -> Iterator[Fault]:
    who = transaction.applicant
    if not who.last_name:
        yield "NAME", "The applicant has no name."
    if not is_npn(who.npn):
        yield "NPN", "NPN is missing or not a number."
    elif who.npn not in population:
        if not policy.any_npn:
            yield "NPN", "NPN is not known."
    elif who.tax_number and not _matches(transaction, population):
        yield "TAX_NUM", "TAX_NUM does not belong to the NPN."
    if who.tax_number and not _TAX_NUMBER.match(who.tax_number):
        yield "TAX_NUM", "TAX_NUM does not have nine digits."


def _matches(transaction: GatewayTransaction, population: Population) -> bool:
    """The number itself is compared, with dashes or without."""
    who = transaction.applicant
    known = population.identity_of(who.npn)
    expected = known.ssn if who.entity_type is EntityType.INDIVIDUAL else known.fein
    return not expected or expected.replace("-", "") == who.tax_number.replace("-", "")


def _about_company(transaction: GatewayTransaction) -> Iterator[Fault]:
    company = transaction.appointer
    if company is None or not _COCODE.match(company.cocode):
        yield "COCODE", "COCODE does not have five digits."
    elif not company.name:
        yield "NAME", "The appointer has no name."
    if any(not code for code in transaction.loa_codes):
        yield "LOA", "LOA_CODE is blank."


def _about_application(transaction: GatewayTransaction) -> Iterator[Fault]:
    application = transaction.application
    if application is None:
        yield "APPLICATION", "The application's own part is missing."
    elif any(answer.yes and not answer.explanation for answer in application.answers):
        yield "APPLICATION", "A background question is answered with yes and not explained."
    if transaction.kind is GatewayKind.LICENSE_RENEWAL and not transaction.applicant.license_number:
        yield "LICENSE", "LICENSE_ID of the license to renew is missing."
    if transaction.kind is GatewayKind.LICENSE_APPLICATION and not transaction.loa_codes:
        yield "LOA", "The application names no line of authority."


def _about_sender(transaction: GatewayTransaction) -> Iterator[Fault]:
    person, payment = transaction.authorization, transaction.payment
    if not (person.first_name and person.last_name and (person.email or person.phone)):
        yield "AUTHORIZATION", "The submitter needs a name, and an e-mail address or a phone number."
    if not payment.account_id or payment.payment_type != "2":
        yield "FEE", "PAYMENT needs an account, and PAYMENT_TYPE 2 (EFT)."
