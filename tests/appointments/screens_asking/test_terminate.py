from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.lists import selections
from appointments.models import Appointment, BulkRequest, DefaultTerminationReason, Transaction
from appointments.views.asking import terminate
from core import clock
from core.actor import Actor
from core.errors import Conflict
from producers.models import Producer
from tests.appointments.asking import world

pytestmark = pytest.mark.django_db


def page_of(browser, producer) -> str:
    return browser.get(reverse("appointments:terminate", args=[producer.pk])).content.decode()


def post(browser, producer, **fields):
    return browser.post(reverse("appointments:terminate", args=[producer.pk]), fields)


class TestOneProducer:
    def test_all_that_may_be_terminated_stands_by_state_company_class_and_line(self, specialist, ines):
        row = world.appointed(ines)
        page = page_of(specialist, ines)
        for words in ("California", "Heron Life Insurance Co", "Insurance Producer", "Life", "1 Jan 2025"):
            assert words in page
        assert f'name="pick" value="{row.pk}"' in page

    def test_the_reasons_are_those_of_the_state_and_the_default_is_chosen(self, specialist, ines):
        DefaultTerminationReason.objects.create(state="CA", reason="VOLUNTARY")
        world.appointed(ines)
        page = page_of(specialist, ines)
        assert '<option value="VOLUNTARY" selected>Voluntary termination</option>' in page
        assert 'value="FRAUD"' in page
        assert 'value="DEATH"' not in page

    def test_a_date_is_offered_only_where_the_state_lets_one_be_set(self, specialist, ines):
        world.appointed(ines, "CA")
        world.appointed(ines, "TX")
        page = page_of(specialist, ines)
        assert 'name="date-CA"' not in page
        assert "The state sets the date itself." in page
        earliest = clock.today() - timedelta(days=30)
        assert f'min="{earliest.isoformat()}" max="{clock.today().isoformat()}"' in page

    def test_for_cause_is_told_with_documents_and_the_second_person(self, specialist, ines):
        world.appointed(ines)
        page = page_of(specialist, ines)
        assert "Fraud (for cause, documents)" in page
        assert "a second person approves it" in page

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            (lambda: Producer.objects.update(tracking="inactive"), "tracking"),
            (lambda: world.end(world.ending()), "under way"),
        ],
    )
    def test_what_cannot_be_terminated_is_greyed_out_with_its_reason(self, specialist, ines, spoil, words):
        row = world.appointed(ines)
        spoil()
        page = page_of(specialist, ines)
        assert f'value="{row.pk}" disabled' in page
        told = page.split(f'id="off-{row.pk}"')[1].split("</div>")[0]
        assert words in told.casefold()

    def test_ended_appointments_are_not_offered(self, specialist, ines):
        world.appointed(ines, status="Terminated")
        assert "There is nothing to terminate." in page_of(specialist, ines)

    def test_an_agency_has_the_same_page(self, specialist, place):
        firm = world.producer(world.FIRM, entity_type="firm")
        world.appointed(firm, "TX")
        assert "Texas" in page_of(specialist, firm)

    def test_what_is_ticked_is_prepared_with_the_reason_of_its_state(self, specialist, ines):
        one, two = world.appointed(ines, "CA"), world.appointed(ines, "TX")
        day = (clock.today() - timedelta(days=3)).isoformat()
        answer = post(
            specialist,
            ines,
            pick=[one.pk, two.pk],
            **{"reason-CA": "VOLUNTARY", "reason-TX": "DEATH", "date-TX": day},
        )
        bulk = BulkRequest.objects.get()
        assert answer.url == f"{reverse('appointments:transactions')}?request_set={bulk.pk}"
        found = {
            (row.state, row.reason, str(row.effective_date or ""), row.status)
            for row in Transaction.objects.all()
        }
        assert found == {("CA", "VOLUNTARY", "", "ready_to_submit"), ("TX", "DEATH", day, "ready_to_submit")}

    def test_more_than_is_done_at_once_leads_to_the_page_of_the_set(self, monkeypatch, specialist, ines):
        monkeypatch.setattr(terminate, "AT_ONCE", 0)
        row = world.appointed(ines)
        answer = post(specialist, ines, pick=row.pk, **{"reason-CA": "VOLUNTARY"})
        assert answer.url == reverse("appointments:plan", args=[BulkRequest.objects.get().pk])

    def test_for_cause_waits_for_a_second_person(self, specialist, ines):
        row = world.appointed(ines)
        post(specialist, ines, pick=row.pk, **{"reason-CA": "FRAUD"})
        assert Transaction.objects.get().status == "awaiting_approval"

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"reason-CA": ""}, "reason"),
            ({"reason-CA": "DEATH"}, "does not take"),
            ({"reason-CA": "<script>alert(1)</script>"}, "none of the reasons"),
            ({"reason-CA": "VOLUNTARY", "date-CA": "2026-01-01"}, "sets the date itself"),
            ({"reason-CA": "VOLUNTARY", "date-CA": "sometime"}, "is not a date"),
            ({}, "reason"),
        ],
    )
    def test_what_the_state_does_not_take_is_said_at_the_state(self, specialist, ines, fields, words):
        row = world.appointed(ines)
        answer = post(specialist, ines, pick=row.pk, **fields)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert words in page.split('id="problem-CA"')[1].split("</p>")[0]
        assert f'value="{row.pk}" checked' in page
        assert "<script>alert" not in page
        assert not Transaction.objects.exists()

    @pytest.mark.parametrize(("days", "words"), [(1, "in the future"), (-31, "too far back")])
    def test_a_date_outside_the_limit_is_refused_and_stays_entered(self, specialist, ines, days, words):
        row = world.appointed(ines, "TX")
        day = (clock.today() + timedelta(days=days)).isoformat()
        answer = post(specialist, ines, pick=row.pk, **{"reason-TX": "DEATH", "date-TX": day})
        page = answer.content.decode()
        assert words in page.split('id="problem-TX"')[1].split("</p>")[0]
        assert f'value="{day}"' in page
        assert '<option value="DEATH" selected>' in page

    @pytest.mark.parametrize("pick", ["", "x", "0", "9" * 30, "-1"])
    def test_nothing_ticked_is_said(self, specialist, ines, pick):
        world.appointed(ines)
        answer = post(specialist, ines, pick=pick)
        assert answer.status_code == 422
        assert "Tick at least one appointment" in answer.content.decode()

    def test_the_appointment_of_somebody_else_cannot_be_slipped_in(self, specialist, ines):
        other = world.appointed(world.licensed("88100002"))
        answer = post(specialist, ines, pick=other.pk, **{"reason-CA": "VOLUNTARY"})
        assert answer.status_code == 422
        assert not Transaction.objects.exists()

    def test_it_needs_the_right_to_prepare(self, auditor, ines):
        url = reverse("appointments:terminate", args=[ines.pk])
        assert (auditor.get(url).status_code, auditor.post(url).status_code) == (403, 403)

    def test_three_rows_take_the_queries_of_one(self, specialist, place):
        counts = []
        for number in (1, 3):
            producer = world.licensed(f"8810001{number}")
            for line in world.LINES[:number]:
                world.appointed(producer, line=line)
            page_of(specialist, producer)
            with CaptureQueriesContext(connection) as queries:
                page_of(specialist, producer)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestMany:
    def choose(self, browser, **posted):
        return browser.post(reverse("appointments:list"), {"action": "terminate", **posted})

    def test_from_the_list_a_selection_leads_to_the_page_of_reasons(self, specialist, ines):
        rows = [world.appointed(ines, state) for state in ("CA", "TX")]
        answer = self.choose(specialist, ids=[row.pk for row in rows])
        page = specialist.get(answer.url).content.decode()
        assert "1 appointment<" in page
        assert 'name="reason-CA"' in page
        assert 'name="reason-TX"' in page

    def test_all_that_match_a_filter_go_too_and_what_has_ended_is_left_out(self, specialist, ines):
        world.appointed(ines, "CA")
        world.appointed(ines, "CA", line=world.SICKNESS, status="Terminated")
        world.appointed(ines, "TX")
        answer = specialist.post(
            reverse("appointments:list") + "?state=CA", {"action": "terminate", "all_matching": "1"}
        )
        page = specialist.get(answer.url).content.decode()
        assert "Left out: ended already" in page
        assert 'name="reason-TX"' not in page

    def test_with_reasons_it_becomes_a_plan_and_nothing_is_written(self, specialist, ines):
        row = world.appointed(ines)
        where = self.choose(specialist, ids=row.pk).url
        answer = specialist.post(where, {"reason-CA": "VOLUNTARY"})
        bulk = BulkRequest.objects.get()
        assert answer.url == reverse("appointments:plan", args=[bulk.pk])
        assert bulk.dry_run
        assert bulk.requests[0]["appointment_id"] == row.pk
        assert not Transaction.objects.exists()

    def test_a_reason_that_is_missing_is_said_at_its_state(self, specialist, ines):
        where = self.choose(specialist, ids=world.appointed(ines).pk).url
        answer = specialist.post(where, {"reason-CA": ""})
        assert answer.status_code == 422
        assert 'id="problem-CA"' in answer.content.decode()

    def test_nobody_opens_the_selection_of_another(self, specialist, submitter, ines):
        where = self.choose(specialist, ids=world.appointed(ines).pk).url
        answer = submitter.get(where)
        assert answer.status_code == 410
        assert "This choice has expired." in answer.content.decode()

    @pytest.mark.parametrize("token", ["", "x", "../../etc/passwd", "a b\nc" * 50])
    def test_a_token_that_means_nothing_says_to_choose_again(self, specialist, place, token):
        answer = specialist.get(reverse("appointments:terminate_many"), {"selection": token})
        assert answer.status_code == 410

    def test_a_selection_without_anything_to_end_says_so(self, specialist, ines):
        where = self.choose(specialist, ids=world.appointed(ines, status="Terminated").pk).url
        assert "None of these can be terminated." in specialist.get(where).content.decode()

    def test_the_action_and_the_page_need_the_right_to_prepare(self, auditor, ines):
        assert self.choose(auditor, ids=world.appointed(ines).pk).status_code == 403
        assert auditor.get(reverse("appointments:terminate_many")).status_code == 403

    def test_more_than_a_request_set_takes_is_refused_with_a_sentence(self, monkeypatch, ines, leo):
        monkeypatch.setattr(selections, "MOST", 1)
        for state in ("CA", "TX"):
            world.appointed(ines, state)
        with pytest.raises(Conflict, match="At most 1 can be done at once"):
            selections.keep("appointments", Appointment.objects.all(), Actor.person(leo))

    def test_three_rows_take_the_queries_of_one(self, specialist, ines):
        counts = []
        for number in (1, 3):
            Appointment.objects.all().delete()
            rows = [world.appointed(ines, line=line) for line in world.LINES[:number]]
            where = self.choose(specialist, ids=[row.pk for row in rows]).url
            specialist.get(where)
            with CaptureQueriesContext(connection) as queries:
                specialist.get(where)
            counts.append(len(queries))
        cache.clear()
        assert counts[0] == counts[1]
