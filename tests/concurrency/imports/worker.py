"""A process that runs a job in children which are killed, really, each at a named point.

    python -m tests.concurrency.imports.worker '{"job": "…", "plan": ["border", …], "without": ""}'

Prints as JSON how each child ended: the number of the signal, or 0. ``without`` takes a protection away.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID

import django

django.setup()

from django.db import connections, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from core.imports import parsing, stored, types, undoing, work  # noqa: E402
from core.imports.holding import Hold  # noqa: E402
from core.jobs import reaper  # noqa: E402
from core.jobs import services as jobs  # noqa: E402
from core.jobs.models import Job  # noqa: E402
from core.jobs.runner import run_job  # noqa: E402
from tests.concurrency.imports.blind import BlindUpload  # noqa: E402


def die(how: int = signal.SIGKILL) -> None:
    os.kill(os.getpid(), how)


def at(owner: object, name: str, *, before: bool, how: int = signal.SIGKILL) -> None:
    """Die when a function is called, or when it returns."""
    whole = getattr(owner, name)

    def mortal(*args: object, **kwargs: object) -> object:
        if before:
            die(how)
        result = whole(*args, **kwargs)
        if not before:
            die(how)
        return result

    setattr(owner, name, mortal)


POINTS = {
    # Processing: in the transaction of a chunk, and between two.
    "begun": lambda: at(BlindUpload, "write", before=True),
    "written": lambda: at(BlindUpload, "write", before=False),
    "noted": lambda: at(work.Work, "_settle", before=False),
    "border": lambda: at(work.Work, "_write", before=False),
    "asleep": lambda: at(work.Work, "_write", before=False, how=signal.SIGSTOP),
    "closing": lambda: at(BlindUpload, "close", before=False),
    "finished": lambda: at(Hold, "end", before=False),
    # Reading.
    "forgotten": lambda: at(parsing, "_forget_rows", before=False),
    # In the transaction of the first chunk: the notes before are of the headers and of the rows that were forgotten.
    "stored": lambda: nth(Hold, "note", 3, before=True),
    "read": lambda: at(parsing, "_store", before=False),
    "third": lambda: nth(parsing, "_store", 3, before=False),
    # Undoing.
    "undoing": lambda: at(BlindUpload, "undo", before=False),
    "undone": lambda: at(undoing, "_note", before=False),
    "undo border": lambda: at(undoing, "in_parts", before=False),
}


def nth(owner: object, name: str, number: int, *, before: bool) -> None:
    """Die at the nth call."""
    whole, calls = getattr(owner, name), []

    def mortal(*args: object, **kwargs: object) -> None:
        calls.append(1)
        if before and len(calls) == number:
            die()
        whole(*args, **kwargs)
        if len(calls) == number:
            die()

    setattr(owner, name, mortal)


def note_afterwards() -> None:
    """Without the note in the transaction of the chunk: what became of the rows is noted in one of its own."""

    def write(self: work.Work, numbers: list[int], write_rows: work.Write) -> None:
        with transaction.atomic():
            self.hold.take()
            rows = stored.loaded(stored.between(stored.waiting(self.run), numbers), self._reader)
            write_rows(rows, self)
        written()
        with transaction.atomic():
            self.hold.take()
            self._settle(rows, {})

    def written() -> None:
        if "border" in os.environ.get("POINT", ""):
            die()

    work.Work._write = write  # type: ignore[method-assign]


def forget_nothing() -> None:
    """Without deleting what an earlier reading left."""
    parsing._forget_rows = lambda run, hold: nullcontext()  # type: ignore[assignment]


WITHOUT = {"": lambda: None, "the note": note_afterwards, "forgetting": forget_nothing}


def child(job: UUID, point: str, without: str) -> int:
    """Run the job in a child that dies at the point; its process id."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    os.environ["POINT"] = point
    WITHOUT[without]()
    if point:
        POINTS[point]()
    run_job(job)
    os._exit(0)


def ended(pid: int) -> int:
    _, status = os.waitpid(pid, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def lapse(job: UUID) -> None:
    """The dead child's lease runs out, and the reaper gives its job back."""
    Job.objects.filter(pk=job, status="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    reaper.reap()


def main(spec: dict[str, object]) -> list[int]:
    job, without = UUID(str(spec["job"])), str(spec.get("without", ""))
    ends: list[int] = []
    asleep: list[int] = []
    for point in [*spec["plan"], ""]:  # type: ignore[misc]
        pid = child(job, str(point), without)
        if point == "asleep":
            os.waitpid(pid, os.WUNTRACED)
            asleep.append(pid)
        else:
            ends.append(ended(pid))
            for sleeper in asleep:
                os.kill(sleeper, signal.SIGCONT)
                ends.append(ended(sleeper))
            asleep.clear()
        lapse(job)
    return ends


if __name__ == "__main__":
    types.register(BlindUpload())
    jobs.current_app.send_task = lambda *_args, **_kwargs: None
    print(json.dumps(main(json.loads(sys.argv[1]))))  # noqa: T201
