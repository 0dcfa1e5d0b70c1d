"""Frozen messages at the price of unfrozen ones.

A frozen dataclass sets each field through ``object.__setattr__``, which for the ten to fifteen fields of a licence or
an appointment costs more than reading them from XML. A report of a carrier-owned agency makes a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, make_dataclass
from typing import Any, TypeVar

T = TypeVar("T")


def quick(message: type[T]) -> Callable[..., T]:
    """A constructor that takes every field by position: it fills an unfrozen twin and then makes it a ``message``.

    Python allows the change of class because both have the same slots.
    """
    twin: Any = make_dataclass(message.__name__, [field.name for field in fields(message)], slots=True)  # type: ignore[arg-type]

    def build(*values: object) -> T:
        made: Any = twin(*values)
        made.__class__ = message
        return made  # type: ignore[no-any-return]

    return build
