"""Gateway business rules: the lines the organisation does business in, state by state."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction as database
from django.db.models import QuerySet

from appointments import access
from appointments.enums import TransactionKind, TransactionStatus
from appointments.models import GatewayBusinessRule, Transaction
from appointments.services.settings import known_lines
from appointments.services.settings.reading import read_rules
from appointments.services.settings.values import Effect, RuleFields
from core.actor import Actor
from core.audit import services as audit
from core.errors import InvalidInput, NotAllowed
from core.state_table import HasRight, any_right
from producers.enums import AgentType
from producers.states import state_names
from rulebook.models import Jurisdiction
from rulebook.selectors import load_rule_book

Key = tuple[str, str, str]
"""State, line code, agent type."""

NOT_LEFT = (
    TransactionStatus.READY_TO_SUBMIT,
    TransactionStatus.HELD,
    TransactionStatus.AWAITING_APPROVAL,
)


def set_business_rules(
    state: str, rules: Sequence[RuleFields], *, actor: Actor, has_right: HasRight = any_right
) -> Effect:
    """Make the whole set of a state what is told. Raises InvalidInput with paths ``rules.3.loa_code``."""
    _require(has_right)
    _refuse_unknown([state])
    wanted = _whole_set(state, rules)
    return _save([state], lambda: _compared(_rules_of([state]), wanted, whole=True), actor)


def preview_business_rules(state: str, rules: Sequence[RuleFields]) -> Effect:
    """What :func:`set_business_rules` would change."""
    _refuse_unknown([state])
    return _compared(_rules_of([state]), _whole_set(state, rules), whole=True).effect()


def set_business_rules_in_bulk(
    states: Collection[str],
    loa_codes: Collection[str],
    *,
    agent_type: str = AgentType.PRODUCER,
    active: bool,
    actor: Actor,
    has_right: HasRight = any_right,
) -> Effect:
    """Switch these lines on or off in these states. What is switched on and was not there is added, for any class."""
    _require(has_right)
    _refuse_unknown(states)
    return _save(states, lambda: _switched(states, loa_codes, agent_type, active=active), actor)


def preview_business_rules_in_bulk(
    states: Collection[str],
    loa_codes: Collection[str],
    *,
    agent_type: str = AgentType.PRODUCER,
    active: bool,
) -> Effect:
    """What :func:`set_business_rules_in_bulk` would change."""
    _refuse_unknown(states)
    return _switched(states, loa_codes, agent_type, active=active).effect()


def seed_business_rules(
    states: Collection[str],
    *,
    actor: Actor,
    has_right: HasRight = any_right,
    agent_type: str = AgentType.PRODUCER,
) -> Effect:
    """Take over all lines that the rule book knows for these states; what is set already stays, off or on."""
    _require(has_right)
    _refuse_unknown(states)
    return _save(states, lambda: _seeded(states, agent_type), actor)


def preview_seed(states: Collection[str], *, agent_type: str = AgentType.PRODUCER) -> Effect:
    """What :func:`seed_business_rules` would change."""
    _refuse_unknown(states)
    return _seeded(states, agent_type).effect()


@dataclass(slots=True)
class _Difference:
    """Rows to write, and what each rule said before and says then."""

    added: list[GatewayBusinessRule] = field(default_factory=list)
    changed: list[GatewayBusinessRule] = field(default_factory=list)
    removed: list[GatewayBusinessRule] = field(default_factory=list)
    said: dict[Key, list[str]] = field(default_factory=dict)

    def effect(self) -> Effect:
        touched = {_key(rule) for rule in (*self.changed, *self.removed)}
        producers = _producers_touched(touched)
        return Effect(
            len(self.added),
            len(self.changed),
            len(self.removed),
            transactions=len(producers),
            producers=len(set(producers)),
        )


def _save(states: Collection[str], compare: Callable[[], _Difference], actor: Actor) -> Effect:
    """Write what differs: a constant number of statements; each state that changes is audited."""
    with audit.operation(), database.atomic():
        # Whoever else sets the rules of these states waits here, also where there are none yet.
        places = {place.pk: place for place in _locked(states)}
        difference = compare()
        effect = difference.effect()
        GatewayBusinessRule.objects.bulk_create(difference.added)
        GatewayBusinessRule.objects.bulk_update(difference.changed, ["active", "license_class_codes"])
        GatewayBusinessRule.objects.filter(pk__in=[rule.pk for rule in difference.removed]).delete()
        audit.record_many(_records(difference.said, places, actor))
    return effect


def _records(
    said: Mapping[Key, list[str]], places: Mapping[str, Jurisdiction], actor: Actor
) -> Iterable[audit.AuditRecord]:
    changes: dict[str, dict[str, list[str]]] = {}
    for (state, loa_code, agent_type), pair in said.items():
        changes.setdefault(state, {})[f"{loa_code} ({agent_type})"] = pair
    for state, of_state in sorted(changes.items()):
        yield audit.AuditRecord("business_rules.changed", actor, places[state], of_state)


def _compared(
    current: Iterable[GatewayBusinessRule], wanted: Mapping[Key, GatewayBusinessRule], *, whole: bool
) -> _Difference:
    """What makes the current rules what is wanted; with ``whole`` what is not wanted goes."""
    found, seen = _Difference(), set()
    for rule in current:
        seen.add(_key(rule))
        new = wanted.get(_key(rule))
        before = _words(rule)
        if new is None:
            if whole:
                found.removed.append(rule)
                found.said[_key(rule)] = [before, "not set"]
            continue
        rule.active, rule.license_class_codes = new.active, new.license_class_codes
        if before != _words(rule):
            found.changed.append(rule)
            found.said[_key(rule)] = [before, _words(rule)]
    for key, new in wanted.items():
        if key not in seen:
            found.added.append(new)
            found.said[key] = ["not set", _words(new)]
    return found


def _whole_set(state: str, rules: Sequence[RuleFields]) -> dict[Key, GatewayBusinessRule]:
    return {_key(rule): rule for rule in read_rules(state, rules)}


def _switched(
    states: Collection[str], loa_codes: Collection[str], agent_type: str, *, active: bool
) -> _Difference:
    read_rules("", [{"loa_code": code, "agent_type": agent_type} for code in loa_codes])
    current = list(_rules_of(states).filter(loa_code__in=loa_codes, agent_type=agent_type))
    classes = {_key(rule): rule.license_class_codes for rule in current}
    keys = [(state, code, agent_type) for state in sorted(states) for code in loa_codes]
    wanted = {key: _rule(key, classes.get(key), active=active) for key in keys if active or key in classes}
    return _compared(current, wanted, whole=False)


def _seeded(states: Collection[str], agent_type: str) -> _Difference:
    book = load_rule_book()
    set_already = {_key(rule) for rule in _rules_of(states)}
    wanted = {
        (state, code, agent_type): _rule((state, code, agent_type), None, active=True)
        for state in sorted(states)
        for code in known_lines.codes(book, state, agent_type)
    }
    new = {key: rule for key, rule in wanted.items() if key not in set_already}
    return _compared((), new, whole=False)


def _rules_of(states: Collection[str]) -> QuerySet[GatewayBusinessRule]:
    return GatewayBusinessRule.objects.filter(state__in=states).order_by("state", "agent_type", "loa_code")


def _locked(states: Collection[str]) -> list[Jurisdiction]:
    return list(Jurisdiction.objects.select_for_update().filter(pk__in=states).order_by("pk"))


def _producers_touched(keys: set[Key]) -> list[int]:
    """Whose transactions rest on these rules and have not left yet: a producer a transaction, with one query."""
    rows = Transaction.objects.filter(
        kind=TransactionKind.APPOINTMENT,
        status__in=NOT_LEFT,
        state__in={key[0] for key in keys},
        loa_code__in={key[1] for key in keys},
    ).values_list("state", "loa_code", "agent_type", "producer_id")
    return [row[3] for row in rows if row[:3] in keys] if keys else []


def _rule(key: Key, classes: list[str] | None, *, active: bool) -> GatewayBusinessRule:
    state, loa_code, agent_type = key
    return GatewayBusinessRule(
        state=state,
        loa_code=loa_code,
        agent_type=agent_type,
        license_class_codes=classes,
        active=active,
    )


def _key(rule: GatewayBusinessRule) -> Key:
    return rule.state, rule.loa_code, rule.agent_type


def _words(rule: GatewayBusinessRule) -> str:
    classes = rule.license_class_codes
    told = "any class" if classes is None else f"classes {', '.join(classes)}"
    return f"{'active' if rule.active else 'inactive'}, {told}"


def _refuse_unknown(states: Iterable[str]) -> None:
    names = state_names()
    unknown = [state for state in states if state not in names]
    if unknown:
        message = f"There is no state {', '.join(f'“{state}”' for state in unknown)}."
        raise InvalidInput([{"path": "state", "code": "unknown_state", "message": message}])


def _require(has_right: HasRight) -> None:
    if not has_right(access.CHANGE_RULES):
        raise NotAllowed(access.CHANGE_RULES)
