"""Every change of the rule book by people and programs. Each is signed, has a reason, and tells the rooms above.

A refusal is a ValidationError that names the field and says what would be accepted.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from rulebook import clock
from rulebook.fields import BY_NAME, FIELDS_OF_REASONS
from rulebook.models import (
    CodeSystem,
    Edition,
    Jurisdiction,
    LineOfAuthority,
    Origin,
    StateRule,
    TerminationReason,
)
from rulebook.rules.vocabulary import Confidence, LoaCategory
from rulebook.signals import rule_changed

LINES = "lines"


def draft_override(
    *,
    jurisdiction: str,
    field: str,
    value: str,
    effective_from: date | None,
    effective_to: date | None,
    reason: str,
    author_label: str,
    user_id: int | None = None,
) -> StateRule:
    """A checked local rule that is not saved yet: for a preview, or to ask "what if"."""
    draft = StateRule(
        jurisdiction_id=jurisdiction,
        field=field,
        value=value.strip(),
        effective_from=effective_from,
        effective_to=effective_to,
        origin=Origin.LOCAL,
        confidence=Confidence.LOCAL,
        source="local",
        reason=reason.strip(),
        author_label=author_label,
        author_id=user_id,
    )
    faults = _faults(draft)
    if faults:
        raise ValidationError(faults)
    return draft


@transaction.atomic
def override_rule(
    *,
    jurisdiction: str,
    field: str,
    value: str,
    effective_from: date | None,
    effective_to: date | None,
    reason: str,
    author_label: str,
    user_id: int | None = None,
) -> StateRule:
    """Say for a period what a state's rule is. The shipped rule stays, and counts again outside the period."""
    one_at_a_time()
    rule = draft_override(
        jurisdiction=jurisdiction,
        field=field,
        value=value,
        effective_from=effective_from,
        effective_to=effective_to,
        reason=reason,
        author_label=author_label,
        user_id=user_id,
    )
    same = StateRule.objects.filter(
        jurisdiction=rule.jurisdiction_id,
        field=field,
        value=rule.value,
        effective_from=effective_from,
        effective_to=effective_to,
        origin=Origin.LOCAL,
        withdrawn_at=None,
    )
    if same.exists():
        raise ValidationError({"value": ["A local rule says just this for the same days already."]})
    rule.save(force_insert=True)
    book_changed(
        jurisdictions=[rule.jurisdiction_id],
        fields=[field],
        action="override_added",
        author_label=author_label,
        user_id=user_id,
        reason=rule.reason,
        override=rule,
    )
    return rule


@transaction.atomic
def withdraw_override(
    rule: StateRule, *, reason: str, author_label: str, user_id: int | None = None
) -> StateRule:
    """Take a local rule back. It stays in the history, and decides nothing from now on."""
    one_at_a_time()
    _withdraw(StateRule, rule, reason=reason, author_label=author_label)
    rule.refresh_from_db()
    book_changed(
        jurisdictions=[rule.jurisdiction_id],
        fields=[rule.field],
        action="override_withdrawn",
        author_label=author_label,
        user_id=user_id,
        reason=rule.withdrawal_reason,
        override=rule,
    )
    return rule


@transaction.atomic
def mend_line(
    *,
    jurisdiction: str,
    loa_code: str,
    name: str,
    categories: Collection[str],
    author_label: str,
    reason: str = "Categories set by hand",
    user_id: int | None = None,
) -> LineOfAuthority:
    """Say locally what a line is called and which categories it belongs to; none means that it has none."""
    one_at_a_time()
    faults = _line_faults(jurisdiction, loa_code, name, categories)
    if faults:
        raise ValidationError(faults)
    line = LineOfAuthority(
        jurisdiction_id=jurisdiction,
        code_system=CodeSystem.NIPR,
        code=loa_code,
        name=name.strip(),
        categories="|".join(word for word in LoaCategory if word in set(categories)),
        origin=Origin.LOCAL,
        confidence=Confidence.LOCAL,
        source="local",
        reason=reason.strip() or "Categories set by hand",
        author_label=author_label,
        author_id=user_id,
    )
    known = _replaced_by(line)
    if known is not None:
        return known
    book_changed(
        jurisdictions=[jurisdiction],
        fields=[LINES],
        action="line_mended",
        author_label=author_label,
        user_id=user_id,
        reason=line.reason,
        override=line,
    )
    return line


@transaction.atomic
def withdraw_line(
    line: LineOfAuthority, *, reason: str, author_label: str, user_id: int | None = None
) -> LineOfAuthority:
    """Take a local answer about a line back; what is shipped counts again."""
    one_at_a_time()
    _withdraw(LineOfAuthority, line, reason=reason, author_label=author_label)
    line.refresh_from_db()
    book_changed(
        jurisdictions=[line.jurisdiction_id],
        fields=[LINES],
        action="override_withdrawn",
        author_label=author_label,
        user_id=user_id,
        reason=line.withdrawal_reason,
        override=line,
    )
    return line


def one_at_a_time() -> None:
    """Let no two changes of the book run at once: two people who answer one line would both find it open."""
    Edition.objects.select_for_update().get_or_create(pk=1)


def book_changed(
    *,
    jurisdictions: Collection[str],
    fields: Collection[str],
    action: str,
    author_label: str,
    user_id: int | None = None,
    reason: str = "",
    override: StateRule | LineOfAuthority | None = None,
) -> None:
    """Make every process read the book anew, and tell the rooms above, in the transaction of the change."""
    Edition.objects.update_or_create(pk=1, defaults={"token": uuid.uuid4()})
    rule_changed.send(
        sender=StateRule,
        jurisdictions=frozenset(jurisdictions),
        fields=frozenset(fields),
        override=override,
        action=action,
        author_label=author_label,
        user_id=user_id,
        reason=reason,
    )


def _replaced_by(line: LineOfAuthority) -> LineOfAuthority | None:
    """Put the line in the place of what was said of it before; the earlier one, when it says just the same."""
    before = LineOfAuthority.objects.filter(
        jurisdiction=line.jurisdiction_id,
        code_system=line.code_system,
        code=line.code,
        origin=Origin.LOCAL,
        withdrawn_at=None,
    )
    known = before.first()
    if known is not None and (known.name, known.categories) == (line.name, line.categories):
        return known
    before.update(withdrawn_at=clock.now(), withdrawn_by=line.author_label, withdrawal_reason="Said anew")
    line.save(force_insert=True)
    return None


def _withdraw(
    model: type[StateRule | LineOfAuthority],
    row: StateRule | LineOfAuthority,
    *,
    reason: str,
    author_label: str,
) -> None:
    """Claim the row by a conditional update: of two people who withdraw it, one is told so."""
    if not reason.strip():
        raise ValidationError({"reason": ["Say why it is withdrawn."]})
    claimed = model._default_manager.filter(pk=row.pk, origin=Origin.LOCAL, withdrawn_at=None).update(
        withdrawn_at=clock.now(), withdrawn_by=author_label, withdrawal_reason=reason.strip()
    )
    if not claimed:
        raise ValidationError("This is not a local rule in force: it is shipped, or was withdrawn before.")


def _faults(draft: StateRule) -> dict[str, list[str]]:
    """Everything that is wrong with a local rule, by field."""
    faults: dict[str, list[str]] = {}
    if not Jurisdiction.objects.filter(code=draft.jurisdiction_id, is_country=False).exists():
        faults["jurisdiction"] = [f"There is no state {draft.jurisdiction_id}."]
    definition = BY_NAME.get(draft.field)
    if definition is None:
        faults["field"] = [f"There is no rule {draft.field}. The rules are {', '.join(BY_NAME)}."]
    elif problem := definition.problem_with(draft.value) or _unknown_reasons(draft):
        faults["value"] = [problem]
    if draft.effective_from and draft.effective_to and draft.effective_to < draft.effective_from:
        faults["effective_to"] = ["The last day is before the first."]
    if not draft.reason:
        faults["reason"] = ["Say why, and where it says so: every decision that uses the rule will show it."]
    if not draft.author_label:
        faults["author_label"] = ["A local rule has an author."]
    return faults


def _unknown_reasons(draft: StateRule) -> str:
    if draft.field not in FIELDS_OF_REASONS:
        return ""
    known = set(TerminationReason.objects.values_list("slug", flat=True))
    unknown = [slug for slug in draft.value.split("|") if slug not in known]
    return f"{', '.join(unknown)} is none of {', '.join(sorted(known))}." if unknown else ""


def _line_faults(
    jurisdiction: str, code: str, name: str, categories: Collection[str]
) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if not Jurisdiction.objects.filter(code=jurisdiction).exists():
        faults["jurisdiction"] = [f"There is no state {jurisdiction}."]
    if not code.isascii() or not code.isalnum() or len(code) > 20:
        faults["loa_code"] = ["A line's code is up to 20 letters and digits."]
    if not name.strip() or len(name) > 120:
        faults["name"] = ["Say the line's name in at most 120 characters."]
    unknown = sorted(set(categories) - set(LoaCategory))
    if unknown:
        faults["categories"] = [f"{', '.join(unknown)} is none of {', '.join(LoaCategory)}."]
    return faults
