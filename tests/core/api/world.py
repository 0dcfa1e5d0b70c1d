"""The product's routes, and one record of everything they tell of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from appointments.models import GatewayBusinessRule
from core.jobs.models import Job
from producers.models import Producer
from scorecards.models import Scorecard
from tests.core.api import transactions, uploads
from tests.core.api.machine import Parts
from tests.scorecards import records

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
READ_METHODS = {"GET"}
SSN, BIRTH_DATE = "123456789", "1979-03-14"


@dataclass(frozen=True)
class World:
    """What is on file, and the value of each parameter in an address."""

    producer: Producer
    scorecard: Scorecard
    job: Job
    values: dict[str, str] = field(default_factory=dict)

    def path(self, route: str) -> str:
        """The address of a route for what is on file."""
        return route.format(**self.values_of(route))

    def values_of(self, route: str) -> dict[str, str]:
        """The values of the parameters that may stand in a route's address."""
        ending = route.startswith("/bulk-terminations")
        return {
            **self.values,
            "bulk_id": transactions.ENDING_ID if ending else transactions.BULK_ID,
            "import_id": str(uploads.for_route(route)),
        }


def make_world() -> World:
    records.write_rules()
    heron = records.company("77001", "Heron Life", ["life", "health"], ["CA", "TX"])
    GatewayBusinessRule.objects.create(state="CA", loa_code="16")
    producer = records.producer(
        "88100001",
        first_name="Ines",
        last_name="Abernathy",
        ssn=SSN,
        ssn_last4=SSN[-4:],
        birth_date=BIRTH_DATE,
        fein="000000771",
    )
    records.appointment(producer, fein="000000771", company_name="Heron Life")
    records.assign(producer)
    scorecard = records.computed_scorecard(producer)
    job = Job.objects.create(kind="tests.count", title="Count", actor_kind="task")
    transactions.write_transactions(producer, heron)
    uploads.write_uploads()
    values = {
        "npn": "88100001",
        "cocode": "77001",
        "number": scorecard.number,
        "job_id": str(job.pk),
        "code": "CA",
        "loa_code": "16",
        "state": "CA",
        "transaction_number": transactions.READY,
        "row": str(uploads.ROW),
        "type_name": "agent",
    }
    return World(producer, scorecard, job, values)


def routes(patterns: Any = None, prefix: str = "/") -> Iterator[tuple[str, type[APIView]]]:
    """Every route of the product's API with its view: ``/producers/{npn}``."""
    for entry in get_resolver("agentsync.urls").url_patterns if patterns is None else patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, address)
        elif isinstance(entry, URLPattern) and address.startswith("/api/v1/"):
            yield _template(address.removeprefix("/api/v1")), entry.callback.cls


def operations() -> list[tuple[str, str]]:
    """Every method of every route."""
    return [
        (method, route)
        for route, view in sorted(routes(), key=lambda each: each[0])
        for method in methods_of(view)
    ]


def methods_of(view: type[APIView]) -> list[str]:
    return [method for method in METHODS if hasattr(view, method.lower())]


def _template(address: str) -> str:
    for kind in ("str", "uuid", "int", "slug"):
        address = address.replace(f"<{kind}:", "{")
    return address.replace(">", "}")


#: For every change: a body that is right, and the answer to it.
CHANGES: dict[tuple[str, str], tuple[dict[str, Any], int]] = {
    ("POST", "/producers"): (
        {"npn": "88100002", "first_name": "Ole", "last_name": "Borg", "nipr_tracking": "inactive"},
        201,
    ),
    ("PATCH", "/producers/{npn}"): ({"email": "ines@example.com"}, 200),
    ("POST", "/producers/{npn}/sync"): ({"reason": "Asked by payroll"}, 202),
    ("POST", "/producers/{npn}/assignments"): ({"states": ["CA"], "loa_categories": ["life"]}, 201),
    ("POST", "/companies"): ({"name": "Egret Health", "cocode": "77002"}, 201),
    ("PATCH", "/companies/{cocode}"): ({"city": "Salem"}, 200),
    ("POST", "/scorecards/{number}/refresh"): ({}, 200),
    ("POST", "/states/{code}/overrides"): (
        {"field": "renewal_window_days", "value": 120, "reason": "Bulletin 2026-14"},
        201,
    ),
    ("PUT", "/states/{code}/lines/{loa_code}"): ({"name": "Life", "categories": ["life", "health"]}, 200),
    ("POST", "/bulk-appointments"): (
        {
            "requests": [
                {"npn": "88100001", "state": "CA", "cocode": "77001", "loa_categories": ["life"]},
            ],
            "dry_run": True,
            "show_ineligible": False,
        },
        202,
    ),
    ("POST", "/bulk-terminations"): (
        {
            "requests": [{"npn": "88100001", "state": "CA", "cocode": "77001", "lines": ["16"]}],
            "dry_run": False,
        },
        202,
    ),
    ("POST", "/transactions/submit"): ({"ids": [transactions.READY], "confirm_cost": "16.00"}, 200),
    ("POST", "/transactions/release"): ({"ids": [transactions.HELD]}, 200),
    ("POST", "/transactions/take-back"): ({"ids": [transactions.QUEUED]}, 200),
    ("POST", "/transactions/approve"): ({"ids": [transactions.AWAITING]}, 200),
    ("POST", "/transactions/close"): ({"ids": [transactions.DECLINED], "reason": "Asked by payroll"}, 200),
    ("POST", "/transactions/first-business"): (
        {"ids": [transactions.HELD], "first_business_date": "2026-01-05"},
        200,
    ),
    ("POST", "/imports"): (Parts(type="agent", file=uploads.FILE), 201),
    ("POST", "/imports/{import_id}/process"): ({}, 202),
    ("POST", "/imports/{import_id}/pause"): ({}, 200),
    ("POST", "/imports/{import_id}/resume"): ({}, 202),
    ("POST", "/imports/{import_id}/cancel"): ({}, 200),
    ("POST", "/imports/{import_id}/check"): ({}, 202),
    ("POST", "/imports/{import_id}/undo"): ({}, 202),
    ("POST", "/imports/{import_id}/columns"): ({"columns": {"number": "agent_npn"}}, 202),
    ("PATCH", "/imports/{import_id}/rows/{row}"): ({"values": {"first_name": "Ines"}}, 200),
    ("PUT", "/gateway-business-rules/{state}"): (
        {"rules": [{"loa_code": "16", "license_class_codes": None}, {"loa_code": "935", "active": False}]},
        200,
    ),
}
#: Changes that spend, and what goes with it: for clients that may “submit”, and for people with the right.
SPENDING = frozenset(
    ("POST", f"/transactions/{what}") for what in ("submit", "release", "take-back", "approve")
)
#: For every read: what its query string must say.
READS: dict[tuple[str, str], dict[str, str]] = {
    ("GET", "/companies"): {},
    ("GET", "/companies/{cocode}"): {},
    ("GET", "/jobs/{job_id}"): {},
    ("GET", "/producers"): {},
    ("GET", "/producers/{npn}"): {},
    ("GET", "/producers/{npn}/appointments"): {},
    ("GET", "/producers/{npn}/assignments"): {},
    ("GET", "/producers/{npn}/licenses"): {},
    ("GET", "/producers/{npn}/scorecards"): {},
    ("GET", "/producers/{npn}/standing"): {"state": "CA", "loa_category": "life", "cocode": "77001"},
    ("GET", "/scorecards/{number}"): {},
    ("GET", "/states/{code}"): {},
    ("GET", "/states/{code}/lines"): {},
    ("GET", "/bulk-appointments/{bulk_id}"): {},
    ("GET", "/bulk-terminations/{bulk_id}"): {},
    ("GET", "/imports"): {},
    ("GET", "/imports/{import_id}"): {},
    ("GET", "/imports/{import_id}/rows"): {},
    ("GET", "/imports/{import_id}/rows/{row}"): {},
    ("GET", "/imports/{import_id}/file"): {},
    ("GET", "/imports/templates/{type_name}"): {},
    ("GET", "/transactions"): {},
    ("GET", "/transactions/{transaction_number}"): {},
    ("GET", "/gateway-business-rules/{state}"): {},
}
