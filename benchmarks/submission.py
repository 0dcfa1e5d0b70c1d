"""1,000 transactions sent to the simulator in documents of 100: wall time against what the simulator itself takes.

``python -m benchmarks.submission``, or with ``--transactions 200`` for a quick look. The simulator runs in a process of
its own. Its own time is that of the same documents posted by a bare client, after ours and under other keys.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from benchmarks import scratch
from benchmarks.tables import show
from tests.chaos.stores import free_port, wait_until

DOCUMENT = 100
GATEWAY = "/gateway-realtime/niprgw"


def main() -> None:
    """Measure on the database of DATABASE_URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transactions", type=int, default=1_000)
    count = parser.parse_args().transactions
    with simulator() as url, scratch.database("submission") as vendor:
        from django.conf import settings

        settings.NIPR_URL_TEMPLATE, settings.NIPR_USERNAME, settings.NIPR_PASSWORD = (
            url,
            "simulator",
            "simulator",
        )
        fill(url, count)
        ours = sending(count)
        bare = posting(url)
        show(
            f"{count:,} transactions in documents of {DOCUMENT} on {vendor}",
            ("What", "Seconds", "CPU s", "Transactions/s", "Statements a document"),
            [ours, bare],
        )
        print(
            f"\n  Ours takes {float(str(ours[1])) / float(str(bare[1])):.1f} times the simulator's own time."
        )


@contextmanager
def simulator() -> Iterator[str]:
    """The simulated registry in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "nipr.simulator", "--port", str(port), "--producers", "200"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(url), "The simulator")
        yield url
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_simulator/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def fill(url: str, count: int) -> None:
    """An account at the gateway, and queued appointments of the simulator's producers."""
    from tests.chaos import load

    roster = httpx.get(f"{url}/_simulator/roster", trust_env=False, timeout=60).json()
    load.configure(document_size=DOCUMENT, lease_seconds=120, settle_seconds=60)
    load.fill([entry["npn"] for entry in roster], count)


def sending(count: int) -> tuple[object, ...]:
    """All of it: claim, bytes, journal, post, keep, read, apply, audit."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from appointments.gateway import fence, send

    fence.check()
    began, cpu = time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as queries:
        sent = send.send_due()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    if sent != count:
        sys.exit(f"Only {sent} of {count} were sent.")
    documents = -(-count // DOCUMENT)
    return (
        "Sent, answered, applied",
        f"{seconds:.2f}",
        f"{cpu:.2f}",
        f"{count / seconds:,.0f}",
        len(queries) // documents,
    )


def posting(url: str) -> tuple[object, ...]:
    """The same bytes under other keys, posted and not read."""
    from appointments.models import TransactionDocument
    from nipr.wire.gateway import document

    bodies = [
        body.encode().replace(b"<CUSTOMER>CHAOS<", b"<CUSTOMER>BARE<")
        for body in TransactionDocument.objects.order_by("pk").values_list("body", flat=True)
    ]
    documents = [document(bodies[start : start + DOCUMENT]) for start in range(0, len(bodies), DOCUMENT)]
    with httpx.Client(auth=("simulator", "simulator"), trust_env=False, timeout=60) as client:
        began, cpu = time.perf_counter(), time.process_time()
        for body in documents:
            client.post(url + GATEWAY, content=body, headers={"Content-Type": "text/xml"}).raise_for_status()
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    return "Posted by a bare client", f"{seconds:.2f}", f"{cpu:.2f}", f"{len(bodies) / seconds:,.0f}", "none"


if __name__ == "__main__":
    os.environ.setdefault("AGENTSYNC_ENV", "demo")
    main()
