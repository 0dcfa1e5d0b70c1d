"""The licensing portal, asked by the real client over a socket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nipr.client import RegistryClient, RegistryConfig
from nipr.errors import RegistryError, RegistryFault, UnreadableReply, WrongCredentials
from nipr.ledger import MemoryLedger
from nipr.simulator.testing import RunningSimulator
from nipr.wire.gateway import GatewayKind
from nipr.wire.messages import Residency
from nipr.wire.portal import AvailableLicense, Fees, PortalQuestion

NEW = PortalQuestion(GatewayKind.LICENSE_APPLICATION, "WY", Residency.NON_RESIDENT, "99000017", ("16",))
RENEWAL = PortalQuestion(GatewayKind.LICENSE_RENEWAL, "OR", Residency.RESIDENT, "99000017")


def test_a_state_without_a_license_can_be_applied_for(client: RegistryClient) -> None:
    found = client.license_eligibility(NEW)
    assert found.eligible
    (license_,) = found.licenses
    assert isinstance(license_, AvailableLicense)
    assert license_.loa_codes == ("16",)


def test_what_is_in_force_cannot_be_applied_for_again(client: RegistryClient) -> None:
    found = client.license_eligibility(replace(NEW, state="OR", residency=Residency.RESIDENT))
    assert (found.eligible, found.reason) == (False, "A license with these lines is already in force.")


def test_a_renewal_opens_ninety_days_before_the_end(
    simulator: RunningSimulator, client: RegistryClient
) -> None:
    assert client.license_eligibility(RENEWAL).reason == "The license cannot be renewed yet, or not any more."
    assert client.license_eligibility(replace(RENEWAL, state="WY")).reason == "There is no license to renew."
    simulator.move_to(date(2026, 12, 15))
    assert client.license_eligibility(RENEWAL).eligible


@pytest.mark.parametrize(
    ("kind", "residency", "nipr_cents"),
    [
        (GatewayKind.LICENSE_APPLICATION, Residency.RESIDENT, 500),
        (GatewayKind.LICENSE_APPLICATION, Residency.NON_RESIDENT, 618),
        (GatewayKind.LICENSE_RENEWAL, Residency.RESIDENT, 500),
        (GatewayKind.LICENSE_RENEWAL, Residency.NON_RESIDENT, 500),
    ],
)
def test_fees_are_told_beforehand(
    client: RegistryClient, kind: GatewayKind, residency: Residency, nipr_cents: int
) -> None:
    fees = client.license_fees(replace(NEW, kind=kind, residency=residency))
    assert isinstance(fees, Fees)
    assert fees.nipr_cents == nipr_cents
    assert fees.state_cents


def test_asking_is_free_and_in_the_ledger(simulator: RunningSimulator) -> None:
    ledger = MemoryLedger()
    config = RegistryConfig(simulator.base_url, simulator.username, simulator.password)
    with RegistryClient(config, ledger) as client:
        client.license_eligibility(NEW)
    (note,) = ledger.notes
    assert (note.operation, note.npn, note.price_cents) == ("license_eligibility", "99000017", 0)


def test_a_refusal_is_an_error_with_its_sentence(client: RegistryClient) -> None:
    with pytest.raises(RegistryFault, match="NPN is not known"):
        client.license_eligibility(replace(NEW, npn="12345"))
    with pytest.raises(RegistryFault, match="does not take part"):
        client.license_fees(replace(NEW, state="ZZ"))


def test_wrong_credentials_are_named(simulator: RunningSimulator) -> None:
    config = RegistryConfig(simulator.base_url, simulator.username, "wrong")
    with RegistryClient(config, MemoryLedger()) as client, pytest.raises(WrongCredentials):
        client.license_eligibility(NEW)


@pytest.mark.parametrize("fault", ["truncated_xml", "html_login", "drop_after"])
def test_nonsense_is_an_error_and_never_a_yes(simulator: RunningSimulator, fault: str) -> None:
    config = RegistryConfig(simulator.base_url, simulator.username, simulator.password, attempts=1)
    simulator.fault(fault, times=None, service="portal")
    with RegistryClient(config, MemoryLedger()) as client, pytest.raises(RegistryError) as caught:
        client.license_eligibility(NEW)
    assert fault != "truncated_xml" or isinstance(caught.value, UnreadableReply)
