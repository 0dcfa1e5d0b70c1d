"""Reading JSON from strangers: bounded in bytes and in depth, and of text that a database can hold."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 20


class TooLarge(APIException):
    """413: more bytes than a body may have."""

    status_code = 413
    default_code = "too_large"
    default_detail = "The body is too large. Send it in several requests."


class BoundedJSONParser(JSONParser):
    """JSON of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes and DEEPEST levels, without characters nothing can store."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as plain values, or the refusal that says what is wrong with it."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge
        try:
            data = super().parse(io.BytesIO(body), media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_TOO_DEEP) from error
        for text in _texts(data):
            if "\0" in text:
                raise ParseError("The body holds a NUL character (\\u0000).")
            if not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
                raise ParseError("The body holds half of a surrogate pair, which is no character.")
        return data


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
