"""``manage.py sync_nipr``: sync with the registry in the foreground, without a worker."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actor import Actor
from producers.enums import SYNCED, SyncRunKind, SyncRunStatus, SyncStatus
from producers.identity import Malformed, clean_npn
from producers.models import SyncItem, SyncRun
from producers.sync import nightly, reading
from producers.sync.filing import put_on_file, take_off_file
from producers.sync.reporting import PlainReporter
from producers.sync.runs import add_items, open_run

ACTOR = Actor.task("sync_nipr")


class Command(BaseCommand):
    """Reads producers from the registry and prints what came of it."""

    help = (
        "Sync with the registry now, in the foreground: chosen NPNs (put on file if they are not), everything that "
        "is tracked, or the nightly run. Full reports are paid for."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--npn", action="append", metavar="N", help="an NPN; may be given several times")
        what.add_argument("--all", action="store_true", help="the full report of every tracked producer")
        what.add_argument(
            "--nightly", action="store_true", help="alerts, and the reports that alerts cannot replace"
        )
        parser.add_argument("--today", type=_day, metavar="DATE", help="with --nightly: the day to run for")
        parser.add_argument("--accept-removals", action="store_true", help="let facts vanish in any number")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["today"] and not options["nightly"]:
            raise CommandError("--today goes with --nightly.")
        if options["npn"]:
            self._sync_npns(options["npn"], accept_removals=options["accept_removals"])
        elif options["all"]:
            run = self._sync_all(accept_removals=options["accept_removals"])
            self._finish(run, _first_failure(run))
        else:
            run = open_run(
                SyncRunKind.NIGHTLY,
                asked_by=ACTOR.label,
                reason="Nightly sync",
                removals_accepted=options["accept_removals"],
            )
            self._finish(nightly.carry_out(run, self._reporter(), today=options["today"]))

    def _sync_npns(self, given: list[str], *, accept_removals: bool) -> None:
        npns = list(dict.fromkeys(_checked(npn) for npn in given))
        filed = [put_on_file(npn, actor=ACTOR) for npn in npns]
        producers = [producer for producer, _ in filed]
        kind = SyncRunKind.SINGLE if len(producers) == 1 else SyncRunKind.SELECTION
        run = self._read(kind, [producer.pk for producer in producers], accept_removals=accept_removals)
        failure = _first_failure(run)
        self._print_producers(run)
        unknown = [producer for producer, is_new in filed if is_new and take_off_file(producer, actor=ACTOR)]
        for producer in unknown:
            self.stdout.write(f"NPN {producer.npn} was not kept on file.")
        self._finish(run, failure)

    def _sync_all(self, *, accept_removals: bool) -> SyncRun:
        return self._read(SyncRunKind.SELECTION, nightly.tracked_ids(), accept_removals=accept_removals)

    def _read(self, kind: SyncRunKind, producer_ids: list[int], *, accept_removals: bool) -> SyncRun:
        run = open_run(
            kind, asked_by=ACTOR.label, reason="manage.py sync_nipr", removals_accepted=accept_removals
        )
        add_items(run, producer_ids)
        return reading.carry_out(run, self._reporter())

    def _reporter(self) -> PlainReporter:
        return PlainReporter(self.stderr.write)

    def _print_producers(self, run: SyncRun) -> None:
        for item in run.items.select_related("producer").defer("producer__ssn", "producer__birth_date"):
            producer, status = item.producer, SyncStatus(item.producer.sync_status).label
            self.stdout.write(f"NPN {producer.npn} {producer.display_name}: {status}. {item.message}".strip())
            for change in run.change_rows.filter(producer=producer).order_by("pk"):
                self.stdout.write(
                    f"  {change.get_effect_display()}: {change.subject}{_differences(change.fields)}"
                )

    def _finish(self, run: SyncRun, failure: str = "") -> None:
        """The run in one line. A run that did not do its work, or failed a producer that was named, is an error."""
        if run.status != SyncRunStatus.DONE or failure:
            raise CommandError(f"{failure}\n{run.message}".strip())
        self.stdout.write(self.style.SUCCESS(run.message))


def _first_failure(run: SyncRun) -> str:
    """What went wrong with the first producer that failed."""
    failed = run.items.exclude(status__in=[*SYNCED, ""]).order_by("pk").select_related("producer")
    first: SyncItem | None = failed.defer("producer__ssn", "producer__birth_date").first()
    return f"NPN {first.producer.npn}: {first.message}" if first else ""


def _differences(fields: dict[str, list[object]]) -> str:
    parts = [
        f"{name.replace('_', ' ')}: {_shown(old)} to {_shown(new)}" for name, (old, new) in fields.items()
    ]
    return f" ({', '.join(parts)})" if parts else ""


_IN_WORDS: dict[object, str] = {None: "nothing", "": "nothing", True: "yes", False: "no"}


def _shown(value: object) -> str:
    return _IN_WORDS[value] if isinstance(value, bool) or value in (None, "") else str(value)


def _checked(npn: str) -> str:
    try:
        cleaned = clean_npn(npn)
    except Malformed as malformed:
        raise CommandError(str(malformed)) from None
    if not cleaned:
        raise CommandError("Give an NPN: 1 to 10 digits.")
    return cleaned


def _day(text: str) -> date:
    return date.fromisoformat(text)
