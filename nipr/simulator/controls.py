"""The handles of the simulator itself, under ``/_simulator/``: clock, events, faults, log, book, roster, reset.

They ask for no password: everything behind them is invented.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from nipr.simulator.clock import ClockMovedBack
from nipr.simulator.desk import AlertsDesk
from nipr.simulator.faults import BadFault, fault_from
from nipr.simulator.gateway.desk import GatewayDesk, UnknownKey
from nipr.simulator.gateway.policy import BadPolicy
from nipr.simulator.http import Request, Response, as_json, refusal
from nipr.simulator.reference import carriers
from nipr.simulator.registry import BadEvent, Registry
from nipr.simulator.search import Directory

PREFIX = "/_simulator/"


class BadBody(ValueError):
    """A body that is not what the control takes."""


class Controls:
    def __init__(
        self, registry: Registry, directory: Directory, desk: AlertsDesk, gateway: GatewayDesk
    ) -> None:
        self._registry = registry
        self._directory = directory
        self._desk = desk
        self._gateway = gateway
        self._routes: dict[tuple[str, str], Callable[[Request], Any]] = {
            ("GET", "health"): self._health,
            ("GET", "clock"): self._clock,
            ("POST", "clock"): self._move_clock,
            ("POST", "events"): self._post_event,
            ("GET", "faults"): self._list_faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "log"): lambda _: self._registry.book.log(),
            ("GET", "book"): lambda _: {**self._registry.book.as_dict(), **self._gateway.book()},
            ("GET", "gateway"): lambda _: self._gateway.policy.as_dict(),
            ("POST", "gateway"): lambda request: self._gateway.configure(**_body(request)).as_dict(),
            ("POST", "gateway/decide"): self._decide,
            ("GET", "roster"): self._roster,
            ("GET", "carriers"): lambda _: [asdict(carrier) for carrier in carriers()],
            ("GET", "subscriptions"): self._subscriptions,
            ("POST", "reset"): self._reset,
        }

    def handle(self, request: Request) -> Response:
        route = self._routes.get((request.method, request.path.removeprefix(PREFIX)))
        if route is None:
            known = ", ".join(sorted(f"{method} {PREFIX}{name}" for method, name in self._routes))
            return refusal(f"There is no such control. Known: {known}.", 404)
        try:
            return as_json(route(request))
        except ClockMovedBack as error:
            return refusal(str(error), 409)
        except UnknownKey as error:
            return refusal(f"No open transaction {error.args[0]}.", 404)
        except (BadBody, BadEvent, BadFault, BadPolicy) as error:
            return refusal(str(error))

    def _health(self, request: Request) -> dict[str, Any]:
        population = self._registry.population
        return {
            "status": "ok",
            "date": self._registry.today,
            "producers": population.producers,
            "seed": population.seed,
        }

    def _clock(self, request: Request) -> dict[str, Any]:
        return {"date": self._registry.today, "start": self._registry.clock.start}

    def _move_clock(self, request: Request) -> dict[str, Any]:
        body = _body(request)
        clock = self._registry.clock
        try:
            if "date" in body:
                clock.move_to(date.fromisoformat(body["date"]))
            else:
                clock.move(int(body["days"]))
        except ClockMovedBack:
            raise
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            raise BadBody('Say {"date": "YYYY-MM-DD"} or {"days": 30}.') from error
        return self._clock(request)

    def _post_event(self, request: Request) -> dict[str, Any]:
        event = self._registry.post(_body(request))
        return {"npn": event.npn, "event": event.kind, "state": event.state, "date": event.day}

    def _list_faults(self, request: Request) -> list[dict[str, Any]]:
        return self._registry.faults.waiting()

    def _add_fault(self, request: Request) -> dict[str, Any]:
        return self._registry.faults.add(fault_from(_body(request))).as_dict()

    def _clear_faults(self, request: Request) -> list[dict[str, Any]]:
        self._registry.faults.clear()
        return []

    def _decide(self, request: Request) -> dict[str, Any] | None:
        body = _body(request)
        try:
            batch, trans, approve = str(body["batch"]), str(body["trans"]), body["approve"] is True
            effective = body.get("effective_date")
            day = date.fromisoformat(effective) if effective else None
        except (KeyError, ValueError, TypeError) as error:
            raise BadBody(
                'Say {"batch": ..., "trans": ..., "approve": true or false}, and if you like "text" and '
                '"effective_date".'
            ) from error
        return self._gateway.decide(
            batch, trans, approve=approve, text=str(body.get("text", "")), effective_date=day
        )

    def _roster(self, request: Request) -> list[dict[str, str]]:
        return self._directory.roster(full=request.query.get("full") == "1")

    def _subscriptions(self, request: Request) -> list[dict[str, Any]]:
        return [
            {"name": name, "targets": len(account.targets), "retrieved": account.retrieved}
            for name, account in self._desk.accounts.items()
        ]

    def _reset(self, request: Request) -> dict[str, Any]:
        self._registry.reset()
        self._desk.reset()
        self._gateway.reset()
        return self._clock(request)


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError as error:
        raise BadBody(f"The body is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise BadBody("The body has to be a JSON object.")
    return body
