"""Alert subscriptions kept equal to tracking: who is tracked is followed at the registry, and nobody else.

The registry's own lists are read each night and only the differences are sent, so a run that was killed between two
calls, or a list that somebody changed over there, heals by itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from core import clock
from nipr.client import RegistryClient
from nipr.wire.messages import InvalidTarget, Subscription
from producers.enums import SYNCED, Tracking
from producers.models import AlertSubscription, AlertTarget, Producer, SyncState
from producers.sync.claims import ensure_states
from producers.sync.outcomes import counted
from producers.sync.reporting import Reporter

_REGISTRY_TAKES = re.compile(r"[^@]+@[^.]+\..+")

TARGETS_AT_MOST = 500
"""Of one subscription, as the registry limits them."""

FOLLOWED_ANEW = "Alerts follow this producer only since today; something may have changed before."

NOT_FOLLOWED = "Alerts do not follow this producer: the registry refuses it."

Npns = dict[str, int]
"""Producer ids by NPN without leading zeros, which the two sides do not write alike."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to tell the registry: NPNs to follow and not to follow any more, by subscription."""

    new: list[str] = field(default_factory=list)
    add: dict[str, list[str]] = field(default_factory=dict)
    remove: dict[str, list[str]] = field(default_factory=dict)


def plan(
    wanted: Collection[str], held: Mapping[str, Collection[str]], *, prefix: str, size: int = TARGETS_AT_MOST
) -> Plan:
    """The fewest changes that make what is followed what is wanted; free places are filled first."""
    result = Plan()
    followed: set[str] = set()
    places: dict[str, int] = {}
    for name in sorted(held):
        here = set(held[name])
        superfluous = sorted((here - set(wanted)) | (here & followed))
        if superfluous:
            result.remove[name] = superfluous
        kept = here.difference(superfluous)
        followed |= kept
        places[name] = size - len(kept)
    missing = sorted(set(wanted) - followed)
    while missing:
        name = next((name for name, free in places.items() if free > 0), "")
        if not name:
            name = _next_name(places, prefix)
            result.new.append(name)
            places[name] = size
        taken, missing = missing[: places[name]], missing[places[name] :]
        places[name] -= len(taken)
        result.add[name] = taken
    return result


def keep_equal(client: RegistryClient, reporter: Reporter, *, today: date) -> None:
    """Follow exactly those who are tracked.

    Whom the registry refuses is told on the producer, and its full report is looked at: no alert will speak of it.
    """
    prefix = subscription_prefix()
    wanted = _tracked()
    names = [each.name for each in client.subscriptions() if each.name.startswith(f"{prefix}-")]
    held = {name: {_bare(target.npn) for target in client.targets(name)} for name in names}
    todo = plan(wanted, held, prefix=prefix)
    for name, npns in todo.remove.items():
        client.remove_targets(name, npns)
        held[name].difference_update(npns)
    for name in todo.new:
        client.add_subscription(Subscription(name, _email()))
        held[name] = set()
    refused: list[InvalidTarget] = []
    for name, npns in todo.add.items():
        results = client.add_targets(name, npns)
        refused += results.invalid
        held[name] |= set(npns) - {_bare(target.input) for target in results.invalid}
    _keep_books(wanted, held, today)
    _look_again_at(_tell_refused(wanted, refused), today, NOT_FOLLOWED)
    added, removed = (sum(map(len, lists.values())) for lists in (todo.add, todo.remove))
    reporter.log(
        f"Alerts follow {counted(sum(map(len, held.values())), 'producer')} "
        f"in {counted(len(held), 'subscription')}: "
        f"{added - len(refused):,} added, {removed:,} removed, {len(refused):,} refused."
    )


def subscription_prefix() -> str:
    """What the names of our subscriptions begin with; others of the same account are left alone."""
    return str(settings.NIPR_SUBSCRIPTION_PREFIX)


def _email() -> str:
    """The address a subscription must have, with a domain. Nothing is mailed: reports are fetched."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return address if _REGISTRY_TAKES.fullmatch(address) else "nobody@agentsync.invalid"


def _tracked() -> Npns:
    tracked = Producer.objects.filter(tracking=Tracking.ACTIVE, dummy_npn=False).exclude(npn=None)
    return {_bare(npn): pk for pk, npn in tracked.values_list("pk", "npn") if npn}


def _bare(npn: str) -> str:
    return npn.lstrip("0")


def _next_name(places: Mapping[str, int], prefix: str) -> str:
    number = len(places) + 1
    while f"{prefix}-{number:04}" in places:
        number += 1
    return f"{prefix}-{number:04}"


@transaction.atomic
def _keep_books(wanted: Npns, held: Mapping[str, set[str]], today: date) -> None:
    """Our tables, made what the registry has now."""
    AlertSubscription.objects.exclude(name__in=held).delete()
    known = set(AlertSubscription.objects.values_list("name", flat=True))
    # A new list has nothing to say of days before today.
    yesterday = today - timedelta(days=1)
    AlertSubscription.objects.bulk_create(
        AlertSubscription(name=name, last_report_day=yesterday) for name in sorted(set(held) - known)
    )
    ids = dict(AlertSubscription.objects.values_list("name", "pk"))
    places = {wanted[npn]: ids[name] for name, npns in held.items() for npn in npns if npn in wanted}
    before = dict(AlertTarget.objects.values_list("producer_id", "subscription_id"))
    moved = {pk: subscription for pk, subscription in places.items() if before.get(pk) != subscription}
    AlertTarget.objects.filter(
        Q(producer_id__in=[pk for pk in before if places.get(pk) != before[pk]])
    ).delete()
    now = clock.now()
    AlertTarget.objects.bulk_create(
        [AlertTarget(subscription_id=place, producer_id=pk, added_at=now) for pk, place in moved.items()],
        batch_size=1000,
    )
    # Alerts say nothing of the time before they began.
    _look_again_at(set(moved) - set(before), today, FOLLOWED_ANEW)


def _look_again_at(producer_ids: Iterable[int], today: date, why: str) -> None:
    """Have the full reports looked at once; of those who were never read, or in vain, other nights take care."""
    stale = Producer.objects.filter(pk__in=producer_ids, last_report_at__isnull=False, sync_status__in=SYNCED)
    ids = list(stale.exclude(last_report_at__date__gte=today).values_list("pk", flat=True))
    ensure_states(ids)
    SyncState.objects.filter(producer_id__in=ids, report_wanted="").update(report_wanted=why)


def _tell_refused(wanted: Npns, refused: Iterable[InvalidTarget]) -> Collection[int]:
    """Say it on the producers, and return who they are."""
    reasons = {
        wanted[_bare(each.input)]: each.reason[:200] for each in refused if _bare(each.input) in wanted
    }
    Producer.objects.exclude(alert_problem="").exclude(pk__in=reasons).update(alert_problem="")
    for reason in set(reasons.values()):
        ids = [pk for pk, said in reasons.items() if said == reason]
        Producer.objects.filter(pk__in=ids).update(alert_problem=reason or "Refused without a reason.")
    return reasons
