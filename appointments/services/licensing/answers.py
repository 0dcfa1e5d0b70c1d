"""Answers to background questions: kept encrypted, read only with a right of its own, every time on the record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction as database

from appointments import access
from appointments.models import BackgroundAnswers
from appointments.services.licensing.questions import Question, questions_for
from core import clock
from core.access import require_right
from core.accounts.models import User
from core.actor import Actor
from core.audit import services as audit
from core.errors import FieldError, InvalidInput
from producers.enums import AgentType
from producers.identity import plain
from producers.models import Producer

SHORTEST_REASON = 5
LONGEST_EXPLANATION = 4000
Given = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was given."""

    question: Question
    yes: bool
    explanation: str


def record_answers(producer_id: int, agent_type: str, answers: Given, *, user: User) -> BackgroundAnswers:
    """Keep ``{question: {"yes": bool, "explanation": str}}`` in place of what was answered before.

    Every question has to be answered, and a yes explained: InvalidInput with the path ``answers.<number>``. NotAllowed
    without the right to prepare. The trail says that answers were given, never which.
    """
    require_right(user, access.PREPARE)
    actor = Actor.person(user)
    with database.atomic():
        # The row of the producer is held, so that of two who answer at once the second replaces the first.
        producer = (
            Producer.objects.select_for_update(no_key=True).only("pk", "entity_type").get(pk=producer_id)
        )
        read = _read(producer, agent_type, answers)
        row, _made = BackgroundAnswers.objects.update_or_create(
            producer=producer,
            agent_type=agent_type,
            defaults={
                "answers": json.dumps(read),
                "any_yes": any(each["yes"] for each in read.values()),
                "answered_on": clock.today(),
                "recorded_by_label": actor.label[:200],
                "recorded_at": clock.now(),
            },
        )
        changes = {"agent_type": [None, agent_type], "answered_on": [None, row.answered_on.isoformat()]}
        audit.record("background_answers.recorded", actor=actor, subject=producer, changes=changes)
    return row


def read_answers(producer_id: int, agent_type: str, *, user: User, reason: str) -> list[Answer]:
    """The answers in full, in the form's order; NotAllowed without the right, InvalidInput without a reason.

    Empty where none are on file. That they were read, by whom and why, is audited.
    """
    require_right(user, access.VIEW_ANSWERS)
    reason = plain(reason)
    if len(reason) < SHORTEST_REASON:
        message = "Say why you need to see them; the reason is kept in the audit trail."
        raise InvalidInput([{"path": "reason", "code": "required", "message": message}])
    with database.atomic():
        producer = Producer.objects.only("pk", "entity_type").get(pk=producer_id)
        row = BackgroundAnswers.objects.filter(producer=producer, agent_type=agent_type).first()
        if row is None:
            return []
        changes: dict[str, list[Any]] = {"agent_type": [None, agent_type]}
        actor = Actor.person(user)
        audit.record("background_answers.read", actor=actor, subject=producer, changes=changes, reason=reason)
    given = json.loads(row.answers)
    return [
        Answer(each, bool(given[each.number]["yes"]), str(given[each.number].get("explanation", "")))
        for each in questions_for(firm=producer.is_firm)
        if each.number in given
    ]


def unexplained(text: str) -> tuple[str, ...]:
    """Of kept answers, the questions that are answered with yes and not explained."""
    given = json.loads(text)
    return tuple(
        sorted(number for number, each in given.items() if each["yes"] and not each.get("explanation"))
    )


def _read(producer: Producer, agent_type: str, answers: Given) -> dict[str, dict[str, Any]]:
    faults: list[FieldError] = []
    if agent_type not in AgentType.values:
        faults.append(_fault("agent_type", f"“{agent_type[:20]}” is none of {', '.join(AgentType.values)}."))
    asked = questions_for(firm=producer.is_firm)
    faults += _strange(answers, {each.number for each in asked})
    read: dict[str, dict[str, Any]] = {}
    for question in asked:
        given = answers.get(question.number, {})
        explanation = str(given.get("explanation") or "").strip()
        faults += _faults(question, given.get("yes"), explanation)
        read[question.number] = {
            "yes": given.get("yes"),
            "explanation": explanation if given.get("yes") else "",
        }
    if faults:
        raise InvalidInput(faults)
    return read


def _strange(answers: Given, known: set[str]) -> Iterator[FieldError]:
    for number in answers:
        if number not in known:
            yield _fault(f"answers.{str(number)[:10]}", "There is no such question.")


def _faults(question: Question, yes: Any, explanation: str) -> Iterator[FieldError]:
    path = f"answers.{question.number}"
    if type(yes) is not bool:
        yield _fault(path, f"Answer question {question.number} with yes or no.", "required")
    elif yes and not explanation:
        yield _fault(path, f"Explain the yes to question {question.number}.", "required")
    elif len(explanation) > LONGEST_EXPLANATION:
        yield _fault(
            path, f"The explanation of {question.number} has more than {LONGEST_EXPLANATION:,} characters."
        )


def _fault(path: str, message: str, code: str = "invalid") -> FieldError:
    return {"path": path, "code": code, "message": message}
