"""NPN, SSN and FEIN as people type them: normalised, or refused with a sentence that says what is wrong."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\s\-]")
_NINE_DIGITS = re.compile(r"[0-9]{9}")


class Malformed(ValueError):
    """The text is not what it should be; ``str()`` is the sentence for the person who typed it."""


def plain(text: str) -> str:
    """The text without space around it, and without the NUL that PostgreSQL refuses to keep."""
    return text.replace("\x00", "").strip()


def clean_npn(text: str) -> str:
    """An NPN: 1 to 10 digits, or blank. Nothing is guessed: no digit is dropped or added."""
    npn = plain(text)
    if not npn:
        return ""
    if re.search(r"[^\W\d_]", npn):
        raise Malformed(f"“{npn}” is not an NPN: it has letters in it, and an NPN is 1 to 10 digits.")
    if not re.fullmatch(r"[0-9]+", npn):
        raise Malformed(f"“{npn}” is not an NPN: only the digits 0 to 9 belong in it.")
    if len(npn) > 10:
        raise Malformed(f"“{npn}” has {len(npn)} digits; an NPN has 1 to 10.")
    if not npn.strip("0"):
        raise Malformed("An NPN of zeros only does not exist.")
    return npn


def clean_ssn(text: str) -> str:
    """Nine digits, or blank. Numbers that were never issued are refused; the number is never repeated back."""
    ssn = _SEPARATORS.sub("", text)
    if not ssn:
        return ""
    if not _NINE_DIGITS.fullmatch(ssn):
        raise Malformed(
            "A social security number has nine digits, with or without dashes; zeros in front count."
        )
    area, group, serial = ssn[:3], ssn[3:5], ssn[5:]
    if area in ("000", "666") or area >= "900" or group == "00" or serial == "0000":
        raise Malformed("This social security number was never issued.")
    return ssn


def clean_fein(text: str) -> str:
    """Nine digits, or blank."""
    fein = _SEPARATORS.sub("", text)
    if fein and not _NINE_DIGITS.fullmatch(fein):
        raise Malformed(f"“{text.strip()}” is not a FEIN: it has nine digits, such as 12-3456789.")
    return fein


def ssn_with_dashes(ssn: str) -> str:
    return f"{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}" if len(ssn) == 9 else ssn


def fein_with_dash(fein: str) -> str:
    return f"{fein[:2]}-{fein[2:]}" if len(fein) == 9 else fein
