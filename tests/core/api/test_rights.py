"""Who may what: every method of every route, for programs by their scopes and for people by their role."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from core.audit.models import AuditEntry
from tests.conftest import CAST, person
from tests.core.api.machine import Machine, as_sent, new_key
from tests.core.api.world import CHANGES, READS, SPENDING, operations

pytestmark = pytest.mark.django_db
ALL = operations()
EVERYBODY = frozenset(CAST)
WHO_WORK_WITH_RECORDS = frozenset({"ada", "leo", "sue"})
ADMINISTRATORS = frozenset({"ada"})
SUBMITTERS = frozenset({"sue"})
APPROVERS = frozenset({"pia"})
APPROVAL = ("POST", "/transactions/approve")
#: A route that is not for everybody who reads, or for those who work with records, needs a line.
RULE_BOOK = {("POST", "/states/{code}/overrides"), ("PUT", "/states/{code}/lines/{loa_code}")}


def who_may(operation: tuple[str, str]) -> frozenset[str]:
    if operation in READS:
        return EVERYBODY
    if operation in SPENDING:
        return APPROVERS if operation == APPROVAL else SUBMITTERS
    return ADMINISTRATORS if operation in RULE_BOOK else WHO_WORK_WITH_RECORDS


def ask(caller: Machine | Client, world, operation: tuple[str, str]):
    method, route = operation
    if operation in READS:
        return caller.get(_address(caller, world.path(route)), READS[operation])
    body = CHANGES[operation][0]
    if isinstance(caller, Machine):
        return caller.send(method, world.path(route), body)
    call = getattr(caller, method.lower())
    return call(_address(caller, world.path(route)), *as_sent(body), headers=new_key(method, route))


def _address(caller: Machine | Client, path: str) -> str:
    return path if isinstance(caller, Machine) else f"/api/v1{path}"


def test_every_operation_of_the_product_is_held_to_its_rights_here():
    assert set(ALL) == set(READS) | set(CHANGES)


def answers(caller: Machine | Client, world, operations=ALL) -> dict[str, int]:
    """The status of each operation, every one asked of the same records."""
    found = {}
    for operation in operations:
        with transaction.atomic():
            found[" ".join(operation)] = ask(caller, world, operation).status_code
            transaction.set_rollback(True)
    return found


def expected(operations, status) -> dict[str, int]:
    return {" ".join(operation): status(operation) for operation in operations}


def served(operation: tuple[str, str]) -> int:
    return CHANGES[operation][1] if operation in CHANGES else 200


def test_a_stranger_is_asked_to_sign_in_everywhere(world):
    assert answers(Client(), world) == expected(ALL, lambda _: 401)


def test_a_stranger_is_told_how_to_sign_in(world):
    answer = ask(Client(), world, ("GET", "/producers"))
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_only_reads_reads_everything_and_changes_nothing(world, reader):
    before = AuditEntry.objects.count()
    assert answers(reader, world) == expected(ALL, lambda each: 403 if each in CHANGES else 200)
    assert AuditEntry.objects.count() == before


def test_a_token_that_only_writes_reads_nothing(world):
    assert answers(Machine("write"), world) == expected(
        ALL, lambda each: 403 if each in READS or each in SPENDING else served(each)
    )


def test_a_token_that_reads_and_writes_is_served_wherever_nothing_is_spent(world, writer):
    assert answers(writer, world) == expected(ALL, lambda each: 403 if each in SPENDING else served(each))


def test_a_token_that_may_submit_too_is_served_everywhere(world, spender):
    assert answers(spender, world) == expected(ALL, served)


@pytest.mark.parametrize("name", sorted(CAST))
def test_a_person_is_served_as_far_as_their_role_goes(world, client_of, name):
    def status(operation: tuple[str, str]) -> int:
        return served(operation) if name in who_may(operation) else 403

    assert answers(client_of(person(name)), world) == expected(ALL, status)


def test_somebody_who_is_not_staff_is_refused_everywhere(world, client_of, stranger):
    assert answers(client_of(stranger), world) == expected(ALL, lambda _: 403)


@pytest.mark.parametrize("operation", sorted(CHANGES), ids=" ".join)
def test_each_change_is_in_the_audit_trail_under_the_name_of_its_client(world, spender, operation):
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    ask(spender, world, operation)
    entries = AuditEntry.objects.exclude(pk__in=before).filter(actor_kind="api_client")
    assert entries
    assert all("Payroll" in entry.actor_label and entry.request_id for entry in entries)


def test_a_right_that_is_taken_away_ends_at_the_next_call(world, client_of, leo):
    browser = client_of(leo)
    assert browser.get("/api/v1/producers").status_code == 200
    leo.groups.clear()
    assert browser.get("/api/v1/producers").status_code == 403
