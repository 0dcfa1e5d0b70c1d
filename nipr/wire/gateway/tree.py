"""Finding elements by a plain path. The parser library's own paths cost several times as much."""

from __future__ import annotations

from functools import lru_cache

from nipr.wire.xml import Element


@lru_cache(maxsize=256)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


def find_all(element: Element | None, path: str) -> list[Element]:
    """Every element of the path, in order."""
    level = [] if element is None else [element]
    for tag in _steps(path):
        level = [child for parent in level for child in parent.iterchildren(tag)]
    return level


def find(element: Element | None, path: str) -> Element | None:
    """The first element of the path."""
    found = find_all(element, path)
    return found[0] if found else None


def text(element: Element | None, path: str) -> str:
    """The trimmed text of the first element of the path, blank when there is none."""
    found = find(element, path)
    return (found.text or "").strip() if found is not None else ""


def only(element: Element, path: str) -> str | None:
    """The text of the one element of that path; ``None`` when there is none, more than one, or more than text."""
    found = find_all(element, path)
    if len(found) != 1 or len(found[0]):
        return None
    return (found[0].text or "").strip()
