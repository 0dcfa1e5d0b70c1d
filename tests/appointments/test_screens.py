from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import Appointment, Company
from appointments.services import create_company, update_company
from core import clock
from tests.appointments.conftest import HERON, appoint
from tests.producers.cast import TESTER, put_on_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("states")]


def page_of(browser, producer, **params) -> str:
    return browser.get(
        reverse("producers:page", args=[producer.pk]), {"tab": "appointments"} | params
    ).content.decode()


class TestAppointmentsTab:
    def test_groups_by_company_and_counts_what_is_appointed(self, admin, ines, heron):
        appoint(ines, "CA")
        appoint(ines, "TX", status="Terminated", termination_reason="Voluntary")
        page = page_of(admin, ines)
        assert reverse("appointments:company", args=[heron.pk]) in page
        assert "1 of 2 appointed" in page
        assert "Voluntary" in page

    def test_a_company_that_is_not_on_file_is_shown_by_the_registrys_name(self, admin, ines):
        appoint(ines, cocode="", company_key="name:kestrel", company_name="Kestrel Mutual")
        assert "Kestrel Mutual" in page_of(admin, ines)

    def test_the_past_shows_what_was_known_then(self, admin, ines):
        row = appoint(ines, known_from=clock.now() - timedelta(days=30))
        Appointment.objects.filter(pk=row.pk).update(known_to=clock.now())
        appoint(ines, status="Terminated")
        day = (clock.today() - timedelta(days=10)).isoformat()
        assert "1 of 1 appointed" in page_of(admin, ines, on=day, known_at=day)
        assert "0 of 1 appointed" in page_of(admin, ines)

    def test_three_rows_take_the_queries_of_one(self, admin):
        counts = []
        for number in (1, 3):
            producer = put_on_file(str(number))
            for index in range(number):
                appoint(producer, company_key=f"{index}", cocode=f"7700{index}")
            page_of(admin, producer)
            with CaptureQueriesContext(connection) as queries:
                page_of(admin, producer)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestLists:
    @pytest.mark.parametrize(
        ("params", "found"),
        [
            ({}, True),
            ({"state": "CA"}, True),
            ({"state": "TX"}, False),
            ({"cocode": "77001"}, True),
            ({"company": "heron"}, True),
            ({"status": "Terminated"}, False),
            ({"line": "16"}, True),
            ({"line": "life"}, True),
            ({"line": "property"}, False),
            ({"producer": "88100001"}, True),
            ({"removed": "true"}, False),
        ],
    )
    def test_appointments_are_found(self, admin, ines, params, found):
        appoint(ines)
        page = admin.get(reverse("appointments:list"), params).content.decode()
        assert ("Ines Abernathy" in page) == found

    @pytest.mark.parametrize(
        ("params", "found"),
        [
            ({"q": "heron"}, True),
            ({"q": "77001"}, True),
            ({"q": "kestrel"}, False),
            ({"state": "CA"}, True),
            ({"state": "TX"}, False),
            ({"loa_category": "life"}, True),
            ({"loa_category": "title"}, False),
            ({"active": "false"}, False),
        ],
    )
    def test_companies_are_found(self, admin, heron, params, found):
        page = admin.get(reverse("appointments:companies"), params).content.decode()
        assert ("Heron Life" in page) == found

    @pytest.mark.parametrize("name", ["list", "companies"])
    def test_three_rows_take_the_queries_of_one(self, admin, name):
        counts = []
        for numbers in ((1,), (2, 3)):
            for number in numbers:
                create_company(HERON | {"cocode": f"7700{number}"}, [{"state": "CA"}], actor=TESTER)
                appoint(put_on_file(str(number)))
            admin.get(reverse(f"appointments:{name}"))
            with CaptureQueriesContext(connection) as queries:
                admin.get(reverse(f"appointments:{name}"))
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestCompanyScreens:
    def test_a_company_is_added_and_its_page_comes_next(self, specialist):
        answer = specialist.post(
            reverse("appointments:company_new"), {"name": "Heron", "cocode": "77001", "active": "on"}
        )
        assert answer.url == reverse("appointments:company", args=[Company.objects.get().pk])

    def test_a_duplicate_leads_to_the_company_on_file(self, specialist, heron):
        answer = specialist.post(reverse("appointments:company_new"), {"name": "Other", "cocode": "77001"})
        assert answer.status_code == 422
        assert reverse("appointments:company", args=[heron.pk]) in answer.content.decode()

    def test_a_company_is_edited_unless_somebody_was_faster(self, specialist, heron):
        url = reverse("appointments:company_edit", args=[heron.pk])
        fields = {"name": "Heron Life", "cocode": "77001", "version": "1"}
        assert specialist.post(url, fields).status_code == 302
        answer = specialist.post(url, fields | {"name": "Kestrel"})
        assert "Somebody else changed" in answer.content.decode()
        assert Company.objects.get().name == "Heron Life"

    def test_the_grid_is_saved_as_a_whole(self, specialist, heron):
        url = reverse("appointments:company_states", args=[heron.pk])
        version = Company.objects.get().version
        specialist.post(
            url, {"version": version, "TX-active": "on", "TX-jit": "on", "TX-id": "T-9", "TX-producer": "on"}
        )
        settings = {each.state: each for each in heron.states.all()}
        assert set(settings) == {"CA", "TX"}
        assert not settings["CA"].active
        assert settings["TX"].just_in_time
        assert (settings["TX"].state_company_id, settings["TX"].agent_types) == ("T-9", ["producer"])

    def test_an_active_state_appoints_producers_unless_told_otherwise(self, specialist, heron):
        url = reverse("appointments:company_states", args=[heron.pk])
        specialist.post(url, {"TX-active": "on", "OR-active": "on", "OR-surplus": "on"})
        settings = {each.state: each.agent_types for each in heron.states.all()}
        assert (settings["TX"], settings["OR"]) == (["producer"], ["surplus"])

    def test_a_grid_that_is_out_of_date_is_refused(self, specialist, heron):
        update_company(heron.pk, {"city": "Salem"}, actor=TESTER)
        url = reverse("appointments:company_states", args=[heron.pk])
        answer = specialist.post(url, {"version": "1"}, follow=True)
        assert "Somebody else changed" in answer.content.decode()
        assert heron.states.get().active

    def test_the_page_says_which_right_saving_wants(self, auditor, heron):
        page = auditor.get(reverse("appointments:company", args=[heron.pk])).content.decode()
        assert "Needs the right “Can change company”" in page
        assert 'type="submit" class="r-button r-primary">Save settings' not in page

    @pytest.mark.parametrize("name", ["company_edit", "company_states"])
    def test_changing_needs_the_right(self, auditor, heron, name):
        assert auditor.post(reverse(f"appointments:{name}", args=[heron.pk])).status_code == 403

    def test_adding_needs_the_right(self, auditor):
        assert auditor.post(reverse("appointments:company_new"), {"name": "x"}).status_code == 403

    def test_strangers_are_sent_to_the_door(self, client_of, stranger, heron):
        assert client_of(stranger).get(reverse("appointments:company", args=[heron.pk])).status_code == 302

    def test_what_people_type_is_never_markup(self, admin):
        evil = '"><script>alert(1)</script>'
        company = create_company(
            HERON | {"name": evil, "city": evil}, [{"state": "CA", "state_company_id": evil}], actor=TESTER
        )
        for url in (
            reverse("appointments:company", args=[company.pk]),
            reverse("appointments:company_edit", args=[company.pk]),
            reverse("appointments:companies"),
        ):
            assert "<script>alert(1)" not in admin.get(url).content.decode()
