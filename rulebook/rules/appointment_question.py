"""What the appointment rules are asked: may this producer be appointed by that company, there, for this?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rulebook.rules.book import normalised
from rulebook.rules.facts import LineFact
from rulebook.rules.vocabulary import AgentType


@dataclass(frozen=True, slots=True)
class AppointmentQuestion:
    """One line of authority, or with neither code nor name, any line of the categories."""

    state: str
    cocode: str
    categories: frozenset[str]
    agent_type: str = AgentType.PRODUCER
    loa_code: str = ""
    loa: str = ""
    county: str = ""
    license_class_codes: frozenset[str] | None = None
    """The classes of license that may carry it; None is any."""

    @property
    def names_a_line(self) -> bool:
        return bool(self.loa_code or self.loa)

    @property
    def what(self) -> str:
        """The line or the categories as a sentence names them."""
        if self.names_a_line:
            return self.loa or f"line {self.loa_code}"
        return category_words(self.categories)

    def is_line(self, code: str, name: str) -> bool:
        """Whether a code or a name is the line asked about: states do not always agree with themselves on codes."""
        if self.loa_code and code == self.loa_code:
            return True
        return bool(self.loa and name) and normalised(name) == normalised(self.loa)

    def takes_class(self, class_code: str) -> bool:
        """Whether a license of this class may carry it."""
        return self.license_class_codes is None or class_code in self.license_class_codes

    def asks_for(self, line: LineFact, categories: frozenset[str]) -> bool:
        """Whether a line on a license, of these categories, is what is asked about."""
        if self.names_a_line:
            return self.is_line(line.code, line.name)
        return not self.categories.isdisjoint(categories)


@lru_cache(maxsize=1024)
def category_words(categories: frozenset[str]) -> str:
    """Categories as a sentence names them: "life and personal lines"."""
    return " and ".join(name.replace("_", " ") for name in sorted(categories))
