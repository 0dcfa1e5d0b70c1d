"""The words of the field that rules, screens and files share."""

from __future__ import annotations

from enum import StrEnum


class LoaCategory(StrEnum):
    """What a line of authority lets one sell, in the few words that companies and assignments use."""

    LIFE = "life"
    HEALTH = "health"
    PROPERTY = "property"
    CASUALTY = "casualty"
    VARIABLE = "variable"
    PERSONAL_LINES = "personal_lines"
    CREDIT = "credit"
    TITLE = "title"
    TRAVEL = "travel"
    SURPLUS = "surplus"
    FRATERNAL = "fraternal"
    ADJUSTER = "adjuster"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class AgentType(StrEnum):
    """What an assignment asks for. A licence class that is none of the three is OTHER and matches none."""

    PRODUCER = "producer"
    ADJUSTER = "adjuster"
    SURPLUS = "surplus"
    OTHER = "other"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class EntityType(StrEnum):
    INDIVIDUAL = "individual"
    FIRM = "firm"


class Residency(StrEnum):
    RESIDENT = "R"
    NON_RESIDENT = "NR"


class AppointmentStatus(StrEnum):
    APPOINTED = "appointed"
    TERMINATED = "terminated"


class ScorecardType(StrEnum):
    LICENSE = "license"
    LICENSE_AND_APPOINTMENT = "license_and_appointment"


class LicenseKind(StrEnum):
    """What kind of licence a state's licence class is."""

    PRODUCER = "producer"
    BROKER = "broker"
    LIMITED_LINES = "limited_lines"
    TEMPORARY_PRODUCER = "temporary_producer"
    BUSINESS_ENTITY = "business_entity"
    TITLE = "title"
    BAIL_BOND = "bail_bond"
    MANAGING_GENERAL_AGENT = "managing_general_agent"
    ADJUSTER = "adjuster"
    PUBLIC_ADJUSTER = "public_adjuster"
    SURPLUS_LINES = "surplus_lines"
    CONSULTANT = "consultant"
    LIFE_SETTLEMENT = "life_settlement"
    REINSURANCE_INTERMEDIARY = "reinsurance_intermediary"
    THIRD_PARTY_ADMINISTRATOR = "third_party_administrator"
    NAVIGATOR = "navigator"
    OTHER = "other"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Confidence(StrEnum):
    """How well a shipped value is known."""

    VERIFIED = "verified"
    PARTLY_VERIFIED = "partly_verified"
    CITED_SECONDARY = "cited_secondary"
    COMMONLY_STATED = "commonly_stated"
    MATCHED_BY_NAME = "matched_by_name"
    UNKNOWN = "unknown"
    LOCAL = "local"

    @property
    def label(self) -> str:
        return "Not stated" if self is Confidence.UNKNOWN else self.value.replace("_", " ").capitalize()
