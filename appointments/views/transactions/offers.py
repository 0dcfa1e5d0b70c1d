"""What a selection costs to send now, what of it may not leave any more, and who else has to agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from appointments.lists.transactions import money
from appointments.models import Transaction, dollars
from appointments.selectors.records import company_names
from appointments.selectors.transactions import HEAVY, approvers, gateway_settings
from appointments.services.handling import people
from appointments.services.handling import second_key as keys
from appointments.services.handling.eligibility import no_longer_eligible
from appointments.services.handling.pricing import Price, prices_now, summed
from appointments.services.handling.results import Cost, HandledOne
from appointments.services.handling.submit import CostChanged
from appointments.views.transactions.told import refusals
from core.accounts.models import User


@dataclass(frozen=True, slots=True)
class Part:
    """Transactions of one kind, state and company, with what they cost."""

    kind: str
    state: str
    company: str
    cost: Cost

    @property
    def nipr_cents(self) -> int:
        return self.cost.nipr_cents


@dataclass(frozen=True, slots=True)
class Offer:
    """What may leave at today's rates, and what may not, with why."""

    cost: Cost
    parts: list[Part]
    dropped: list[HandledOne]
    unapproved: bool
    for_cause: int
    """How many need the second key whatever they cost."""


def offer_of(chosen: QuerySet[Transaction]) -> Offer:
    """What these come to; give only those that may be sent as they stand.

    Judged and priced as the sending itself will do it, so that both come to the same amount.
    """
    rows = list(chosen.select_related(None).defer(None).defer(*HEAVY).order_by("pk"))
    out = no_longer_eligible(rows)
    going = [row for row in rows if row.pk not in out]
    prices = prices_now(going)
    waiting = [row for row in going if not people.has_second_key(row)]
    return Offer(
        cost=summed(prices.values()),
        parts=_parts(going, prices),
        dropped=[
            HandledOne(row.number, False, out[row.pk].code, out[row.pk].message, fix=out[row.pk].fix)
            for row in rows
            if row.pk in out
        ],
        unapproved=bool(waiting) or keys.is_outgrown(going, prices),
        for_cause=sum(row.for_cause for row in waiting),
    )


def _parts(rows: Sequence[Transaction], prices: Mapping[int, Price]) -> list[Part]:
    """The rows by kind, state and company, in that order."""
    names = company_names({row.cocode for row in rows if row.cocode})
    found: dict[tuple[str, str, str], list[Price]] = {}
    for row in rows:
        key = (row.get_kind_display(), row.state, names.get(row.cocode, row.cocode))
        found.setdefault(key, []).append(prices[row.pk])
    return [Part(*key, summed(group)) for key, group in sorted(found.items())]


def state_fee(part: Part) -> str:
    """Nothing is not nought: where the state bills all of them, there is no amount to show."""
    return "—" if part.cost.billed_later == part.cost.count else money(part.cost.state_cents)


def spending_context(
    offer: Offer, user: User, *, changed: CostChanged | None = None, agreed: int | None = None
) -> dict[str, Any]:
    """All that a page before spending shows. ``changed`` and ``agreed``: when the cost is not what was agreed to."""
    cost = changed.cost if changed else offer.cost
    return {
        "dropped": refusals(offer.dropped, "cannot be sent now") if offer.dropped and not changed else "",
        "refused": refusals(changed.refused, "cannot be sent now") if changed and changed.refused else "",
        **second_key(cost, offer, user),
        **cost_context(cost, agreed if changed else None),
    }


def second_key(cost: Cost, offer: Offer, user: User) -> dict[str, Any]:
    """Whether somebody else has to approve before anything leaves, above which cost, and who may."""
    settings = gateway_settings()
    above = offer.unapproved and cost.total_cents > settings.second_key_above_cents
    return {
        "needs_second": above,
        "for_cause": offer.for_cause,
        "limit": money(settings.second_key_above_cents),
        "approvers": approvers(without=user.pk) if above or offer.for_cause else [],
        "cool_off": settings.cool_off_seconds,
    }


def cost_context(cost: Cost, agreed: int | None) -> dict[str, Any]:
    """What templates show of a cost, and of the one that had been agreed to when they differ."""
    later = f"and {cost.billed_later:,} billed by the state" if cost.billed_later else ""
    return {
        "cost": cost,
        "changed": agreed is not None,
        "agreed_dollars": f"{dollars(agreed or 0):,}",
        "total_dollars": f"{dollars(cost.total_cents):,}",
        "figures": [
            ("State fees", money(cost.state_cents), later),
            ("NIPR fees", money(cost.nipr_cents), ""),
            ("Total", money(cost.total_cents), ""),
        ],
    }
