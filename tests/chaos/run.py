"""One run: stores, simulator, workers, a killer, and the reckoning."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nipr.simulator.testing import RunningSimulator
from tests.chaos import controls
from tests.chaos.stores import Postgres, Redis

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 4
REGISTRY_FAULTS = ("drop_before", "drop_after", "drop_midway", "server_error", "truncated_xml", "html_login")
VISIBLE_AFTER, SETTLE_SECONDS = 1.0, 3
"""What the registry has received it denies for a while; within it a second copy would count again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. ``kills`` are those of the children; groups, beat and the stores come on top."""

    kills: int = 50
    submissions: int = 500
    database: str = "sqlite"
    broker: str = "filesystem"
    control: str = ""
    seed: int = 1
    seconds: float = 1800.0
    kill_chance: float = 0.04
    stop_chance: float = 0.002
    faults: str = ",".join(REGISTRY_FAULTS)
    faults_percent: float = 6.0
    restart_stores: bool = True


@dataclass(slots=True)
class Report:
    """What was done, and what is wrong with the end of it."""

    plan: dict[str, object]
    seconds: float = 0.0
    kills: int = 0
    kills_in_window: int = 0
    kills_by_point: dict[str, int] = field(default_factory=dict)
    pauses: int = 0
    events: dict[str, int] = field(default_factory=dict)
    registry_faults: int = 0
    submissions: int = 0
    converged_seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class Crew:
    """Worker and beat, each in a session of its own, started again when they end."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._environment, self._folder = dict(environment), folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        base = [sys.executable, "-m", "celery", "-A", "tests.chaos.worker"]
        self._commands = {
            "worker": [*base, "worker", "--pool", "prefork", "-c", "8", "-l", "warning", "--without-mingle",
                       "--without-gossip"],
            "beat": [*base, "beat", "-l", "warning", "-s", str(folder / "schedule")],
        }  # fmt: skip

    def keep_up(self) -> None:
        for name, command in self._commands.items():
            process = self._running.get(name)
            if process is None or process.poll() is not None:
                with (self._folder / f"{name}.out").open("ab") as out:
                    self._running[name] = subprocess.Popen(
                        command,
                        cwd=ROOT,
                        env=self._environment,
                        stdout=out,
                        stderr=out,
                        start_new_session=True,
                    )

    def kill(self, name: str) -> None:
        process = self._running.get(name)
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def close(self) -> None:
        for name in self._commands:
            self.kill(name)


class Killer:
    """Reads the log of what the children did to themselves, wakes the stopped, and does the rest of the harm."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._log = folder / "log"
        self._log.touch()
        self._read = 0
        self._stopped: list[tuple[float, int]] = []
        self.dice = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.in_window = 0
        self.pauses = 0
        self.events: Counter[str] = Counter()

    def look(self) -> None:
        with self._log.open() as log:
            log.seek(self._read)
            lines = log.readlines()
            self._read = log.tell()
        for line in lines:
            what, pid, point, window, _at = line.split()
            if what == "kill":
                self.kills[point] += 1
                self.in_window += int(window)
            else:
                self.pauses += 1
                self._stopped.append((time.monotonic() + 3 * LEASE_SECONDS, int(pid)))

    def wake(self, *, all_of_them: bool = False) -> None:
        now = time.monotonic()
        due = [pid for when, pid in self._stopped if all_of_them or when <= now]
        self._stopped = [(when, pid) for when, pid in self._stopped if pid not in due]
        for pid in due:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def carry_out(plan: Plan) -> Report:
    """Do it all; the report's ``problems`` is empty when nothing was lost and nothing left twice."""
    report, began = Report(asdict(plan)), time.monotonic()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="chaos-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = _opened(stack, Postgres) if plan.database == "postgres" else None
        redis = _opened(stack, Redis) if plan.broker == "redis" else None
        simulator = stack.enter_context(_registry(plan))
        _enter_django(folder, postgres, redis, simulator)
        from tests.chaos import load, reckoning

        settle = 0 if plan.control == "no_settle" else SETTLE_SECONDS
        load.configure(lease_seconds=LEASE_SECONDS, settle_seconds=settle)
        load.fill(simulator.npns, plan.submissions)
        crew = Crew(_crew_environment(plan, folder), folder)
        stack.callback(crew.close)
        killer = Killer(folder, plan.seed)
        _torment(plan, crew, killer, _harm(plan, crew, postgres, redis), folder)
        calm_since = time.monotonic()
        report.problems += _settle(crew, killer)
        report.converged_seconds = round(time.monotonic() - calm_since, 1)
        crew.close()
        report.problems += reckoning.problems(simulator)
        report.statuses, report.submissions = reckoning.statuses(), plan.submissions
        report.registry_faults = sum(bool(call["faults"]) for call in simulator.book.log())
        if report.problems:
            print((folder / "worker.out").read_text(errors="replace")[-4000:], file=sys.stderr)
    report.kills, report.kills_in_window = killer.kills.total(), killer.in_window
    report.kills_by_point, report.pauses, report.events = (
        dict(killer.kills),
        killer.pauses,
        dict(killer.events),
    )
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _opened(stack: ExitStack, kind: Callable[[], Postgres | Redis]) -> Postgres | Redis:
    store = kind()
    stack.callback(store.close)
    return store


@contextmanager
def _registry(plan: Plan) -> Iterator[RunningSimulator]:
    from nipr.simulator.testing import running_simulator

    with running_simulator(producers=plan.submissions // 10 + 50) as simulator:
        simulator.gateway.configure(
            polling=True,
            review="immediate",
            visibility_seconds=controls.VISIBILITY.get(plan.control, VISIBLE_AFTER),
        )
        kinds = plan.faults.split(",")
        for kind in kinds:
            simulator.fault(
                kind,
                times=None,
                service="gateway",
                probability=plan.faults_percent / 100 / len(kinds),
            )
        yield simulator


def _enter_django(folder: Path, postgres: object, redis: object, simulator: RunningSimulator) -> None:
    """This process fills and reckons through the same models as the workers."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "agentsync.settings",
        "AGENTSYNC_ENV": "demo",
        "AGENTSYNC_VAR": str(folder / "var"),
        "NIPR_URL_TEMPLATE": simulator.base_url,
        "NIPR_USERNAME": simulator.username,
        "NIPR_PASSWORD": simulator.password,
        "NIPR_TIMEOUT": "5",
        "DATABASE_URL": getattr(postgres, "url", ""),
        "REDIS_URL": getattr(redis, "url", ""),
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _crew_environment(plan: Plan, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "CHAOS_FOLDER": str(folder),
        "CHAOS_KILL": str(plan.kill_chance),
        "CHAOS_STOP": str(plan.stop_chance),
        "CHAOS_CONTROL": plan.control,
    }


Harm = Mapping[str, Callable[[], None]]


def _harm(plan: Plan, crew: Crew, postgres: object, redis: object) -> Harm:
    """What may be done to the whole from outside, by name."""
    harm: dict[str, Callable[[], None]] = {
        "worker group killed": lambda: crew.kill("worker"),
        "beat killed": lambda: crew.kill("beat"),
    }
    if plan.restart_stores and isinstance(redis, Redis):
        harm |= {"redis flushed": redis.flush, "redis killed": lambda: _restart(redis)}
    if plan.restart_stores and isinstance(postgres, Postgres):
        harm["database killed"] = lambda: _restart(postgres)
    return harm


def _restart(store: Postgres | Redis) -> None:
    store.kill()
    time.sleep(0.5)
    store.start()


def _torment(plan: Plan, crew: Crew, killer: Killer, harm: Harm, folder: Path) -> None:
    """Until there were enough kills, or everything has left, or time is up."""
    deadline, next_harm = time.monotonic() + plan.seconds, time.monotonic() + 20.0
    while killer.kills.total() < plan.kills and time.monotonic() < deadline and not _all_left():
        crew.keep_up()
        killer.look()
        killer.wake()
        if time.monotonic() > next_harm:
            name = killer.dice.choice(sorted(harm))
            killer.events[name] += 1
            harm[name]()
            next_harm = time.monotonic() + killer.dice.uniform(20.0, 40.0)
        time.sleep(0.1)
    (folder / "calm").touch()
    killer.look()


def _all_left() -> bool:
    from tests.chaos import reckoning

    return not reckoning.waiting(("queued", "submitting", "unknown"))


def _settle(crew: Crew, killer: Killer) -> list[str]:
    """With the harm over, everything has to come to its end."""
    from tests.chaos import reckoning

    killer.wake(all_of_them=True)
    deadline = time.monotonic() + 600
    least, since = 10**9, time.monotonic()
    while left := reckoning.waiting():
        crew.keep_up()
        if left < least:
            least, since = left, time.monotonic()
        if time.monotonic() > deadline or time.monotonic() - since > 120:
            return [f"{left} transactions have not come to an end."]
        time.sleep(0.5)
    return []


def main(plan: Plan) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    report = carry_out(plan)
    if len(report.problems) > 20:
        report.problems[20:] = [f"... and {len(report.problems) - 20} more."]
    print(json.dumps(asdict(report), indent=2))
    return 1 if report.problems else 0
