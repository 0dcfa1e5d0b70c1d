"""The rights of this room, by the names screens, the API and services use."""

from __future__ import annotations

from typing import Final

VIEW_APPOINTMENTS: Final = "appointments.view_appointment"
VIEW_COMPANIES: Final = "appointments.view_company"
ADD_COMPANIES: Final = "appointments.add_company"
CHANGE_COMPANIES: Final = "appointments.change_company"
VIEW_TRANSACTIONS: Final = "appointments.view_transaction"
PREPARE: Final = "appointments.add_transaction"
"""Ask for appointments, terminations, applications and renewals; close them again. Spends nothing."""
SUBMIT: Final = "appointments.submit_transaction"
"""Spend: submit, release a held one, take back."""
APPROVE: Final = "appointments.approve_transaction"
"""The second key; also what became of an unknown one, and letting a stopped gateway go on."""
CHANGE_RULES: Final = "appointments.change_gatewaybusinessrule"
CHANGE_GATEWAY: Final = "appointments.change_gatewaysettings"
VIEW_ANSWERS: Final = "appointments.reveal_backgroundanswers"
