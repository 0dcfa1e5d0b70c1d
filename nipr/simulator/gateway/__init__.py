"""The simulated gateway: takes documents of transactions, keeps its own book of them, and decides them by its policy.

The book is the witness of every exactly-once test: for each key, and for each (NPN, state, company, line, kind) under
whatever key, how often it was received, how often it took effect, and what was charged.
"""

from nipr.simulator.gateway.desk import GatewayDesk
from nipr.simulator.gateway.policy import Policy, Rule

__all__ = ["GatewayDesk", "Policy", "Rule"]
