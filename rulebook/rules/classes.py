"""From a licence class to the agent type that an assignment asks for."""

from __future__ import annotations

from rulebook.rules.vocabulary import AgentType, LicenseKind

TYPE_OF_KIND: dict[str, AgentType] = {
    LicenseKind.PRODUCER: AgentType.PRODUCER,
    LicenseKind.BROKER: AgentType.PRODUCER,
    LicenseKind.LIMITED_LINES: AgentType.PRODUCER,
    LicenseKind.TEMPORARY_PRODUCER: AgentType.PRODUCER,
    LicenseKind.BUSINESS_ENTITY: AgentType.PRODUCER,
    LicenseKind.TITLE: AgentType.PRODUCER,
    LicenseKind.BAIL_BOND: AgentType.PRODUCER,
    LicenseKind.ADJUSTER: AgentType.ADJUSTER,
    LicenseKind.PUBLIC_ADJUSTER: AgentType.ADJUSTER,
    LicenseKind.SURPLUS_LINES: AgentType.SURPLUS,
}
"""Kinds that are not here (consultants, administrators, navigators ...) are licences of no agent type."""

_TELLING_WORDS = (
    ("adjuster", AgentType.ADJUSTER),
    ("appraiser", AgentType.ADJUSTER),
    ("surplus", AgentType.SURPLUS),
    ("excess line", AgentType.SURPLUS),
    ("consultant", AgentType.OTHER),
    ("counselor", AgentType.OTHER),
    ("navigator", AgentType.OTHER),
    ("administrator", AgentType.OTHER),
    ("settlement", AgentType.OTHER),
    ("intermediary", AgentType.OTHER),
    ("managing general", AgentType.OTHER),
    ("producer", AgentType.PRODUCER),
    ("agent", AgentType.PRODUCER),
    ("agency", AgentType.PRODUCER),
)
"""In this order: a "surplus lines agent" is told by its first two words, a "managing general agent" too."""


def type_of_kind(kind: str) -> AgentType:
    return TYPE_OF_KIND.get(kind, AgentType.OTHER)


def type_by_words(plain_name: str) -> AgentType | None:
    """The agent type that a class the library does not know gives away in its name, if it does."""
    for word, agent_type in _TELLING_WORDS:
        if word in plain_name:
            return agent_type
    return None
