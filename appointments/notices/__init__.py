"""What this room asks people to look at."""

from appointments.notices.for_cause import APPOINTMENTS

__all__ = ["APPOINTMENTS"]
