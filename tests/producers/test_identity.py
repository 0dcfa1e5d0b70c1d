from __future__ import annotations

import pytest

from producers.identity import Malformed, clean_fein, clean_npn, clean_ssn


@pytest.mark.parametrize("text", ["1", "99000017", "1234567890", "  99000017 "])
def test_an_npn_has_one_to_ten_digits(text):
    assert clean_npn(text) == text.strip()


def test_leading_zeros_of_an_npn_stay():
    assert clean_npn("00123") == "00123"


def test_a_blank_npn_stays_blank():
    assert clean_npn("  ") == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("12345678901", "has 11 digits; an NPN has 1 to 10"),
        ("AB12345", "has letters in it"),
        ("Ä123", "has letters in it"),
        ("123-456", "only the digits 0 to 9"),
        ("٣٤٥", "only the digits 0 to 9"),
        ("0000", "zeros only"),
        ("123\n456", "only the digits 0 to 9"),
    ],
)
def test_what_is_wrong_with_an_npn_is_said(text, sentence):
    with pytest.raises(Malformed, match=sentence):
        clean_npn(text)


@pytest.mark.parametrize("text", ["123-45-6789", "123 45 6789", "123456789"])
def test_a_ssn_may_be_written_with_dashes_or_spaces(text):
    assert clean_ssn(text) == "123456789"


@pytest.mark.parametrize("text", ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000"])
def test_a_ssn_that_was_never_issued_is_refused(text):
    with pytest.raises(Malformed, match="never issued"):
        clean_ssn(text)


def test_a_refused_ssn_is_not_repeated_back():
    with pytest.raises(Malformed) as refusal:
        clean_ssn("987-65-432")
    assert "987" not in str(refusal.value)


def test_a_fein_has_nine_digits():
    assert clean_fein("12-3456789") == "123456789"
    with pytest.raises(Malformed, match="nine digits"):
        clean_fein("12-34")
