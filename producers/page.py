"""The producer page is open to higher rooms: they add their tabs, panels and actions from ``agentsync/wiring.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.access import has_right, right_label
from core.accounts.models import User
from producers.as_of import AsOf
from producers.models import Producer, ProducerAssignment

Selector = Callable[[Producer, AsOf], Mapping[str, Any]]
"""What a tab or panel shows, by the names its template uses. Only the open tab is asked."""


@dataclass(frozen=True, slots=True)
class Part:
    """A tab of the page, or a panel of its header. Parts whose right is missing are not drawn."""

    name: str
    label: str
    selector: Selector
    template: str
    order: int
    right: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A button on the top right. Without its right it stays, disabled, and says which right it wants."""

    label: str
    url: str
    icon: str = ""
    right: str = ""
    method: str = "get"
    primary: bool = False
    confirm: str = ""
    """A question asked before a ``post``; it says what the action costs."""
    values: tuple[tuple[str, str], ...] = ()
    """Hidden values of a ``post``."""
    disabled: str = ""
    """Why it cannot be pressed."""

    def for_user(self, user: User) -> Action:
        """The same button as this user finds it."""
        if self.disabled or has_right(user, self.right):
            return self
        return Action(self.label, "", self.icon, disabled=f"Needs the right “{right_label(self.right)}”")


ActionMaker = Callable[[Producer], Action]

AssignmentPreview = Callable[
    [Producer, ProducerAssignment | None, ProducerAssignment], tuple[str, Mapping[str, Any]]
]
"""Of a producer, the assignment that runs now (None for a new one) and the one wanted: a template and its context."""

_previews: list[AssignmentPreview] = []
_tabs: dict[str, Part] = {}
_panels: dict[str, Part] = {}
_actions: dict[str, tuple[int, ActionMaker]] = {}


def register_tab(  # noqa: PLR0917 - reads as a row of a table
    name: str, label: str, selector: Selector, template: str, order: int, right: str = ""
) -> None:
    """Add a tab; registering a name again replaces it."""
    _tabs[name] = Part(name, label, selector, template, order, right)


def register_panel(name: str, selector: Selector, template: str, order: int, right: str = "") -> None:
    """Add a panel to the header, beside the facts of the producer."""
    _panels[name] = Part(name, "", selector, template, order, right)


def register_action(name: str, maker: ActionMaker, order: int) -> None:
    """Add a button to the top right."""
    _actions[name] = (order, maker)


def use_assignment_preview(preview: AssignmentPreview) -> None:
    """Say what an assignment would change before it is saved; the last one introduced counts."""
    _previews[:] = [preview]


def assignment_preview() -> AssignmentPreview | None:
    return _previews[0] if _previews else None


def tabs_for(user: User) -> list[Part]:
    return _in_order(_tabs, user)


def panels_for(user: User) -> list[Part]:
    return _in_order(_panels, user)


def extra_actions(producer: Producer) -> list[Action]:
    return [maker(producer) for _order, maker in sorted(_actions.values(), key=lambda pair: pair[0])]


def _in_order(parts: Mapping[str, Part], user: User) -> list[Part]:
    return sorted(
        (part for part in parts.values() if has_right(user, part.right)), key=lambda part: part.order
    )
