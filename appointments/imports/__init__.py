"""Uploads that ask for appointments and for their end."""

from appointments.imports.uploads import AppointmentUpload, TerminateUpload

__all__ = ["APPOINTMENT", "TERMINATE"]

APPOINTMENT = AppointmentUpload()
TERMINATE = TerminateUpload()
