"""The columns of the uploads ``appointment`` and ``terminate``, as the contract of upload files has them."""

from __future__ import annotations

from datetime import date

from appointments.imports.cells import read_cocode, read_lines, render_lines
from appointments.imports.dates import read_day
from appointments.models import DefaultTerminationReason
from appointments.selectors.records import company_names
from core import clock
from core.imports.resource import Column, UploadResource
from producers.imports.columns import agent_type_column, npn_column, states_column
from producers.imports.widgets import Cell, Name
from rulebook.rules.vocabulary import LoaCategory
from rulebook.selectors import load_reason_book

CATEGORIES = [(each.value, each.label) for each in LoaCategory]
EXTERNAL_ID_CHARACTERS = 100
REASON_CHARACTERS = 100


def _companies() -> list[tuple[str, str]]:
    return sorted(company_names().items())


def _reasons() -> list[tuple[str, str]]:
    """Every reason that a state takes, by slug; which state takes which stands in a sheet of its own."""
    defaults = dict(DefaultTerminationReason.objects.values_list("state", "reason"))
    book = load_reason_book(clock.today(), defaults)
    return sorted({(fact.slug, fact.label) for state in book.lists for fact in book.offered(state)})


class _LineColumn(Column):
    """Its header is needed, so that no list of lines is overlooked; a blank cell means something of its own."""

    may_be_blank = True


class _CarrierColumn(Column):
    """The company whose appointments end. A report may have some of carriers without CoCode."""

    blank_says = (
        "cocode is needed in every row. If the carrier has no CoCode, terminate the appointment from the "
        "Appointments list: choose it there, then Terminate."
    )


def _cocode(*synonyms: str, kind: type[Column] = Column) -> Column:
    return kind(
        "cocode",
        Cell(read_cocode),
        required=True,
        synonyms=synonyms,
        help_text="CoCode of the one company meant; five digits.",
        example="00101",
        accepted=_companies,
    )


def _effective_date() -> Column:
    return Column(
        "effective_date",
        Cell(read_day, date.isoformat),
        synonyms=("Effective Date",),
        help_text="YYYY-MM-DD or MM/DD/YYYY; blank lets the state set it.",
        example="2026-11-23",
    )


def _external_id() -> Column:
    return Column(
        "external_id",
        Name(EXTERNAL_ID_CHARACTERS),
        synonyms=("External ID",),
        help_text="What your own systems call the request.",
        example="hr-881",
    )


class AppointmentResource(UploadResource):
    """Appointments of a producer with one company: one request a state."""

    agent_npn = npn_column("NPN of a producer on file.")
    states = states_column(required=True)
    loa_category = Column(
        "loa_category",
        Cell(read_lines, render_lines),
        required=True,
        synonyms=("LOA category", "LOA Categories", "LOA", "Line of Authority"),
        help_text="LOA categories, or lines by code or name, separated by semicolons.",
        example="life; health",
        accepted=lambda: CATEGORIES,
    )
    cocode = _cocode("Carrier CoCode", "CoCodes", "CoCode(s)")
    agent_type = agent_type_column()
    effective_date = _effective_date()
    external_id = _external_id()


class TerminateResource(UploadResource):
    """The end of appointments of a producer with one company."""

    agent_npn = npn_column("NPN of a producer on file.")
    states = states_column(required=True)
    line_of_authority = _LineColumn(
        "line_of_authority",
        Cell(read_lines, render_lines),
        required=True,
        synonyms=("Line of Authority", "LOA Categories", "LOA category", "LOA"),
        help_text="Lines by code or name, or LOA categories, separated by semicolons; blank ends the appointment "
        "that names no line, in states that appoint without.",
        example="Life",
        accepted=lambda: CATEGORIES,
    )
    cocode = _cocode("Carrier CoCode", "CoCode", kind=_CarrierColumn)
    termination_reason = Column(
        "termination_reason",
        Name(REASON_CHARACTERS),
        synonyms=("Termination Reason", "Reason"),
        help_text="Slug or label; blank takes the default of the state.",
        example="VOLUNTARY",
        accepted=_reasons,
    )
    effective_date = _effective_date()
    external_id = _external_id()
