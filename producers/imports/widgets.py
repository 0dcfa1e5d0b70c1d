"""What the cells of producer uploads mean: texts become values, and values texts that are read as the same again.

Nothing here asks the database: whether a state or a company is on file is judged for many rows at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from import_export.widgets import Widget

from core.imports.resource import CellFault
from producers.identity import Malformed, clean_npn, clean_ssn, plain, ssn_with_dashes
from producers.services.validation import is_email

ALL_STATES = ("ALL",)
"""What ``ALL`` in a list of states is read as: every state of the state list, whichever these are when it is judged."""

COCODE_DIGITS = 5
_SEPARATORS = re.compile(r"[;|,\n]")
_GUARD = ' ="'
"""Spreadsheets are kept from taking zeros off by ``="0253"``; in a list each code may wear it."""


class Cell(Widget):
    """A cell that is one value, read by a function that raises CellFault."""

    def __init__(self, read: Callable[[str], Any], render: Callable[[Any], str] = str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._read = read
        self._render = render

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """The value; CellFault for a text that is none."""
        return self._read(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """The value as a text that is read as the same value; nothing for absent."""
        return "" if value is None else self._render(value)


class Name(Cell):
    """Plain text of at most ``most`` characters, as it is kept on file."""

    def __init__(self, most: int) -> None:
        super().__init__(self._text)
        self.most = most

    def _text(self, value: str) -> str:
        text = _filled(plain(value), "text")
        if len(text) > self.most:
            raise CellFault("too_long", f"At most {self.most} characters fit here; these are {len(text):,}.")
        return text


class Choice(Cell):
    """One of some values, given by value or label whatever their case, spaces, hyphens and ampersands."""

    def __init__(self, choices: Sequence[tuple[str, str]], what: str) -> None:
        super().__init__(self._chosen)
        self.choices = choices
        self.what = what
        self._known = {loosely(word): value for value, label in choices for word in (label, value)}

    def _chosen(self, text: str) -> str:
        value = self._known.get(text) or self._known.get(loosely(text))
        if value is None:
            names = ", ".join(value for value, _label in self.choices)
            raise CellFault("unknown", f"“{text[:50]}” is no {self.what}; there are {names}.")
        return value


class Codes(Cell):
    """A list of codes, separated by ``;``, ``|``, ``,`` or new lines. The value: distinct and in order."""

    def __init__(self, read: Callable[[str], tuple[str, ...]]) -> None:
        super().__init__(read, ";".join)


def loosely(text: str) -> str:
    """A word without what never matters in it."""
    return re.sub(r"[\s_\-]+", "_", plain(text).casefold().replace("&", " and ")).strip("_")


def read_npn(text: str) -> str:
    """An NPN."""
    if text.isascii() and text.isdigit() and len(text) <= 10 and text.strip("0"):
        return text
    try:
        return _filled(clean_npn(text))
    except Malformed as malformed:
        raise CellFault("malformed", str(malformed)) from None


def read_ssn(text: str) -> str:
    """Nine digits, with or without dashes. The number stands in no sentence."""
    try:
        return _filled(clean_ssn(text))
    except Malformed as malformed:
        raise CellFault("malformed", str(malformed)) from None


def read_email(text: str) -> str:
    """An e-mail address in lower case."""
    email = plain(text).lower()
    if not is_email(email):
        raise CellFault("malformed", f"“{email[:100]}” is not an e-mail address.")
    return email


def read_states(text: str) -> tuple[str, ...]:
    """Two-letter codes, or ``ALL_STATES``. Whether there are such states is judged later."""
    codes = {code.upper() for code in _parts(text)}
    return ALL_STATES if "ALL" in codes else tuple(sorted(codes))


def read_cocodes(text: str) -> tuple[str, ...]:
    """CoCodes, with the zeros in front that a spreadsheet took off. Whether they are on file is judged later."""
    codes = _parts(text)
    wrong = [code for code in codes if not (code.isascii() and code.isdigit() and len(code) <= COCODE_DIGITS)]
    if wrong:
        raise CellFault("malformed", f"{_listed(wrong)}: a CoCode has five digits.")
    return tuple(sorted({code.zfill(COCODE_DIGITS) for code in codes}))


def categories_reader(
    categories: Sequence[tuple[str, str]],
) -> Callable[[str], tuple[str, ...]]:
    """Read lists of LOA categories by slug or label."""
    known = {loosely(word): slug for slug, label in categories for word in (label, slug)}
    names = ", ".join(slug for slug, _label in categories)

    def read(text: str) -> tuple[str, ...]:
        parts = _parts(text)
        unknown = [part for part in parts if loosely(part) not in known]
        if unknown:
            raise CellFault(
                "unknown_category", f"There is no LOA category {_listed(unknown)}; there are {names}."
            )
        return tuple(sorted({known[loosely(part)] for part in parts}))

    return read


def render_ssn(ssn: str) -> str:
    """With dashes."""
    return ssn_with_dashes(ssn)


def _parts(text: str) -> list[str]:
    parts = [part for each in _SEPARATORS.split(text) if (part := plain(each.strip(_GUARD)))]
    if not parts:
        raise CellFault("malformed", "Only separators stand here; write a list such as A; B.")
    return parts


def _filled(value: str, what: str = "number") -> str:
    if not value:
        raise CellFault("malformed", f"There is no {what} here.")
    return value


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(f"“{text[:50]}”" for text in texts)
