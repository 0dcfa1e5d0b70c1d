"""What an assignment or a rule would change, before it is saved."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from producers.facts import assignment_fact
from rulebook.models import Fee
from rulebook.rules.facts import AssignmentFact
from rulebook.services import draft_override
from scorecards import services
from scorecards.models import Scorecard
from scorecards.what_if import rule_sentences, what_if_assignment, what_if_rules
from tests.scorecards import records

WANTED = AssignmentFact(("CA",), ("health", "life"), ("77001",), scorecard_type="license_and_appointment")


def draft(value: str, state: str = "CA"):
    return draft_override(
        jurisdiction=state,
        field="renewal_window_days",
        value=value,
        effective_from=None,
        effective_to=None,
        reason="A bulletin",
        author_label="Ada",
    )


def test_an_edited_assignment_tells_cells_that_come_go_and_change(scorecard):
    result = what_if_assignment(scorecard.producer_id, WANTED, assignment_fact(scorecard.assignment))
    changes = {change.place: (change.before, change.after) for change in result.changes}
    assert changes["license", "CA", "health", ""] == ("", "Add line")
    assert changes["license", "TX", "life", ""] == ("Apply", "")
    assert ("license", "CA", "life", "") not in changes
    assert result.producers == {scorecard.producer_id}


def test_a_new_assignment_is_all_new(ines):
    result = what_if_assignment(ines.pk, WANTED)
    assert {change.before for change in result.changes} == {""}
    assert len(result.changes) == 4


def test_the_same_assignment_changes_nothing(scorecard):
    asked = assignment_fact(scorecard.assignment)
    assert what_if_assignment(scorecard.producer_id, asked, asked).sentences() == [
        "No scorecard cell would change."
    ]


def test_known_fees_are_added_up_and_others_are_told_as_billed_by_the_state(scorecard):
    item = "Appointment or termination, programmed"
    Fee.objects.create(
        item=item, payee="registry", amount_cents=153, amount_text="1.53", confidence="verified"
    )
    result = what_if_assignment(scorecard.producer_id, assignment_fact(scorecard.assignment))
    assert result.after.known == Decimal("17.53")
    assert result.after.billed_later > 0
    assert "the state bills" in result.sentences()[1]


def test_a_rule_tells_cells_and_producers(make_scorecards):
    make_scorecards(3)
    result = what_if_rules([draft("10")])
    assert {(change.before, change.after) for change in result.changes} == {("Renew", "Licensed")}
    assert len(result.producers) == 3
    assert rule_sentences([draft("10")])[0] == "3 cells of 3 producers would change."


def test_a_preview_that_would_take_too_long_says_what_it_looked_at(make_scorecards, monkeypatch):
    make_scorecards(3)
    monkeypatch.setattr("scorecards.what_if.LOOK_AT_MOST", 2)
    assert rule_sentences([draft("10")])[-1] == "Only the first 2 scorecards were looked at; there are more."
    monkeypatch.setattr("scorecards.what_if.LOOK_AT_MOST", 3)
    assert not what_if_rules([draft("10")]).more


def test_a_rule_of_a_state_that_nobody_asks_about_changes_nothing(scorecard):
    assert what_if_rules([draft("10", "PR")]).changes == []


def test_nothing_is_saved(scorecard):
    before = Scorecard.objects.values().get()
    with CaptureQueriesContext(connection) as queries:
        what_if_rules([draft("10")])
        what_if_assignment(scorecard.producer_id, WANTED)
    assert {query["sql"].split()[0].upper() for query in queries} <= {"SELECT", "DECLARE"}
    assert Scorecard.objects.values().get() == before


def test_queries_of_a_preview_do_not_grow_with_the_scorecards(make_scorecards):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            what_if_rules([draft("10")])
        return len(queries)

    make_scorecards(1)
    one = counted()
    for number in range(5):
        records.assign(records.producer(f"77{number}"))
    services.ensure_scorecards()
    services.refresh_all_stale()
    assert counted() == one
