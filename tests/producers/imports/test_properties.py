"""What holds for any upload of producers: the order of rows does not matter, and doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producers.imports import AGENT
from producers.models import Producer, ProducerAssignment, SyncRun
from producers.services.validation import is_email
from tests.producers.cast import put_on_file
from tests.producers.imports.desk import outcomes, state_of_the_world

pytestmark = pytest.mark.django_db

# Few of everything, so that rows meet, agree, contradict and repeat one another.
cells = {
    "agency_npn": st.sampled_from(["9900001", "9900002", "9900003", "88100001"]),
    "first_name": st.sampled_from(["Ines", "Inez"]),
    "last_name": st.just("Abernathy"),
    "agent_npn": st.sampled_from(["88100001", "88100002", "88100003", "9900003", "no"]),
}
further = {
    "agency_name": st.sampled_from(["New Harbor", "NEW HARBOR", "Old Harbor"]),
    "agent_email": st.sampled_from(["a@example.com", "b@example.com", "nowhere"]),
    "agent_ssn": st.sampled_from(["123-45-6789", "123-45-6788"]),
    "loa_category": st.sampled_from(["life", "health;life"]),
    "states": st.sampled_from(["OR", "ALL", "CA;OR;TX", "ZZ"]),
    "scorecard_type": st.sampled_from(["license", "license_and_appointment"]),
    "agent_type": st.sampled_from(["producer", "surplus"]),
    "cocodes": st.just("77001"),
    "external_id": st.sampled_from(["E-1", "E-2"]),
}
rows = st.lists(st.fixed_dictionaries(cells, optional=further), min_size=1, max_size=7)
patient = settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@contextmanager
def tried() -> Iterator[None]:
    """Somebody is on file; whatever happens then leaves nothing behind."""
    with transaction.atomic():
        put_on_file("88100002", first_name="Ines", last_name="Abernathy", ssn="123456788")
        yield
        transaction.set_rollback(True)


def after(desk, *files):
    """The world after some files, and the outcomes of the last."""
    with tried():
        for file in files:
            run = desk.processed(*file)
        return state_of_the_world(), outcomes(run)


@patient
@given(file=rows, data=st.data())
def test_the_order_of_rows_does_not_change_what_is_on_file_in_the_end(desk, file, data):
    world, said = after(desk, file)
    other, at_once = data.draw(st.permutations(file)), data.draw(st.sampled_from([1, 2, 1000]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(AGENT), "rows_at_once", at_once)
        world_of_other, said_of_other = after(desk, other)
    assert world_of_other == world
    assert said.count("error") == said_of_other.count("error")


@patient
@given(file=rows)
def test_the_same_file_again_changes_nothing(desk, file):
    world, _said = after(desk, file)
    again, said = after(desk, file, file)
    assert again == world
    assert set(said) <= {"unchanged", "error"}


@patient
@given(file=rows)
def test_an_upload_taken_back_leaves_nothing_that_it_made_but_agencies_somebody_moved_to(desk, file):
    with tried():
        before = list(Producer.objects.values_list("npn", flat=True))
        run = desk.processed(*file)
        SyncRun.objects.update(status="done")
        if run.results.get("done"):
            desk.undone(run)
        left = Producer.objects.exclude(npn__in=before)
        assert set(left) == {each.agency for each in Producer.objects.filter(agency__in=left)}
        assert not left.filter(entity_type="individual").exists()
        assert not ProducerAssignment.objects.filter(ended_at=None).exists()


def djangos_verdict(text):
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


parts = st.text(st.sampled_from('ab.-_@"[]:1é\\ \n\x00\x01'), max_size=12)


@settings(max_examples=300)
@given(st.one_of(st.emails(), st.builds("{}@{}".format, parts, parts), parts, st.text(max_size=400)))
def test_whether_a_text_is_an_address_is_djangos_verdict(text):
    assert is_email(text) is djangos_verdict(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "a@",
        "@b.c",
        "a@localhost",
        "a@[127.0.0.1]",
        "a@[::1]",
        "a@[x]",
        "a@b@c.de",
        '"a b"@c.de',
        "a@-b.de",
    ],
)
def test_odd_addresses_are_judged_as_django_judges_them(text):
    assert is_email(text) is djangos_verdict(text)


def test_the_longest_address_is_djangos_longest():
    for length in (319, 320, 321):
        text = f"{'a' * (length - 12)}@example.com"
        assert is_email(text) is djangos_verdict(text)
