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

# The gateway

TERMINATION_TYPE = "2"
LICENSE_APPLICATION_TYPE = "3"
LICENSE_RENEWAL_TYPE = "4"
"""``TRANSACTION_TYPE`` 1 is seen, with an appointment in it. The others are the next numbers, and nothing more."""

TERMINATION_REASON = "TERM_REASON"
"""The element of LICENSE that says why: a reason must go somewhere, no sample has one. It carries our own slug of the
reason, since the registry's codes are not public."""

COUNTY_CODE = "COUNTY_CODE"
"""County appointments exist and reports name the county so; where a request names it is not known. Ours: in LICENSE."""

APPLICATION = "APPLICATION"
BACKGROUND = "BACKGROUND"
"""License applications go through the same gateway; no sample shows one. We put what they need beyond an appointment
(residency, birth date, address, contact, the answers to the background questions) into an element of its own."""

DECLINED_FLAG = "N"
"""``APPROVED`` Y is seen in a final reply. That a decline is the same reply with N is the plainest reading."""

DECLINE_CODE = "0"
"""A state's comment has code 0 when it approves; a decline has no known code of its own."""

FREEZE_CODE = "10004"
FREEZE_TEXT = "Awaiting validation: the state processes no terminations until"
"""Pages of the registry name a hold in renewal seasons *Awaiting Validation*. Status AV is read from that name; that it
comes with an INT_RESPONSE like SR does, and that its text ends with the day, are ours."""

FAILED_STATUS = "VF"
FAILED_VALID = "F"
TRANSACTION_ERROR = "ERROR"
"""How a transaction comes back that fails validation: nothing is seen. Ours repeats it with this status, VALID F (P
must stand for *passed*) and an ERROR of code and description for each fault, without a NIPR_TRANS."""

DUPLICATE_CODE = "3999"
DUPLICATE_TEXT = "Duplicate transaction : Transaction already exists."
NOT_RECEIVED_CODE = "20001"
"""The two whole-document errors that are seen. What follows the first text (gateway id, customer, keys, line number,
ordinal) is known by its content, not by its wording; ours names each part, and the client reads it leniently."""

VALIDATION_CODES = {
    "NPN": "4001",
    "STATE": "4002",
    "COCODE": "4003",
    "LOA": "4004",
    "LICENSE": "4005",
    "TAX_NUM": "4006",
    "DATE": "4007",
    "AUTHORIZATION": "4008",
    "FEE": "4009",
    "TYPE": "4010",
    "REASON": "4011",
    "APPLICATION": "4012",
    "NAME": "4013",
    "RULE": "4099",
}
"""The registry's list of validation errors is not public. Codes and texts are ours; the client shows both as they come
and decides nothing by them."""

MALFORMED_CODE = "4000"
TOO_MANY_CODE = "4100"
MOST_TRANSACTIONS = 500
"""A document of up to 100 transactions is advised; where the registry draws the line is not known. Ours is at 500, and
nothing of a longer document is taken."""

NIPR_FEE_CENTS = {
    "appointment": 153,
    "termination": 153,
    "license_application": 618,
    "license_renewal": 500,
}
RESIDENT_APPLICATION_CENTS = 500
"""What the registry charges a programmed transaction: its fee schedule of 2016, of which 1.53 is seen in a reply of
2024. The applications are the non-resident ones; a resident one costs less."""

# The licensing portal

PORTAL_LICENSEE = "licensee"
PORTAL_LICENSE = "license"
PORTAL_LINE = "lineOfAuthority"
"""What stands inside an eligibilityRequest or feeRequest beside its name is known only for ``classCode``. That it names
the licensee by NPN and the lines by code is ours."""

PORTAL_ELIGIBLE = "eligible"
PORTAL_REASON = "reason"
PORTAL_AVAILABLE = "availableLicenses"
"""Of the eligibility reply only this last part is known by name. A reply without it answers nothing we understand."""

PORTAL_STATE_FEE = "stateFee"
PORTAL_NIPR_FEE = "niprFee"
"""The fee reply is not known at all: two amounts with two decimals, ours."""
