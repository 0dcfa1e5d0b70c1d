"""Reply bytes to answers, by allow-list: only what is documented means something, everything else is unclear."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from nipr.wire import assumed
from nipr.wire.errors import DecodeError
from nipr.wire.gateway.answers import Answer, AnswerKind, GatewayReply
from nipr.wire.gateway.tree import find, find_all, only
from nipr.wire.values import loose_date
from nipr.wire.xml import Element, parse

PASSED = "P"
BUSINESS_RULES = "10007"
STATE_COMMENT = "0"
MOST_CENTS = 10_000_000

_MONEY = re.compile(r"(\d{1,7})\.(\d\d)\Z")
_NOT_RECEIVED = re.compile(
    r"Transaction not received by NIPR\s*:\s*Cust Batch\s*:\s*(?P<batch>\S+?)\s*;"
    r"\s*Cust Trans\s*:?\s*(?P<trans>\S+?)\.?\Z"
)
_KEY = (
    r"[^\S\n]*(?:id|key|number|no\.?)?\s*[:=#]?\s*(?P<{0}>[A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9]|[A-Za-z0-9])"
)
_CUST_BATCH = re.compile(r"\bbatch\b" + _KEY.format("value"), re.IGNORECASE)
_CUST_TRANS = re.compile(r"\bcust(?:omer)?\.?[ _]?trans(?:action)?\b" + _KEY.format("value"), re.IGNORECASE)
_BATCH_AND_TRANS = re.compile(
    r"batch\s*(?:/|and)\s*trans\w*(?:\s+keys?)?\s*[:=]?\s*(?P<batch>[\w.-]+)\s*/\s*(?P<trans>[\w.-]*\w)",
    re.IGNORECASE,
)
_PLAIN_KEY = re.compile(r"Cust Batch: \S+; Cust Trans: \S+;")
_GATEWAY_ID = re.compile(
    r"\b(?:gateway|nipr)\b[ _]?(?:trans(?:action)?)?[ _]?(?:id|number|no\.?)?\s*[:=#]?\s*(?P<value>\d{4,20})",
    re.IGNORECASE,
)


def read_reply(raw: bytes) -> GatewayReply:
    """Everything a reply says, one answer for each key. Never raises; what cannot be read says so.

    20001 counts as *not received* only where nothing else in the reply speaks of the key, and nothing in the reply is
    left without a key: what is left could be about this one.
    """
    try:
        root = parse(raw)
    except (DecodeError, ValueError, LookupError) as error:
        return GatewayReply(readable=False, problem=getattr(error, "message", "") or "Not a document.")
    if root.tag != "NIPR":
        return GatewayReply(
            readable=False, problem=f"Not a gateway document: it begins with {root.tag!s:.60}."
        )
    children = list(root.iterchildren())
    found = [*_transactions(children), *_errors(children)]
    stray = [answer for answer in found if not (answer.batch and answer.trans)]
    answers = tuple(_one_each(answer for answer in found if answer.batch and answer.trans))
    if not stray:
        return GatewayReply(answers)
    problem = "; ".join(dict.fromkeys(answer.message for answer in stray))[:500]
    return GatewayReply(tuple(_doubted(answer) for answer in answers), problem=problem)


def _doubted(answer: Answer) -> Answer:
    """Not received, in a reply that also speaks of something it does not name."""
    if answer.verdict is not AnswerKind.NOT_RECEIVED:
        return answer
    return replace(answer, verdict=AnswerKind.UNCLEAR)


def _one_each(found: Iterator[Answer]) -> Iterator[Answer]:
    """One answer for each key: equal ones are one, 3999 goes before 20001, contradictions are unclear."""
    by_key: dict[tuple[str, str, str], list[Answer]] = {}
    for answer in found:
        by_key.setdefault((answer.batch, answer.trans, ""), []).append(answer)
    for answers in by_key.values():
        yield _agreed(answers)


def _agreed(answers: list[Answer]) -> Answer:
    first = answers[0]
    if all(answer == first for answer in answers):
        return first
    verdicts = {answer.verdict for answer in answers}
    if verdicts <= {AnswerKind.RECEIVED, AnswerKind.NOT_RECEIVED}:
        return next(
            (answer for answer in answers if answer.verdict is AnswerKind.RECEIVED),
            first,
        )
    message = "Contradicting answers: " + ", ".join(sorted(verdict.value for verdict in verdicts))
    return Answer(first.batch, first.trans, AnswerKind.UNCLEAR, message=message, customer=first.customer)


# Transactions


def _transactions(children: list[Element]) -> Iterator[Answer]:
    for child in children:
        if child.tag == "TRANSACTION":
            yield _transaction(child)
        elif child.tag != "ERROR":
            yield Answer("", "", AnswerKind.UNCLEAR, message=f"An element {child.tag!s:.60} is not known.")


def _transaction(element: Element) -> Answer:
    batch, trans = only(element, "CUST_BATCH"), only(element, "CUST_TRANS")
    if not batch or not trans:
        return Answer("", "", AnswerKind.UNCLEAR, message="A transaction without a key of ours.")
    answer = _echoed(element, batch, trans)
    read = _STATUSES.get(only(element, "TRANS_STATUS") or "", _not_known)
    return read(element, answer)


def _echoed(element: Element, batch: str, trans: str) -> Answer:
    """The parts that every answer may have, whatever it means."""
    fee = _cents(only(element, "ASSUMED_STATE_FEE"))
    return Answer(
        batch,
        trans,
        AnswerKind.UNCLEAR,
        nipr_trans=only(element, "NIPR_TRANS") or "",
        state_fee_cents=fee if fee is not None else _cents(only(element, "STATE_FEE")),
        nipr_fee_cents=_cents(only(element, "TRANS_FEE")),
        customer=only(element, "CUSTOMER") or "",
        npn=only(element, "APPLICANT/NPN") or "",
        state=only(element, "TRANS_HEAD/STATE_CODE") or "",
        cocode=only(element, "APPOINTER/COCODE") or "",
        loa_codes=tuple((code.text or "").strip() for code in find_all(element, "LICENSE/LOA/LOA_CODE")),
    )


def _cents(text: str | None) -> int | None:
    match = _MONEY.match(text or "")
    cents = int(match[1]) * 100 + int(match[2]) if match else None
    return cents if cents is None or cents <= MOST_CENTS else None


def _unclear(answer: Answer, why: str) -> Answer:
    return replace(answer, verdict=AnswerKind.UNCLEAR, message=why[:1000])


def _not_known(element: Element, answer: Answer) -> Answer:
    status = only(element, "TRANS_STATUS")
    return _unclear(
        answer, f"Its status {status!r:.30} is not a known one." if status else "It has no status."
    )


@dataclass(frozen=True, slots=True)
class _Comments:
    """A RESPONSE or INT_RESPONSE: what it says."""

    code: str
    text: str
    approved: str
    effective: str
    action_required: bool


def _comments(element: Element, tag: str) -> list[_Comments]:
    return [
        _Comments(
            only(found, "RESP_MESSAGE/COMMENT_CODE") or "",
            only(found, "RESP_MESSAGE/COMMENTS") or "",
            only(found, "APPROVED") or "",
            only(found, "DATE_EFFECTIVE") or "",
            only(found, "RESP_MESSAGE/ACTION_REQD") not in {None, "", "N"},
        )
        for found in find_all(element, f"LICENSE/{tag}")
    ]


def _is_taken(element: Element, answer: Answer) -> bool:
    """Whether it passed validation and has a number of the registry's."""
    return (
        only(element, "VALID") == PASSED
        and bool(answer.nipr_trans)
        and len(find_all(element, "LICENSE")) == 1
    )


def _pending(verdict: AnswerKind) -> Callable[[Element, Answer], Answer]:
    """SR and AV: under way, so no response of the state may stand in it."""

    def read(element: Element, answer: Answer) -> Answer:
        if not _is_taken(element, answer):
            return _unclear(answer, "It is under way, yet has no number or has not passed validation.")
        if (
            find(element, "LICENSE/RESPONSE") is not None
            or find(element, assumed.TRANSACTION_ERROR) is not None
        ):
            return _unclear(answer, "It is under way and has a final response at once.")
        said = _comments(element, "INT_RESPONSE")
        message = said[0].text if said else ""
        frozen = _last_day(message) if message.startswith(assumed.FREEZE_TEXT) else None
        if said and said[0].action_required:
            message = f"Action required: {message}"
        return replace(answer, verdict=verdict, message=message[:1000], frozen_until=frozen)

    return read


def _last_day(text: str) -> date | None:
    """The day a text ends with."""
    return loose_date(text.rpartition(" ")[2].rstrip("."))


def _complete(element: Element, answer: Answer) -> Answer:
    """PC: the state's own response decides; the business rules' one stands beside it."""
    if not _is_taken(element, answer) or find(element, assumed.TRANSACTION_ERROR) is not None:
        return _unclear(answer, "It is complete, yet has no number or has not passed validation.")
    if find(element, "LICENSE/INT_RESPONSE") is not None:
        return _unclear(answer, "It is complete and under way at once.")
    responses = _comments(element, "RESPONSE")
    rules = [response for response in responses if response.code == BUSINESS_RULES]
    states = [response for response in responses if response.code == STATE_COMMENT]
    if len(states) != 1 or len(rules) + len(states) != len(responses):
        return _unclear(answer, "It is complete without one plain response of the state.")
    if any(rule.approved != "Y" for rule in rules):
        return _unclear(answer, "It is complete, yet did not pass the business rules.")
    return _decided(answer, states[0])


def _decided(answer: Answer, said: _Comments) -> Answer:
    effective = loose_date(said.effective)
    if said.approved == "Y":
        return replace(
            answer, verdict=AnswerKind.APPROVED, message=said.text[:1000], effective_date=effective
        )
    if said.approved == assumed.DECLINED_FLAG:
        text = said.text[:1000]
        return replace(answer, verdict=AnswerKind.DECLINED, message=text, rejection=text)
    return _unclear(answer, "It is complete, yet says neither Y nor N.")


def _failed(element: Element, answer: Answer) -> Answer:
    """Refused by validation: its errors, no number, and nothing of a state."""
    faults = find_all(element, assumed.TRANSACTION_ERROR)
    errors = tuple((only(fault, "ERROR_CODE") or "", only(fault, "DESCRIPTION") or "") for fault in faults)
    spoken = (
        find(element, "LICENSE/RESPONSE") is not None or find(element, "LICENSE/INT_RESPONSE") is not None
    )
    plain = bool(errors) and all(code and text for code, text in errors)
    if answer.nipr_trans or spoken or not plain or only(element, "VALID") != assumed.FAILED_VALID:
        return _unclear(answer, "It failed validation, yet not plainly.")
    message = "; ".join(text for _, text in errors)[:1000]
    return replace(answer, verdict=AnswerKind.REFUSED, message=message, errors=errors)


_STATUSES: dict[str, Callable[[Element, Answer], Answer]] = {
    "SR": _pending(AnswerKind.SENT_TO_STATE),
    "AV": _pending(AnswerKind.AWAITING_VALIDATION),
    "PC": _complete,
    assumed.FAILED_STATUS: _failed,
}


# Whole-document errors


def _errors(children: list[Element]) -> Iterator[Answer]:
    """The errors in order. A 20001 right after a 3999 is its pair, unless the 3999 plainly names another key."""
    before: Answer | None = None
    for child in children:
        if child.tag != "ERROR":
            continue
        answer = _error(child)
        if before and answer.verdict is AnswerKind.NOT_RECEIVED and not before.trans:
            before = replace(before, batch=answer.batch, trans=answer.trans)
        elif before and answer.verdict is AnswerKind.NOT_RECEIVED and not _names_another(before, answer):
            answer = replace(answer, verdict=AnswerKind.UNCLEAR)
        if before:
            yield before
        before = answer if answer.verdict is AnswerKind.RECEIVED else None
        if not before:
            yield answer
    if before:
        yield before


def _names_another(duplicate: Answer, absent: Answer) -> bool:
    """Whether a 3999 and the 20001 after it surely each stand for themselves, or agree on the key."""
    same = (duplicate.batch, duplicate.trans) == (absent.batch, absent.trans)
    return same or _PLAIN_KEY.search(duplicate.message) is not None


def _error(element: Element) -> Answer:
    code, text = only(element, "ERROR_CODE") or "", only(element, "DESCRIPTION") or ""
    message = f"{code} {text}".strip()[:1000]
    if code == assumed.DUPLICATE_CODE:
        batch, trans = _key_in(text)
        number = _GATEWAY_ID.search(text)
        return Answer(
            batch,
            trans,
            AnswerKind.RECEIVED,
            nipr_trans=number["value"] if number else "",
            message=message,
        )
    if code == assumed.NOT_RECEIVED_CODE and (match := _NOT_RECEIVED.match(text)):
        return Answer(match["batch"], match["trans"], AnswerKind.NOT_RECEIVED, message=message)
    batch, trans = _key_in(text)
    return Answer(
        batch,
        trans,
        AnswerKind.UNCLEAR,
        message=message or "An error without a code.",
        errors=((code, text),) if code else (),
    )


def _key_in(text: str) -> tuple[str, str]:
    """The batch and transaction keys a description names, blank where it does not name both."""
    if match := _BATCH_AND_TRANS.search(text):
        return match["batch"], match["trans"]
    batch, trans = _CUST_BATCH.search(text), _CUST_TRANS.search(text)
    return (batch["value"], trans["value"]) if batch and trans else ("", "")
