"""`python -m tests.chaos --kills 1000 --submissions 6000 --database postgres --broker redis`."""

from __future__ import annotations

import argparse
import sys

from tests.chaos.run import Plan, main


USUAL = Plan()


def _plan(arguments: list[str]) -> Plan:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--kills", type=int, default=USUAL.kills)
    parser.add_argument("--submissions", type=int, default=USUAL.submissions)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default=USUAL.database)
    parser.add_argument("--broker", choices=("filesystem", "redis"), default=USUAL.broker)
    parser.add_argument("--control", default="")
    parser.add_argument("--seed", type=int, default=USUAL.seed)
    parser.add_argument("--seconds", type=float, default=USUAL.seconds)
    parser.add_argument("--kill-chance", type=float, default=USUAL.kill_chance)
    parser.add_argument("--stop-chance", type=float, default=USUAL.stop_chance)
    return Plan(**vars(parser.parse_args(arguments)))


sys.exit(main(_plan(sys.argv[1:])))
