"""What services raise when they will not do a thing: one sentence of what is wrong, one of what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict


class FieldError(TypedDict):
    """One thing wrong with one place of the input. ``path`` is dotted: ``requests.3.npn``."""

    path: str
    code: str
    message: str


class DomainError(Exception):
    """A refusal that a person or a client can act on. Screens show ``message`` and ``fix``; the API adds ``code``."""

    status = 400

    def __init__(self, code: str, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class NotAllowed(DomainError):
    """The actor lacks a right. The right is named, so that it can be asked for."""

    status = 403

    def __init__(self, right: str, message: str = "") -> None:
        super().__init__(
            "not_allowed",
            message or f"This needs the right “{right}”.",
            "Ask an administrator to add it to one of your groups.",
        )
        self.right = right


class Conflict(DomainError):
    """The record is not in a state that allows this, or somebody was faster."""

    status = 409

    def __init__(
        self, message: str, fix: str = "", *, code: str = "conflict", allowed: Iterable[str] = ()
    ) -> None:
        super().__init__(code, message, fix)
        self.allowed = list(allowed)


class InvalidInput(DomainError):
    """The input is wrong; every fault found is listed at once."""

    status = 400

    def __init__(self, errors: Iterable[FieldError], message: str = "") -> None:
        self.errors = list(errors)
        super().__init__("invalid_input", message or _sentence(self.errors), "Correct it and send it again.")


def _sentence(errors: list[FieldError]) -> str:
    if len(errors) == 1:
        return errors[0]["message"]
    return f"{len(errors)} things are wrong with the input."
