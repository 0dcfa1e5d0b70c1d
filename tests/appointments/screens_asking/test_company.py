from __future__ import annotations

import pytest
from django.urls import reverse

from appointments import tabs
from appointments.models import CompanyState
from producers import page as producer_page
from tests.appointments.asking import world

pytestmark = pytest.mark.django_db


def grid(**changes: str) -> dict[str, str]:
    """The settings of three active states as they are posted."""
    kept = {f"{state}-{name}": "on" for state in ("CA", "OR", "TX") for name in ("active", "producer")}
    return {name: value for name, value in (kept | changes).items() if value}


def post(browser, heron, **fields: str):
    return browser.post(reverse("appointments:company_states", args=[heron.pk]), grid(**fields))


class TestWhatIf:
    def test_a_deactivation_that_touches_people_is_told_before_it_is_saved(self, specialist, heron, ines):
        world.appointed(ines)
        world.ask(world.request(loa_categories=["health"]))
        answer = post(specialist, heron, **{"CA-active": ""})
        page = answer.content.decode()
        assert "1 state setting changed." in page
        assert "1 current appointment at the registry" in page
        assert "2 transactions that rest on this have not left yet" in page
        assert "1 producer is touched." in page
        assert CompanyState.objects.get(company=heron, state="CA").active

    def test_confirmed_it_is_saved(self, specialist, heron, ines):
        world.appointed(ines)
        assert post(specialist, heron, **{"CA-active": "", "confirmed": "1"}).status_code == 302
        assert not CompanyState.objects.get(company=heron, state="CA").active

    def test_what_touches_nobody_is_saved_at_once(self, specialist, heron):
        assert post(specialist, heron, **{"CA-active": ""}).status_code == 302

    def test_one_may_look_first(self, specialist, heron):
        page = post(specialist, heron, **{"CA-active": "", "look": "1"}).content.decode()
        assert "1 state setting changed." in page
        assert CompanyState.objects.get(company=heron, state="CA").active

    def test_what_is_refused_is_said_and_stays_entered(self, specialist, heron):
        answer = post(specialist, heron, **{"CA-id": "<b>" + "x" * 40})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "more than 30 characters" in page
        assert "&lt;b&gt;xxx" in page

    @pytest.mark.parametrize("version", ["x", "²", "9" * 40, "-1"])
    def test_a_version_that_is_no_number_does_not_break(self, specialist, heron, version):
        assert post(specialist, heron, version=version).status_code == 302


class TestLinks:
    def test_a_company_leads_to_bulk_appoint_and_to_its_work(self, specialist, heron):
        page = specialist.get(reverse("appointments:company", args=[heron.pk])).content.decode()
        assert f"{reverse('appointments:bulk_appoint')}?company={heron.pk}" in page
        for name in ("transactions", "ledger"):
            assert f"{reverse(f'appointments:{name}')}?company={heron.pk}" in page

    def test_who_may_not_prepare_reads_which_right_it_takes(self, auditor, heron):
        page = auditor.get(reverse("appointments:company", args=[heron.pk])).content.decode()
        assert "Needs the right “Can add transaction”" in page


class TestProducerPage:
    def test_the_buttons_lead_to_the_screens_and_want_the_right_to_prepare(
        self, monkeypatch, specialist, auditor, ines
    ):
        monkeypatch.setattr(producer_page, "_actions", {})
        tabs.register_actions()
        url = reverse("producers:page", args=[ines.pk])
        page = specialist.get(url).content.decode()
        for name in ("quick_appoint", "terminate"):
            assert reverse(f"appointments:{name}", args=[ines.pk]) in page
        assert "Needs the right “Can add transaction”" in auditor.get(url).content.decode()
