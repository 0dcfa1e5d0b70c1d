from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actor import Actor
from producers.models import License, Producer, RegulatoryAction
from producers.services import create_assignment
from tests.producers.cast import TESTER, find_change, give_license, put_on_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("states")]
TABS = ["licenses", "appointments", "assignments", "scorecards", "changes", "actions", "contact", "history"]


def read(browser, producer: Producer, **params: str) -> str:
    answer = browser.get(reverse("producers:page", args=[producer.pk]), params)
    assert answer.status_code == 200
    return answer.content.decode()


def give_everything(producer: Producer, times: int) -> None:
    for index in range(times):
        give_license(producer, "OR", lines=2, license_number=f"{producer.npn}-{index}")
        find_change(producer)
        RegulatoryAction.objects.create(
            producer=producer, state="OR", action_id=str(index), known_from=clock.now(), reason="Late report"
        )
        categories = ["life", "health", "property"][: index + 1]
        create_assignment(producer.pk, {"states": ["OR"], "loa_categories": categories}, actor=TESTER)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_for_a_producer_with_nothing(admin, ines, tab):
    assert "Ines Abernathy" in read(admin, ines, tab=tab)


@pytest.mark.parametrize("tab", TABS)
def test_three_rows_take_the_queries_of_one(admin, tab):
    counts = []
    for npn, times in (("1", 1), ("3", 3)):
        producer = put_on_file(npn)
        give_everything(producer, times)
        read(admin, producer, tab=tab)
        with CaptureQueriesContext(connection) as queries:
            read(admin, producer, tab=tab)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("tab", ["licenses", "actions"])
def test_who_may_see_producers_alone_finds_no_tab_of_what_the_registry_says(leo, client_of, ines, tab):
    leo.groups.clear()
    leo.user_permissions.set(Permission.objects.filter(codename="view_producer"))
    browser = client_of(leo)
    assert f"?tab={tab}" not in read(browser, ines)
    assert browser.get(reverse("producers:page", args=[ines.pk]), {"tab": tab}).status_code == 404


def test_an_unknown_tab_or_producer_is_not_found(admin, ines):
    url = reverse("producers:page", args=[ines.pk])
    assert admin.get(url, {"tab": "secrets"}).status_code == 404
    assert admin.get(reverse("producers:page", args=[ines.pk + 99])).status_code == 404


def test_a_license_says_how_it_stands_in_words(admin, ines):
    today = clock.today()
    give_license(ines, "OR")
    give_license(ines, "CA", expiration_date=today + timedelta(days=30))
    give_license(ines, "TX", expiration_date=today - timedelta(days=1))
    page = read(admin, ines)
    for words in ("In force", "Expiring", "in 30 days", "Expired"):
        assert words in page


def test_a_license_without_an_expiration_is_perpetual(admin, ines):
    give_license(ines, expiration_date=None)
    assert "Perpetual" in read(admin, ines)


def test_a_license_the_registry_dropped_stays_marked(admin, ines):
    give_license(ines, removed_at=clock.now())
    assert "No longer at the registry" in read(admin, ines)


def test_no_licenses_after_a_good_sync_does_not_look_like_a_failure(admin, ines):
    Producer.objects.update(sync_status="success_no_licenses", last_synced_at=clock.now())
    page = read(admin, ines)
    assert "The registry lists no licenses." in page
    assert "r-badge r-bad" not in page


def test_a_failed_sync_says_what_to_do_next(admin, ines):
    Producer.objects.update(sync_status="nipr_timeout", sync_status_at=clock.now())
    assert "The nightly sync tries again" in read(admin, ines)


def test_the_past_shows_what_was_known_then_under_a_banner(admin, ines):
    then, now = clock.now() - timedelta(days=30), clock.now()
    old = give_license(ines, "OR", lines=0, known_from=then, expiration_date=date(2027, 1, 31))
    License.objects.filter(pk=old.pk).update(known_to=now)
    give_license(ines, "OR", lines=0, expiration_date=date(2029, 1, 31))
    day = (clock.today() - timedelta(days=10)).isoformat()
    past = read(admin, ines, on=day, known_at=day)
    assert "31 Jan 2027" in past
    assert "31 Jan 2029" not in past
    assert "You are looking at the past" in past
    assert "31 Jan 2029" in read(admin, ines)


def test_a_license_is_judged_on_the_day_asked_for(admin, ines):
    give_license(ines, "OR", expiration_date=clock.today() - timedelta(days=5))
    before = (clock.today() - timedelta(days=6)).isoformat()
    assert "in 1 day" in read(admin, ines, on=before)


def test_the_date_picker_leads_to_an_address_that_can_be_passed_on(admin, ines):
    answer = admin.get(reverse("producers:page", args=[ines.pk]), {"day": "2026-03-02", "tab": "changes"})
    assert answer.url.endswith("?tab=changes&on=2026-03-02&known_at=2026-03-02")


def test_the_date_picker_on_today_leads_back_to_today(admin, ines):
    answer = admin.get(reverse("producers:page", args=[ines.pk]), {"day": clock.today().isoformat()})
    assert answer.url == reverse("producers:page", args=[ines.pk]) + "?"


def test_a_day_that_is_none_shows_today_and_says_so(admin, ines):
    page = read(admin, ines, on="31 February")
    assert "is not a date" in page
    assert "Today is shown instead" in page


@pytest.mark.parametrize("tab", TABS)
def test_personal_data_is_on_no_tab(admin, tab):
    ines = put_on_file("88100001", ssn="123-45-6789", birth_date=date(1980, 2, 3))
    page = read(admin, ines, tab=tab)
    assert "123-45-6789" not in page
    assert "123456789" not in page
    assert "1980" not in page


def test_only_the_last_four_of_a_ssn_are_shown(admin):
    assert "•••-••-6789" in read(admin, put_on_file(ssn="123-45-6789"))


@pytest.mark.parametrize("tab", TABS)
def test_what_the_registry_and_people_say_is_never_markup(admin, tab):
    evil = '<script>alert("x")</script>'
    ines = put_on_file("7", first_name=evil, external_id=evil, email="x@example.com")
    give_license(ines, "OR", license_class=evil, license_number="<b>1</b>")
    find_change(ines, subject=evil, fields={evil: [evil, evil]})
    RegulatoryAction.objects.create(
        producer=ines, state="OR", action_id="1", reason=evil, known_from=clock.now()
    )
    page = read(admin, ines, tab=tab)
    assert evil not in page
    assert "<b>1</b>" not in page


def test_without_a_right_a_button_stays_and_says_which(auditor, ines):
    page = read(auditor, ines)
    assert "Needs the right “Can change producer”." in page
    assert "Needs the right “Can sync producers with the registry”." in page
    assert reverse("producers:edit", args=[ines.pk]) not in page


def test_with_the_rights_the_buttons_are_there(admin, ines):
    page = read(admin, ines)
    for name in ("edit", "sync", "refresh", "tracking"):
        assert reverse(f"producers:{name}", args=[ines.pk]) in page
    assert "Needs the right" not in page


def test_sync_says_what_it_costs_before(admin, ines):
    assert "$1.29" in read(admin, ines)


def test_without_a_real_npn_there_is_nothing_to_sync(admin):
    agency = put_on_file("999", entity_type="firm", dummy_npn=True)
    page = read(admin, agency)
    assert "The registry does not know this producer" in page
    assert reverse("producers:sync", args=[agency.pk]) not in page


def test_strangers_are_sent_to_the_door(client, client_of, stranger, ines):
    url = reverse("producers:page", args=[ines.pk])
    for browser in (client, client_of(stranger)):
        answer = browser.get(url)
        assert answer.status_code == 302
        assert "login" in answer.url


def test_history_tells_who_did_what(admin, ines, ada):
    create_assignment(ines.pk, {"states": ["OR"], "loa_categories": ["life"]}, actor=Actor.person(ada))
    page = read(admin, ines, tab="history")
    assert "Ada Lindqvist" in page
    assert "Assignment" in page
