"""One of very many values, as one parameter."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from producers.models import Producer, ProducerAssignment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("given", [["1", "3", "9"], {"1", "3"}, {"1": 0, "3": 0}.keys(), ["3", "1", "1"]])
def test_those_with_any_of_the_values_are_found(given):
    Producer.objects.bulk_create(Producer(npn=npn) for npn in ("1", "2", "3", None))
    found = Producer.objects.filter(npn__among=given).order_by("npn")
    assert list(found.values_list("npn", flat=True)) == ["1", "3"]
    assert Producer.objects.exclude(npn__among=given).count() == 2


def test_odd_texts_are_no_code():
    odd = ["'", '"', "\\", "{1,2}", "[]", "Łódź"]
    Producer.objects.bulk_create(Producer(company_name=text) for text in odd)
    assert Producer.objects.filter(company_name__among=odd).count() == len(odd)


def test_keys_are_found_without_a_join():
    producer = Producer.objects.create()
    ProducerAssignment.objects.create(producer=producer)
    with CaptureQueriesContext(connection) as queries:
        assert ProducerAssignment.objects.filter(producer__pk__among={producer.pk, 10**12}).count() == 1
    assert "JOIN" not in queries[0]["sql"]


def test_nothing_is_among_nothing_and_nobody_asks():
    with CaptureQueriesContext(connection) as queries:
        assert not list(Producer.objects.filter(npn__among=[]))
    assert not queries
