"""Records as the facts that rules are asked about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from producers.facts import assignment_facts, producer_facts
from producers.models import License, LicenseLine, Producer, ProducerAssignment
from tests.producers.cast import give_license, put_on_file


def facts_of(producer: Producer, **kwargs):
    return producer_facts([producer.pk], **kwargs)[producer.pk]


def test_a_license_has_its_own_lines(ines):
    give_license(ines, "OR", lines=2)
    give_license(ines, "CA", lines=1)
    licenses = facts_of(ines).licenses
    assert [(held.state, len(held.lines)) for held in licenses] == [("CA", 1), ("OR", 2)]
    assert licenses[0].agent_type == ""


@pytest.mark.parametrize(
    ("status", "active"), [("Active", True), ("ACTIVE", True), ("Inactive", False), ("", False)]
)
def test_a_line_is_active_when_its_status_says_so(ines, status, active):
    give_license(ines)
    LicenseLine.objects.update(status=status)
    assert facts_of(ines).licenses[0].lines[0].active is active


@pytest.mark.parametrize(("word", "answer"), [("Yes", True), ("N", False), ("", None), ("in review", None)])
def test_ce_compliance_that_is_not_said_is_not_known(ines, word, answer):
    give_license(ines)
    LicenseLine.objects.update(ce_compliance=word)
    assert facts_of(ines).licenses[0].lines[0].ce_compliant is answer


@pytest.mark.parametrize("model", [License, LicenseLine])
@pytest.mark.parametrize("column", ["removed_at", "known_to"])
def test_what_is_gone_or_was_corrected_is_not_a_fact(ines, model, column):
    give_license(ines)
    model.objects.update(**{column: clock.now()})
    assert sum(len(held.lines) for held in facts_of(ines).licenses) == 0


def test_facts_as_they_were_known(ines):
    then, later = clock.now() - timedelta(days=10), clock.now() - timedelta(days=5)
    give_license(ines, known_from=then)
    License.objects.update(known_to=later, expiration_date=None)
    assert facts_of(ines).licenses == ()
    assert facts_of(ines, known_at=then + timedelta(days=1)).licenses[0].expiration_date is None
    assert facts_of(ines, known_at=later).licenses == ()


def test_a_producer_without_npn_has_facts_too(db):
    assert facts_of(put_on_file(None)).npn == ""


def test_ended_assignments_are_not_asked_for(ines):
    ProducerAssignment.objects.create(
        producer=ines, states=["CA"], loa_categories=["life"], ended_at=clock.now()
    )
    assert assignment_facts([ines.pk]) == {}


def test_queries_do_not_grow_with_the_producers(db):
    producers = [put_on_file(str(700 + number), last_name=f"N{number}") for number in range(4)]
    for producer in producers:
        give_license(producer)

    def counted(some):
        with CaptureQueriesContext(connection) as queries:
            producer_facts([producer.pk for producer in some])
        return [query for query in queries if "FETCH" not in query["sql"]]

    assert len(counted(producers[:1])) == len(counted(producers)) == 4
