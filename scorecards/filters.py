"""Filters of the list of scorecards: the same on the screen, in the files and in the API."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters import filters
from django_filters.filterset import FilterSet

from producers.enums import ScorecardType
from producers.filters import matches_producer, people, yes_no
from producers.states import state_choices
from scorecards.enums import Action, AppointmentCellStatus, LicenseCellStatus
from scorecards.models import Scorecard, ScorecardTally

ACTIONS = [choice for choice in Action.choices if choice[0]]
STATUSES = sorted({*LicenseCellStatus.choices, *AppointmentCellStatus.choices}, key=lambda choice: choice[1])


class ScorecardFilter(FilterSet):
    """State, action and status together mean one and the same cell: “to renew in California”."""

    state = filters.ChoiceFilter(choices=state_choices, method="filter_cells", label="State")
    action = filters.ChoiceFilter(choices=ACTIONS, method="filter_cells", label="To do")
    status = filters.ChoiceFilter(choices=STATUSES, method="filter_cells", label="Cell status")
    licensed_from = filters.NumberFilter(
        field_name="licensed_percent", lookup_expr="gte", label="Licensed from (%)"
    )
    licensed_below = filters.NumberFilter(
        field_name="licensed_percent", lookup_expr="lt", label="Licensed below (%)"
    )
    appointed_from = filters.NumberFilter(
        field_name="appointed_percent", lookup_expr="gte", label="Appointed from (%)"
    )
    appointed_below = filters.NumberFilter(
        field_name="appointed_percent", lookup_expr="lt", label="Appointed below (%)"
    )
    dropped_since = filters.DateFilter(
        field_name="dropped_on", lookup_expr="gte", label="Dropped below 100 % since"
    )
    to_do = yes_no(method="filter_to_do", label="Something to do")
    agency = filters.CharFilter(method="filter_agency", label="Agency (NPN or name)")
    owner = filters.ModelChoiceFilter(field_name="producer__owner", queryset=people, label="Owner")
    type = filters.ChoiceFilter(
        field_name="assignment__scorecard_type", choices=ScorecardType.choices, label="Scorecard type"
    )
    stale = yes_no(field_name="stale_since", lookup_expr="isnull", exclude=True, label="Stale")

    class Meta:
        model = Scorecard
        fields: list[str] = []

    def filter_cells(self, rows: QuerySet[Scorecard], name: str, value: str) -> QuerySet[Scorecard]:
        """The first of the three that is given asks for all three: they are of one tally."""
        data = self.form.cleaned_data
        given = {each: data[each] for each in ("state", "action", "status") if data.get(each)}
        if name != next(iter(given)):
            return rows
        return rows.filter(Exists(ScorecardTally.objects.filter(scorecard=OuterRef("pk"), **given)))

    def filter_to_do(self, rows: QuerySet[Scorecard], name: str, value: bool) -> QuerySet[Scorecard]:
        return rows.filter(to_do__gt=0) if value else rows.filter(to_do=0)

    def filter_agency(self, rows: QuerySet[Scorecard], name: str, value: str) -> QuerySet[Scorecard]:
        return rows.filter(matches_producer(value, "producer__agency__"))


def search_scorecards(rows: QuerySet[Scorecard], term: str) -> QuerySet[Scorecard]:
    """By number, or by the producer."""
    number = Q(number__iexact=term)
    if term.isdigit():
        number |= Q(number__endswith=f"-{int(term):04d}")
    return rows.filter(number | matches_producer(term, "producer__"))
