"""From submitting to the registry's own word, against the simulator: told and shown agree, to the cent and the day."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from appointments.gateway import reconcile, send
from appointments.models import Appointment, Company, Transaction, TransactionBatch
from appointments.services.ties.tying import tie
from core import clock
from nipr.simulator.testing import running_simulator
from producers.models import Change, License, LicenseLine, Producer
from tests.appointments.gateway.world import set_gateway
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db(transaction=True)
LINES = 12


@pytest.fixture
def simulator(settings):
    call_command("load_rulebook", verbosity=0)
    with running_simulator(producers=12) as running:
        settings.NIPR_URL_TEMPLATE = running.base_url
        set_gateway()
        with time_machine.travel(f"{running.today}T12:00:00Z", tick=True):
            yield running


def sync(npns: list[str]) -> None:
    call_command("sync_nipr", *(f"--npn={npn}" for npn in npns))


def send_and_settle() -> None:
    send.send_due()
    reconcile.run()


def ask(line: LicenseLine, company: Company, number: int, **fields: str) -> Transaction:
    """A transaction about a line that a producer holds, due now."""
    producer, now = line.producer, clock.now()
    batch = TransactionBatch.objects.create(
        id=number, producer=producer, state=line.state, company=company, gateway_key=secrets.token_hex(10),
        asked_by_label=TESTER.label, created_at=now,
    )  # fmt: skip
    given = {"kind": "appointment", "status": "queued"} | fields
    return Transaction.objects.create(
        id=number, batch=batch, producer=producer, npn=producer.npn, entity_type=producer.entity_type,
        state=line.state, company=company, cocode=company.cocode, loa_code=line.loa_code, loa=line.loa,
        license_number=line.license_number, license_class_code=line.license_class_code, residency="R",
        is_open=True, eligibility_reason="in_good_standing", eligibility_text="In Good Standing",
        state_fee_cents=1_600, nipr_fee_cents=153, gateway_key=secrets.token_hex(10), created_at=now,
        status_at=now, send_after=now - timedelta(seconds=1), prepared_by_kind="task",
        prepared_by_label=TESTER.label, **given,
    )  # fmt: skip


def some_lines() -> list[LicenseLine]:
    """Active lines of licenses in force, one a producer and state."""
    in_force = set(
        License.objects.filter(active=True, known_to=None, expiration_date__gt=clock.today()).values_list(
            "producer_id", "state", "license_number"
        )
    )
    found: dict[tuple[int, str], LicenseLine] = {}
    for line in LicenseLine.objects.filter(known_to=None, status__iexact="active").select_related("producer"):
        if (line.producer_id, line.state, line.license_number) in in_force:
            found.setdefault((line.producer_id, line.state), line)
    return list(found.values())[:LINES]


def test_what_is_approved_is_shown_and_its_fees_are_those_of_the_book(simulator, capsys):
    npns = simulator.npns[2:8]
    sync(npns)
    company = Company.objects.create(name="Heron Life Insurance Co", cocode="77001", fein="990000771")
    rows = [ask(line, company, number) for number, line in enumerate(some_lines(), start=1)]
    assert len(rows) >= 5
    send_and_settle()
    assert set(Transaction.objects.values_list("status", flat=True)) == {"approved"}
    sync(npns)
    tie(Producer.objects.values_list("pk", flat=True))
    assert shows("appointment") == {"shown"}
    capsys.readouterr()
    call_command("reconcile_fees")
    assert f"{len(rows)} agree" in capsys.readouterr().out

    _end_them(rows, company)
    sync(npns)
    tie(Producer.objects.values_list("pk", flat=True))
    assert shows("termination") == {"shown"}
    assert not Change.objects.filter(subject__contains="NIPR told").exists()


def shows(kind: str) -> set[str]:
    return set(Transaction.objects.filter(kind=kind).values_list("registry_shows", flat=True))


def _end_them(rows: list[Transaction], company: Company) -> None:
    """Terminate what has just been appointed, as the registry shows it."""
    for number, row in enumerate(rows, start=1_000):
        fact = Transaction.objects.get(pk=row.pk).registry_fact
        assert isinstance(fact, Appointment)
        line = LicenseLine.objects.filter(
            known_to=None, producer=row.producer_id, state=row.state, license_number=row.license_number
        ).first()
        assert line is not None
        line.loa_code, line.loa = fact.loa_code, fact.loa
        ask(line, company, number, kind="termination", reason="VOLUNTARY")
    send_and_settle()
    ended = Transaction.objects.filter(kind="termination")
    assert set(ended.values_list("status", flat=True)) == {"approved"}
