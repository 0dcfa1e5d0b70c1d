"""The list of audit entries."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django_filters.filters import CharFilter, ChoiceFilter, DateFilter, UUIDFilter
from django_filters.filterset import FilterSet

from core.actor import ActorKind
from core.audit.models import AuditEntry
from core.audit.selectors import trail
from core.lists.definition import Column, EmptyState, ListDefinition


class AuditFilter(FilterSet):
    """By kind of actor, action, record, operation and days."""

    actor_kind = ChoiceFilter(choices=ActorKind.choices, label="Kind of actor")
    action = CharFilter(lookup_expr="startswith", label="Action begins with")
    subject_type = CharFilter(label="Type of record")
    subject_id = CharFilter(label="Id of record")
    operation_id = UUIDFilter(label="Operation")
    since = DateFilter(field_name="at", lookup_expr="date__gte", label="Since")
    until = DateFilter(field_name="at", lookup_expr="date__lte", label="Until")


def _search(entries: QuerySet[AuditEntry], term: str) -> QuerySet[AuditEntry]:
    return entries.filter(Q(subject_label__icontains=term) | Q(actor_label__icontains=term))


def _changes(entry: AuditEntry) -> str:
    return "; ".join(f"{name}: {before} → {after}" for name, before, after in entry.changed)


AUDIT = ListDefinition[AuditEntry](
    key="audit",
    title="Audit trail",
    selector=trail,
    right="audit.view_auditentry",
    columns=(
        Column("at", "When", lambda entry: entry.at),
        Column("actor", "Who", lambda entry: entry.actor_label),
        Column("action", "Did what", lambda entry: entry.action_words),
        Column("subject", "To what", lambda entry: entry.subject_label),
        Column("changes", "Changes", _changes),
        Column("reason", "Reason", lambda entry: entry.reason),
        Column("kind", "Kind of actor", lambda entry: entry.get_actor_kind_display(), default=False),
        Column("operation", "Operation", lambda entry: str(entry.operation_id), default=False),
        Column("request", "Request", lambda entry: entry.request_id, default=False),
    ),
    default_sort="-",
    filterset_class=AuditFilter,
    search=_search,
    search_hint="Search records and people",
    nouns=("entry", "entries"),
    empty=EmptyState("Nothing has been done yet."),
    intro="Newest first. Entries are only ever added; the database refuses to change or delete them.",
)
