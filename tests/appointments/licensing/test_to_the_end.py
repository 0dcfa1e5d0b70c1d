"""From asking to the registry's own word, against the simulator: asked, sent, approved, synced, on file, tied."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from appointments.gateway import reconcile, send
from appointments.models import GatewayBusinessRule, Transaction
from appointments.services.licensing.tying import tie_licenses
from appointments.services.ties.tying import Tied
from core import clock
from nipr.simulator.testing import RunningSimulator, running_simulator
from producers.models import License, LicenseLine, Producer
from rulebook.models import Edition, StateRule
from tests.appointments.gateway.world import set_gateway
from tests.appointments.licensing.world import APPLICATION, RENEWAL, ask, complete

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def simulator(settings):
    call_command("load_rulebook", verbosity=0)
    with running_simulator(producers=12) as running:
        settings.NIPR_URL_TEMPLATE = running.base_url
        settings.NIPR_USERNAME, settings.NIPR_PASSWORD = running.username, running.password
        set_gateway(cool_off_seconds=0)
        with time_machine.travel(f"{running.today}T12:00:00Z", tick=True):
            yield running


@pytest.fixture
def agent(simulator: RunningSimulator) -> Producer:
    """An individual of the registry with a resident license in force that expires, whose forms are complete."""
    call_command("sync_nipr", *(f"--npn={npn}" for npn in simulator.npns[2:8]))
    home = License.objects.filter(
        producer__entity_type="individual",
        residency="R",
        active=True,
        known_to=None,
        expiration_date__gt=clock.today(),
    ).first()
    assert home is not None
    producer = home.producer
    Producer.objects.filter(pk=producer.pk).update(tracking="active")
    producer.refresh_from_db()
    return complete(producer, resident_state=home.state, ssn_last4="")


def sync(agent: Producer) -> None:
    call_command("sync_nipr", f"--npn={agent.npn}")


def send_and_settle() -> None:
    assert send.send_due() == 1
    reconcile.run()


def test_a_license_is_applied_for_granted_and_tied(simulator, agent):
    held = set(License.objects.filter(producer=agent, known_to=None).values_list("state", flat=True))
    state = next(each for each in ("OH", "KS", "IA", "UT", "ME") if each not in held)
    code = simulator_line(state)
    GatewayBusinessRule.objects.create(state=state, loa_code=code)
    give_tax_number(simulator, agent)
    request = {"npn": agent.npn, "state": state, "loa_categories": [code]}
    answered = ask(APPLICATION, request, submit=True)
    (line,) = answered["requests"][0]["transactions"]
    assert line["eligibility_reason"]["code"] == "in_good_standing", line["decisions"][-1]
    send_and_settle()
    row = Transaction.objects.get()
    assert (row.status, row.is_open) == ("approved", True), (row.nipr_message, row.validation_errors)
    sync(agent)
    assert LicenseLine.objects.filter(producer=agent, state=state, loa_code=code, known_to=None).exists()
    row.refresh_from_db()
    assert tie_licenses([agent.pk]) in (Tied(shown=1), Tied())
    row.refresh_from_db()
    assert (row.registry_shows, row.is_open) == ("shown", False)


def test_a_license_is_renewed_and_its_later_expiration_ties_it(simulator, agent):
    home = License.objects.get(producer=agent, residency="R", known_to=None)
    assert home.expiration_date is not None
    give_tax_number(simulator, agent)
    StateRule.objects.filter(jurisdiction=home.state, field="renewal_window_days").delete()
    StateRule.objects.create(jurisdiction_id=home.state, field="renewal_window_days", value="4000")
    Edition.objects.all().delete()
    request = {"npn": agent.npn, "state": home.state, "license_number": home.license_number}
    answered = ask(RENEWAL, request, submit=True)
    (line,) = answered["requests"][0]["transactions"]
    assert line["eligibility_reason"]["code"] == "in_good_standing", line["decisions"][-1]
    send_and_settle()
    row = Transaction.objects.get()
    assert (row.status, row.is_open) == ("approved", True), (row.nipr_message, row.validation_errors)
    sync(agent)
    now = License.objects.get(
        producer=agent, state=home.state, license_number=home.license_number, known_to=None
    )
    assert now.expiration_date > home.expiration_date + timedelta(days=30)
    tie_licenses([agent.pk])
    row.refresh_from_db()
    assert (row.registry_shows, row.is_open) == ("shown", False)


def give_tax_number(simulator: RunningSimulator, agent: Producer) -> None:
    """The number that the registry knows: another one is refused."""
    known = simulator.registry.population.identity_of(agent.npn)
    agent.ssn = known.ssn.replace("-", "")
    agent.ssn_last4 = agent.ssn[-4:]
    agent.save()


def simulator_line(state: str) -> str:
    """The code of a life line in the state."""
    from nipr.simulator.reference import jurisdictions

    return jurisdictions()[state].lines["life"].code
