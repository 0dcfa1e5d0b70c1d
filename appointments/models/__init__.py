from appointments.models.appointment import Appointment
from appointments.models.company import Company, CompanyState

__all__ = ["Appointment", "Company", "CompanyState"]
