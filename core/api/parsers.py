"""Reading JSON from strangers: bounded in depth, and of text that a database can hold. Django bounds its bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 20


class BoundedJSONParser(JSONParser):
    """JSON of at most DEEPEST levels, without characters that nothing can store."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as plain values, or the refusal that says what is wrong with it."""
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_TOO_DEEP) from error
        for text in _texts(data):
            if "\0" in text:
                raise ParseError("The body holds a NUL character (\\u0000).")
            if not storable(text):
                raise ParseError("The body holds half of a surrogate pair, which is no character.")
        return data


def storable(text: str) -> bool:
    """Whether a database can hold it: JSON may write a NUL, and halves of surrogate pairs, which are no characters."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= each <= "\udfff" for each in text))


_TOO_DEEP = f"The body is nested too deep; {DEEPEST} levels are the most."


def _texts(data: Any) -> Iterator[str]:
    """Every name and text in the body, level by level."""
    level = [data]
    for _ in range(DEEPEST + 1):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, str):
                yield each
            elif isinstance(each, dict):
                yield from each
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
        if not inner:
            return
        level = inner
    raise ParseError(_TOO_DEEP)
