"""Making, marking and computing scorecards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import CompanyState
from core import clock
from core.actor import Actor
from core.jobs.models import Job
from producers.models import License, Producer
from producers.services import create_assignment, end_assignment, update_assignment
from producers.services.refresh import refresh_producer
from producers.signals import facts_changed
from rulebook.services import override_rule
from scorecards import services
from scorecards.models import Scorecard, ScorecardSheet, ScorecardTally
from scorecards.services.computing import _compute
from scorecards.services.staleness import REFRESH_JOB
from tests.scorecards import records

TESTER = Actor.task("tests")


def statuses(scorecard: Scorecard) -> dict[tuple[str, str], str]:
    fresh = Scorecard.objects.get(pk=scorecard.pk)
    return {(cell["kind"], cell["state"]): cell["status"] for cell in fresh.cell_dicts()}


# Making ---------------------------------------------------------------------------------------------------------


def test_a_synced_producer_with_an_assignment_gets_a_numbered_scorecard(ines):
    records.assign(ines)
    assert services.ensure_scorecards([ines.pk]) == 1
    scorecard = Scorecard.objects.get()
    assert scorecard.number == "SCORE-0001"
    assert scorecard.stale


@pytest.mark.parametrize("without", ["npn", "last_synced_at"])
def test_without_a_synced_npn_there_is_none(ines, without):
    Producer.objects.filter(pk=ines.pk).update(**{without: None})
    records.assign(ines)
    assert services.ensure_scorecards() == 0


def test_making_them_twice_makes_them_once(ines):
    records.assign(ines)
    records.assign(ines, states=["TX"])
    assert [services.ensure_scorecards(), services.ensure_scorecards()] == [2, 0]
    assert sorted(Scorecard.objects.values_list("number", flat=True)) == ["SCORE-0001", "SCORE-0002"]


def test_an_assignment_written_by_the_service_brings_its_scorecard(ines):
    fields = {"states": ["CA"], "loa_categories": ["life"]}
    create_assignment(ines.pk, fields, actor=TESTER)
    assert Scorecard.objects.get().producer == ines
    assert Job.objects.get(kind=REFRESH_JOB).status == "queued"


# Computing ------------------------------------------------------------------------------------------------------


def test_a_computed_scorecard_keeps_cells_figures_and_tallies(scorecard):
    assert statuses(scorecard) == {
        ("license", "CA"): "renew",
        ("license", "TX"): "apply",
        ("appointment", "CA"): "appoint",
        ("appointment", "TX"): "blocked",
    }
    assert (scorecard.licensed_percent, scorecard.appointed_percent, scorecard.to_do) == (50, 0, 4)
    assert scorecard.next_change_on == clock.today() + timedelta(days=41)
    assert not scorecard.stale
    tallies = ScorecardTally.objects.values_list("kind", "state", "status", "action", "cells")
    assert set(tallies) == {
        ("license", "CA", "renew", "renew", 1),
        ("license", "TX", "apply", "apply", 1),
        ("appointment", "CA", "appoint", "appoint", 1),
        ("appointment", "TX", "blocked", "fix", 1),
    }


def test_cells_carry_their_decisions_in_full(scorecard):
    renew = scorecard.cell_dicts()[0]
    assert set(renew) == {"kind", "state", "loa_category", "cocode", "status", "action", "decisions"}
    window = renew["decisions"][-1]
    assert window["source"] == "a statute"
    assert window["fix"]["code"] == "renew"
    assert window["effective_from"] is None


def test_what_the_registry_removed_does_not_count(scorecard):
    License.objects.update(removed_at=clock.now())
    services.refresh([scorecard.pk])
    assert statuses(scorecard)["license", "CA"] == "apply"


def test_what_the_registry_corrected_does_not_count(scorecard, ines):
    License.objects.update(known_to=clock.now())
    ines.license_lines.update(known_to=clock.now())
    records.license_(ines, expires_in=900)
    services.refresh([scorecard.pk])
    assert statuses(scorecard)["license", "CA"] == "licensed"


def test_an_unchanged_sheet_is_not_written_again(scorecard):
    ScorecardSheet.objects.update(body=b"untouched")
    tallies = set(ScorecardTally.objects.values_list("pk", flat=True))
    again = services.refresh([scorecard.pk])
    assert (again.done, again.changed) == (1, 0)
    assert bytes(ScorecardSheet.objects.get().body) == b"untouched"
    assert set(ScorecardTally.objects.values_list("pk", flat=True)) == tallies
    assert Scorecard.objects.get().version == scorecard.version


def test_a_changed_sheet_raises_the_version_and_replaces_the_tallies(scorecard, ines):
    records.appointment(ines)
    services.refresh([scorecard.pk])
    assert Scorecard.objects.get().version == scorecard.version + 1
    assert ScorecardTally.objects.filter(kind="appointment", state="CA").get().status == "appointed"


def test_queries_do_not_grow_with_the_number_of_scorecards(make_scorecards):
    pks = [scorecard.pk for scorecard in make_scorecards(50)]

    def counted(some):
        Scorecard.objects.filter(pk__in=some).update(generation=0)
        ScorecardSheet.objects.filter(pk__in=some).update(digest="")
        with CaptureQueriesContext(connection) as queries:
            assert services.refresh(some).changed == len(some)
        return len(queries)

    assert counted(pks[:1]) == counted(pks) <= 24


def test_ended_assignments_are_left_as_they_were(scorecard):
    scorecard.assignment.ended_at = clock.now()
    scorecard.assignment.save()
    assert services.refresh([scorecard.pk]).done == 0
    assert services.mark_stale(producer_ids=[scorecard.producer_id]) == 0


# Stale ----------------------------------------------------------------------------------------------------------


def is_stale(scorecard):
    return Scorecard.objects.get(pk=scorecard.pk).stale


def test_changed_facts_make_it_stale_and_ask_for_one_refresh(scorecard, ines):
    for _ in range(2):
        facts_changed.send(Producer, producer_ids={ines.pk}, known_at=clock.now())
    assert is_stale(scorecard)
    assert Job.objects.filter(kind=REFRESH_JOB).count() == 1


def test_an_edited_assignment_makes_it_stale(scorecard):
    update_assignment(scorecard.assignment_id, {"states": ["CA"]}, actor=TESTER)
    assert is_stale(scorecard)


def test_an_ended_assignment_asks_for_nothing(scorecard):
    end_assignment(scorecard.assignment_id, actor=TESTER)
    assert not is_stale(scorecard)


@pytest.mark.parametrize(("state", "stale"), [("CA", True), ("TX", True), ("PR", False)])
def test_a_state_rule_makes_those_of_its_state_stale(scorecard, state, stale):
    override_rule(
        jurisdiction=state,
        field="renewal_window_days",
        value="30",
        effective_from=None,
        effective_to=None,
        reason="A bulletin",
        author_label="Ada",
    )
    assert is_stale(scorecard) is stale


def test_a_rule_of_a_state_that_is_held_but_not_asked_about_counts_too(scorecard, ines):
    records.license_(ines, "PR")
    assert services.mark_stale(states=["PR"]) == 1


def test_a_rule_of_the_whole_country_makes_all_stale(make_scorecards):
    make_scorecards(3)
    assert services.mark_stale(states=["US"]) == 3


@pytest.mark.parametrize(("cocode", "stale"), [("77001", True), ("77002", False)])
def test_a_company_makes_those_that_ask_for_it_stale(scorecard, cocode, stale):
    if cocode == "77002":
        records.company("77002", "Wren", ["life"], ["CA"])
    else:
        CompanyState.objects.get(company__cocode=cocode, state="CA").save()
    assert is_stale(scorecard) is stale


def test_the_calendar_makes_those_stale_whose_day_has_come(scorecard):
    due = scorecard.next_change_on
    assert services.mark_stale_by_calendar(due - timedelta(days=1)) == 0
    assert services.mark_stale_by_calendar(due) == 1
    assert services.mark_stale_by_calendar(due) == 0


def test_one_that_is_made_stale_while_it_is_computed_stays_stale(scorecard, monkeypatch):
    def computed_slowly(ids):
        done = _compute(ids)
        services.mark_stale(producer_ids=[scorecard.producer_id])
        return done

    monkeypatch.setattr("scorecards.services.computing._compute", computed_slowly)
    result = services.refresh([scorecard.pk])
    assert (result.done, result.overtaken) == (0, 1)
    assert is_stale(scorecard)


def test_one_that_is_overtaken_for_ever_does_not_hold_up_the_others(make_scorecards, monkeypatch):
    first, second = make_scorecards(2)
    services.mark_stale(producer_ids=[first.producer_id, second.producer_id])

    def computed_slowly(ids):
        done = _compute(ids)
        services.mark_stale(assignment_ids=[first.assignment_id])
        return done

    monkeypatch.setattr("scorecards.services.computing._compute", computed_slowly)
    assert services.refresh_all_stale().done == 1
    assert (is_stale(first), is_stale(second)) == (True, False)


# Refresh on request ---------------------------------------------------------------------------------------------


def test_refresh_with_facts_of_today_computes_at_once_and_reads_nothing(scorecard, ines):
    records.appointment(ines)
    assert refresh_producer(ines.pk, actor=TESTER) is False
    assert statuses(scorecard)["appointment", "CA"] == "appointed"


def test_refresh_with_older_facts_reads_the_registry_first(scorecard, ines):
    Producer.objects.filter(pk=ines.pk).update(last_synced_at=clock.now() - timedelta(days=1))
    assert refresh_producer(ines.pk, actor=TESTER) is True
    assert Job.objects.filter(kind__startswith="producers.").exists()
