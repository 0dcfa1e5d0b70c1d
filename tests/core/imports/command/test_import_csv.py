"""``manage.py import_csv``: what it prints, how it ends, and that it needs no worker."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from core.audit.models import AuditEntry
from core.imports import types
from core.imports.management import foreground
from core.imports.models import ImportRun
from core.imports.uploading import LARGEST_FILE
from core.jobs import services as jobs
from core.jobs.models import Job
from core.jobs.runner import run_job
from tests.core.imports.files.crates import CRATES, csv_of
from tests.core.models import Parcel

pytestmark = pytest.mark.django_db
PROJECT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def _crates(monkeypatch):
    monkeypatch.setattr(types, "_types", {**types._types, "crate": CRATES})
    monkeypatch.setattr(jobs.current_app, "send_task", lambda *_args, **_kwargs: None, raising=False)


@pytest.fixture
def file(tmp_path):
    """Makes a file of crates."""

    def make(*lines: str, name: str = "crates.csv", **how: str) -> Path:
        path = tmp_path / name
        path.write_bytes(csv_of(*lines, **how))
        return path

    return make


class Said:
    """What a command printed, and how it ended."""

    def __init__(self, *arguments: object) -> None:
        out, err = io.StringIO(), io.StringIO()
        self.code, self.refusal = 0, ""
        try:
            call_command("import_csv", *map(str, arguments), stdout=out, stderr=err)
        except CommandError as error:
            self.code, self.refusal = error.returncode, str(error)
        self.out, self.err = out.getvalue(), err.getvalue()

    @property
    def all(self) -> str:
        return self.out + self.err + self.refusal


def test_a_good_file_is_read_and_nothing_is_processed_unless_told_to(file):
    said = Said("crate", file("c1,red", "c2"))
    run = ImportRun.objects.get()
    assert (said.code, run.status) == (0, "parsed")
    assert f"Upload {run.pk} (crates.csv): 2 rows: 2 new, 0 update, 0 unchanged, 0 error" in said.out
    assert not Parcel.objects.exists()


def test_with_process_it_is_processed_here_without_a_worker(file):
    said = Said("crate", file("c1,red", "c2"), "--process")
    assert (said.code, ImportRun.objects.get().status) == (0, "done")
    assert "Processed: 2 done, 0 failed, 0 undone." in said.out
    assert set(Parcel.objects.values_list("name", flat=True)) == {"c1", "c2"}
    assert set(Job.objects.values_list("status", flat=True)) == {"done"}


def test_rows_with_errors_are_printed_all_of_them_and_end_with_one(file):
    said = Said("crate", file("c1,green", "c2", ",red,P99", "broken"), "--process")
    assert said.code == 1
    assert "Row 2, color “green”: “green” is none of 00, blue, red." in said.out
    assert "Row 4, crate: crate is needed in every row." in said.out
    assert "Row 4, ports “P99”:" in said.out
    assert "Row 5" in said.out
    assert "It fell apart." in said.out
    assert said.refusal == "3 rows have errors."
    assert Parcel.objects.get().name == "c2"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("ship", "x.csv"), "There is no upload type “ship”"),
        (("crate",), "Name the file"),
        (("crate", "nowhere.csv"), "nowhere.csv: No such file"),
        (("crate", "/"), "/: Is a directory"),
        (("crate", "{good}", "--option", "quay=east"), "none of north, south"),
        (("crate", "{good}", "--option", "quay"), "--option takes NAME=VALUE"),
        (("crate", "{good}", "--option", "sumbit=true"), "is no option"),
        (("crate", "{good}", "--map", "x=krate"), "no column"),
        (("crate", "{good}", "--confirm-cost", "much", "--process"), "such as 12.34"),
        (("crate", "{good}", "--as", "nobody@example.com"), "Nobody signs in"),
        (("crate", "{empty}"), "empty"),
        (("crate", "{header}"), "no row"),
        (("crate", "{binary}"), ""),
        (("crate", "--template", "x.pdf"), ".csv or .xlsx"),
        (("crate", "{good}", "--outcome", "x.pdf"), ".csv or .xlsx"),
    ],
)
def test_what_is_refused_or_cannot_be_read_ends_with_two(tmp_path, file, arguments, sentence):
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "header.csv").write_bytes(b"crate,color\n")
    (tmp_path / "binary.csv").write_bytes(b"\x7fELF" + bytes(5000))
    places = {
        "good": file("c1"),
        "empty": tmp_path / "empty.csv",
        "header": tmp_path / "header.csv",
        "binary": tmp_path / "binary.csv",
    }
    said = Said(*(each.format(**places) for each in arguments))
    assert said.code == 2, said.all
    assert sentence in said.refusal
    assert not Parcel.objects.exists()


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as large:
        large.truncate(LARGEST_FILE + 1)
    path.chmod(0)
    said = Said("crate", path)
    assert (said.code, "20 MB" in said.refusal) == (2, True)
    assert not ImportRun.objects.exists()


def test_a_file_that_was_looked_at_is_processed_once_without_another_word(file):
    path = file("c1")
    assert Said("crate", path).code == 0
    assert Said("crate", path, "--process").code == 0
    assert Parcel.objects.count() == 1
    for flags in ((), ("--process",)):
        assert "--again" in Said("crate", path, *flags).refusal
    assert Said("crate", path, "--again").code == 0
    assert Said("crate", path, "--process").code == 2, "of an earlier one something is there"


def test_the_same_file_again_has_to_be_meant(file):
    path = file("c1")
    Said("crate", path)
    said = Said("crate", path)
    assert (said.code, "--again" in said.refusal) == (2, True)
    assert Said("crate", path, "--again").code == 0


def test_headers_are_matched_by_hand_and_the_file_is_not_in_the_way(file):
    path = file("c1,red", header="mark,color")
    said = Said("crate", path)
    assert said.code == 2
    assert "“mark”" in said.refusal
    assert "--map" in said.refusal
    assert "no header means: crate." in said.refusal
    assert ImportRun.objects.get().status == "cancelled"
    assert Said("crate", path, "--map", "mark=crate").code == 0


def test_two_headers_of_one_column_are_both_named(file):
    said = Said("crate", file("c1,c2", header="crate,Crate"))
    assert said.code == 2
    assert "crate is meant by “crate” and “Crate”; it is read from one." in said.refusal


def test_options_are_passed_on(file):
    Said("crate", file("c1"), "--option", "quay=south")
    assert ImportRun.objects.get().options == {"submit": False, "quay": "south"}


def test_nothing_is_spent_that_was_not_agreed_to(file, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    said = Said("crate", file("c1", "c2"), "--process", "--submit")
    assert said.code == 2
    assert "$33.00" in said.refusal
    assert "--confirm-cost 33.00" in said.refusal
    said = Said("crate", file("c1", "c2"), "--process", "--submit", "--again", "--confirm-cost", "16.50")
    assert (said.code, "33.00" in said.refusal) == (2, True)
    assert not Parcel.objects.exists()
    said = Said("crate", file("c1", "c2"), "--process", "--submit", "--again", "--confirm-cost", "$33.00")
    assert (said.code, Parcel.objects.count()) == (0, 2)
    assert "Cost as foreseen: $33.00." in said.out


class Terminal(io.StringIO):
    """Somebody sits there."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "code"), [("yes\n", 0), ("no\n", 2), ("\n", 2), ("", 2)])
def test_somebody_at_a_terminal_is_shown_the_cost_and_asked(file, monkeypatch, typed, code):
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    said = Said("crate", file("c1", "c2"), "--process", "--submit")
    assert "costs $33.00. Type yes to go on" in said.err
    assert (said.code, Parcel.objects.count()) == (code, 0 if code else 2)


def test_types_that_spend_nothing_submit_nothing(file, monkeypatch):
    monkeypatch.setattr(CRATES.__class__, "options", CRATES.options[1:])
    said = Said("crate", file("c1"), "--submit")
    assert (said.code, "submit nothing" in said.refusal) == (2, True)


def test_a_person_acts_by_their_own_rights(file, leo, otto):
    said = Said("crate", file("c1"), "--as", "OTTO@example.com")
    assert (said.code, "right" in said.refusal) == (2, True)
    Said("crate", file("c1"))
    entry = AuditEntry.objects.get(action="upload.uploaded")
    assert (entry.actor_kind, entry.actor_label) == ("task", "import_csv")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_templates_and_outcomes_are_files_for_oneself_alone(file, tmp_path, ending):
    template, outcome, failed = (tmp_path / f"{name}.{ending}" for name in ("template", "outcome", "failed"))
    assert Said("crate", "--template", template).code == 0
    said = Said("crate", file("c1", "c2,green"), "--process", "--outcome", outcome, "--failed", failed)
    assert said.code == 1
    for path in (template, outcome, failed):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.stat().st_size > 20
    if ending == "xlsx":
        sheet = openpyxl.load_workbook(failed).worksheets[0]
        assert [cell.value for cell in sheet[2]][:2] == ["c2", "green"]
    again = Said("crate", failed)
    assert again.code == 1
    assert "1 row: 0 new" in again.out


def test_json_is_one_object_with_the_rows_in_error(file):
    said = Said("crate", file("c1", "c2,green"), "--json")
    told = json.loads(said.out)
    assert (said.code, told["status"], told["counts"]["error"]) == (1, "parsed", 1)
    assert [row["row"] for row in told["failed_rows"]] == [3]


def test_no_secret_is_printed(file, tmp_path):
    ssn = "078-05-1120"
    outcome = tmp_path / "outcome.csv"
    lines = (f"c1,{ssn},,,{ssn}", f"c2,,,,{ssn}9", f"c3,,,,,{ssn}", f"c4,green,,,{ssn}", "c5")
    said = Said("crate", file(*lines), "--json", "--process", "--outcome", outcome)
    plain = Said("crate", file(*lines), "--again")
    assert said.code == plain.code == 1
    for text in (said.all, plain.all, outcome.read_text()):
        assert ssn not in text
        assert ssn.replace("-", "") not in text
    assert "1120" in outcome.read_text()


def test_what_is_no_terminal_gets_no_progress(file):
    assert Said("crate", file("c1"), "--process").err == ""


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_at_a_terminal_progress_is_shown_while_it_lasts(file, monkeypatch):
    monkeypatch.setattr(foreground, "LOOK_EVERY_SECONDS", 0.01)

    def slow(job_id) -> None:
        Job.objects.filter(pk=job_id).update(status="running", done=3000, total=10000)
        time.sleep(0.3)
        Job.objects.filter(pk=job_id).update(status="queued")
        run_job(job_id)

    monkeypatch.setattr(foreground, "run_job", slow)
    monkeypatch.setattr(sys, "stderr", Terminal())
    said = Said("crate", file("c1"))
    assert "\rReading: 3,000 of 10,000 rows" in said.err
    assert said.err.endswith("\r\033[K"), "the line is gone afterwards"


@pytest.mark.parametrize(("work", "status"), [("imports.parse", "cancelled"), ("imports.process", "paused")])
def test_whoever_stops_it_half_way_is_told_where_it_is(file, monkeypatch, work, status):
    def stopped(job_id) -> None:
        if Job.objects.get(pk=job_id).kind == work:
            raise KeyboardInterrupt
        run_job(job_id)

    monkeypatch.setattr(foreground, "run_job", stopped)
    said = Said("crate", file("c1"), "--process")
    assert (said.code, ImportRun.objects.get().status) == (130, status)
    assert status in said.refusal
    assert not Parcel.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_a_worker_that_is_faster_does_the_work_and_the_command_waits_for_it(file, monkeypatch):
    taken: list[threading.Thread] = []

    def to_a_worker(_name: str, args: list[str]) -> None:
        def work() -> None:
            from django.db import connection

            try:
                run_job(args[0])
            finally:
                connection.close()

        thread = threading.Thread(target=work)
        taken.append(thread)
        thread.start()
        thread.join(0.2)

    monkeypatch.setattr(jobs.current_app, "send_task", to_a_worker, raising=False)
    said = Said("crate", file("c1", "c2"), "--process")
    for thread in taken:
        thread.join()
    assert (said.code, Parcel.objects.count()) == (0, 2)
    assert len(taken) == 2


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_from_a_shell_it_ends_as_it_says(tmp_path):
    """As people run it: a process of its own with a database of its own."""
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
        "AGENTSYNC_VAR": str(tmp_path / "var"),
        "DJANGO_SETTINGS_MODULE": "agentsync.settings",
    }

    def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    assert manage("migrate", "--verbosity", "0").returncode == 0
    template = tmp_path / "template.xlsx"
    assert manage("import_csv", "agent", "--template", str(template)).returncode == 0
    assert openpyxl.load_workbook(template).sheetnames[:2] == ["template", "accepted_values"]
    crew = tmp_path / "crew.csv"
    crew.write_text(
        "agency_npn,agency_name,first_name,last_name,agent_npn\n"
        "88200001,Blue Harbor Agency,Ines,Abernathy,88100001\n"
        "88200001,,Ole,,88100002\n"
    )
    wrong = manage("import_csv", "agent", str(crew), "--process")
    assert wrong.returncode == 1, wrong.stdout + wrong.stderr
    assert "Row 3, last_name: last_name is needed in every row." in wrong.stdout
    assert manage("import_csv", "agent", str(crew)).returncode == 2, "the same file again"
