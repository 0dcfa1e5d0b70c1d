"""From a file to the registry and back, against the simulator: appointed by one upload, ended by a report of it."""

from __future__ import annotations

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from appointments.gateway import reconcile, send
from appointments.models import Company, DefaultTerminationReason, GatewayBusinessRule, Transaction
from appointments.services import create_company
from appointments.services.ties.tying import tie
from core import clock
from core.actor import Actor
from core.imports import services
from core.imports.models import ImportRun
from core.words import counted
from nipr.simulator.testing import running_simulator
from producers.models import License, LicenseLine, Producer
from tests.appointments.gateway.world import later, set_gateway
from tests.appointments.imports import desk
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def simulator(settings):
    call_command("load_rulebook", verbosity=0)
    with running_simulator(producers=12) as running:
        settings.NIPR_URL_TEMPLATE = running.base_url
        set_gateway()
        with time_machine.travel(f"{running.today}T12:00:00Z", tick=True):
            yield running


def _sync(npns: list[str]) -> None:
    call_command("sync_nipr", *(f"--npn={npn}" for npn in npns))
    Producer.objects.filter(npn__in=npns).update(tracking="active")


def _send_and_settle() -> None:
    with later(minutes=5):
        send.send_due()
        reconcile.run()


def _wanted() -> list[dict[str, str]]:
    """A row for a line of a license in force of each producer, at a carrier that does business in it."""
    in_force = License.objects.filter(active=True, known_to=None, expiration_date__gt=clock.today())
    places = set(in_force.values_list("producer_id", "state", "license_number"))
    lines = LicenseLine.objects.filter(known_to=None, status__iexact="active").exclude(loa_code="")
    found: dict[int, LicenseLine] = {}
    for line in lines.select_related("producer"):
        if (line.producer_id, line.state, line.license_number) in places:
            found.setdefault(line.producer_id, line)
    states = {line.state for line in found.values()}
    categories = ["life", "health", "property", "casualty", "personal_lines", "variable"]
    create_company(
        {
            "name": "Heron Life Insurance Co",
            "cocode": "00701",
            "fein": "990000771",
            "loa_categories": categories,
        },
        [{"state": state} for state in states],
        actor=TESTER,
    )
    for state, code in {(line.state, line.loa_code) for line in found.values()}:
        GatewayBusinessRule.objects.get_or_create(state=state, loa_code=code)
    return [
        {"agent_npn": line.producer.npn, "states": line.state, "loa_category": line.loa_code, "cocode": "701"}
        for line in found.values()
    ]


def _processed(run: ImportRun, actor: Actor) -> ImportRun:
    run = desk.process(run, actor, run.foreseen["cost_cents"])
    assert run.status == "done"
    assert run.message.startswith(f"{counted(run.results['transactions'], 'transaction')} made: ")
    return run


def test_from_a_file_to_the_registry_and_back(simulator, sue, client_of):
    sender = Actor.person(sue)
    npns = simulator.npns[2:10]
    _sync(npns)
    run = desk.appoint(*_wanted(), actor=sender, submit="true")
    asked = run.counts.get("new", 0)
    assert asked >= 3, [row.problems for row in run.rows.all()]
    _processed(run, sender)
    _send_and_settle()
    assert set(Transaction.objects.exclude(status="recorded").values_list("status", flat=True)) == {
        "approved"
    }
    _sync(npns)
    tie(Producer.objects.values_list("pk", flat=True))
    for state in Transaction.objects.values_list("state", flat=True).distinct():
        DefaultTerminationReason.objects.get_or_create(state=state, defaults={"reason": "VOLUNTARY"})

    answer = client_of(sue).get(reverse("appointments:list"), {"export": "xlsx", "cocode": "00701"})
    report = b"".join(answer.streaming_content)
    ending = desk.work(services.upload("terminate", "heron.xlsx", report, {"submit": "true"}, actor=sender))
    assert ending.counts.get("new", 0) >= 1, [row.problems for row in ending.rows.all()]
    _processed(ending, sender)
    _send_and_settle()
    ends = Transaction.objects.filter(kind="termination").exclude(status="awaiting_approval")
    assert set(ends.values_list("status", flat=True)) <= {"approved", "awaiting_validation", "not_eligible"}
    _sync(npns)
    tie(Producer.objects.values_list("pk", flat=True))
    shown = Transaction.objects.filter(kind="termination", status="approved").values_list(
        "registry_shows", flat=True
    )
    assert set(shown) == {"shown"}
    assert Company.objects.get().cocode == "00701"
