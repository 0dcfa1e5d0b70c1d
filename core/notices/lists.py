"""The list behind the bell."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django_filters.filters import ChoiceFilter, DateFilter
from django_filters.filterset import FilterSet

from core.actor import Actor
from core.lists.cells import Badge, Link, Tone
from core.lists.definition import BulkAction, Column, EmptyState, ListDefinition
from core.notices import services
from core.notices.models import Notice, Severity
from core.notices.selectors import notices_for

TONES: dict[str, Tone] = {Severity.INFO: "info", Severity.WARNING: "warning", Severity.URGENT: "danger"}


class NoticeFilter(FilterSet):
    """Open ones unless asked otherwise."""

    state = ChoiceFilter(
        label="Shown",
        choices=(("done", "Acknowledged"), ("all", "All")),
        empty_label="Waiting",
        method="filter_state",
    )
    severity = ChoiceFilter(choices=Severity.choices)
    due = DateFilter(field_name="deadline", lookup_expr="lte", label="Due until")

    def filter_state(self, notices: QuerySet[Notice], name: str, value: str) -> QuerySet[Notice]:
        """Acknowledged ones, or all of them."""
        return notices if value == "all" else notices.exclude(acknowledged_at=None)

    def filter_queryset(self, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        """Without a choice, those that wait."""
        if not self.form.cleaned_data["state"]:
            queryset = queryset.filter(acknowledged_at=None)
        narrowed: QuerySet[Notice] = super().filter_queryset(queryset)  # type: ignore[no-untyped-call]
        return narrowed


def _search(notices: QuerySet[Notice], term: str) -> QuerySet[Notice]:
    return notices.filter(Q(title__icontains=term) | Q(subject_label__icontains=term))


def _acknowledge(notices: QuerySet[Notice], actor: Actor) -> str:
    count = services.acknowledge(notices, actor=actor)
    return f"Acknowledged {count} notice{'' if count == 1 else 's'}."


NOTICES = ListDefinition[Notice](
    key="notices",
    title="Notices",
    selector=lambda user: notices_for(user).select_related("acknowledged_by"),
    columns=(
        Column(
            "title", "Notice", lambda notice: Link(notice.title, notice.url) if notice.url else notice.title
        ),
        Column("severity", "Matters", lambda n: Badge(n.get_severity_display(), TONES[n.severity])),
        Column("subject", "About", lambda notice: notice.subject_label, default=False),
        Column("deadline", "Due", lambda notice: notice.deadline, sort="deadline"),
        Column("created_at", "Told", lambda notice: notice.created_at, sort="created_at"),
        Column("body", "Details", lambda notice: notice.body),
        Column(
            "acknowledged_by",
            "Acknowledged by",
            lambda notice: notice.acknowledged_by or notice.closed_because,
            default=False,
        ),
    ),
    default_sort="-created_at",
    filterset_class=NoticeFilter,
    search=_search,
    actions=(BulkAction("acknowledge", "Acknowledge", _acknowledge),),
    nouns=("notice", "notices"),
    empty=EmptyState("Nothing waits for you.", "Deadlines that come near and syncs that fail are told here."),
)
