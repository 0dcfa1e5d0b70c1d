"""Entity reports, searches and last-change dates, from the simulator through the real client."""

from __future__ import annotations

from datetime import date

import pytest

from nipr.client import RegistryClient
from nipr.errors import InvalidNpn, UnknownNpn, WrongCredentials
from nipr.ledger import MemoryLedger
from nipr.simulator.samples import FIRM, INDIVIDUAL
from nipr.simulator.testing import RunningSimulator, running_simulator
from tests.contract.conftest import ClientFactory


def test_the_client_understands_everything_the_registry_says(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    for npn in simulator.npns:
        assert client.entity_report(npn) == simulator.report(npn)


@pytest.mark.parametrize("sample", [INDIVIDUAL, FIRM], ids=["individual", "firm"])
def test_the_documented_samples_arrive_as_documented(client: RegistryClient, sample: object) -> None:
    assert client.entity_report(sample.npn) == sample


def test_both_sides_agree_on_what_a_report_costs(
    client: RegistryClient, simulator: RunningSimulator, ledger: MemoryLedger
) -> None:
    client.entity_report("99000017")
    client.add_info("99000017")
    client.hitlist_individual(last_name="QUILLFEATHER")

    assert simulator.book.as_dict()["charged"] == {"entityinfo": {"count": 1, "cents": 129}}
    assert sum(note.price_cents for note in ledger.notes) == 129


def test_an_unknown_npn_is_said_so_and_costs_nothing(
    client: RegistryClient, simulator: RunningSimulator, ledger: MemoryLedger
) -> None:
    with pytest.raises(UnknownNpn):
        client.entity_report("123")

    assert simulator.book.as_dict()["cents"] == 0
    assert [note.price_cents for note in ledger.notes] == [0]


def test_a_malformed_npn_is_refused_before_anything_is_sent(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    with pytest.raises(InvalidNpn):
        client.entity_report("12345678901")

    assert simulator.book.log() == []


def test_a_wrong_password_is_told_apart(simulator: RunningSimulator, client_at: ClientFactory) -> None:
    with pytest.raises(WrongCredentials):
        client_at(simulator.base_url, password="guess").entity_report("99000017")


def test_a_report_follows_what_happened(client: RegistryClient, simulator: RunningSimulator) -> None:
    simulator.happen("99000017", "renew", state="OR", expiration_date="2029-02-28")

    oregon = next(lic for lic in client.entity_report("99000017").licenses if lic.state == "OR")

    assert (oregon.expiration_date, oregon.updated_date) == (date(2029, 2, 28), simulator.today)


def test_last_change_dates_are_free_and_follow_what_happened(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    before = client.add_info("99000017")
    simulator.happen("99000017", "terminate", state="OR")
    after = client.add_info("99000017")

    assert before is not None
    assert before.appointments == date(2024, 1, 31)
    assert after is not None
    assert after.appointments == simulator.today
    assert after.licensing == before.licensing
    assert simulator.book.as_dict()["cents"] == 0


def test_nobody_has_last_change_dates_of_a_stranger(client: RegistryClient) -> None:
    assert client.add_info("123") is None


def test_people_are_found_by_name(client: RegistryClient, simulator: RunningSimulator) -> None:
    who = simulator.report("88000002").biographic

    rows = client.hitlist_individual(last_name=who.last_name, first_name=who.first_name)

    assert "88000002" in {row.npn for row in rows}


def test_people_are_found_by_ssn_with_their_name_only(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    who = simulator.report("88000002").biographic

    assert [row.npn for row in client.hitlist_individual(last_name=who.last_name, ssn=who.ssn)] == [
        "88000002"
    ]
    assert client.hitlist_individual(last_name="SOMEBODY", ssn=who.ssn) == ()


def test_firms_are_found_by_fein(client: RegistryClient, simulator: RunningSimulator) -> None:
    firm = simulator.report("88000021").biographic

    rows = client.hitlist_firm(fein=firm.fein)

    assert [(row.npn, row.name) for row in rows] == [("88000021", firm.company_name)]


def test_everybody_is_found_by_each_licence_number(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    for npn in simulator.npns[:12]:
        for lic in simulator.report(npn).licenses:
            assert npn in {row.npn for row in client.hitlist_license(lic.number, lic.state)}


def test_searches_find_nobody_without_an_error(client: RegistryClient) -> None:
    assert client.hitlist_individual(last_name="ZZYZX") == ()


def test_a_carrier_owned_agency_comes_whole(client_at: ClientFactory) -> None:
    with running_simulator(producers=1, large_firm_appointments=3_000) as simulator:
        report = client_at(simulator.base_url).entity_report("99009999")

    keys = {(row.cocode or row.fein, row.loa_code, row.branch_id) for row in report.appointments}
    assert len(report.appointments) == len(keys) == 3_000
    assert report.biographic.company_name == "Colossus Cove Agency of the Carrier Inc"


def test_the_log_remembers_requests_but_no_ssn(client: RegistryClient, simulator: RunningSimulator) -> None:
    who = simulator.report("88000002").biographic
    client.hitlist_individual(last_name=who.last_name, ssn=who.ssn)

    log = str(simulator.book.log())

    assert "hitlist" in log
    assert who.ssn not in log
    assert who.ssn.replace("-", "") not in log
