"""`python -m tests.chaos --kills 1000 --submissions 6000 --database postgres --broker redis`, or `all`."""

from __future__ import annotations

import argparse
import subprocess
import sys

from tests.chaos.controls import CONTROLS
from tests.chaos.run import Plan, main

USUAL = Plan()
THOUSAND = ("--kills", "1000", "--submissions", "6000")
TELLING = (
    "--kills",
    "60",
    "--submissions",
    "300",
    "--seconds",
    "120",
    "--faults",
    "drop_after",
    "--faults-percent",
    "40",
)
"""A registry that does what it is told and is often silent about it shows at once what a missing protection costs."""
STORES = (("sqlite", "filesystem"), ("postgres", "redis"), ("sqlite", "redis"), ("postgres", "filesystem"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--kills", type=int, default=USUAL.kills)
    parser.add_argument("--submissions", type=int, default=USUAL.submissions)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default=USUAL.database)
    parser.add_argument("--broker", choices=("filesystem", "redis"), default=USUAL.broker)
    parser.add_argument("--control", choices=("", *CONTROLS), default=USUAL.control)
    parser.add_argument("--seed", type=int, default=USUAL.seed)
    parser.add_argument("--seconds", type=float, default=USUAL.seconds)
    parser.add_argument("--kill-chance", type=float, default=USUAL.kill_chance)
    parser.add_argument("--faults", default=USUAL.faults, help="kinds of fault of the registry, by comma")
    parser.add_argument("--faults-percent", type=float, default=USUAL.faults_percent)
    parser.add_argument("--stop-chance", type=float, default=USUAL.stop_chance)
    return parser


def _run(*arguments: str) -> int:
    """One run, in a process of its own, since each has a database of its own."""
    print("\n== " + " ".join(arguments), flush=True)
    return subprocess.run([sys.executable, "-m", "tests.chaos", *arguments], check=False).returncode


def everything() -> int:
    """A thousand kills on the embedded default and on production's stores, fewer on the others; then the controls."""
    failed = []
    for database, broker in STORES:
        where = ("--database", database, "--broker", broker)
        size = THOUSAND if (database, broker) in STORES[:2] else ("--kills", "200", "--submissions", "1500")
        failed += ["runs"] * _run(*size, *where)
    for name in CONTROLS:
        if not _run("--control", name, *TELLING):
            print(f"The control {name} found nothing wrong: the harness is blind.")
            failed.append(name)
    return 1 if failed else 0


if sys.argv[1:] == ["all"]:
    sys.exit(everything())
sys.exit(main(Plan(**vars(_parser().parse_args()))))
