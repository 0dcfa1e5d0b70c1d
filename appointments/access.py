"""The rights of this room, by the names screens, the API and services use."""

from __future__ import annotations

from typing import Final

VIEW_APPOINTMENTS: Final = "appointments.view_appointment"
VIEW_COMPANIES: Final = "appointments.view_company"
ADD_COMPANIES: Final = "appointments.add_company"
CHANGE_COMPANIES: Final = "appointments.change_company"
