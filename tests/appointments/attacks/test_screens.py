"""The screens of transactions against hostile texts, files, addresses and forms."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from appointments.models import BulkRequest, Company, SupportingDocument, Transaction
from appointments.services.asking.appointments import ask_appointments
from appointments.services.handling.documents import LARGEST
from core.actor import Actor
from core.audit.models import AuditEntry
from producers.models import Producer
from tests.appointments.handling.cast import ids_of, statuses, transactions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

CANARY = "\"'><script src=//x.example>alert(1)</script>{{7*7}}{% now 'Y' %}<img src=x onerror=alert(2)>"
PDF = b"%PDF-1.7\n1 0 obj"


@pytest.fixture
def submitter(sue, client_of):
    """Sue's browser."""
    return client_of(sue)


@pytest.fixture
def approver(pia, client_of):
    """Pia's browser."""
    return client_of(pia)


def poisoned(status: str = "failed") -> Transaction:
    """Every text that comes from outside is hostile."""
    short = CANARY[:40]
    (row,) = transactions(
        1,
        status,
        external_id=CANARY[:100],
        nipr_message=CANARY,
        rejection_response=CANARY,
        validation_errors=[{"code": CANARY, "text": CANARY}],
        nipr_trans=short,
        loa=CANARY,
        eligibility_text=CANARY,
        license_number=short,
        reason=short,
        prepared_by_label=CANARY,
        submitted_by_label=CANARY,
        approved_by_label=CANARY,
        application={"action": CANARY, CANARY: [CANARY]},
        decisions=[
            {
                "rule": CANARY,
                "outcome": "fail",
                "text": CANARY,
                "facts": {CANARY: CANARY, "list": [CANARY]},
                "source": f"javascript:{CANARY}",
                "effective_from": None,
                "fix": {"code": "open_transaction", "text": CANARY, "params": {"number": CANARY}},
            }
        ],
    )
    Company.objects.update(name=CANARY[:150])
    Producer.objects.update(last_name=CANARY[:60], first_name=CANARY[:60])
    SupportingDocument.objects.create(
        transaction=row, name=CANARY, content_type="application/pdf", size=1, sha256="0", content="",
        added_by_label=CANARY, added_at=row.created_at,
    )  # fmt: skip
    return row


def is_clean(answer) -> bool:
    text = answer.content.decode()
    return "<script src=//x" not in text and "<img src=x" not in text and 'href="javascript:' not in text


@pytest.mark.parametrize(
    "status", ["failed", "unknown", "awaiting_approval", "ready_to_submit", "declined", "approved", "held"]
)
def test_no_text_of_others_becomes_markup(submitter, status):
    row = poisoned(status)
    batch = row.batch_id
    for address in (
        row.get_absolute_url(),
        reverse("appointments:transactions"),
        reverse("appointments:transactions_actionable"),
        reverse("appointments:batch", args=[batch]),
        reverse("appointments:ledger"),
        reverse("appointments:gateway") + "?x=" + CANARY,
        reverse("appointments:transactions_submit") + f"?ids={row.pk}",
        reverse("appointments:transactions_step", args=["close"]) + f"?ids={row.pk}",
        reverse("producers:page", args=[row.producer_id]) + "?tab=transactions",
        reverse("appointments:quick_appoint", args=[row.producer_id]),
        reverse("appointments:terminate", args=[row.producer_id]),
        reverse("appointments:company", args=[row.company_id]),
        reverse("appointments:bulk_appoint"),
    ):
        answer = submitter.get(address)
        assert answer.status_code == 200, address
        assert is_clean(answer), address
        assert "script-src" in answer["Content-Security-Policy"]
        assert "unsafe-inline" not in answer["Content-Security-Policy"].split("style-src")[0]


def test_no_text_of_others_becomes_markup_in_a_plan(submitter, sue):
    row = poisoned("closed")
    Transaction.objects.update(is_open=False)
    asked = {
        "npn": row.npn, "state": "OR", "cocode": "77001", "loa_categories": ["life"],
        "external_id": CANARY[:100],
    }  # fmt: skip
    bulk = ask_appointments([asked], dry_run=True, wait=True, actor=Actor.person(sue))
    BulkRequest.objects.filter(pk=bulk.pk).update(message=CANARY, asked_by_label=CANARY[:200])
    for address in (reverse("appointments:plan", args=[bulk.pk]), reverse("appointments:plans")):
        assert is_clean(submitter.get(address))


# Files for spreadsheets

FORMULA = "=cmd|'/c calc'!A0"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝", "'="])
def test_no_file_holds_a_formula(submitter, sue, start):
    hostile = f"{start}cmd|A0"
    (row,) = transactions(1, "closed", external_id=hostile, nipr_message=hostile, loa=hostile)
    Transaction.objects.update(charged_nipr_fee_cents=153, charged_on=row.created_at.date())
    Company.objects.update(name=hostile)
    asked = {
        "npn": row.npn, "state": "OR", "cocode": "77001", "loa_categories": ["life"],
        "external_id": hostile.strip() or "x",
    }  # fmt: skip
    bulk = ask_appointments([asked], dry_run=True, wait=True, actor=Actor.person(sue))
    for address in (
        reverse("appointments:plan_file", args=[bulk.pk, "csv"]),
        reverse("appointments:transactions") + "?export=csv",
        reverse("appointments:ledger") + "?summary=csv",
        reverse("appointments:ledger") + "?export=csv",
    ):
        answer = submitter.get(address)
        text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode(
            "utf-8-sig"
        )
        if not answer["Content-Type"].startswith("text/csv"):
            continue
        for line in text.splitlines():
            for cell in line.split(","):
                assert "cmd|A0" not in cell or cell.lstrip('"').startswith("'"), (address, cell)


def test_a_workbook_holds_no_formula_either(submitter, sue):
    (row,) = transactions(1, "closed")
    asked = {
        "npn": row.npn, "state": "OR", "cocode": "77001", "loa_categories": ["life"], "external_id": FORMULA,
    }  # fmt: skip
    bulk = ask_appointments([asked], dry_run=True, wait=True, actor=Actor.person(sue))
    answer = submitter.get(reverse("appointments:plan_file", args=[bulk.pk, "xlsx"]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "<f>" not in sheets
    assert f"<t>{FORMULA}" not in sheets


# Papers


def attach(browser, row, content: bytes, name: str = "a.pdf", kind: str = "application/pdf"):
    file = SimpleUploadedFile(name, content, kind)
    return browser.post(
        reverse("appointments:transaction_attach", args=[row.pk]), {"file": file}, follow=True
    )


@pytest.fixture
def waiting():
    return transactions(1, "awaiting_approval", status_detail="documents_required", for_cause=True)[0]


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html>%PDF-1.7</html>",
        b"\n%PDF-1.7",
        b"PK\x03\x04 %PDF-",
        b"GIF89a",
        b"\x89PNG",
        b"",
        b"%PDF-1.7" + b"0" * LARGEST,
    ],
    ids=["svg", "html", "late", "zip", "gif", "short png", "empty", "a byte too large"],
)
def test_what_is_no_paper_is_not_kept(submitter, waiting, content):
    answer = attach(submitter, waiting, content, "papers.pdf")
    assert answer.status_code == 200
    assert not SupportingDocument.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "a\r\nSet-Cookie: x=1.pdf",
        '"; filename=evil.html; x="',
        "../../etc/passwd",
        "\u202egnp.exe",
        "<script>alert(1)</script>.pdf",
        "é漢字😀.pdf",
        "x" * 3000,
        "CON.pdf",
        "%0d%0aX: y.pdf",
    ],
)
def test_a_polyglot_under_any_name_is_served_so_that_nothing_runs(submitter, waiting, name):
    attach(submitter, waiting, PDF + b"<script>alert(1)</script>", name, "text/html")
    paper = SupportingDocument.objects.get()
    answer = submitter.get(reverse("appointments:transaction_paper", args=[waiting.pk, paper.pk]))
    where = answer["Content-Disposition"]
    assert where.startswith("attachment; filename=")
    assert where.count('"') == 2
    assert not set(where) & set("\r\n\0/\\<>")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer
    assert len(paper.name) <= 150


def test_a_paper_is_read_only_under_its_own_transaction(submitter, waiting):
    attach(submitter, waiting, PDF)
    other = transactions(1)[0]
    paper = SupportingDocument.objects.get()
    before = AuditEntry.objects.count()
    assert (
        submitter.get(reverse("appointments:transaction_paper", args=[other.pk, paper.pk])).status_code == 404
    )
    assert AuditEntry.objects.count() == before


def test_no_content_of_a_paper_stands_outside_its_own_field(submitter, waiting):
    attach(submitter, waiting, PDF + b"canary-4711")
    assert not [entry for entry in AuditEntry.objects.all() if "canary-4711" in str(vars(entry))]


# Forms and addresses

ODD = [
    "", "0", "-1", "1e3", "NaN", "null", "1.5", "9" * 14, "9" * 400, "١٧٥٣", "1753\0", " 1753", "0x6d9", "true",
]  # fmt: skip


@pytest.mark.parametrize("cents", ODD)
def test_a_form_that_names_no_cost_of_now_sends_nothing(submitter, cents):
    rows = transactions(1)
    for address in (
        reverse("appointments:transactions_submit"),
        reverse("appointments:transactions_step", args=["release"]),
    ):
        submitter.post(address, {"ids": rows[0].pk, "agreed_cents": cents})
    assert statuses(rows) == ["ready_to_submit"]


@pytest.mark.parametrize(
    "ids",
    ["", "x", "1,2,x", "9" * 18, "9" * 4000, "-1", "1;2", "１", "1\0", ",".join(map(str, range(10_002)))],
)
def test_ids_of_any_kind_break_nothing(submitter, ids):
    for event in ("close", "release", "take_back", "mend", "hold"):
        address = reverse("appointments:transactions_step", args=[event])
        assert submitter.get(address, {"ids": ids}).status_code < 500
        assert submitter.post(address, {"ids": ids, "agreed_cents": "0"}).status_code < 500


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)",
        "\\\\evil.example", "///evil.example", "/%0d%0aX: y", "http:evil.example", "/\n/evil.example",
    ],
)  # fmt: skip
def test_no_form_leads_to_another_site(submitter, back):
    rows = transactions(1)
    address = reverse("appointments:transactions_step", args=["close"])
    answer = submitter.post(address, {"ids": rows[0].pk, "back": back})
    assert "evil.example" not in answer.headers.get("Location", "")
    shown = submitter.get(address, {"ids": rows[0].pk, "back": back}).content.decode()
    assert not re.search(r'href="[^"]*evil.example', shown)


GETS = [
    ("transactions_submit", [], "ids={pk}&agreed_cents=1753"),
    ("transactions_step", ["close"], "ids={pk}&reason=x"),
    ("transactions_step", ["approve"], "ids={pk}"),
    ("transaction_settle", ["{pk}", "write_off"], "reason=x"),
    ("transaction_ask", ["{pk}"], ""),
    ("transaction_first_business", ["{pk}"], "day=2026-01-01"),
    ("gateway_switch", ["pause"], "reason=x"),
]


@pytest.mark.parametrize(("name", "args", "query"), GETS)
def test_looking_changes_nothing(submitter, approver, name, args, query):
    (row,) = transactions(1, just_in_time=True)
    before = Transaction.objects.values().get()
    entries = AuditEntry.objects.count()
    given = [each.format(pk=row.pk) for each in args]
    address = f"{reverse(f'appointments:{name}', args=given)}?{query.format(pk=row.pk)}"
    for browser in (submitter, approver):
        for call in (browser.get, browser.head):
            assert call(address).status_code in (200, 403, 405)
    assert Transaction.objects.values().get() == before
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("name", ["pause", "resume", "release_cap", "compare", "release_fence"])
def test_the_switches_are_the_approvers_alone(submitter, admin, auditor, name):
    for browser in (submitter, admin, auditor):
        answer = browser.post(reverse("appointments:gateway_switch", args=[name]), {"reason": "x"})
        assert answer.status_code == 403


@pytest.mark.parametrize("name", ["pause", "release_cap"])
def test_a_reason_of_any_length_and_kind_is_kept_as_text(approver, name):
    answer = approver.post(
        reverse("appointments:gateway_switch", args=[name]),
        {"reason": CANARY + "\0" + "x" * 100_000},
        follow=True,
    )
    assert answer.status_code == 200
    assert is_clean(answer)


def test_double_click_submits_once(submitter):
    rows = transactions(1)
    address, body = reverse("appointments:transactions_submit"), {"ids": rows[0].pk, "agreed_cents": "1753"}
    for _ in range(2):
        submitter.post(address, body)
    assert AuditEntry.objects.filter(action="transaction.submit").count() == 1


def test_who_may_only_prepare_finds_no_door_to_spending(specialist):
    held = transactions(1, "held", just_in_time=True)
    ready = transactions(1)
    for name, args in (
        ("transactions_submit", []),
        ("transactions_step", ["release"]),
        ("transactions_step", ["take_back"]),
    ):
        answer = specialist.post(
            reverse(f"appointments:{name}", args=args),
            {"ids": ",".join(map(str, ids_of([*held, *ready]))), "agreed_cents": "1753"},
        )
        assert answer.status_code == 403
    for what in ("submit", "release", "approve"):
        posted = specialist.post(
            reverse("appointments:transactions"), {"action": what, "selected": [row.pk for row in ready]}
        )
        assert posted.status_code in (302, 403, 400, 200)
    assert statuses([*held, *ready]) == ["held", "ready_to_submit"]
