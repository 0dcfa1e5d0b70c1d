"""What this room asks people to look at; ``agentsync/wiring.py`` registers the watches."""

from appointments.notices.for_cause import APPOINTMENTS
from appointments.notices.gateway import GATEWAY
from appointments.notices.just_in_time import JUST_IN_TIME
from appointments.notices.transactions import TRANSACTIONS

WATCHES = (APPOINTMENTS, JUST_IN_TIME, TRANSACTIONS, GATEWAY)

__all__ = ["APPOINTMENTS", "GATEWAY", "JUST_IN_TIME", "TRANSACTIONS", "WATCHES"]
