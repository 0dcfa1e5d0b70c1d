"""``Idempotency-Key``: the same request sent twice is done once and answered twice.

The key belongs to its caller. The same request again gets the first answer byte for byte, another request is refused,
and while the first is under way a second one waits. A process that dies in the middle frees the key after its lease.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.api.models import IdempotencyKey
from core.crypto import keyed_hash

KEPT_FOR = timedelta(days=7)
#: A key whose holder died is free again within the minute that clients are promised.
LEASE = timedelta(seconds=50)
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
#: Answers that say nothing about the request itself: sent again, it may well succeed.
NO_OUTCOME = frozenset({401, 403, 408, 409, 412, 429})


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The key was used for another request."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """The first request with the key is under way; ask again after some seconds."""

    seconds: int


Claim = IdempotencyKey | HttpResponse | Mismatch | InFlight


def fingerprint(request: HttpRequest) -> str:
    """What makes two requests the same: method, address and body. An upload counts by its fields and files.

    It is kept for days, so it is keyed: a body may hold a tax number, which an unkeyed hash would let be guessed.
    """
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for piece in _pieces(request):
        digest.update(piece)
    return keyed_hash(digest.hexdigest(), "core.api.idempotency")


def claim(caller: str, key: str, print_: str) -> Claim:
    """The row to answer under, the answer given before, or why there is neither."""
    now = timezone.now()
    IdempotencyKey.objects.filter(caller=caller, key=key, created_at__lt=now - KEPT_FOR).delete()
    row = IdempotencyKey(caller=caller, key=key, fingerprint=print_, leased_until=now + LEASE, created_at=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return _claimed_before(row)
    return row


def keep(row: IdempotencyKey, response: HttpResponse) -> bool:
    """Remember the answer; False when the lease ran out and somebody else holds the key."""
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    ours = IdempotencyKey.objects.filter(pk=row.pk, leased_until=row.leased_until)
    if not ours.update(status=response.status_code, headers=headers, body=response.content):
        return False
    row.status = response.status_code
    return True


def release(row: IdempotencyKey) -> None:
    """Free the key: nothing was done under it."""
    IdempotencyKey.objects.filter(pk=row.pk, leased_until=row.leased_until).delete()


def is_outcome(response: HttpResponse) -> bool:
    """Whether the answer would be the same if the request came again."""
    return response.status_code < 500 and response.status_code not in NO_OUTCOME


def prune() -> int:
    """Forget keys older than we promise to remember; how many went."""
    count, _ = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return count


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    """The body. Each try of an upload has another boundary, so there the parts are taken one by one."""
    if not (request.content_type or "").startswith("multipart/"):
        yield request.body
        return
    for name, values in sorted(request.POST.lists()):
        yield repr((name, values)).encode()
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield repr((name, file.name, file.size)).encode()
            yield from file.chunks()
            file.seek(0)


def _claimed_before(ours: IdempotencyKey) -> Claim:
    row = IdempotencyKey.objects.filter(caller=ours.caller, key=ours.key).first()
    if row is None:  # its holder freed it this moment
        return claim(ours.caller, ours.key, ours.fingerprint)
    if row.fingerprint != ours.fingerprint:
        return Mismatch()
    if row.status is not None:
        return _replay(row)
    return _take_over(row, ours)


def _take_over(row: IdempotencyKey, ours: IdempotencyKey) -> Claim:
    """A lease that ran out belongs to a dead process; one of those who ask gets it."""
    now = timezone.now()
    held = IdempotencyKey.objects.filter(pk=row.pk, status=None, leased_until=row.leased_until)
    if row.leased_until < now and held.update(leased_until=ours.leased_until):
        row.leased_until = ours.leased_until
        return row
    return InFlight(max(1, int((row.leased_until - now).total_seconds()) if row.leased_until > now else 1))


def _replay(row: IdempotencyKey) -> HttpResponse:
    response = HttpResponse(bytes(row.body), status=row.status)
    for name, value in row.headers.items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response
