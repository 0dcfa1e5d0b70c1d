from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart
from django.utils import timezone

from core.api import idempotency
from core.api.models import IdempotencyKey
from tests.at_once import at_once
from tests.core.models import Parcel

pytestmark = pytest.mark.django_db
PARCELS = "/api/v1/parcels"


def test_the_same_request_has_one_effect_and_the_same_answer_to_the_byte(machine):
    client = machine("read write")
    first = client.post(PARCELS, {"name": "a"}, key="k1")
    again = client.post(PARCELS, {"name": "a"}, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["Location"] == again["Location"]
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Parcel.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(machine):
    client = machine("read write")
    client.post(PARCELS, {"name": "a"}, key="k1")
    refused = client.post(PARCELS, {"name": "b"}, key="k1")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert Parcel.objects.count() == 1


def test_keys_of_different_callers_do_not_meet(machine):
    one, other = machine("read write"), machine("read write", name="Other")
    one.post(PARCELS, {"name": "a"}, key="k1")
    assert "Idempotent-Replayed" not in other.post(PARCELS, {"name": "a"}, key="k1")
    assert Parcel.objects.count() == 2


def test_a_key_outlives_the_token(machine):
    client = machine("read write")
    client.post(PARCELS, {"name": "a"}, key="k1")
    client.token = client.ask_for_token().json()["access_token"]
    assert client.post(PARCELS, {"name": "a"}, key="k1")["Idempotent-Replayed"] == "true"


def test_without_a_key_each_request_counts(machine):
    client = machine("read write")
    for _ in range(2):
        client.post(PARCELS, {"name": "a"})
    assert Parcel.objects.count() == 2


def test_a_view_may_demand_a_key(machine):
    client = machine("write")
    assert client.post("/api/v1/paid", {}).json()["code"] == "idempotency_key_required"
    assert client.post("/api/v1/paid", {}, key="k1").status_code == 200


@pytest.mark.parametrize("key", ["x" * 256, "a\x7fb"])
def test_keys_of_no_sensible_form_are_refused(machine, key):
    assert machine("write").post(PARCELS, {"name": "a"}, key=key).status_code == 400


def test_wrong_input_gets_the_same_answer_again(machine):
    client = machine("write")
    first = client.post(PARCELS, {"nmae": "a"}, key="k1")
    again = client.post(PARCELS, {"nmae": "a"}, key="k1")
    assert (first.status_code, again.status_code) == (400, 400)
    assert first.content == again.content


def test_a_conflict_leaves_no_effect_and_may_be_asked_again(machine):
    client = machine("write")
    assert client.post(PARCELS, {"name": "refused"}, key="k1").status_code == 409
    assert not Parcel.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_a_breakdown_leaves_no_effect_and_frees_the_key(machine):
    client = machine("write")
    broken = client.post(PARCELS, {"name": "broken"}, key="k1")
    assert (broken.status_code, broken.json()["code"]) == (500, "server_error")
    assert b"078-05-1120" not in broken.content
    assert not Parcel.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_not_being_allowed_does_not_use_the_key_up(machine):
    client = machine("read")
    assert client.post(PARCELS, {"name": "a"}, key="k1").status_code == 403
    assert not IdempotencyKey.objects.exists()


def in_flight(client, lease: timedelta) -> None:
    client.post(PARCELS, {"name": "a"}, key="k1")
    Parcel.objects.all().delete()
    IdempotencyKey.objects.update(status=None, body=b"", leased_until=timezone.now() + lease)


def test_while_the_first_is_under_way_the_second_waits(machine):
    client = machine("write")
    in_flight(client, timedelta(seconds=20))
    waits = client.post(PARCELS, {"name": "a"}, key="k1")
    assert (waits.status_code, waits.json()["code"]) == (409, "in_flight")
    assert 0 < int(waits["Retry-After"]) <= 20


def test_a_crash_frees_the_key_when_its_lease_ends(machine):
    client = machine("write")
    in_flight(client, timedelta(seconds=-1))
    assert client.post(PARCELS, {"name": "a"}, key="k1").status_code == 201
    assert Parcel.objects.count() == 1


def test_a_key_whose_holder_died_is_free_within_the_minute_that_is_promised():
    assert timedelta(seconds=60) >= idempotency.LEASE


def test_who_was_so_slow_that_the_key_was_taken_over_leaves_no_effect(machine, monkeypatch):
    """Otherwise both would have it: the slow one and whoever took its place."""
    client = machine("write")
    create = Parcel.objects.create

    def slowly(**fields):
        made = create(**fields)
        IdempotencyKey.objects.update(leased_until=timezone.now() + timedelta(seconds=50))
        return made

    monkeypatch.setattr(Parcel.objects, "create", slowly)
    late = client.post(PARCELS, {"name": "a"}, key="k1")
    assert (late.status_code, late.json()["code"]) == (409, "in_flight")
    assert not Parcel.objects.exists()


def test_an_upload_is_the_same_whatever_boundary_carries_it(machine):
    client = machine("write")
    headers = {"Authorization": f"Bearer {client.token}", "Idempotency-Key": "k1"}

    def upload(content: bytes, boundary: str):
        body = encode_multipart(boundary, {"name": "a", "file": SimpleUploadedFile("a.csv", content)})
        return client.http.generic(
            "POST", PARCELS, body, f"multipart/form-data; boundary={boundary}", headers=headers
        )

    # The field “file” is unknown to this view: the refusal is an answer like any other.
    first = upload(b"1", "one")
    assert first.status_code == 400
    assert upload(b"1", "two")["Idempotent-Replayed"] == "true"
    assert upload(b"2", "one").status_code == 422


def test_old_answers_are_forgotten_after_a_week(machine):
    client = machine("write")
    client.post(PARCELS, {"name": "a"}, key="k1")
    assert idempotency.prune() == 0
    IdempotencyKey.objects.update(created_at=timezone.now() - idempotency.KEPT_FOR - timedelta(hours=1))
    assert idempotency.prune() == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_equal_requests_at_once_one_has_the_effect(machine):
    client = machine("write")
    answers = at_once(lambda _: client.post(PARCELS, {"name": "a"}, key="k1"), threads=20)
    assert Parcel.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert client.post(PARCELS, {"name": "a"}, key="k1").status_code == 201
    assert Parcel.objects.count() == 1


def test_what_is_kept_of_a_request_cannot_be_guessed_without_the_key(rf, settings):
    """A body may hold a tax number, and a thief of the table could try them all."""
    request = rf.post(PARCELS, {"ssn": "123-45-6789"}, content_type="application/json")
    print_ = idempotency.fingerprint(request)
    settings.HASH_KEY = b"another key of thirty-two bytes!"
    assert idempotency.fingerprint(request) != print_
