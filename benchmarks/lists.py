"""The producer list and the global search at 100,000 producers and 1,000,000 licences, beside the stock admin list.

``python -m benchmarks.lists [producers]``: median and p95 of server time, each page asked in turn so that all of them
meet the same machine.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from benchmarks import scratch
from benchmarks.tables import show

PRODUCERS = 100_000
LICENSES_EACH = 10
ROUNDS = 30
STATES = [
    "AL",
    "AZ",
    "CA",
    "CO",
    "FL",
    "GA",
    "IL",
    "MI",
    "NC",
    "NJ",
    "NY",
    "OH",
    "OR",
    "PA",
    "TX",
    "VA",
    "WA",
    "WI",
]
KNOWN = datetime(2026, 1, 5, 9, tzinfo=UTC)


def fill(producers: int) -> None:
    """Producers in agencies of a hundred, ten licences each."""
    from producers.models import License, Producer

    chosen = random.Random(7)
    agencies = [_agency(number) for number in range(max(1, producers // 100))]
    Producer.objects.bulk_create(agencies, batch_size=1000)
    _in_batches(Producer, (_individual(number, chosen, agencies) for number in range(producers)))
    ids = Producer.objects.filter(entity_type="individual").values_list("pk", flat=True)
    _in_batches(License, (_license(pk, place, chosen) for pk in ids for place in range(LICENSES_EACH)))


def _agency(number: int) -> object:
    from producers.models import Producer

    name = f"Fernbrook Agency {number:05d} LLC"
    return Producer(
        entity_type="firm", npn=str(70_000_000 + number), company_name=name, sort_name=name.lower()
    )


def _individual(number: int, chosen: random.Random, agencies: list[object]) -> object:
    from producers.models import Producer

    first = chosen.choice(["Ines", "Maren", "Tobias", "Priya", "Oskar", "Lena", "Amadou", "Grete"])
    last = f"{chosen.choice(['Aber', 'Quill', 'Thorn', 'Marsh', 'Hollow', 'Winter'])}{number % 9973:04d}"
    return Producer(
        npn=str(10_000_000 + number),
        first_name=first,
        last_name=last,
        sort_name=f"{last}, {first}".lower(),
        email=f"p{number}@example.com",
        agency=chosen.choice(agencies),
        sync_status="success",
        last_synced_at=KNOWN,
    )


def _license(producer_id: int, place: int, chosen: random.Random) -> object:
    from producers.models import License

    return License(
        producer_id=producer_id,
        state=STATES[(producer_id + place) % len(STATES)],
        license_number=str(3_000_000 + producer_id * LICENSES_EACH + place),
        license_class="Insurance Producer",
        license_class_code="3",
        residency="R" if place == 0 else "NR",
        active=True,
        issue_date=date(2020, 1, 1),
        expiration_date=date(2026, 6, 30) + timedelta(days=chosen.randrange(700)),
        known_from=KNOWN,
    )


def _in_batches(model: type, rows: Iterator[object]) -> None:
    while batch := list(islice(rows, 5000)):
        model.objects.bulk_create(batch)


def pages() -> dict[str, Callable[[], str]]:
    """What is measured: a fresh address each time, so that no answer comes from a cache."""
    chosen = random.Random(11)

    def anyone() -> int:
        return chosen.randrange(PRODUCERS)

    return {
        "our list, first page": lambda: "/admin/producers/",
        "our list, search a name": lambda: f"/admin/producers/?q=quill{anyone() % 9973:04d}",
        "our list, sorted by NPN": lambda: "/admin/producers/?sort=npn",
        "global search, NPN": lambda: f"/admin/search/?q={10_000_000 + anyone()}",
        "global search, name": lambda: f"/admin/search/?q=thorn{anyone() % 9973:04d}",
        "global search, licence number": lambda: f"/admin/search/?q={3_000_000 + anyone() * 10}",
        "stock list, first page": lambda: "/stock/producers/producer/",
        "stock list, search a name": lambda: f"/stock/producers/producer/?q=quill{anyone() % 9973:04d}",
        "stock list, search a licence number": lambda: (
            f"/stock/producers/license/?q={3_000_000 + anyone() * 10}"
        ),
    }


def measure(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each page, in rounds."""
    from django.conf import settings
    from django.test import Client

    from core.accounts.models import User

    person = User.objects.create_superuser(email="bench@example.com", password="not-used-anywhere")
    client = Client(HTTP_HOST="localhost")
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    times: dict[str, list[float]] = {name: [] for name in pages()}
    for number in range(rounds + 1):
        for name, address in pages().items():
            url = address()
            started = time.perf_counter()
            answer = client.get(url)
            spent = (time.perf_counter() - started) * 1000
            if answer.status_code != 200:
                sys.exit(f"{url} answered {answer.status_code}")
            if number:  # the first round warms caches and templates
                times[name].append(spent)
    return times


def main() -> None:
    """Fill, measure, print."""
    producers = int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCERS
    with scratch.database("lists") as vendor:
        from django.conf import settings
        from django.db import connection

        settings.ROOT_URLCONF = "benchmarks.stock_admin"
        settings.ALLOWED_HOSTS = ["*"]
        started = time.perf_counter()
        fill(producers)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        filled = time.perf_counter() - started
        times = measure(ROUNDS)
        rows = [
            (name, f"{statistics.median(spent):.0f}", f"{statistics.quantiles(spent, n=20)[18]:.0f}")
            for name, spent in times.items()
        ]
        show(
            f"Lists on {vendor}: {producers:,} producers, {producers * LICENSES_EACH:,} licences "
            f"(filled in {filled:.0f} s)",
            ("page", "median ms", "p95 ms"),
            rows,
        )


if __name__ == "__main__":
    main()
