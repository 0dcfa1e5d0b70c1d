"""All benchmarks, one after the other: ``python -m benchmarks [parse sync scorecards lists]``."""

from __future__ import annotations

import subprocess
import sys

ALL = ("parse", "sync", "scorecards", "lists")


def main() -> None:
    """Run each in a process of its own, so that one's memory is not another's figure."""
    for name in sys.argv[1:] or ALL:
        if name not in ALL:
            sys.exit(f"There is no benchmark “{name}”; there are {', '.join(ALL)}.")
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)


if __name__ == "__main__":
    main()
