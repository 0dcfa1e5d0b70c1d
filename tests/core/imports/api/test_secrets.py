"""Social security numbers go in and do not come out: fifty of them, in four notations, looked for everywhere."""

from __future__ import annotations

import io
import json
import logging
import random

import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection

from core.api.models import IdempotencyKey
from core.audit.models import AuditEntry
from core.imports.models import FilePiece, HeaderMatch, ImportRow, ImportRun
from core.jobs.models import Job, JobLog
from tests.core.imports.files.crates import csv_of

pytestmark = pytest.mark.django_db
NOTATIONS = ["{0}-{1}-{2}", "{0}{1}{2}", "{0} {1} {2}", "{0}–{1}–{2}"]
HEADER = "crate,color,ports,weight_kg,owner_ssn,note,Social Security,remarks"


class Canaries:
    """Numbers that stand nowhere by chance."""

    def __init__(self) -> None:
        dice = random.Random(4)
        self.parts = [
            (f"{dice.randint(100, 665)}", f"{dice.randint(10, 99)}", f"{dice.randint(1000, 9999)}")
            for _ in range(50)
        ]
        self.texts = [NOTATIONS[place % 4].format(*parts) for place, parts in enumerate(self.parts)]
        self.forms = [notation.format(*parts) for parts in self.parts for notation in NOTATIONS]

    def found_in(self, text: str) -> list[str]:
        return [form for form in self.forms if form in text]


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


def lines_with(canaries: Canaries) -> list[str]:
    """Each somewhere else: where it belongs, among notes, in columns nobody knows, and where it makes a fault."""
    lines = []
    for place, ssn in enumerate(canaries.texts):
        note = f"call about {ssn} today" if place % 4 != 1 else ""
        places = [f",{ssn},,,", f",,{note},,", f",,,{ssn},", f",,,,{ssn}", f",x{ssn}x,,,"]
        color = ssn if place % 10 == 5 and place % 4 != 1 else "red"
        lines.append(f"c{place},{color},,{places[place % 5]}")
    return lines


def stored() -> dict[str, str]:
    """Everything that is kept, as it stands in the database, but for the encrypted columns."""
    found = {
        model.__name__: json.dumps(list(model.objects.values()), default=str, ensure_ascii=False)
        for model in (ImportRun, HeaderMatch, Job, JobLog, AuditEntry)
    }
    rows = ImportRow.objects.defer("secrets").values(
        "label", "cells", "extra", "problems", "changes", "effect"
    )
    found["rows"] = json.dumps(list(rows), default=str, ensure_ascii=False)
    found["kept answers"] = str([bytes(key.body) for key in IdempotencyKey.objects.all()])
    with connection.cursor() as cursor:
        for table, column in ((ImportRow._meta.db_table, "secrets"), (FilePiece._meta.db_table, "content")):
            cursor.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
            raw = [bytes(each) if not isinstance(each, str) else each.encode() for (each,) in cursor]
            assert raw, table
            found[f"{table} as stored"] = b"\n".join(raw).decode("latin-1")
    found["cache"] = str(getattr(cache, "_cache", ""))
    return found


def test_no_answer_tells_one_and_nothing_keeps_one_in_clear(program, canaries, caplog):
    caplog.set_level(logging.DEBUG)
    content = csv_of(*lines_with(canaries), header=HEADER)
    told: dict[str, bytes] = {}
    answer = program.upload(content=content, key="k1")
    told["upload"] = answer.content
    run = program.work(answer.json()["id"])
    assert run["status"] == "parsed", run["message"]
    assert run["counts"]["error"] > 5
    place = f"/imports/{run['id']}"
    told["again"] = program.upload(content=content).content
    told["replayed"] = program.upload(content=content, key="k1").content
    told["mended"] = program.patch(
        f"{place}/rows/2", {"values": {"owner_ssn": canaries.texts[7], "note": f"or {canaries.texts[8]}"}}
    ).content
    told["wrongly mended"] = program.patch(
        f"{place}/rows/3", {"values": {"owner_ssn": f"{canaries.texts[9]}9"}}
    ).content
    told["unknown column"] = program.patch(f"{place}/rows/3", {"values": {canaries.texts[0]: "x"}}).content
    told["processed"] = program.do(run["id"], "process").content
    program.work(run["id"])
    for path in (place, "/imports", f"{place}/rows", f"{place}/rows/2", f"{place}/rows?outcome=error"):
        told[path] = program.get(path).content
    for rows in ("all", "failed"):
        told[f"file of {rows}"] = program.get(f"{place}/file", {"rows": rows}).getvalue()
    spilt = {where: canaries.found_in(text.decode(errors="replace")) for where, text in told.items()}
    assert {where: found for where, found in spilt.items() if found} == {}

    kept = stored() | {"log": caplog.text}
    spilt = {where: canaries.found_in(text) for where, text in kept.items()}
    assert {where: found for where, found in spilt.items() if found} == {}

    shown = program.get(f"{place}/rows?page_size=1000").json()["results"]
    assert shown[0]["values"]["owner_ssn"] == f"•••-••-{canaries.texts[7][-4:]}"


def test_a_name_and_a_header_tell_none_either(program, canaries):
    ssn = "078-05-1120"
    content = csv_of(f"c1,{ssn}", header=f"crate,{ssn}")
    answer = program.upload(content=content, name=f"crates of {ssn}.csv")
    said = json.dumps(program.work(answer.json()["id"]), ensure_ascii=False)
    assert ssn not in said + answer.content.decode()
    listed = program.get(f"/imports/{answer.json()['id']}/file").getvalue().decode()
    assert ssn not in listed
    entries = json.dumps(list(AuditEntry.objects.values()), default=str)
    assert ssn not in entries + json.dumps(list(Job.objects.values()), default=str)


def test_a_fault_of_the_body_does_not_repeat_what_was_sent(program):
    ssn = "078-05-1120"
    for fields in ({ssn: "true"}, {"quay": ssn}, {"type": ssn}, {"mapping": json.dumps({ssn: ssn})}):
        answer = program.upload("c1", **fields)
        assert answer.status_code == 400
        assert ssn not in answer.content.decode(), fields


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_number_of_a_failed_row_comes_back_with_it_though_its_file_holds_only_the_end(program, kind):
    first = program.read("c1,green,,,078-05-1120", "c2,red,,,219-09-9999")
    content = program.get(f"/imports/{first['id']}/file", {"rows": "failed", "format": kind}).getvalue()
    mended = mend(content, kind)
    again = program.read(content=mended, name=f"failed.{kind}")
    assert (again["status"], again["counts"]["new"], again["warnings"]) == ("parsed", 1, [])
    (row,) = program.get(f"/imports/{again['id']}/rows").json()["results"]
    assert (row["values"]["owner_ssn"], row["warnings"]) == ("•••-••-1120", [])
    kept = ImportRow.objects.get(run=again["id"])
    assert json.loads(kept.secrets or "{}") == {"owner_ssn": "078-05-1120"}


def mend(content: bytes, kind: str) -> bytes:
    """As somebody does at their desk: the wrong color becomes a right one."""
    if kind == "csv":
        return content.replace(b"green", b"blue")
    book = openpyxl.load_workbook(io.BytesIO(content))
    for line in book.worksheets[0].iter_rows():
        for cell in line:
            cell.value = "blue" if cell.value == "green" else cell.value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
