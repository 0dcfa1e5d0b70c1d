from __future__ import annotations

import pytest
from django.urls import reverse

from appointments.lists import selections
from appointments.models import BulkRequest, Company, Transaction
from core.actor import Actor
from producers.models import Producer, ProducerAssignment
from tests.appointments.asking import world
from tests.producers.cast import put_on_file

pytestmark = pytest.mark.django_db

WHERE = "appointments:bulk_appoint"


@pytest.fixture
def given(heron: Company) -> dict[str, object]:
    """What a complete form posts."""
    return {
        "company": heron.pk,
        "loa_categories": ["life"],
        "states": ["CA", "TX"],
        "agent_type": "producer",
        "who": "pasted",
        "npns": f"{world.NPN}, 88100002\n88100002",
    }


def post(browser, given, **query):
    url = reverse(WHERE)
    return browser.post(f"{url}?{'&'.join(f'{k}={v}' for k, v in query.items())}", given)


class TestThePage:
    def test_a_company_brings_its_categories(self, specialist, heron):
        page = specialist.get(reverse(WHERE), {"company": heron.pk}).content.decode()
        assert f'<option value="{heron.pk}" selected>' in page
        assert 'value="life" ' in page.split('name="loa_categories"')[1]

    def test_without_companies_it_says_what_to_do(self, specialist, place):
        Company.objects.update(active=False)
        assert "No company appoints yet." in specialist.get(reverse(WHERE)).content.decode()

    def test_a_selection_that_is_gone_is_told(self, specialist, place):
        page = specialist.get(reverse(WHERE), {"selection": "gone"}).content.decode()
        assert "not kept any more" in page

    @pytest.mark.parametrize("company", ["", "x", "0", "9" * 40])
    def test_a_company_that_means_nothing_is_left_to_choose(self, specialist, place, company):
        assert specialist.get(reverse(WHERE), {"company": company, "state": "ZZ"}).status_code == 200

    def test_it_needs_the_right_to_prepare(self, auditor, place):
        assert auditor.get(reverse(WHERE)).status_code == 403
        assert auditor.post(reverse(WHERE)).status_code == 403


class TestAsking:
    def test_from_the_list_of_producers_a_selection_leads_here(self, specialist, ines):
        answer = specialist.post(reverse("producers:list"), {"action": "appoint", "ids": [ines.pk]})
        assert answer.url.startswith(reverse(WHERE))
        assert "The 1 chosen in the list" in specialist.get(answer.url).content.decode()

    def test_pasted_npns_become_a_plan_with_a_request_a_producer_and_state(self, specialist, ines, given):
        answer = post(specialist, given)
        bulk = BulkRequest.objects.get()
        assert answer.url == reverse("appointments:plan", args=[bulk.pk])
        assert bulk.dry_run
        assert [(row["npn"], row["state"]) for row in bulk.requests] == [
            (world.NPN, "CA"),
            (world.NPN, "TX"),
            ("88100002", "CA"),
            ("88100002", "TX"),
        ]
        assert not Transaction.objects.exists()

    def test_a_selection_of_producers_goes_by_their_npns(self, specialist, leo, ines, given):
        put_on_file(None, last_name="Without")
        kept = selections.keep("producers", Producer.objects.all(), Actor.person(leo))
        post(specialist, given | {"who": "selection"}, selection=kept.token)
        assert {row["npn"] for row in BulkRequest.objects.get().requests} == {world.NPN}

    def test_by_assignment_only_what_the_assignments_name_is_asked(self, specialist, ines, given):
        ProducerAssignment.objects.create(
            producer=ines, states=["CA", "OR"], loa_categories=["life"], cocodes=[world.HERON]
        )
        ProducerAssignment.objects.create(
            producer=world.producer("88100002"),
            states=["CA"],
            loa_categories=["title"],
            cocodes=[world.HERON],
        )
        post(specialist, given | {"who": "assigned", "loa_categories": ["life", "health"]})
        (row,) = BulkRequest.objects.get().requests
        assert (row["npn"], row["state"], row["loa_categories"]) == (world.NPN, "CA", ["life"])

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"npns": ""}, "Paste at least one NPN."),
            ({"npns": "12345678901 abc"}, "These are no NPNs: 12345678901, abc"),
            ({"npns": "<script>alert(1)</script>"}, "These are no NPNs"),
            ({"npns": "\x00"}, "Null characters are not allowed"),
            ({"who": "assigned"}, "No running assignment names this company"),
            ({"who": "selection"}, "Select a valid choice"),
            ({"states": []}, "Choose at least one state."),
            ({"states": ["ZZ"]}, "Select a valid choice"),
            ({"loa_categories": []}, "Choose at least one category."),
            ({"company": "x"}, "Select a valid choice"),
            ({"company": ""}, "This field is required"),
            ({"effective_date": "soon"}, "Enter a valid date"),
            ({"agent_type": "king"}, "Select a valid choice"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, specialist, ines, given, fields, words):
        answer = post(specialist, given | fields)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert words in page
        assert "<script>alert" not in page
        if "npns" not in fields:
            assert "88100002" in page
        assert not BulkRequest.objects.exists()

    def test_more_requests_than_a_set_takes_are_refused(self, specialist, ines, given):
        many = " ".join(str(number) for number in range(1, 5002))
        answer = post(specialist, given | {"npns": many})
        assert "That is 10,002 requests, and at most 10,000 go at once." in answer.content.decode()
