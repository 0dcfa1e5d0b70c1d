"""The named moments of a send at which tests stop or kill it. Without a hook they do nothing."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """In the order in which a send passes them."""

    AFTER_LOCK = "after_lock"
    BEFORE_CLAIM_COMMIT = "before_claim_commit"
    AFTER_CLAIM = "after_claim"
    AFTER_DOCUMENTS = "after_documents"
    AFTER_MARK = "after_mark"
    AFTER_JOURNAL = "after_journal"
    BEFORE_POST = "before_post"
    AFTER_POST = "after_post"
    AFTER_STORE = "after_store"
    BEFORE_APPLY = "before_apply"
    BEFORE_APPLY_COMMIT = "before_apply_commit"
    AFTER_APPLY = "after_apply"
    AFTER_RELEASE = "after_release"


hook: Callable[[Point], None] | None = None
"""Set by tests only."""


def reach(point: Point) -> None:
    """Tell the hook, if a test has set one, that this point is reached."""
    if hook is not None:
        hook(point)
