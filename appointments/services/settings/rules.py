"""Gateway business rules: the lines the organisation does business in, state by state."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from appointments.services.settings.values import Effect, RuleFields
from core.actor import Actor
from core.state_table import HasRight, any_right


def set_business_rules(
    state: str, rules: Sequence[RuleFields], *, actor: Actor, has_right: HasRight = any_right
) -> Effect:
    """Make the whole set of a state what is told. Raises InvalidInput with paths ``rules.3.loa_code``."""
    raise NotImplementedError


def preview_business_rules(state: str, rules: Sequence[RuleFields]) -> Effect:
    """What :func:`set_business_rules` would change."""
    raise NotImplementedError


def set_business_rules_in_bulk(
    states: Collection[str],
    loa_codes: Collection[str],
    *,
    agent_type: str = "producer",
    active: bool,
    actor: Actor,
    has_right: HasRight = any_right,
) -> Effect:
    """Switch these lines on or off in these states; a line that a state does not have is left out there."""
    raise NotImplementedError


def preview_business_rules_in_bulk(
    states: Collection[str], loa_codes: Collection[str], *, agent_type: str = "producer", active: bool
) -> Effect:
    """What :func:`set_business_rules_in_bulk` would change."""
    raise NotImplementedError


def seed_business_rules(
    states: Collection[str], *, actor: Actor, has_right: HasRight = any_right, agent_type: str = "producer"
) -> Effect:
    """Take over all lines that the rule book knows for these states; what is set already stays."""
    raise NotImplementedError


def preview_seed(states: Collection[str], *, agent_type: str = "producer") -> Effect:
    """What :func:`seed_business_rules` would change."""
    raise NotImplementedError
