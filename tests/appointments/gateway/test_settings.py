"""Whose account documents are written under while nobody has filled one in."""

from __future__ import annotations

import pytest

from appointments.gateway import send
from appointments.gateway import settings as gateway_settings
from appointments.models import GatewaySettings, GatewayState
from tests.appointments.gateway.world import attempts, effects, now_of, queue, statuses

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fresh(registry):
    """A registry on a socket, and an installation that nobody has set up."""
    GatewaySettings.objects.all().delete()
    return registry


def test_with_the_simulator_a_fresh_installation_sends(fresh):
    [row] = queue(1)
    assert send.send_due() == 1
    assert now_of(row).status == "approved"
    assert effects(fresh, [row]) == [1]


def test_the_account_of_the_simulator_is_never_saved(fresh):
    assert gateway_settings.missing(gateway_settings.stored()) == []
    assert (gateway_settings.current().customer, gateway_settings.current().polling) == ("00DEMO", True)
    assert GatewaySettings.objects.values_list("customer", "polling").get() == ("", False)


def test_an_account_of_ones_own_is_not_mixed_with_that_of_the_simulator(fresh):
    GatewaySettings.objects.create(pk=1, customer="00HERON")
    assert gateway_settings.current().last_name == ""
    assert "last name" in gateway_settings.missing(gateway_settings.current())


def test_what_was_filled_in_beside_the_account_stays(fresh):
    GatewaySettings.objects.create(pk=1, last_name="Clerk", cool_off_seconds=5)
    held = gateway_settings.current()
    assert (held.last_name, held.customer, held.cool_off_seconds) == ("Clerk", "00DEMO", 5)


def test_with_the_registry_itself_nothing_leaves_without_an_account_of_ones_own(fresh, settings):
    settings.NIPR_URL_TEMPLATE = "https://{service}.registry.example"
    rows = queue(2)
    assert send.send_due() == 0
    assert (statuses(rows), list(attempts())) == ({"queued": 2}, [])
    assert "The gateway settings lack: gateway customer" in GatewayState.objects.get().paused_why
