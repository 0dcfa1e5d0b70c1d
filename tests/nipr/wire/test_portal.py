from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nipr.wire.errors import DecodeError
from nipr.wire.gateway import GatewayKind
from nipr.wire.messages import Residency
from nipr.wire.portal import (
    TYPES,
    AvailableLicense,
    Eligibility,
    Fees,
    PortalQuestion,
    Task,
    decode_eligibility,
    decode_fees,
    decode_request,
    encode_eligibility,
    encode_fees,
    encode_request,
)

words = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8)
questions = st.builds(
    PortalQuestion,
    st.sampled_from((GatewayKind.LICENSE_APPLICATION, GatewayKind.LICENSE_RENEWAL)),
    words,
    st.sampled_from((Residency.RESIDENT, Residency.NON_RESIDENT)),
    words,
    st.lists(words, max_size=3).map(tuple),
    words,
    st.none() | st.dates(date(1900, 1, 1), date(2800, 1, 1)),
    st.just("") | words,
)
QUESTION = PortalQuestion(GatewayKind.LICENSE_RENEWAL, "OR", Residency.RESIDENT, "99000017", ("16",))


@given(st.sampled_from(Task), questions)
def test_a_question_is_read_as_it_was_written(task: Task, question: PortalQuestion) -> None:
    asked = decode_request(encode_request(task, question, "user", "s3cret"))
    assert (asked.task, asked.question) == (task, question)
    assert (asked.username, asked.password) == ("user", "s3cret")
    assert "s3cret" not in repr(asked)


def test_a_resident_renewal_has_one_code_for_eligibility_and_another_for_fees() -> None:
    assert b'type="RR" task="eligibility"' in encode_request(Task.ELIGIBILITY, QUESTION, "u", "p")
    assert b'type="RLR" task="fee"' in encode_request(Task.FEE, QUESTION, "u", "p")
    assert len(TYPES) == 8


@pytest.mark.parametrize(
    "found",
    [
        Eligibility(False, "No license."),
        Eligibility(
            True, licenses=(AvailableLicense("3", "Producer", ("16", "39")), AvailableLicense("4", "X"))
        ),
    ],
)
def test_eligibility_is_read_as_it_was_written(found: Eligibility) -> None:
    assert decode_eligibility(encode_eligibility(found)) == found


@pytest.mark.parametrize("fees", [Fees(10000, 618), Fees(None, 500), Fees(0, None)])
def test_fees_are_read_as_they_were_written(fees: Fees) -> None:
    assert decode_fees(encode_fees(fees)) == fees


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b">true<", b">yes<"),
        (b">true<", b"><"),
        (b"availableLicenses", b"licenses"),
        (b"eligibilityResponse", b"feeResponse"),
    ],
)
def test_an_eligibility_reply_of_another_shape_is_never_a_yes(before: bytes, after: bytes) -> None:
    raw = encode_eligibility(Eligibility(True))
    assert before in raw
    with pytest.raises(DecodeError):
        decode_eligibility(raw.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after"), [(b'type="RR"', b'type="XX"'), (b"licensee", b"person"), (b":request", b":question")]
)
def test_a_request_that_says_something_else_is_not_understood(before: bytes, after: bytes) -> None:
    with pytest.raises(DecodeError):
        decode_request(encode_request(Task.ELIGIBILITY, QUESTION, "u", "p").replace(before, after))
