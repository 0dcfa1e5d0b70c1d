"""The transactions of a producer, as a tab of its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from appointments.access import VIEW_TRANSACTIONS
from appointments.lists.transactions import cost
from appointments.selectors.transactions import transactions_of_producer
from appointments.views.transactions.looks import status_badge
from producers.as_of import AsOf
from producers.models import Producer
from producers.page import register_tab

SHOWN = 100


def register_tabs() -> None:
    """Called once by ``agentsync/wiring.py``."""
    template = "appointments/transactions/tab.html"
    register_tab("transactions", "Transactions", _transactions, template, 25, right=VIEW_TRANSACTIONS)


def _transactions(producer: Producer, as_of: AsOf) -> Mapping[str, Any]:
    rows = transactions_of_producer(producer, SHOWN)
    # Dummy numbers and absent ones find nothing: the name does, then.
    found = producer.npn if producer.npn and not producer.dummy_npn else producer.sort_name
    return {
        "transactions": [{"row": row, "badge": status_badge(row), "cost": cost(row)} for row in rows],
        "shown_transactions": SHOWN,
        "all_transactions": (reverse("appointments:transactions"), found),
    }
