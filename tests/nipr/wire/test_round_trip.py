"""What is written is read back, whatever it holds."""

from hypothesis import HealthCheck, given, settings

from nipr.wire import acord, pdb
from nipr.wire.messages import RegistryRefusal
from tests.nipr.wire.documents import ALERTS, FIRM, INDIVIDUAL
from tests.nipr.wire.strategies import alerts_reports, reports, words

patient = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(reports())
def test_an_entity_report_survives(report):
    assert pdb.decode(pdb.encode(report)) == report


@patient
@given(alerts_reports)
def test_an_alerts_report_survives(report):
    assert acord.decode(acord.encode(report)) == report


@given(words)
def test_a_refusal_survives(sentence):
    assert pdb.decode(pdb.encode(RegistryRefusal(sentence))) == RegistryRefusal(sentence)


def test_the_recorded_documents_survive():
    for document in (INDIVIDUAL, FIRM):
        report = pdb.decode(document)
        assert pdb.decode(pdb.encode(report)) == report
    alerts = acord.decode(ALERTS)
    assert acord.decode(acord.encode(alerts)) == alerts
