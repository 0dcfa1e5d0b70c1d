from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta

import pytest

from nipr.simulator.identity import FIRM_EVERY, index_of_fein, index_of_ssn
from nipr.simulator.population import Population, build
from nipr.simulator.reference import BLANK_LOA_STATES, carriers, jurisdictions
from nipr.simulator.samples import SAMPLES
from nipr.wire import pdb
from nipr.wire.messages import AppointmentStatus, EntityReport, EntityType, Residency

START = date(2026, 3, 2)


@pytest.fixture(scope="module")
def population() -> Population:
    return build(1000, 7, START)


@pytest.fixture(scope="module")
def reports(population: Population) -> list[EntityReport]:
    return [population.base(npn) for npn in population.npns() if npn not in SAMPLES]


def test_the_same_seed_writes_the_same_bytes_in_another_process() -> None:
    program = (
        "from datetime import date; from hashlib import sha256; from nipr.simulator.population import build; "
        "from nipr.wire import pdb; p = build(60, 7, date(2026, 3, 2)); "
        "print(sha256(b''.join(pdb.encode(p.base(npn)) for npn in p.npns())).hexdigest())"
    )
    digests = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
        for _ in range(2)
    }
    assert len(digests) == 1


def test_another_seed_is_another_world(population: Population) -> None:
    other = build(1000, 8, START)
    assert population.base("88000002") != other.base("88000002")


def test_the_day_of_the_start_does_not_change_the_world(population: Population) -> None:
    later = build(1000, 7, START + timedelta(days=90))
    assert all(later.base(npn) == population.base(npn) for npn in population.npns())


def test_one_entity_in_twenty_is_a_firm(reports: list[EntityReport]) -> None:
    firms = [report for report in reports if report.entity_type is EntityType.FIRM]
    assert len(firms) == len(reports) / FIRM_EVERY


def test_agents_belong_to_firms_of_the_same_world(population: Population) -> None:
    for index in range(population.producers):
        agency = population.identity(index).agency_npn
        assert not agency or population.identity_of(agency).is_firm


def test_the_world_holds_what_a_product_must_cope_with(reports: list[EntityReport]) -> None:
    licenses = [lic for report in reports for lic in report.licenses]
    appointments = [row for report in reports for row in report.appointments]
    anchor = date(2026, 1, 1)
    soon = anchor + timedelta(days=90)
    seen = {
        "no licence at all": any(not report.licenses for report in reports),
        "perpetual": any(lic.expiration_date is None for lic in licenses),
        "expired": any(
            not lic.active and lic.expiration_date and lic.expiration_date < anchor for lic in licenses
        ),
        "expiring soon": any(
            lic.active and lic.expiration_date and lic.expiration_date < soon for lic in licenses
        ),
        "adjuster": any("Adjuster" in lic.class_name for lic in licenses),
        "surplus lines": any("Surplus" in lic.class_name for lic in licenses),
        "two licences in a state": any(
            max(Counter(lic.state for lic in report.licenses).values(), default=0) > 1 for report in reports
        ),
        "line surrendered": any(
            line.status_reason == "Voluntary Surrender" for lic in licenses for line in lic.lines
        ),
        "education missing": any(line.ce_credits_needed for lic in licenses for line in lic.lines),
        "terminated": any(row.status == AppointmentStatus.TERMINATED for row in appointments),
        "county": any(row.county_code for row in appointments),
        "no line code": any(not row.loa_code for row in appointments),
        "FEIN only": any(not row.cocode for row in appointments),
        "far-future renewal": any(row.renewal_date == date(9999, 12, 31) for row in appointments),
        "action": any(report.regulatory_actions for report in reports),
        "alias": any(report.other_names for report in reports),
        "branch": any(lic.branch_id for lic in licenses),
    }
    assert [name for name, found in seen.items() if not found] == []


def test_one_licence_of_a_producer_is_the_resident_one(reports: list[EntityReport]) -> None:
    for report in reports:
        states = {lic.state for lic in report.licenses if lic.residency is Residency.RESIDENT}
        assert len(states) == bool(report.licenses)


def test_dates_of_a_licence_are_in_order(reports: list[EntityReport]) -> None:
    for report in reports:
        born = report.biographic.birth_date
        for lic in report.licenses:
            assert lic.issue_date is not None
            assert born is None or born < lic.issue_date
            assert lic.expiration_date is None or lic.issue_date < lic.expiration_date
            assert all(line.issue_date and line.issue_date >= lic.issue_date for line in lic.lines)


def test_no_appointment_has_the_natural_key_of_another(reports: list[EntityReport]) -> None:
    for report in reports:
        keys = [
            (row.state, row.cocode or row.fein, row.loa_code, row.county_code, row.branch_id)
            for row in report.appointments
        ]
        assert len(keys) == len(set(keys))


def test_states_without_line_codes_leave_them_blank(reports: list[EntityReport]) -> None:
    for report in reports:
        for row in report.appointments:
            assert (row.state in BLANK_LOA_STATES) == (row.loa_code == "")


def test_carriers_and_numbers_are_invented(reports: list[EntityReport]) -> None:
    assert all(carrier.fein.startswith("00-") for carrier in carriers())
    assert all(report.biographic.ssn.startswith("000-") for report in reports if report.biographic.ssn)


def test_numbers_are_read_back_into_their_owners(population: Population) -> None:
    for index in (0, 1, 17, 999):
        who = population.identity(index)
        assert (index_of_fein(who.fein) if who.is_firm else index_of_ssn(who.ssn)) == index


def test_reports_of_the_world_survive_the_wire(reports: list[EntityReport]) -> None:
    for report in reports[:200]:
        assert pdb.decode(pdb.encode(report)) == report


def test_strangers_are_not_in_the_world(population: Population) -> None:
    for npn in ("88001001", "88000000", "1", "", "x", "٣"):
        assert npn not in population
    with pytest.raises(KeyError):
        population.base("88001001")


def test_a_hundred_thousand_cost_nothing_until_asked() -> None:
    started = time.perf_counter()
    population = build(100_000, 7, START)
    assert population.base("88100000").npn == "88100000"
    assert time.perf_counter() - started < 1.0


def test_all_jurisdictions_of_the_registry_are_here() -> None:
    assert len(jurisdictions()) == 54
