"""Client and simulator, each against the same recorded documents."""

from __future__ import annotations

from datetime import date

import pytest

from nipr.errors import InvalidNpn, NoAlertsToday
from nipr.simulator.samples import FIRM, INDIVIDUAL
from nipr.simulator.testing import RunningSimulator, running_simulator
from nipr.wire import hitlist, pdb
from nipr.wire.messages import AppointmentStatus, HitlistRow, RegistryRefusal
from tests.contract.conftest import ClientFactory
from tests.contract.record import SEED7, written
from tests.contract.recorded import answering, canonical, recorded

SAMPLES = [("entity_individual.xml", INDIVIDUAL), ("entity_firm.xml", FIRM)]


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_the_client_reads_the_recorded_entity(client_at: ClientFactory, name: str, sample: object) -> None:
    with answering(recorded(name)) as url:
        assert client_at(url).entity_report(sample.npn) == sample


def test_the_simulator_writes_the_recorded_individual(simulator: RunningSimulator) -> None:
    assert canonical(written(simulator, "99000017")) == canonical(recorded("entity_individual.xml"))


def test_the_simulator_writes_the_recorded_firm(simulator: RunningSimulator) -> None:
    """The documented firm leaves out three sections, empty ones in the documented individual."""
    optional = ("CLEARANCE_CERTIFICATION_INFO", "REGULATORY_ACTION", "NASD_EXAM")

    firm = canonical(written(simulator, "99000900"), without=optional)

    assert firm == canonical(recorded("entity_firm.xml"))


def test_both_sides_know_the_recorded_refusal(client_at: ClientFactory) -> None:
    refusal = RegistryRefusal("The request parameter id_entity is not a valid number.")

    assert canonical(pdb.encode(refusal)) == canonical(recorded("entity_error.xml"))
    with answering(recorded("entity_error.xml")) as url, pytest.raises(InvalidNpn):
        client_at(url).entity_report("99000017")


def test_both_sides_know_the_recorded_hitlist(client_at: ClientFactory, simulator: RunningSimulator) -> None:
    row = HitlistRow("QUILLFEATHER, MAREN T", "99000017", "99000017", "OR", date(1981, 2, 13))
    found = simulator.server.application.directory.hitlist(
        {"name_last": "QUILLFEATHER", "entity_id": "99000017"}
    )

    assert canonical(hitlist.encode(found)) == canonical(recorded("hitlist.xml"))
    with answering(recorded("hitlist.xml")) as url:
        assert client_at(url).hitlist_individual(last_name="QUILLFEATHER") == (row,)


def test_the_client_reads_the_recorded_alerts_report(client_at: ClientFactory) -> None:
    content_type = recorded("alerts_reply.content_type").decode().strip()
    empty = b'<LicensingReportProcessResult xmlns="http://www.acord.org/schema/data/draft/ReusableDataComponents/1"/>'
    reply = recorded("alerts_reply.mtom").replace(empty, recorded("alerts_report.xml"))

    with answering(reply, content_type) as url:
        report = client_at(url).alerts_report(date(2025, 1, 3), "S-0001")

    (entity,) = report.entities
    (oregon,) = entity.states
    assert (entity.npn, oregon.state) == ("99000017", "OR")
    assert [lic.expiration_date for lic in oregon.licenses or ()] == [date(2027, 2, 28)]
    assert [(row.status, row.termination_reason) for row in oregon.appointments or ()] == [
        (AppointmentStatus.TERMINATED, "For Cause")
    ]


def test_the_client_reads_the_recorded_fault(client_at: ClientFactory) -> None:
    with (
        answering(recorded("alerts_fault_no_alerts.xml"), status=500) as url,
        pytest.raises(NoAlertsToday, match="no alerts scheduled"),
    ):
        client_at(url).alerts_report(date(2025, 1, 3), "S-0001")


@pytest.mark.parametrize("npn", SEED7)
def test_a_seed_writes_the_same_bytes_as_ever(npn: str) -> None:
    with running_simulator() as simulator:
        assert written(simulator, npn) == recorded(f"seed7/{npn}.xml")
