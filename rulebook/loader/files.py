"""What each shipped file means: its rows as records of the rule book, by their natural keys."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db.models import Model

from rulebook.fields import BY_NAME, FIELDS, FIELDS_OF_REASONS, RuleField
from rulebook.loader.table import COUNTRY, BadFiles, Folder, Problem, Row
from rulebook.models import (
    CodeSystem,
    Fee,
    ForCause,
    Jurisdiction,
    LicenseClass,
    LineOfAuthority,
    Payee,
    RenewalWindow,
    Sourced,
    StateRule,
    TerminationReason,
)
from rulebook.rules.vocabulary import Confidence, LicenseKind, LoaCategory

NOT_IN_STATES_FILE = {
    "jit_categories",
    "termination_document_reasons",
    "appointment_fee_nonresident_usd",
    "appointment_fee_firm_usd",
    "appointment_fee_firm_nonresident_usd",
    "appointment_fee_per_line",
    "termination_fee_per_line",
}
CONFIDENCE = [item.value for item in Confidence if item is not Confidence.LOCAL]


@dataclass
class Shipment:
    """The records of all files by natural key, and the states that take each termination reason."""

    records: dict[type[Model], dict[Hashable, Model]] = field(default_factory=dict)
    reason_states: dict[str, set[str]] = field(default_factory=dict)
    _lines: dict[tuple[type[Model], Hashable], int] = field(default_factory=dict)

    def add(self, row: Row, column: str, key: Hashable, record: Model) -> None:
        """Take a record in; a second one of the same key is a problem of its row."""
        model = type(record)
        first = self._lines.setdefault((model, key), row.line)
        if self.records.setdefault(model, {}).setdefault(key, record) is not record:
            row.problem(column, f"Line {first} already says this; one of them has to go.")

    def add_seen(self, key: Hashable, record: Sourced) -> None:
        """Take in a sighting: the same record seen in several places names them all."""
        known = self.records.setdefault(type(record), {}).setdefault(key, record)
        if known is record or not isinstance(known, Sourced):
            return
        known.source = _joined(known.source, record.source)
        known.note = _joined(known.note, record.note)


def read_shipment(path: Path) -> tuple[Shipment, list[Problem]]:
    """Everything in the folder, or BadFiles with everything that is wrong with it."""
    folder, shipment = Folder(path), Shipment()
    _states(folder, shipment)
    _dated_rules(folder, shipment)
    _registry_states(folder, shipment)
    _termination_reasons(folder, shipment)
    _license_classes(folder, shipment)
    _registry_classes(folder, shipment)
    _lines(folder, shipment)
    _registry_lines(folder, shipment)
    _fees(folder, shipment)
    _renewal_windows(folder, shipment)
    _reasons_are_known(folder, shipment)
    if folder.problems:
        raise BadFiles(folder.problems)
    return shipment, folder.left_out


def _states(folder: Folder, shipment: Shipment) -> None:
    fields = [rule for rule in FIELDS if rule.name not in NOT_IN_STATES_FILE]
    columns = [rule.name for rule in fields]
    named = (
        "code",
        "name",
        "naic_code",
        "confidence",
        "source",
        "ce_confidence",
        "ce_source",
        "conflict",
        "note",
    )
    country = Jurisdiction(code=COUNTRY, name="United States", is_country=True)
    shipment.records[Jurisdiction] = {COUNTRY: country}
    for row in folder.rows("states.csv", [*named, *columns]):
        code = row.text("code", required=True)
        if not re.fullmatch("[A-Z]{2}", code):
            row.problem("code", "A state is two capital letters.")
            continue
        folder.states.add(code)
        confidence = row.one_of("confidence", CONFIDENCE, blank_is=Confidence.UNKNOWN)
        state = Jurisdiction(
            code=code,
            name=row.text("name", required=True, maximum=60),
            naic_code=row.text("naic_code", maximum=10),
            confidence=confidence,
            source=row.text("source"),
            note=row.text("note"),
            conflict=row.text("conflict"),
        )
        shipment.add(row, "code", code, state)
        for rule in fields:
            _state_cell(row, rule, code, shipment)


def _state_cell(row: Row, rule: RuleField, code: str, shipment: Shipment) -> None:
    """A blank cell is not known, and makes no record. Education has a source of its own."""
    value = row.text(rule.name)
    if not value:
        return
    problem = rule.problem_with(value)
    if problem:
        row.problem(rule.name, problem)
        return
    prefix = "ce_" if rule.name.startswith("ce_") else ""
    record = StateRule(
        jurisdiction_id=code,
        field=rule.name,
        value=value,
        confidence=row.one_of(f"{prefix}confidence", CONFIDENCE, blank_is=Confidence.UNKNOWN),
        source=row.text(f"{prefix}source"),
    )
    shipment.add(row, rule.name, (code, rule.name, None), record)


def _dated_rules(folder: Folder, shipment: Shipment) -> None:
    """Rules that are known with their dates stand in a file of their own, instead of the undated cell."""
    columns = ("jurisdiction", "field", "value", "effective_from", "effective_to", "source", "confidence")
    rules = shipment.records.setdefault(StateRule, {})
    for row in folder.rows("state_rules.csv", columns, optional=True):
        code, name = row.state("jurisdiction"), row.one_of("field", BY_NAME)
        starts, ends, value = (
            row.day("effective_from"),
            row.day("effective_to"),
            row.text("value", required=True),
        )
        if not (code and name and value):
            continue
        problem = BY_NAME[name].problem_with(value)
        if problem:
            row.problem("value", problem)
        if starts and ends and ends < starts:
            row.problem("effective_to", "This ends before it begins.")
        record = StateRule(
            jurisdiction_id=code,
            field=name,
            value=value,
            effective_from=starts,
            effective_to=ends,
            confidence=row.one_of("confidence", CONFIDENCE, blank_is=Confidence.UNKNOWN),
            source=row.text("source"),
            note=row.text("note"),
            conflict=row.text("conflict"),
        )
        if starts:
            rules.pop((code, name, None), None)
        shipment.add(row, "effective_from", (code, name, starts), record)


def _registry_states(folder: Folder, shipment: Shipment) -> None:
    known = shipment.records[Jurisdiction]
    for row in folder.rows("nipr_state_codes.csv", ("code", "pdb_participates")):
        state = known.get(row.state("code"))
        answer = row.one_of("pdb_participates", ("yes", "no", ""))
        if isinstance(state, Jurisdiction) and answer:
            state.at_registry = answer == "yes"


def _termination_reasons(folder: Folder, shipment: Shipment) -> None:
    columns = (
        "reason_slug",
        "label",
        "nipr_code",
        "for_cause",
        "states_listing_it",
        "registry_states_listing_it",
    )
    for row in folder.rows("termination_reasons.csv", (*columns, "confidence", "source", "note")):
        slug = row.text("reason_slug", required=True, maximum=40)
        stated = row.text("confidence")
        verified = stated == Confidence.VERIFIED
        record = TerminationReason(
            slug=slug,
            label=row.text("label", required=True, maximum=120),
            nipr_code=row.text("nipr_code", maximum=20),
            for_cause=row.one_of("for_cause", ForCause.values),
            confidence=Confidence.VERIFIED if verified else Confidence.PARTLY_VERIFIED,
            source=row.text("source"),
            note=_joined("" if verified else stated, row.text("note")),
        )
        shipment.add(row, "reason_slug", slug, record)
        states = row.states("states_listing_it") + row.states("registry_states_listing_it")
        shipment.reason_states[slug] = set(states)


def _license_classes(folder: Folder, shipment: Shipment) -> None:
    columns = (
        "jurisdiction",
        "class_code",
        "class_name",
        "kind",
        "code_system",
        "confidence",
        "source",
        "note",
    )
    for row in folder.rows("license_classes.csv", columns):
        record = LicenseClass(
            jurisdiction_id=row.state("jurisdiction"),
            code_system=_code_system(row),
            code=row.text("class_code", maximum=20),
            name=row.text("class_name", required=True, maximum=120),
            kind=row.one_of("kind", ("", *LicenseKind)),
            confidence=row.one_of("confidence", CONFIDENCE, blank_is=Confidence.UNKNOWN),
            source=row.text("source"),
            note=row.text("note"),
        )
        shipment.add(row, "class_code", _class_key(record), record)


def _registry_classes(folder: Folder, shipment: Shipment) -> None:
    """Class codes as they were seen in the registry's documents. Their kind is read from their name."""
    for row in folder.rows(
        "nipr_license_classes.csv", ("state", "class_code", "class_name", "quality", "source")
    ):
        if _unreliable(row):
            continue
        record = LicenseClass(
            jurisdiction_id=row.state("state", blank_is=COUNTRY),
            code_system=CodeSystem.NIPR,
            code=row.text("class_code", required=True, maximum=20),
            name=row.text("class_name", required=True, maximum=120),
            confidence=Confidence.PARTLY_VERIFIED,
            source=row.text("source"),
            note=row.text("quality"),
        )
        shipment.add_seen(_class_key(record), record)


def _lines(folder: Folder, shipment: Shipment) -> None:
    columns = ("jurisdiction", "license_class_code", "license_class_name", "loa_code", "loa_name", "category")
    for row in folder.rows(
        "lines_of_authority.csv", (*columns, "code_system", "confidence", "source", "note")
    ):
        record = LineOfAuthority(
            jurisdiction_id=row.state("jurisdiction"),
            code_system=_code_system(row),
            code=row.text("loa_code", maximum=20),
            name=row.text("loa_name", required=True, maximum=120),
            categories=_categories(row),
            license_class_code=row.text("license_class_code", maximum=20),
            license_class_name=row.text("license_class_name", maximum=120),
            confidence=row.one_of("confidence", CONFIDENCE, blank_is=Confidence.UNKNOWN),
            source=row.text("source"),
            note=row.text("note"),
        )
        shipment.add(row, "loa_code", _line_key(record), record)


def _registry_lines(folder: Folder, shipment: Shipment) -> None:
    """Line codes as they were seen in the registry's documents. They come without a category."""
    columns = ("state", "loa_code", "loa_name", "context", "quality", "source")
    for row in folder.rows("nipr_loa_codes.csv", columns):
        if _unreliable(row):
            continue
        record = LineOfAuthority(
            jurisdiction_id=row.state("state", blank_is=COUNTRY),
            code_system=CodeSystem.NIPR,
            code=row.text("loa_code", required=True, maximum=20),
            name=row.text("loa_name", maximum=120),
            confidence=Confidence.PARTLY_VERIFIED,
            source=row.text("source"),
            note=f"{row.text('context')}: {row.text('quality')}",
        )
        shipment.add_seen(_line_key(record), record)


def _fees(folder: Folder, shipment: Shipment) -> None:
    for row in folder.rows("nipr_fees.csv", ("item", "amount_usd", "note", "source")):
        item, amount, source = (
            row.text("item", required=True, maximum=120),
            row.text("amount_usd"),
            row.text("source"),
        )
        state = re.fullmatch(r"([A-Z]{2}) .*\bstate fee", item)
        if state and state[1] not in folder.states:
            row.problem("item", "There is no such state in states.csv.")
            continue
        record = Fee(
            item=item,
            payee=Payee.STATE if state else Payee.REGISTRY,
            jurisdiction_id=state[1] if state else None,
            amount_cents=_cents(amount),
            amount_text=row.text("amount_usd", required=True, maximum=120),
            effective_from=_dated_in(row, source),
            source=source,
            note=row.text("note"),
        )
        shipment.add(row, "item", item, record)


def _renewal_windows(folder: Folder, shipment: Shipment) -> None:
    for row in folder.rows("nipr_renewal_windows.csv", ("state", "opens", "closes", "note", "source")):
        if row.text("state").startswith("("):
            row.leave_out("state", "It names no one state, so it is left out.")
            continue
        state = row.state("state")
        opens, closes = row.day("opens", required=True), row.day("closes", required=True)
        if not (state and opens and closes):
            continue
        if closes < opens:
            row.problem("closes", "This closes before it opens.")
        record = RenewalWindow(
            jurisdiction_id=state,
            opens=opens,
            closes=closes,
            source=row.text("source"),
            note=row.text("note"),
        )
        shipment.add(row, "opens", (state, opens), record)


def _reasons_are_known(folder: Folder, shipment: Shipment) -> None:
    known = shipment.records.get(TerminationReason, {})
    for rule in shipment.records.get(StateRule, {}).values():
        if isinstance(rule, StateRule) and rule.field in FIELDS_OF_REASONS:
            unknown = [slug for slug in rule.value.split("|") if slug not in known]
            if unknown and known:
                message = f"{', '.join(unknown)} is not in termination_reasons.csv."
                folder.problems.append(
                    Problem("states.csv", 0, f"{rule.field} of {rule.jurisdiction_id}", rule.value, message)
                )


def _unreliable(row: Row) -> bool:
    """Rows whose own source calls them unreliable are known of, and not used."""
    if not row.text("quality").startswith("UNRELIABLE"):
        return False
    row.leave_out("quality", "Its source is not reliable, so it is left out.")
    return True


def _code_system(row: Row) -> str:
    """A question mark says that the code is not certain to be of that system; its confidence says so too."""
    value = row.text("code_system").removesuffix("?").removesuffix(" licence class")
    if value not in CodeSystem.values:
        row.problem("code_system", f"This is none of {', '.join(filter(None, CodeSystem.values))}.")
    return value


def _categories(row: Row) -> str:
    words = [word for word in row.text("category").split("|") if word]
    unknown = [word for word in words if word not in set(LoaCategory)]
    if unknown:
        row.problem("category", f"{', '.join(unknown)} is none of {', '.join(LoaCategory)}.")
        return ""
    return "|".join(words)


def _cents(amount: str) -> int | None:
    """The amount where it is one plain number; "1% of state fees" or "10 resident / 20 non-resident" is not."""
    return int(Decimal(amount) * 100) if re.fullmatch(r"\d+(\.\d{1,2})?", amount) else None


def _dated_in(row: Row, source: str) -> date | None:
    """Since when, where the source says so in words."""
    found = re.search(r"\beffective (\d{4}-\d{2}-\d{2})", source)
    if not found:
        return None
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        row.problem("source", "The effective date in it is not a date such as 2027-03-31.")
        return None


def _class_key(record: LicenseClass) -> Hashable:
    return (record.jurisdiction_id, record.code_system, record.code, record.name)


def _line_key(record: LineOfAuthority) -> Hashable:
    classes = (record.license_class_code, record.license_class_name)
    return (record.jurisdiction_id, record.code_system, record.code, *classes, record.name)


def _joined(first: str, second: str) -> str:
    parts = [part for part in (first, second) if part]
    return first if second and second in first else "; ".join(parts)
