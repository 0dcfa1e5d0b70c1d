"""Everything this project assumes about the registry without public evidence, in one place.

The client and the simulator share these definitions, so a correction is made once. Each says why it is as it is.
"""

from __future__ import annotations

import re

NO_PRODUCER = "The registry's reply holds no producer."
"""An INDIVIDUAL or FIRM document without a PRODUCER: no sample shows one, and it can only mean *not found*."""

ADDRESS_ELEMENTS = {
    "ResidentialAddress": ("1", "Residence"),
    "PhysicalAddress": ("2", "Business"),
    "MailingAddress": ("3", "Mailing"),
}
"""Alerts name an address by its element, reports by a code: that Physical is Business is a reading, not evidence."""

HITLIST_INDIVIDUAL = "INDIVIDUAL"
HITLIST_FIRM = "FIRM"
"""Rows of people are known from one client; rows of firms from nobody. FIRM mirrors the entity report's own element."""

ADDINFO_ELEMENTS = {
    "demographics": "DEMOGRAPHICS_UPDATED",
    "licensing": "LICENSING_UPDATED",
    "appointments": "APPOINTMENTS_UPDATED",
    "regulatory_actions": "RIRS_UPDATED",
}
"""The request of addinfo is known, of its reply only that it dates these four categories. The names are ours."""

ADDINFO_STEMS = {
    "DEMOGRAPHIC": "demographics",
    "LICENS": "licensing",
    "APPOINT": "appointments",
    "RIRS": "regulatory_actions",
    "REGULATORY": "regulatory_actions",
}
"""How a category is recognised in a reply whose names we do not know: by the stem of any name it could have."""

NO_ALERTS_CODE = 5
"""One client treats this code as a day with zero rows; the WSDL has the field but lists no codes."""

NO_ALERTS_TEXT = "There are no alerts scheduled for the day"
NOT_READY_TEXT = "The requested report is not available or complete"
NOT_READY_CODE = 6
"""The text of an incomplete report is known, its code is not. 6 is ours, and the client never looks at it."""

UNKNOWN_SUBSCRIPTION_TEXT = "The subscription was not found"
UNKNOWN_SUBSCRIPTION_CODE = 2
"""Only a mock shows this refusal, with another detail element. Text and code are ours; the client matches the words."""

NAME_SUFFIX = "NameSuffix"
"""The alerts sample shows names without a suffix; this is the ACORD name of its element."""

REGULATORY_ACTION = "RegulatoryAction"
"""One client's classes give its fields and not its place. Ours stands in Licensee, beside licences and appointments; an
empty one says that none is left, by analogy with their deletion markers. It is read wherever it stands."""

CREDENTIAL_WORDS = re.compile(
    r"password|credential|log ?in|authenticat|authori[sz]|access denied|customer_number|pin_number"
)
UNWELL_WORDS = re.compile(
    r"unavailable|try again|maintenance|system error|internal (?:server )?error|temporar|timed? ?out"
)
NOT_AN_NPN_WORDS = re.compile(r"not a valid number|invalid (?:npn|id_entity|number|format)|malformed")
NO_ALERTS_WORDS = re.compile(r"no alerts")
NOT_READY_WORDS = re.compile(r"not (?:yet )?(?:available|complete|ready)")
NO_SUBSCRIPTION_WORDS = re.compile(
    r"subscription.*(?:not found|not exist|n't exist|unknown|invalid|no such)|(?:unknown|no such) subscription"
)
"""Of the registry's refusals one text of the reports and two of the alerts are known. The others are recognised, in
lower case, by words that any such text would hold; a refusal of a report in other words means *no such entity*."""
