"""Every write about companies, by name."""

from appointments.services.companies import (
    CompanyFields,
    CompanyStateFields,
    DuplicateCompany,
    create_company,
    set_company_states,
    update_company,
)

__all__ = [
    "CompanyFields",
    "CompanyStateFields",
    "DuplicateCompany",
    "create_company",
    "set_company_states",
    "update_company",
]
