"""Where the fixes of decisions are done: each on a page that is there, for whoever may."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

import rulebook.rules
from appointments.views.decisions import shown
from appointments.views.fixes import PLACES, fix_link
from core.accounts.models import User
from rulebook.decision import Fix

pytestmark = pytest.mark.django_db

WORDS_ONLY: frozenset[str] = frozenset()
"""Codes whose fix has no page of its own: it is told in words."""


@pytest.fixture
def chief():
    return User.objects.create_superuser("chief@example.com", "a long enough password")


@pytest.fixture
def stranger():
    return User.objects.create_user("stranger@example.com", is_staff=True)


def codes() -> set[str]:
    texts = (path.read_text() for path in Path(rulebook.rules.__path__[0]).rglob("*.py"))
    return {code for text in texts for code in re.findall(r'\bFix\(\s*"(\w+)"', text)}


def test_every_fix_of_a_rule_has_a_page_or_is_meant_to_be_words():
    assert codes() - set(PLACES) == WORDS_ONLY


def test_no_page_is_kept_for_a_fix_that_no_rule_gives():
    assert set(PLACES) - codes() == set()


def test_a_code_without_a_page_is_told_in_words(chief):
    link = fix_link({"code": "ask_the_state", "text": "Ask the state"}, 1, chief)
    assert link
    assert (link.text, link.url) == ("Ask the state", "")


def test_without_a_fix_there_is_nothing(chief):
    assert fix_link(None, 1, chief) is None


def test_without_the_right_the_words_say_which_it_takes(stranger):
    link = fix_link(Fix("open_company_state", "Open Oregon", {"cocode": "77001"}), 1, stranger)
    assert link
    assert (link.text, link.url) == ("Open Oregon: needs the right “Can change company”", "")


def test_with_the_right_the_page_opens(stranger):
    stranger.user_permissions.add(Permission.objects.get(codename="change_company"))
    link = fix_link(Fix("open_company_state", "Open Oregon", {"cocode": "77001"}), 1, stranger)
    assert link
    assert link.url == f"{reverse('appointments:companies')}?q=77001"


def test_the_page_of_a_company_that_the_screen_knows_opens_at_once(chief):
    link = fix_link(Fix("edit_company", "Open it", {"cocode": "77001"}), 1, chief, company=5)
    assert link
    assert link.url == reverse("appointments:company", args=[5])


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("apply", "apply"),
        ("add_line", "amend"),
        ("renew", "renew"),
        ("renew_late", "renew_late"),
        ("reinstate", "reinstate"),
        ("renew_or_apply", "renew"),
    ],
)
def test_a_license_is_asked_for_with_what_is_known_chosen(chief, code, action):
    link = fix_link(Fix(code, "Do it", {"state": "CA", "category": "life"}), 7, chief, agent_type="producer")
    assert link
    page = reverse("appointments:license_request", args=[7])
    assert link.url == f"{page}?action={action}&state=CA&category=life&agent_type=producer"


def test_a_transaction_opens_by_its_number(chief):
    link = fix_link(Fix("open_transaction", "Follow it", {"number": "GT-00000012"}), 1, chief)
    assert link
    assert link.url == reverse("appointments:transaction", args=[12])


def test_the_background_questions_lead_back(chief):
    link = fix_link(
        Fix("give_answers", "Give the answers", {"agent_type": "producer"}), 3, chief, back="state=CA"
    )
    assert link
    page = reverse("appointments:background_answers", args=[3])
    assert link.url == f"{page}?agent_type=producer&back=state%3DCA"


@pytest.mark.parametrize(
    ("missing", "page"),
    [
        (["address"], "/?tab=licenses"),
        (["answers", "email"], "/edit/"),
        (["email", "address"], "/edit/"),
    ],
)
def test_an_address_comes_from_the_registry_and_the_rest_is_typed(chief, missing, page):
    link = fix_link(Fix("complete_producer", "Complete it", {"missing": missing}), 3, chief)
    assert link
    assert link.url.endswith(page)


def test_an_assignment_that_the_screen_shows_is_the_one_to_change(chief):
    fix = Fix("edit_assignment", "Add it", {"state": "CA"})
    known, unknown = (fix_link(fix, 3, chief, assignment=each) for each in (9, None))
    assert known
    assert known.url == reverse("producers:assignment_edit", args=[9])
    assert unknown
    assert unknown.url == f"{reverse('producers:page', args=[3])}?tab=assignments"


def test_a_value_that_fits_no_address_leaves_the_words(chief):
    link = fix_link(Fix("add_rule", "Add a local rule", {"state": "CA"}), 1, chief)
    assert link
    assert (link.text, link.url) == ("Add a local rule", "")


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (True, "yes"),
        (["life", "property_casualty"], "life, property casualty"),
        ({"loa": "Life", "active": False}, "Line Life, Active no"),
        ("not a day", "not a day"),
        ("2026-99-99", "2026-99-99"),
        (30, 30),
    ],
)
def test_a_fact_is_read_as_people_read_it(stored, read):
    assert shown(stored) == read
