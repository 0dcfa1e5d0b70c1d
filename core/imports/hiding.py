"""Keeping social security numbers out of whatever is shown: of a secret no more than its last four characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from json.encoder import encode_basestring_ascii
from typing import Any

_BREAK = r"[-\u00ad\u2010-\u2015\u2212\s._/]{1,3}"
_SSN_LIKE = re.compile(rf"(?<!\d)\d{{3}}{_BREAK}\d{{2}}{_BREAK}(\d{{4}})(?!\d)")
_NINE_DIGITS = re.compile(r"(?<!\d)\d{5}(\d{4})(?!\d)")
_SECRET_HEADER = re.compile(
    r"ssn|\bs\.?\s?s\.?\s?(?:n\b|#|num|no\b)|social|\bsoc\b\W*sec|tax\s?(?:id|payer|num|no\b|#)|\bi?tin\b",
    re.IGNORECASE,
)
_MASK = "•••-••-"
_MASKED = re.compile(r"[•*xX?]{3}-?[•*xX?]{2}-?(\w{4})")


def last_four(text: str) -> str:
    """``•••-••-6789``; only dots for what is too short to show an end of."""
    characters = _bare(text)
    return f"{_MASK}{characters[-4:]}" if len(characters) > 4 else "•••"


def looks_secret(text: str) -> bool:
    """Whether somewhere in it stands something like a social security number, with dashes or blanks."""
    return _SSN_LIKE.search(text) is not None


def hidden(text: str) -> str:
    """A text with what looks like a social security number cut to its last four digits."""
    return _SSN_LIKE.sub(rf"{_MASK}\1", text)


def hidden_unknown(text: str, header: str = "") -> str:
    """The same of a text of which nobody knows what it is: nine digits in a row, and secret columns, go too."""
    if header and is_secret_header(header):
        return last_four(text)
    return _NINE_DIGITS.sub(rf"{_MASK}\1", hidden(text))


def is_secret_header(header: str) -> bool:
    """Whether a header names something secret."""
    plain = unicodedata.normalize("NFKC", header).replace("_", " ").replace("-", " ")
    return _SECRET_HEADER.search(plain) is not None


def is_masked(text: str) -> bool:
    """Whether a text is no secret but the mask of one, as ``last_four`` makes it or a spreadsheet mangled it."""
    return _MASKED.fullmatch(text) is not None or (bool(text) and not text.strip("•*"))


def as_mask(text: str) -> str:
    """A mangled mask as we write it."""
    found = _MASKED.fullmatch(text)
    return f"{_MASK}{found[1]}" if found else "•••"


def same_end(mask: str, secret: str) -> bool:
    """Whether a mask may stand for this secret."""
    found = _MASKED.fullmatch(mask)
    return found is not None and last_four(secret).endswith(found[1])


def _bare(text: str) -> str:
    """Its letters and digits alone."""
    plain = text.replace("-", "")
    return plain if plain.isalnum() else "".join(filter(str.isalnum, text))


def stands_in(secrets: Iterable[str], text: str) -> bool:
    """Whether one of these secrets stands in a JSON text, as it is or as its letters and digits alone."""
    return any(encode_basestring_ascii(form)[1:-1] in text for form in _forms(secrets))


def without(secrets: Iterable[str], value: Any) -> Any:
    """A JSON-like value without these secrets, written as they are or as their letters and digits alone."""
    return _without(_forms(secrets), value)


def _forms(secrets: Iterable[str]) -> list[str]:
    """How secrets may be written, the longest first; what is too short tells nobody anything."""
    forms = {form for secret in secrets for form in (secret, _bare(secret)) if len(form) > 4}
    return sorted(forms, key=len, reverse=True)


def _without(forms: list[str], value: Any) -> Any:
    if isinstance(value, str):
        for form in forms:
            value = value.replace(form, last_four(form))
        return value
    if isinstance(value, dict):
        return {key: _without(forms, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without(forms, inner) for inner in value]
    return value
