"""A request set in chunks: the same ones in the same order, whenever and by whomever they are made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from appointments.services.asking.drafts import Draft, Judged

CHUNK = 500


def chunks(rows: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Indexes of rows, about 500 a chunk, those for one producer and state always together.

    So a batch is never split, its one fee is counted once, and what is asked for twice is seen. The company does not
    count: a row may name it by an appointment alone.
    """

    def place(index: int) -> tuple[str, str]:
        return rows[index]["npn"], rows[index]["state"]

    found: list[list[int]] = []
    for _place, group in groupby(sorted(range(len(rows)), key=lambda index: (place(index), index)), place):
        together = list(group)
        if found and len(found[-1]) + len(together) <= CHUNK:
            found[-1] += together
        else:
            found.append(together)
    return found


def digest(judged: Judged) -> str:
    """What a chunk comes to, in short: equal when every line has the same outcome and cost."""
    told = [sorted(map(_told, judged.drafts)), sorted(_refused(judged))]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _told(draft: Draft) -> list[Any]:
    # Text alone may change without meaning anything else: the day in a sentence, the status of another transaction.
    costs = [-1 if cents is None else cents for cents in (draft.state_fee_cents, draft.nipr_fee_cents)]
    what = [draft.index, draft.cocode, draft.loa_code, draft.loa, draft.county_code]
    outcome = [draft.status.value, draft.status_detail.value, draft.reason_code, draft.just_in_time]
    return [*what, *outcome, draft.termination_reason, *costs]


def _refused(judged: Judged) -> list[list[Any]]:
    return [[index, refusal.code] for index, refusal in judged.refusals.items()]
