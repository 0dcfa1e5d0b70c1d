"""Runs that have to fail: each takes one protection away. A harness that finds nothing in them finds nothing."""

from __future__ import annotations


def apply(name: str) -> None:
    """Take the protection of that name away; none for an empty name."""
    if name:
        CONTROLS[name]()


CONTROLS = {}
