"""Local rules: they change the answers of their days and no others, are signed, and can be taken back."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from rulebook import library, selectors, services
from rulebook.models import Edition, LineOfAuthority, StateRule
from rulebook.rules import renewal_window
from rulebook.rules.facts import LicenseFact
from rulebook.signals import rule_changed

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)


@pytest.fixture
def heard():
    """What the rule book tells the rooms above it."""
    said = []
    rule_changed.connect(lambda **news: said.append(news), weak=False, dispatch_uid="heard")
    yield said
    rule_changed.disconnect(dispatch_uid="heard")


def window_on(day: date) -> int:
    return selectors.load_rule_book().value("CA", "renewal_window_days", day).number


@pytest.mark.parametrize(
    ("day", "days"),
    [(date(2026, 11, 30), 90), (FIRST, 120), (date(2026, 12, 15), 120), (LAST, 120), (date(2027, 1, 1), 90)],
)
def test_a_local_rule_answers_from_its_first_day_to_its_last(override, day, days):
    override()
    assert window_on(day) == days


def test_a_local_rule_without_ends_answers_every_day(override):
    override(effective_from=None, effective_to=None)
    assert window_on(date(1990, 1, 1)) == window_on(date(2090, 1, 1)) == 120


def test_of_two_local_rules_for_a_day_the_later_word_counts(override):
    override()
    override(value="150", effective_from=date(2026, 12, 10), effective_to=date(2026, 12, 20))
    assert [window_on(date(2026, 12, day)) for day in (9, 10, 20, 21)] == [120, 150, 150, 120]


def test_a_local_rule_shows_on_the_decision_that_uses_it(override):
    override()
    held = LicenseFact("CA", "1", expiration_date=date(2027, 3, 31))
    book = selectors.load_rule_book()
    during, after = (renewal_window.evaluate(held, book, day) for day in (LAST, date(2027, 1, 1)))
    assert during.override
    assert during.source == "Local rule by Ada Lindqvist: Bulletin 2026-14"
    assert not after.override


def test_a_local_rule_is_told_with_its_state_and_field_inside_the_transaction(override, heard):
    rule = override()
    assert heard[0]["override"] == rule
    assert (heard[0]["jurisdictions"], heard[0]["fields"]) == ({"CA"}, {"renewal_window_days"})
    assert (heard[0]["action"], heard[0]["author_label"]) == ("override_added", "Ada Lindqvist")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"value": "soon"}, "value", "Say a whole number"),
        ({"value": "-1"}, "value", "Say a whole number"),
        ({"value": "٣"}, "value", "Say a whole number"),
        ({"field": "appoints_firms", "value": "maybe"}, "value", "Say one of yes, no, registry."),
        ({"field": "appointment_fee_usd", "value": "1.234"}, "value", "Say an amount in dollars"),
        ({"field": "appointment_fee_usd", "value": "NaN"}, "value", "Say an amount in dollars"),
        ({"field": "jit_categories", "value": "life|cars"}, "value", "Say one or more of life"),
        ({"field": "termination_reason_codes", "value": "BORED"}, "value", "BORED is none of"),
        ({"field": "weather", "value": "fine"}, "field", "There is no rule weather."),
        ({"jurisdiction": "ZZ"}, "jurisdiction", "There is no state ZZ."),
        ({"jurisdiction": "US"}, "jurisdiction", "There is no state US."),
        ({"reason": "  "}, "reason", "Say why"),
        ({"author_label": ""}, "author_label", "A local rule has an author."),
        (
            {"effective_from": LAST, "effective_to": FIRST},
            "effective_to",
            "The last day is before the first.",
        ),
    ],
)
def test_a_local_rule_that_makes_no_sense_is_refused_with_a_sentence(override, changes, field, sentence):
    with pytest.raises(ValidationError) as refused:
        override(**changes)
    assert refused.value.message_dict[field][0].startswith(sentence)
    assert not StateRule.objects.filter(origin="local").exists()


def test_everything_that_is_wrong_is_said_at_once(override):
    with pytest.raises(ValidationError) as refused:
        override(value="soon", reason="", effective_from=LAST, effective_to=FIRST)
    assert set(refused.value.message_dict) == {"value", "reason", "effective_to"}


def test_the_same_local_rule_twice_is_refused(override):
    override()
    with pytest.raises(ValidationError, match="already"):
        override()


def test_a_withdrawn_rule_decides_nothing_and_stays_in_the_history(override, heard):
    rule = services.withdraw_override(override(), reason="Bulletin recalled", author_label="Ada Lindqvist")
    assert window_on(FIRST) == 90
    assert rule.is_withdrawn
    assert heard[-1]["action"] == "override_withdrawn"
    history = next(
        answer.history for answer in library.answers("CA", FIRST)["License renewal"] if answer.history
    )
    assert history == [rule]


def test_a_rule_is_withdrawn_once_and_with_a_reason(override):
    rule = override()
    with pytest.raises(ValidationError, match="Say why"):
        services.withdraw_override(rule, reason=" ", author_label="Ada")
    services.withdraw_override(rule, reason="Recalled", author_label="Ada")
    with pytest.raises(ValidationError, match="was withdrawn before"):
        services.withdraw_override(rule, reason="Recalled", author_label="Leo")


def test_a_shipped_rule_is_not_withdrawn(california):
    with pytest.raises(ValidationError, match="not a local rule"):
        services.withdraw_override(StateRule.objects.get(), reason="Wrong", author_label="Ada")


def test_what_if_answers_by_an_unsaved_rule_and_leaves_the_book_alone(california):
    draft = services.draft_override(
        jurisdiction="CA", field="renewal_window_days", value="30", effective_from=FIRST, effective_to=LAST,
        reason="What if", author_label="Ada",
    )  # fmt: skip
    supposed = selectors.load_rule_book(extra=[draft])
    assert supposed.value("CA", "renewal_window_days", FIRST).number == 30
    assert window_on(FIRST) == 90
    assert StateRule.objects.count() == 1


def test_a_preview_tells_the_stretches_that_change(override):
    override()
    draft = services.draft_override(
        jurisdiction="CA", field="renewal_window_days", value="60", effective_from=date(2026, 12, 15),
        effective_to=date(2027, 1, 15), reason="New bulletin", author_label="Ada",
    )  # fmt: skip
    told = [
        (stretch.first, stretch.last, stretch.before.value, stretch.after.value)
        for stretch in library.preview("CA", "renewal_window_days", extra=[draft])
    ]
    assert told == [
        (date(2026, 12, 15), LAST, "120", "60"),
        (date(2027, 1, 1), date(2027, 1, 15), "90", "60"),
    ]


def test_a_preview_of_a_withdrawal_tells_what_is_said_instead(override):
    rule = override()
    (stretch,) = library.preview("CA", "renewal_window_days", without=[rule.pk])
    assert (stretch.before.value, stretch.after.value, stretch.differs) == ("120", "90", True)


def test_a_preview_of_an_endless_rule_has_open_ends(california):
    draft = services.draft_override(
        jurisdiction="CA", field="ce_hours", value="24", effective_from=None, effective_to=None,
        reason="Letter", author_label="Ada",
    )  # fmt: skip
    (stretch,) = library.preview("CA", "ce_hours", extra=[draft])
    assert (stretch.first, stretch.last, stretch.before) == (None, None, None)


def test_the_book_is_read_once_until_a_rule_changes(override, django_assert_num_queries):
    override()
    book = selectors.load_rule_book()
    with django_assert_num_queries(1):
        assert selectors.load_rule_book() is book
    override(value="150")
    assert selectors.load_rule_book() is not book


def test_a_change_that_another_process_made_is_seen(override):
    override()
    before = selectors.load_rule_book()
    StateRule.objects.filter(origin="shipped").update(value="45")
    Edition.objects.update(token=uuid.uuid4())
    assert selectors.load_rule_book() is not before
    assert window_on(date(2027, 1, 1)) == 45


def test_a_change_that_was_rolled_back_is_not_seen(override):
    override()
    with transaction.atomic():
        override(value="150")
        assert window_on(FIRST) == 150
        transaction.set_rollback(True)
    assert window_on(FIRST) == 120


def test_a_line_that_nobody_knew_is_mended_for_its_state_only(california, heard):
    services.mend_line(
        jurisdiction="CA",
        loa_code="901",
        name="Part time fraternal",
        categories=["fraternal", "life"],
        author_label="Ada",
    )
    book = selectors.load_rule_book()
    assert book.categories("CA", "901", "Part time fraternal") == {"life", "fraternal"}
    assert book.categories("TX", "901", "Part time fraternal") == frozenset()
    assert (heard[0]["jurisdictions"], heard[0]["fields"]) == ({"CA"}, {"lines"})


def test_saying_the_same_of_a_line_twice_changes_nothing(california, heard):
    for _ in range(2):
        services.mend_line(
            jurisdiction="CA", loa_code="901", name="Odd", categories=["life"], author_label="Ada"
        )
    assert len(heard) == 1
    assert LineOfAuthority.objects.filter(origin="local").count() == 1


def test_a_line_said_anew_keeps_what_was_said_before_in_its_history(california):
    services.mend_line(jurisdiction="CA", loa_code="901", name="Odd", categories=["life"], author_label="Ada")
    services.mend_line(
        jurisdiction="CA", loa_code="901", name="Odd", categories=["health"], author_label="Leo"
    )
    assert selectors.load_rule_book().categories("CA", "901") == {"health"}
    assert LineOfAuthority.objects.filter(origin="local", withdrawn_by="Leo").count() == 1


def test_a_withdrawn_answer_about_a_line_lets_the_shipped_one_count_again(california):
    line = services.mend_line(
        jurisdiction="CA", loa_code="16", name="Life", categories=[], author_label="Ada"
    )
    assert selectors.load_rule_book().categories("CA", "16", "Life") == frozenset()
    services.withdraw_line(line, reason="Mistaken", author_label="Ada")
    assert selectors.load_rule_book().categories("CA", "16", "Life") == {"life"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"categories": ["cars"]}, "categories"),
        ({"loa_code": "a/b"}, "loa_code"),
        ({"name": " "}, "name"),
        ({"jurisdiction": "ZZ"}, "jurisdiction"),
    ],
)
def test_an_answer_about_a_line_that_makes_no_sense_is_refused(california, changes, field):
    asked = {
        "jurisdiction": "CA",
        "loa_code": "901",
        "name": "Odd",
        "categories": ["life"],
        "author_label": "Ada",
    }
    with pytest.raises(ValidationError) as refused:
        services.mend_line(**{**asked, **changes})
    assert set(refused.value.message_dict) == {field}


@pytest.mark.parametrize(
    "row",
    [
        {"field": "weather", "value": "fine"},
        {"field": "ce_hours", "value": ""},
        {"field": "ce_hours", "value": "1", "origin": "rumour"},
        {"field": "ce_hours", "value": "1", "confidence": "sure"},
        {"field": "ce_hours", "value": "1", "origin": "local"},
        {"field": "ce_hours", "value": "1", "effective_from": LAST, "effective_to": FIRST},
        {"field": "renewal_window_days", "value": "91"},
    ],
)
def test_the_database_refuses_a_rule_that_no_service_would_write(california, row):
    with pytest.raises(IntegrityError), transaction.atomic():
        StateRule.objects.create(jurisdiction=california, **row)


@pytest.mark.parametrize("categories", ["cars", "life|", "life,health"])
def test_the_database_refuses_categories_that_are_none(california, categories):
    with pytest.raises(IntegrityError), transaction.atomic():
        LineOfAuthority.objects.create(jurisdiction=california, code="1", name="Odd", categories=categories)
