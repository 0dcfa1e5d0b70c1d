"""``manage.py import_csv``: upload a file in the foreground, with or without a worker."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from core.accounts.models import User
from core.actor import Actor
from core.errors import DomainError, InvalidInput
from core.imports import services
from core.imports.api.shapes import missing_columns
from core.imports.enums import Question, RunStatus
from core.imports.management.foreground import see_through
from core.imports.management.telling import as_json, tell_errors, tell_run
from core.imports.management.writing import write_outcomes, write_template
from core.imports.models import ImportRun
from core.imports.selectors import FAILED_ROWS
from core.imports.types import Upload, all_uploads, upload_named
from core.imports.uploading import LARGEST_FILE, MEGABYTE
from core.words import money

ROWS_WRONG: Final = 1
REFUSED: Final = 2
INTERRUPTED: Final = 130
"""As shells count what Ctrl-C has ended."""


class Command(BaseCommand):
    """Uploads a file, prints what is wrong with it, and processes it where told to."""

    help = (
        "Upload a CSV or XLSX file: it is read and judged, and with --process its good rows are processed. "
        "Ends with 0, with 1 when rows have errors, with 2 when the file was refused or cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("type", metavar="TYPE", help=f"one of {', '.join(_names())}")
        parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="the file to upload")
        parser.add_argument(
            "--template", type=Path, metavar="FILE", help="write the template (.csv or .xlsx)"
        )
        parser.add_argument("--process", action="store_true", help="process the rows without errors")
        parser.add_argument(
            "--submit", action="store_true", help="let processing spend; its cost is confirmed"
        )
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="an option of the type; may be given several times",
        )
        parser.add_argument("--again", action="store_true", help="although the same file was uploaded before")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADER=COLUMN",
            help="what a header means; nothing behind the = leaves it alone",
        )
        parser.add_argument("--confirm-cost", metavar="12.34", help="the cost that is agreed to")
        parser.add_argument(
            "--as", dest="person", metavar="EMAIL", help="on behalf of a person, by their rights"
        )
        parser.add_argument(
            "--outcome", type=Path, metavar="FILE", help="write all rows with what became of them"
        )
        parser.add_argument("--failed", type=Path, metavar="FILE", help="write the failed rows, to be mended")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            kind = upload_named(options["type"])
            if options["template"]:
                write_template(kind, options["template"])
                self.stdout.write(f"The template is in {options['template']}.")
                return
            self._upload(kind, options)
        except DomainError as refusal:
            raise CommandError(_in_lines(refusal), returncode=REFUSED) from refusal
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.", returncode=REFUSED) from error

    def _upload(self, kind: Upload, options: dict[str, Any]) -> None:
        if options["file"] is None:
            raise CommandError("Name the file to upload, or --template FILE.", returncode=REFUSED)
        actor = _actor(options["person"])
        run = _kept(kind, options, actor)
        try:
            run = self._see_through(run, "Reading")
        except KeyboardInterrupt:
            services.cancel(run, actor=actor)
            raise CommandError(f"Upload {run.pk} is cancelled.", returncode=INTERRUPTED) from None
        self._refuse_unread(run, actor)
        if options["process"]:
            run = self._process(run, kind, options, actor)
        self._tell(run, options)

    def _process(self, run: ImportRun, kind: Upload, options: dict[str, Any], actor: Actor) -> ImportRun:
        cents = _cents(options["confirm_cost"])
        if cents is None and kind.spends(run.options):
            cents = self._asked_for_cost(run)
        services.process(run, actor=actor, confirm_cents=cents)
        try:
            return self._see_through(run, "Processing")
        except KeyboardInterrupt:
            run.refresh_from_db()
            services.pause(run, actor=actor)
            said = f"Upload {run.pk} is paused; what is done stays done. Its page goes on with it."
            raise CommandError(said, returncode=INTERRUPTED) from None

    def _asked_for_cost(self, run: ImportRun) -> int:
        cents = int(run.foreseen.get("cost_cents", 0))
        costs = f"Processing upload {run.pk} costs {money(cents)}."
        if not sys.stdin.isatty():
            raise CommandError(
                f"{costs} Agree to it with --confirm-cost {cents / 100:.2f}.", returncode=REFUSED
            )
        self.stderr.write(f"{costs} Type yes to go on: ", ending="")
        self.stderr.flush()
        if sys.stdin.readline().strip().lower() != "yes":
            raise CommandError("Nothing was processed.", returncode=REFUSED)
        return cents

    def _see_through(self, run: ImportRun, doing: str) -> ImportRun:
        see_through(run, doing, self.stderr if sys.stderr.isatty() else None)
        run.refresh_from_db()
        return run

    def _refuse_unread(self, run: ImportRun, actor: Actor) -> None:
        """What could not be read is left, so that the same file can be sent with an answer."""
        if run.question == Question.COLUMNS:
            services.cancel(run, actor=actor)
            raise CommandError(_columns_wanted(run), returncode=REFUSED)
        if run.status != RunStatus.PARSED:
            said = run.message or f"Upload {run.pk} is “{run.get_status_display()}”."
            raise CommandError(said, returncode=REFUSED)

    def _tell(self, run: ImportRun, options: dict[str, Any]) -> None:
        for name, failed_only in (("outcome", False), ("failed", True)):
            if options[name]:
                write_outcomes(run, options[name], failed_only=failed_only)
        if options["json"]:
            self.stdout.write(as_json(run))
        else:
            tell_errors(run, self.stdout.write)
            tell_run(run, self.stdout.write)
        if run.status == RunStatus.FAILED:
            raise CommandError(run.message or f"Upload {run.pk} failed.", returncode=REFUSED)
        wrong = run.rows.filter(FAILED_ROWS).count()
        if wrong:
            have = "row has" if wrong == 1 else "rows have"
            raise CommandError(f"{wrong:,} {have} errors.", returncode=ROWS_WRONG)


def _names() -> list[str]:
    return [upload.name for upload in all_uploads()]


def _actor(email: str | None) -> Actor:
    if not email:
        return Actor.task("import_csv")
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"Nobody signs in as {email}.", returncode=REFUSED)
    return Actor.person(user)


def _kept(kind: Upload, options: dict[str, Any], actor: Actor) -> ImportRun:
    """The upload of the file. To process one that was only looked at before, nobody has to say ``--again``."""
    content, chosen = _content(options["file"]), _options(kind, options)
    columns = _pairs(options["map"], "--map")

    def upload(*, again: bool) -> ImportRun:
        name = options["file"].name
        return services.upload(
            kind.name, name, content, chosen, actor=actor, again=again, columns=columns, refuse_same=True
        )

    try:
        return upload(again=options["again"])
    except services.SameFile as same:
        of_it = ImportRun.objects.filter(fingerprint=same.earlier.fingerprint, undone_at=None)
        if not options["process"] or of_it.exclude(started_at=None).exists():
            raise
        return upload(again=True)


def _content(file: Path) -> bytes:
    """The bytes of the file; one that is too large is not even opened."""
    if file.stat().st_size > LARGEST_FILE:
        raise CommandError(
            f"{file} has more than {LARGEST_FILE // MEGABYTE} MB; split it.", returncode=REFUSED
        )
    return file.read_bytes()


def _options(kind: Upload, given: dict[str, Any]) -> dict[str, str]:
    chosen = _pairs(given["option"], "--option")
    if given["submit"]:
        spending = [option.name for option in kind.options if option.spends]
        if not spending:
            raise CommandError(f"Uploads of type {kind.name} submit nothing.", returncode=REFUSED)
        chosen[spending[0]] = "true"
    return chosen


def _pairs(given: Sequence[str], flag: str) -> dict[str, str]:
    pairs = {}
    for each in given:
        name, equals, value = each.rpartition("=")
        if not equals or not name:
            raise CommandError(f"{flag} takes NAME=VALUE; this is “{each}”.", returncode=REFUSED)
        pairs[name.strip()] = value.strip()
    return pairs


def _cents(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        amount = Decimal(text.strip().removeprefix("$").replace(",", "")).scaleb(2)
    except InvalidOperation:
        amount = Decimal(-1)
    if amount < 0 or amount != int(amount):
        raise CommandError(
            f"--confirm-cost takes an amount such as 12.34; this is “{text}”.", returncode=REFUSED
        )
    return int(amount)


def _columns_wanted(run: ImportRun) -> str:
    unknown = ", ".join(f"“{header}”" for header in run.unknown_columns)
    missing = ", ".join(missing_columns(run))
    pairs = list(zip(run.headers, run.columns, strict=True))
    lines = [*run.warnings, f"Headers that mean no column: {unknown}." if unknown else ""]
    lines.append(f"Columns that every row needs and no header means: {missing}." if missing else "")
    for column in dict.fromkeys(filter(None, run.columns)):
        headers = [f"“{header}”" for header, meant in pairs if meant == column]
        if len(headers) > 1:
            lines.append(f"{column} is meant by {' and '.join(headers)}; it is read from one.")
    lines.append('Say what they mean with --map "HEADER=COLUMN".')
    return "\n".join(line for line in lines if line)


def _in_lines(refusal: DomainError) -> str:
    if isinstance(refusal, InvalidInput):
        return "\n".join(f"{fault['path']}: {fault['message']}" for fault in refusal.errors)
    if isinstance(refusal, services.SameFile):
        return f"{refusal.message} Say --again if it is meant."
    if isinstance(refusal, services.CostChanged):
        return f"{refusal.message} Agree to it with --confirm-cost {refusal.cost_cents / 100:.2f}."
    return str(refusal)
