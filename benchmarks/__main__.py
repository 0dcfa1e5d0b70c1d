"""All benchmarks, one after the other, on both databases: ``python -m benchmarks``, or some of them by name."""

from __future__ import annotations

import os
import subprocess
import sys

WITHOUT_DATABASE = ("parse", "reading")
ON_BOTH = ("sync", "scorecards", "lists", "appointing", "submission", "transactions", "uploads")
POSTGRESQL = "postgres://postgres@127.0.0.1:5432/postgres"


def main() -> None:
    """Run each in a process of its own, so that one's memory is not another's figure."""
    asked = sys.argv[1:] or [*WITHOUT_DATABASE, *ON_BOTH]
    unknown = set(asked) - {*WITHOUT_DATABASE, *ON_BOTH}
    if unknown:
        sys.exit(
            f"There is no benchmark {', '.join(unknown)}; there are {', '.join((*WITHOUT_DATABASE, *ON_BOTH))}."
        )
    sqlite = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    for name in asked:
        run(name, sqlite)
        if name in ON_BOTH:
            run(name, sqlite | {"DATABASE_URL": POSTGRESQL})


def run(name: str, environment: dict[str, str]) -> None:
    """One benchmark on one database."""
    print(f"\n== {name} on {'PostgreSQL' if 'DATABASE_URL' in environment else 'SQLite'}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], env=environment, check=True)


if __name__ == "__main__":
    main()
