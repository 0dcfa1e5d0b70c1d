"""What the views of this and of higher rooms share: the producer of the address, and the moment asked about."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from producers.as_of import AsOf
from producers.models import Producer
from producers.selectors import producers

LONGEST_NPN = 10


def producer_by_npn(npn: str) -> Producer:
    """The producer with this NPN; 404 when none is on file, and for what cannot be an NPN."""
    if not (npn.isascii() and npn.isdigit() and len(npn) <= LONGEST_NPN):
        raise Http404
    return get_object_or_404(producers(), npn=npn)


def as_of(request: Request) -> AsOf:
    """The day and the moment of knowledge of ``?on=&known_at=``; now for what is absent."""
    return AsOf.read(request.query_params.get("on", ""), request.query_params.get("known_at", ""))
