"""What a change of a company's state settings would touch."""

from __future__ import annotations

from collections.abc import Sequence

from appointments.services.companies import CompanyStateFields
from appointments.services.settings.values import Effect


def preview_company_states(company_id: int, states: Sequence[CompanyStateFields]) -> Effect:
    """What :func:`appointments.services.companies.set_company_states` would change and touch."""
    raise NotImplementedError
