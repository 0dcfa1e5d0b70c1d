"""The command line of the simulator, shared by ``manage.py nipr_simulator`` and ``python -m nipr.simulator``."""

from __future__ import annotations

import signal
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date
from threading import Thread

from nipr.simulator.server import SimulatorServer, make_server


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--producers", type=int, default=2000, help="how many entities besides the samples")
    parser.add_argument("--seed", type=int, default=7, help="the same seed tells the same story")
    parser.add_argument(
        "--start-date",
        type=date.fromisoformat,
        default=None,
        help="stand still at this day until moved; without it the calendar goes with the real one",
    )
    parser.add_argument("--username", default="simulator")
    parser.add_argument("--password", default="simulator")
    parser.add_argument(
        "--large-firm-appointments",
        type=int,
        default=0,
        help="add the firm 99009999 with so many (145,000 is 60 MB)",
    )


def run(options: Namespace, write: Callable[[str], object]) -> None:
    """Serve until interrupted or terminated."""
    server = make_server(
        host=options.host,
        port=options.port,
        producers=options.producers,
        seed=options.seed,
        start_date=options.start_date,
        username=options.username,
        password=options.password,
        large_firm_appointments=options.large_firm_appointments,
    )
    _stop_on_signals(server)
    write(
        f"Simulated registry at {server.base_url}, signed in to as {options.username} / {options.password},"
    )
    write(
        f"with {options.producers} producers of seed {options.seed}; its day is {server.application.registry.today}."
    )
    server.serve_forever()
    server.server_close()


def _stop_on_signals(server: SimulatorServer) -> None:
    def stop(*_: object) -> None:
        Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def main() -> None:
    parser = ArgumentParser(
        prog="python -m nipr.simulator", description="A registry to develop and test against."
    )
    add_arguments(parser)
    run(parser.parse_args(), lambda line: print(line, flush=True))  # noqa: T201  what a command line does
