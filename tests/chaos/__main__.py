"""`python -m tests.chaos --kills 1000 --submissions 6000 --database postgres --broker redis`."""

from __future__ import annotations

import argparse
import sys

from tests.chaos.run import Plan, main


def _plan(arguments: list[str]) -> Plan:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--kills", type=int, default=Plan.kills)
    parser.add_argument("--submissions", type=int, default=Plan.submissions)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default=Plan.database)
    parser.add_argument("--broker", choices=("filesystem", "redis"), default=Plan.broker)
    parser.add_argument("--control", default="")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--seconds", type=float, default=Plan.seconds)
    parser.add_argument("--kill-chance", type=float, default=Plan.kill_chance)
    parser.add_argument("--stop-chance", type=float, default=Plan.stop_chance)
    return Plan(**vars(parser.parse_args(arguments)))


sys.exit(main(_plan(sys.argv[1:])))
