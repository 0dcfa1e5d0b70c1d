"""Damaged replies: whatever happens to the bytes on the way, no transaction may come out as something it is not.

Left out on purpose is what no reader can tell from a true reply: a Y that became an N, and two transactions of a reply
whose keys, or whole contents, were exchanged. Against the latter stands what an answer repeats of its transaction.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from nipr.wire.errors import DecodeError
from nipr.wire.gateway import AnswerKind, TransactionKey, read_reply
from nipr.wire.gateway.replying import (
    Decision,
    Standing,
    duplicate_text,
    encode_error,
    encode_refusal,
    encode_standing,
    not_received_text,
    reply_document,
)
from nipr.wire.xml import Element, parse
from tests.nipr.gateway.samples import APPOINTMENT, make

NOON = datetime(2025, 1, 6, 12)
EXAMPLES = 2_000
FALSE_SUCCESS = frozenset(
    {AnswerKind.APPROVED, AnswerKind.DECLINED, AnswerKind.REFUSED, AnswerKind.SENT_TO_STATE}
)
MEANT = ("SR", "Y", "N", "AV", "VF", "3999+20001", "3999", "20001")


def _keys(count: int) -> list[TransactionKey]:
    """Random ones, as the product makes them: no key is another with one character changed."""
    dice = Random(5)
    letters = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
    return [
        TransactionKey("00DEMO", *("".join(dice.choices(letters, k=16)) for _ in "bt")) for _ in range(count)
    ]


KEYS = _keys(len(MEANT))


def _part(meant: str, key: TransactionKey, number: int) -> str:
    transaction = replace(APPOINTMENT, key=key)
    absent = encode_error("20001", not_received_text(key), NOON)
    if meant.startswith("3999"):
        duplicate = encode_error("3999", duplicate_text(key, str(number), 1), NOON)
        return duplicate + absent if "+" in meant else duplicate
    if meant == "20001":
        return absent
    if meant == "VF":
        return encode_refusal(transaction, key, [("4001", "NPN is not known.")])
    decision = Decision(meant == "Y", "Said.", None, NOON) if meant in "YN" else None
    frozen = date(2025, 2, 1) if meant == "AV" else None
    return encode_standing(transaction, Standing(str(number), 153, NOON, decision, frozen))


PARTS = [_part(meant, key, 50_000_001 + at) for at, (meant, key) in enumerate(zip(MEANT, KEYS, strict=True))]
WHOLE = reply_document(PARTS)
TRUTH = {(answer.batch, answer.trans): answer.verdict for answer in read_reply(WHOLE).answers}


# The damage


def truncated(raw: bytes, dice: Random) -> bytes:
    return raw[: dice.randrange(len(raw))]


def a_byte_changed(raw: bytes, dice: Random) -> bytes:
    at = dice.randrange(len(raw))
    new = bytes([dice.randrange(256)])
    decides = raw[at - 10 : at] == b"<APPROVED>" and new in b"YN"
    return raw if decides else raw[:at] + new + raw[at + 1 :]


def bytes_inserted(raw: bytes, dice: Random) -> bytes:
    at = dice.randrange(len(raw))
    return raw[:at] + dice.randbytes(dice.randint(1, 8)) + raw[at:]


def markup_inserted(raw: bytes, dice: Random) -> bytes:
    at = dice.randrange(len(raw))
    snippets = (b"<X>", b"</LICENSE>", b"<!-- -->", b"<![CDATA[", b"&x;", b"<?x?>", b"<RESPONSE/>", b"<NIPR>")
    return raw[:at] + dice.choice(snippets) + raw[at:]


def a_piece_lost(raw: bytes, dice: Random) -> bytes:
    """Within one transaction or error."""
    found = dice.choice(list(re.finditer(rb"<(TRANSACTION|ERROR)>.*?</\1>", raw, re.DOTALL)))
    start, end = sorted(dice.randrange(*found.span()) for _ in range(2))
    return raw[:start] + raw[end:]


def a_tag_renamed(raw: bytes, dice: Random) -> bytes:
    name = dice.choice(sorted(set(re.findall(rb"<([A-Z_]+)>", raw))))
    return raw.replace(b"<" + name + b">", b"<Q" + name + b">").replace(
        b"</" + name + b">", b"</Q" + name + b">"
    )


def a_word_recased(raw: bytes, dice: Random) -> bytes:
    found = dice.choice(list(re.finditer(rb"[A-Z]{2,}", raw)))
    return raw[: found.start()] + found[0].lower() + raw[found.end() :]


def wrapped(raw: bytes, dice: Random) -> bytes:
    body = raw.partition(b"?>\n")[2]
    return dice.choice((b"<html><body>%b</body></html>", b"<NIPR>%b</NIPR>", b"%b%b" % (body, b"%b"))) % body


DECISIVE = {
    *(
        "TRANSACTION",
        "CUSTOMER",
        "CUST_BATCH",
        "CUST_TRANS",
        "TRANS_STATUS",
        "VALID",
        "NIPR_TRANS",
        "LICENSE",
    ),
    *("RESPONSE", "INT_RESPONSE", "APPROVED", "RESP_MESSAGE", "COMMENT_CODE"),
    *("ERROR", "ERROR_CODE", "DESCRIPTION"),
}


def _pick(root: Element, dice: Random, *, leaf: bool = False) -> Element:
    """Any element below the root, mostly one of those that decide what a reply means."""
    every = [element for element in root.iter() if element is not root and not (leaf and len(element))]
    decisive = [element for element in every if element.tag in DECISIVE]
    return dice.choice(decisive if decisive and dice.random() < 0.9 else every)


def _changed(change: Callable[[Element, Random], None]) -> Callable[[bytes, Random], bytes]:
    def mutate(raw: bytes, dice: Random) -> bytes:
        try:
            root = parse(raw)
        except (DecodeError, ValueError):
            return raw
        if len(root):
            change(root, dice)
        return etree.tostring(root)

    mutate.__name__ = change.__name__
    return mutate


@_changed
def an_element_deleted(root: Element, dice: Random) -> None:
    element = _pick(root, dice)
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


@_changed
def an_element_doubled(root: Element, dice: Random) -> None:
    element = _pick(root, dice)
    element.addnext(copy.deepcopy(element))


@_changed
def an_element_moved(root: Element, dice: Random) -> None:
    element = _pick(root, dice)
    places = [place for place in root.iter() if element not in (place, *place.iterancestors())]
    parent = element.getparent()
    alike = [place for place in places if parent is not None and place.tag == parent.tag]
    dice.choice(alike if alike and dice.random() < 0.8 else places).insert(0, element)


@_changed
def an_element_copied_elsewhere(root: Element, dice: Random) -> None:
    _pick(root, dice).append(copy.deepcopy(_pick(root, dice)))


@_changed
def a_text_taken_from_elsewhere(root: Element, dice: Random) -> None:
    here, there = _pick(root, dice, leaf=True), _pick(root, dice, leaf=True)
    same = [leaf for leaf in root.iter(str(here.tag)) if not len(leaf)]
    if here.tag not in {"APPROVED", "DESCRIPTION"} and not str(here.tag).startswith("CUST"):
        here.text = dice.choice([*same, there]).text


@_changed
def a_text_emptied(root: Element, dice: Random) -> None:
    _pick(root, dice, leaf=True).text = None


@_changed
def the_order_changed(root: Element, dice: Random) -> None:
    parent = dice.choice([place for place in root.iter() if len(place) > 1])
    children = list(parent)
    dice.shuffle(children)
    parent[:] = children


DAMAGE = (
    truncated,
    a_byte_changed,
    bytes_inserted,
    markup_inserted,
    a_piece_lost,
    a_tag_renamed,
    a_word_recased,
    wrapped,
    an_element_deleted,
    an_element_doubled,
    an_element_moved,
    an_element_copied_elsewhere,
    a_text_taken_from_elsewhere,
    a_text_emptied,
    the_order_changed,
)


def _lies(raw: bytes) -> list[tuple[str, str, AnswerKind]]:
    """Verdicts that the undamaged reply did not give."""
    return [
        (answer.batch, answer.trans, answer.verdict)
        for answer in read_reply(raw).answers
        if answer.verdict in FALSE_SUCCESS
        and TRUTH.get((answer.batch, answer.trans)) not in {None, answer.verdict}
    ]


def test_the_undamaged_reply_holds_every_meaning() -> None:
    assert set(TRUTH.values()) == set(AnswerKind) - {AnswerKind.UNCLEAR}


@given(st.integers(0, 2**32))
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
def test_no_damage_makes_a_false_success_or_a_crash(seed: int) -> None:
    dice = Random(seed)
    damage = dice.choice(DAMAGE)
    assert _lies(damage(WHOLE, dice)) == []


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_each_kind_of_damage_is_real_and_harmless(damage: Callable[[bytes, Random], bytes]) -> None:
    dice = Random(11)
    changed = 0
    for _ in range(60):
        raw = damage(WHOLE, dice)
        changed += raw != WHOLE
        assert _lies(raw) == []
    assert changed > 40


@pytest.mark.parametrize("meant", ["SR", "Y", "N", "AV", "VF"])
def test_a_reply_cut_at_any_byte_says_nothing(meant: str) -> None:
    raw = reply_document([_part(meant, KEYS[0], 50_000_001)]).rstrip()
    for end in range(len(raw)):
        reply = read_reply(raw[:end])
        assert not reply.readable
        assert reply.answers == ()


def test_an_answer_under_a_wrong_key_is_betrayed_by_what_it_repeats() -> None:
    mine, other = make(1), make(2, state="TX", loa_codes=("39",))
    raw = reply_document([encode_standing(other, Standing("50000001", 153, NOON), key=mine.key)])
    (answer,) = read_reply(raw).answers
    assert (answer.batch, answer.trans) == (mine.key.batch, mine.key.trans)
    assert (answer.state, answer.loa_codes) != (mine.state, mine.loa_codes)


def _believer(raw: bytes) -> list[tuple[str, str, AnswerKind]]:
    """What a reader says who believes a status and the first APPROVED that it meets."""
    try:
        root = parse(raw)
    except (DecodeError, ValueError):
        return []
    said = []
    for element in root.iter("TRANSACTION"):
        batch, trans = element.findtext("CUST_BATCH") or "", element.findtext("CUST_TRANS") or ""
        status, approved = element.findtext("TRANS_STATUS"), element.findtext(".//APPROVED")
        verdicts = {"SR": AnswerKind.SENT_TO_STATE, "VF": AnswerKind.REFUSED}
        final = AnswerKind.APPROVED if approved == "Y" else AnswerKind.DECLINED
        said.append(
            (batch, trans, final if status == "PC" else verdicts.get(status or "", AnswerKind.UNCLEAR))
        )
    return said


def test_the_same_damage_makes_a_believing_reader_lie() -> None:
    lies = 0
    for seed in range(2_000):
        dice = Random(seed)
        for batch, trans, verdict in _believer(dice.choice(DAMAGE)(WHOLE, dice)):
            truth = TRUTH.get((batch, trans))
            lies += verdict in FALSE_SUCCESS and truth not in {None, verdict}
    assert lies >= 20
