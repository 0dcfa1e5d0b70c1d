"""A sender in a process of its own, which stops or kills itself at a named point.

``python -m tests.concurrency.gateway.worker stop before_post``; ``run`` for one that does neither. Each word after the
point takes one protection away: ``guard`` is the look at the time just before the post.
"""

from __future__ import annotations

import os
import signal
import sys

import django


def main(act: str, point: str = "", *without: str) -> None:
    django.setup()
    from appointments.gateway import crashpoints, send

    def hook(reached: crashpoints.Point) -> None:
        if reached == point:
            crashpoints.hook = None
            os.kill(os.getpid(), {"stop": signal.SIGSTOP, "kill": signal.SIGKILL}[act])

    if "guard" in without:
        send.has_time = lambda _claimed: True
    if act != "run":
        crashpoints.hook = hook
    send.send_due(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
