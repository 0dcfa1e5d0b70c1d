"""What saving would change, in sentences, before it is saved."""

from __future__ import annotations

from collections.abc import Iterator

from appointments.services.settings.values import Effect


def sentences(effect: Effect, one: str, many: str) -> list[str]:
    """What a change does to the settings, named ``one`` or ``many``, and the work and the people it touches."""
    return list(_sentences(effect, one, many))


def _sentences(effect: Effect, one: str, many: str) -> Iterator[str]:
    if effect.nothing:
        yield "Nothing would change."
        return
    for count, done in ((effect.added, "added"), (effect.changed, "changed"), (effect.removed, "taken away")):
        if count:
            yield f"{_counted(count, one, many)} {done}."
    if effect.transactions == 1:
        yield "1 transaction that rests on this has not left yet: it is judged again before it leaves."
    elif effect.transactions:
        many_of_them = f"{effect.transactions:,} transactions that rest on this have not left yet"
        yield f"{many_of_them}: they are judged again before they leave."
    if effect.appointments:
        held = _counted(effect.appointments, "current appointment", "current appointments")
        yield f"{held} at the registry: nothing is terminated by this."
    if effect.producers:
        yield f"{_counted(effect.producers, 'producer is', 'producers are')} touched."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
