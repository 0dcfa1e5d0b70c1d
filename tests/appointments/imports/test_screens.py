"""What people see of request sets that come from an upload."""

from __future__ import annotations

import pytest
from django.urls import reverse

from appointments.enums import TransactionStatus
from appointments.models import BulkRequest, Transaction
from tests.appointments.imports import desk
from tests.appointments.imports.world import cells


@pytest.fixture
def bulk(people) -> BulkRequest:
    desk.process(desk.appoint(cells(agent_npn=people[0]), name="june <b>.csv"))
    return BulkRequest.objects.get()


def test_the_list_of_request_sets_shows_names_and_finds_by_them(bulk, specialist):
    address = reverse("appointments:plans")
    assert "Request: june &lt;b&gt;.csv (appointments)" in specialist.get(address).content.decode()
    assert "june" in specialist.get(address, {"name": "JUNE"}).content.decode()
    assert (
        "june &lt;b&gt;" not in specialist.get(address, {"name": "july"}).content.decode().split("<tbody")[-1]
    )


def test_the_page_of_a_request_set_names_it_and_leads_to_its_upload(bulk, specialist):
    page = specialist.get(reverse("appointments:plan", args=[bulk.pk])).content.decode()
    assert "june &lt;b&gt;.csv" in page
    assert reverse("imports:run", args=[bulk.upload_id]) in page


def test_the_page_of_the_upload_leads_to_its_request_sets(bulk, specialist):
    page = specialist.get(reverse("imports:run", args=[bulk.upload_id])).content.decode()
    assert reverse("appointments:plan", args=[bulk.pk]) in page


def test_a_row_that_is_done_leads_to_its_transactions(bulk, specialist):
    page = specialist.get(reverse("imports:row", args=[bulk.upload_id, 2])).content.decode()
    made = Transaction.objects.exclude(status=TransactionStatus.NOT_ELIGIBLE)
    assert made
    for each in made:
        assert f'href="{each.get_absolute_url()}">{each.number}<' in page


def test_one_without_a_name_is_called_by_what_it_asks_for(place):
    from tests.appointments.asking import world

    world.licensed()
    world.ask(world.request())
    assert str(BulkRequest.objects.get()) == "Appointment, asked for by tests"
