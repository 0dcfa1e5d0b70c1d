"""Names under which secrets travel. Shared by what must not store them: job arguments and the audit trail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

_SECRET_NAME = re.compile(
    r"(^|_)(ssn|social_security(_number)?|tax_id|password|passwd|secret|token|api_key|private_key"
    r"|date_of_birth|dob|birth_date)($|_)"
)
_HARMLESS_SUFFIX = re.compile(r"_(last4|last_4|hash|present|count)$")
_SSN = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a key of this name usually holds a secret (``ssn``, ``new_password``; not ``ssn_last4``)."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("-", "_")
    return bool(_SECRET_NAME.search(snake)) and not _HARMLESS_SUFFIX.search(snake)


def secrets_in(value: Any, path: str = "") -> Iterator[str]:
    """Dotted paths inside a JSON-like value that look like a secret, by their name or by an SSN written out."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else str(key)
            if is_secret_name(str(key)) and inner not in (None, ""):
                yield here
            else:
                yield from secrets_in(inner, here)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from secrets_in(inner, f"{path}.{index}" if path else str(index))
    elif isinstance(value, str) and _SSN.search(value):
        yield path


def masked(text: str) -> str:
    """The text with social security numbers cut to their last four digits; for logs and messages."""
    return _SSN.sub(lambda found: f"***-**-{found[0][-4:]}", text)
