"""The transaction screens with 5,000 transactions: median and p95 server time, through the whole stack.

``python -m benchmarks.transactions``, or with ``--transactions 500`` for a quick look.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Mapping
from typing import Any

from benchmarks import scratch
from benchmarks.tables import show

TIMES = 15


def main() -> None:
    """Measure on the database of DATABASE_URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transactions", type=int, default=5_000)
    count = parser.parse_args().transactions
    with scratch.database("transactions") as vendor:
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["*"]
        fill(count)
        rows = [_measured(name, path) for name, path in screens().items()]
        show(
            f"Screens with {count:,} transactions on {vendor}", ("Screen", "Median ms", "p95 ms", "KB"), rows
        )


def fill(count: int) -> None:
    """Transactions in every status, the most of them to be worked on."""
    from appointments.enums import OPEN, TransactionStatus
    from appointments.models import Transaction
    from tests.chaos import load

    load.configure()
    load.fill([str(88_000_000 + number) for number in range(-(-count // load.A_PRODUCER))], count)
    statuses = [*TransactionStatus, *[TransactionStatus.READY_TO_SUBMIT] * len(TransactionStatus)]
    rows = list(Transaction.objects.order_by("pk"))
    for place, row in enumerate(rows):
        row.status = statuses[place % len(statuses)]
        row.is_open = row.status in OPEN
    Transaction.objects.bulk_update(rows, ["status", "is_open"], batch_size=500)


def screens() -> Mapping[str, str]:
    """Addresses by name."""
    from django.urls import reverse

    from appointments.models import Transaction

    first = Transaction.objects.order_by("pk")[0]
    listing = reverse("appointments:transactions")
    return {
        "All transactions": listing,
        "Actionable": reverse("appointments:transactions_actionable"),
        "Filtered by status and state": f"{listing}?status=ready_to_submit&state=TX",
        "Searched by number": f"{listing}?q=GT-00000042",
        "Fee ledger": reverse("appointments:ledger"),
        "Gateway": reverse("appointments:gateway"),
        "One transaction": reverse("appointments:transaction", args=[first.pk]),
        "Its batch": reverse("appointments:batch", args=[first.batch_id]),
        "Quick appoint of its producer": reverse("appointments:quick_appoint", args=[first.producer_id]),
        "Dashboard": reverse("admin:index"),
    }


def _measured(name: str, path: str) -> tuple[object, ...]:
    from django.test import Client

    client: Any = Client()
    client.force_login(_admin())
    taken, size = [], 0
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = client.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        size = len(answer.content)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}.")
    taken.sort()
    return (
        name,
        f"{statistics.median(taken):.0f}",
        f"{taken[int(len(taken) * 0.95) - 1]:.0f}",
        f"{size / 1000:.0f}",
    )


def _admin() -> Any:
    from core.accounts.models import User

    return User.objects.filter(email="bench@example.com").first() or User.objects.create_superuser(
        "bench@example.com"
    )


if __name__ == "__main__":
    main()
