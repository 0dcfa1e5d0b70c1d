"""Where what a scorecard asks for is done: the page of each action, with the cells it is asked for chosen already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from appointments.access import PREPARE, SUBMIT, VIEW_TRANSACTIONS
from appointments.enums import TransactionKind, TransactionStatus
from appointments.views.fixes import FixLink, address, fix_link
from core.accounts.models import User
from scorecards.enums import Action
from scorecards.models import Scorecard, ScorecardSheet
from scorecards.packing import unpack

CellDict = Mapping[str, Any]
AT_ONCE: Final = 200

LICENSING: Final = {
    Action.RENEW: "Renew",
    Action.RENEW_LATE: "Renew late",
    Action.REINSTATE: "Reinstate",
    Action.APPLY: "Apply",
    Action.AMEND: "Add the line",
}


def action_link(action: str, cells: Sequence[CellDict], scorecard: Scorecard) -> FixLink | None:
    """The page on which these cells, all of one action, are done; None where it is done by a fix of their decisions."""
    if not cells:
        return None
    producer = scorecard.producer
    match action:
        case Action.APPOINT:
            url = address("appointments:quick_appoint", producer.pk)
            return FixLink("Appoint", _chosen(url, cells), PREPARE) if url else None
        case Action.FOLLOW:
            return FixLink("Follow it", _transactions(scorecard, cells), VIEW_TRANSACTIONS)
        case Action.RELEASE:
            held = _transactions(scorecard, cells, status=TransactionStatus.HELD.value)
            return FixLink("Release it", held, SUBMIT)
        case _ if action in LICENSING:
            url = address("appointments:license_request", producer.pk)
            said = {"action": action, "agent_type": scorecard.assignment.agent_type}
            return FixLink(LICENSING[Action(action)], _chosen(url, cells, **said), PREPARE) if url else None
    return None


def fix_of(fix: Mapping[str, Any] | None, scorecard: Scorecard, user: User) -> FixLink | None:
    """The fix of a stored decision as this user finds it, with the page where it is done if there is one."""
    return fix_link(
        fix,
        scorecard.producer_id,
        user,
        agent_type=scorecard.assignment.agent_type,
        assignment=scorecard.assignment_id,
    )


def appointment_requests(scorecards: QuerySet[Scorecard]) -> list[dict[str, Any]]:
    """What these scorecards could appoint now, as requests: one a producer, state and company. Two queries a chunk."""
    requests: list[dict[str, Any]] = []
    wanted = scorecards.order_by("pk").values_list("pk", "producer__npn", "assignment__agent_type")
    rows = list(wanted.filter(producer__npn__isnull=False))
    for start in range(0, len(rows), AT_ONCE):
        chunk = rows[start : start + AT_ONCE]
        sheets = dict(
            ScorecardSheet.objects.filter(scorecard__in=[row[0] for row in chunk]).values_list(
                "scorecard", "body"
            )
        )
        for pk, npn, agent_type in chunk:
            if body := sheets.get(pk):
                requests += _requests(unpack(body).cells, npn, agent_type)
    return requests


def _requests(cells: Iterable[CellDict], npn: str | None, agent_type: str) -> Iterable[dict[str, Any]]:
    found: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        if cell["action"] == Action.APPOINT:
            found.setdefault((cell["state"], cell["cocode"]), []).append(cell["loa_category"])
    return [
        {"npn": npn, "state": state, "cocode": cocode, "loa_categories": categories, "agent_type": agent_type}
        for (state, cocode), categories in found.items()
    ]


def _chosen(url: str, cells: Sequence[CellDict], **more: str) -> str:
    """The address with every state, category and company of the cells."""
    query = list(more.items())
    for name, key in (("state", "state"), ("category", "loa_category"), ("cocode", "cocode")):
        query += [(name, value) for value in sorted({cell[key] for cell in cells if cell[key]})]
    return f"{url}?{urlencode(query)}"


def _transactions(scorecard: Scorecard, cells: Sequence[CellDict], **more: str) -> str:
    kinds = TransactionKind.APPOINTMENT.value if cells[0]["cocode"] else ""
    query = {"npn": scorecard.producer.npn or "", "kind": kinds, **more}
    states = {cell["state"] for cell in cells}
    if len(states) == 1:
        query["state"] = states.pop()
    return f"{reverse('appointments:transactions')}?{urlencode({k: v for k, v in query.items() if v})}"
