"""The termination reason that is taken where none is given, state by state."""

from __future__ import annotations

from collections.abc import Mapping

from appointments.services.settings.values import Effect
from core.actor import Actor
from core.state_table import HasRight, any_right


def set_default_reasons(
    reasons: Mapping[str, str], *, actor: Actor, has_right: HasRight = any_right
) -> Effect:
    """``{state: slug}``; an empty slug takes the default away. States not named keep theirs."""
    raise NotImplementedError


def preview_default_reasons(reasons: Mapping[str, str]) -> Effect:
    """What :func:`set_default_reasons` would change."""
    raise NotImplementedError
