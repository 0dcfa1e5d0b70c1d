"""The kinds of job there are. A kind is a function in an app's tasks.py with ``@job_kind`` above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Run = Callable[..., dict[str, Any]]
"""``run(ctx: JobContext, **args) -> dict``: the result, JSON-safe and without secrets."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind. A resumable one goes on from ``ctx.checkpoint``, so it may be stopped for a deploy.

    ``right`` is asked again when the job begins, of the person who asked for it: rights may have gone since. Then
    ``refused(ctx, refusal)`` closes what waits for the job, and the job fails. ``rights_to_retry(**args)`` names what
    trying it again takes besides: somebody else's work may do what the one who tries may not.
    """

    name: str
    title: str
    run: Run
    resumable: bool = False
    right: str = ""
    refused: Callable[..., None] | None = None
    rights_to_retry: Callable[..., Sequence[str]] | None = None


_kinds: dict[str, JobKind] = {}


def job_kind(
    name: str,
    *,
    title: str,
    resumable: bool = False,
    right: str = "",
    refused: Callable[..., None] | None = None,
    rights_to_retry: Callable[..., Sequence[str]] | None = None,
) -> Callable[[Run], Run]:
    """Register a function as a kind of job."""

    def register(run: Run) -> Run:
        if name in _kinds and _kinds[name].run.__qualname__ != run.__qualname__:
            raise ValueError(f"Two job kinds are named {name!r}.")
        _kinds[name] = JobKind(name, title, run, resumable, right, refused, rights_to_retry)
        return run

    return register


def kind_named(name: str) -> JobKind:
    """The kind of that name; LookupError when no app has it."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"No job kind is named {name!r}. Known: {', '.join(sorted(_kinds))}.") from None


def kind_choices() -> list[tuple[str, str]]:
    """Names and titles, for filters."""
    return sorted(((kind.name, kind.title) for kind in _kinds.values()), key=lambda choice: choice[1])
