"""What is told producer by producer."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from core import clock
from core.notices.models import Notice
from core.notices.rounds import ONE_EACH, Round, carry_out
from producers.models import Change, License, Producer, RegulatoryAction
from producers.notices import PEOPLE
from producers.notices.people import ACTION, LAPSED, REFUSED, UNREADABLE, WRONG_NPN
from tests.producers.cast import give_license


def in_days(days: int):
    return clock.today() + timedelta(days=days)


def act(producer: Producer, days: int, **fields) -> RegulatoryAction:
    given = {
        "action_id": "A-1",
        "reason": "Late filing",
        "action_date": in_days(days),
        "known_from": clock.now(),
    }
    return RegulatoryAction.objects.create(producer=producer, state="OR", **(given | fields))


def codes() -> list[str]:
    return list(Notice.objects.filter(acknowledged_at=None).values_list("code", flat=True))


def test_a_regulatory_action_is_told_once_and_leads_to_it(ines, leo):
    act(ines, -5)
    assert [carry_out(PEOPLE), carry_out(PEOPLE)] == [Round(1, 0), Round(0, 0)]
    notice = Notice.objects.get(code=ACTION)
    assert (notice.title, notice.user) == ("Ines Abernathy: regulatory action in OR", leo)
    assert notice.body.startswith("Late filing; ")
    assert notice.url.endswith("?tab=actions")


def test_an_old_action_is_news_only_when_a_sync_found_it(ines):
    action = act(ines, -900)
    assert carry_out(PEOPLE) == Round(0, 0)
    Change.objects.create(
        producer=ines,
        kind="regulatory_action",
        effect="added",
        state="OR",
        subject="x",
        known_at=action.known_from,
    )
    assert carry_out(PEOPLE) == Round(1, 0)


def test_an_action_stays_told_until_somebody_takes_it_off(ines):
    act(ines, -5)
    carry_out(PEOPLE)
    RegulatoryAction.objects.all().delete()
    assert carry_out(PEOPLE) == Round(0, 0)
    assert codes() == [ACTION]


def test_a_lapsed_resident_licence_is_told_until_it_is_renewed(ines):
    license_ = give_license(ines, expiration_date=in_days(-1))
    carry_out(PEOPLE)
    assert codes() == [LAPSED]
    License.objects.filter(pk=license_.pk).update(expiration_date=in_days(700))
    assert carry_out(PEOPLE) == Round(0, 1)


def test_a_resident_licence_that_is_not_active_has_lapsed(ines):
    give_license(ines, active=False)
    carry_out(PEOPLE)
    assert "is not active at the registry" in Notice.objects.get().body


def test_whoever_holds_another_resident_licence_has_not_lapsed(ines):
    give_license(ines, expiration_date=in_days(-1))
    give_license(ines, "WY")
    assert carry_out(PEOPLE) == Round(0, 0)


def test_a_target_that_the_registry_refused_is_told_until_it_is_taken(ines):
    Producer.objects.update(alert_problem="Name does not match")
    carry_out(PEOPLE)
    notice = Notice.objects.get(code=REFUSED)
    assert notice.body.startswith("Name does not match. There are no daily updates")
    assert notice.url == reverse("producers:edit", args=[ines.pk])
    Producer.objects.update(alert_problem="")
    assert carry_out(PEOPLE) == Round(0, 1)


def test_a_failure_that_a_person_must_mend_is_told_again_when_it_comes_back(ines):
    for expected in (Round(1, 0), Round(0, 0)):
        Producer.objects.update(sync_status="invalid_npn", sync_message="There is no NPN 88100001.")
        assert carry_out(PEOPLE) == expected
    assert codes() == [WRONG_NPN]
    Producer.objects.update(sync_status="success")
    assert carry_out(PEOPLE) == Round(0, 1)
    Producer.objects.update(sync_status="processing_error")
    assert carry_out(PEOPLE) == Round(1, 0)
    assert codes() == [UNREADABLE]


def test_a_failure_that_the_night_tries_again_is_not_told(ines):
    Producer.objects.update(sync_status="nipr_timeout")
    assert carry_out(PEOPLE) == Round(0, 0)


def test_a_tax_number_in_a_message_is_masked(ines):
    Producer.objects.update(sync_status="invalid_npn", sync_message="Sent was 123-45-6789.")
    carry_out(PEOPLE)
    assert "123-45" not in Notice.objects.get().body


def test_a_file_of_wrong_npns_is_one_notice_that_leads_to_them(leo, specialist, rules):
    for number in range(ONE_EACH + 1):
        Producer.objects.create(
            npn=str(90000 + number), last_name=f"P{number}", sync_status="invalid_npn", owner=leo
        )
    carry_out(PEOPLE)
    notice = Notice.objects.get()
    assert notice.title == "11 producers: the last sync failed with Invalid NPN"
    page = specialist.get(notice.url).text
    assert "90000" in page
    assert "90010" in page


def test_the_lists_of_lapsed_and_acted_upon_producers_show_them(ines, specialist):
    give_license(ines, expiration_date=in_days(-1))
    act(ines, -5)
    for wanted in ("resident_lapsed", "regulatory_action"):
        assert "Abernathy" in specialist.get(reverse("producers:list"), {wanted: "true"}).text
        assert "Abernathy" not in specialist.get(reverse("producers:list"), {wanted: "false"}).text


def test_the_same_queries_for_many_as_for_one(ines, leo, django_assert_num_queries):
    carry_out(PEOPLE)
    Producer.objects.update(sync_status="invalid_npn")
    with django_assert_num_queries(13):
        carry_out(PEOPLE)
    Producer.objects.bulk_create(
        Producer(
            npn=str(70000 + n), last_name=f"P{n}", sync_status="invalid_npn", alert_problem="x", owner=leo
        )
        for n in range(1000)
    )
    with django_assert_num_queries(13):
        assert carry_out(PEOPLE) == Round(2, 0)
