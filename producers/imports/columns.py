"""The columns of the uploads ``agent`` and ``assignment``, as the contract of upload files has them."""

from __future__ import annotations

from core.imports.resource import Column, UploadResource
from producers.directory import company_names
from producers.enums import AgentType, ScorecardType
from producers.imports import widgets
from producers.models import Producer
from producers.services.assignments import ASSIGNABLE_CATEGORIES
from producers.states import state_names

CATEGORIES = [(each.value, each.label) for each in ASSIGNABLE_CATEGORIES]
SCORECARD_TYPES = list(ScorecardType.choices)
AGENT_TYPES = list(AgentType.choices)


def _limit(name: str) -> int:
    return next(field.max_length or 0 for field in Producer._meta.concrete_fields if field.name == name)


def _states() -> list[tuple[str, str]]:
    return [("ALL", "Every state"), *sorted(state_names().items())]


def _companies() -> list[tuple[str, str]]:
    return sorted(company_names().items())


def npn_column(help_text: str) -> Column:
    return Column(
        "agent_npn",
        widgets.Cell(widgets.read_npn),
        required=True,
        synonyms=("Agent NPN", "NPN"),
        help_text=help_text,
        example="8810001",
    )


def categories_column(*, required: bool) -> Column:
    return Column(
        "loa_category",
        widgets.Codes(widgets.categories_reader(CATEGORIES)),
        required=required,
        synonyms=("LOA category", "LOA Categories"),
        help_text="LOA categories, separated by semicolons.",
        example="life;health",
        accepted=lambda: CATEGORIES,
    )


def states_column(*, required: bool) -> Column:
    return Column(
        "states",
        widgets.Codes(widgets.read_states),
        required=required,
        synonyms=("States", "State(s)", "State"),
        hints=("Jurisdiction",),
        help_text="Two-letter state codes, separated by semicolons, or ALL.",
        example="CA;OR",
        accepted=_states,
    )


def scorecard_type_column(*, required: bool) -> Column:
    return Column(
        "scorecard_type",
        widgets.Choice(SCORECARD_TYPES, "scorecard type"),
        required=required,
        synonyms=("Scorecard Type",),
        help_text="What the scorecard counts: licenses alone, or licenses and appointments.",
        example="license",
        accepted=lambda: SCORECARD_TYPES,
    )


def agent_type_column() -> Column:
    return Column(
        "agent_type",
        widgets.Choice(AGENT_TYPES, "agent type"),
        synonyms=("Agent Type",),
        help_text="producer where nothing is said.",
        example="producer",
        accepted=lambda: AGENT_TYPES,
    )


def cocodes_column() -> Column:
    return Column(
        "cocodes",
        widgets.Codes(widgets.read_cocodes),
        synonyms=("CoCode(s)", "CoCodes", "CoCode"),
        help_text="CoCodes of companies on file, separated by semicolons; needed with license_and_appointment.",
        example="",
        accepted=_companies,
    )


class AgentResource(UploadResource):
    """A producer with the agency it belongs to and, if any assignment column is filled, what it should hold."""

    agency_npn = Column(
        "agency_npn",
        widgets.Cell(widgets.read_npn),
        required=True,
        synonyms=("Agency NPN",),
        hints=("Firm NPN",),
        help_text="NPN of an agency on file, or of a new one with agency_name.",
        example="9910001",
    )
    agency_name = Column(
        "agency_name",
        widgets.Name(_limit("company_name")),
        synonyms=("Agency Name",),
        help_text="Needed in one row of a new agency.",
        example="Blue Harbor Agency",
    )
    first_name = Column(
        "first_name",
        widgets.Name(_limit("first_name")),
        required=True,
        synonyms=("First Name",),
        hints=("Given name", "Forename"),
        example="Ines",
    )
    last_name = Column(
        "last_name",
        widgets.Name(_limit("last_name")),
        required=True,
        synonyms=("Last Name",),
        hints=("Surname", "Family name"),
        help_text="As the registry has it.",
        example="Abernathy",
    )
    agent_npn = npn_column("1 to 10 digits. A producer on file with this NPN is updated.")
    agent_email = Column(
        "agent_email",
        widgets.Cell(widgets.read_email),
        synonyms=("Agent Email", "Email"),
        example="ines@example.com",
    )
    agent_ssn = Column(
        "agent_ssn",
        widgets.Cell(widgets.read_ssn, widgets.render_ssn),
        synonyms=("Agent SSN", "SSN"),
        secret=True,
        help_text="With or without dashes. Kept encrypted, shown by its last four digits.",
    )
    loa_category = categories_column(required=False)
    states = states_column(required=False)
    scorecard_type = scorecard_type_column(required=False)
    agent_type = agent_type_column()
    cocodes = cocodes_column()
    external_id = Column(
        "external_id",
        widgets.Name(_limit("external_id")),
        synonyms=("External ID",),
        help_text="What your own systems call the producer.",
    )


class AssignmentResource(UploadResource):
    """What a producer on file should hold."""

    agent_npn = npn_column("NPN of a producer on file.")
    loa_category = categories_column(required=True)
    states = states_column(required=True)
    scorecard_type = scorecard_type_column(required=True)
    agent_type = agent_type_column()
    cocodes = cocodes_column()
