"""Papers that go with a transaction."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from appointments import access
from appointments.models import SupportingDocument
from appointments.services.handling.approving import approve
from appointments.services.handling.documents import LARGEST, MOST, attach, read, safe_name
from core.audit.models import AuditEntry
from core.errors import Conflict, DomainError, InvalidInput, NotAllowed
from tests.appointments.handling.cast import LEO, PIA, may, transactions

PDF = b"%PDF-1.7\n1 0 obj"
PNG = b"\x89PNG\r\n\x1a\n0000"
JPEG = b"\xff\xd8\xff\xe0JFIF"


@pytest.fixture
def row(world):
    return transactions(1, "awaiting_approval", status_detail="documents_required", for_cause=True)[0]


def test_with_its_document_it_can_be_approved(row):
    attach(row.pk, "letter.pdf", PDF, actor=LEO)
    row.refresh_from_db()
    assert (row.status, row.status_detail) == ("awaiting_approval", "documented")
    assert approve([row.pk], actor=PIA).results[0].ok


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [(PDF, "application/pdf", "scan.pdf"), (PNG, "image/png", "scan.png"), (JPEG, "image/jpeg", "scan.jpg")],
)
def test_the_content_says_what_it_is_and_the_name_follows(row, content, kind, name):
    document = attach(row.pk, "scan.exe" if content is PDF else "scan", content, actor=LEO)
    assert document.content_type == kind
    assert document.name in {name, "scan.exe.pdf"}


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=alert(1)>", b"MZ\x90", b"PK\x03\x04", b" %PDF-1.7", b"<html>%PDF-"]
)
def test_anything_else_is_refused(row, content):
    with pytest.raises(InvalidInput) as refusal:
        attach(row.pk, "letter.pdf", content, actor=LEO)
    assert refusal.value.errors[0]["path"] == "file"
    assert not SupportingDocument.objects.exists()


def test_ten_megabytes_are_taken_and_a_byte_more_is_not(row):
    attach(row.pk, "a.pdf", PDF.ljust(LARGEST, b" "), actor=LEO)
    with pytest.raises(InvalidInput):
        attach(row.pk, "b.pdf", PDF.ljust(LARGEST + 1, b" "), actor=LEO)


def test_the_file_comes_back_byte_for_byte_and_who_read_it_is_known(row):
    document = attach(row.pk, "letter.pdf", PDF, actor=LEO)
    file = read(document.pk, actor=PIA)
    assert (file.content, file.name, file.content_type) == (PDF, "letter.pdf", "application/pdf")
    entry = AuditEntry.objects.get(action="transaction.document_read")
    assert (entry.actor_label, entry.subject_id) == (PIA.label, str(row.pk))


def test_the_content_is_not_readable_in_the_database(row):
    attach(row.pk, "letter.pdf", PDF, actor=LEO)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM appointments_supportingdocument")
        stored = bytes(cursor.fetchone()[0])
    assert b"JVBERi" not in stored
    assert PDF not in stored


def test_the_same_file_twice_is_one_document(row):
    assert attach(row.pk, "a.pdf", PDF, actor=LEO) == attach(row.pk, "b.pdf", PDF, actor=LEO)


def test_there_is_an_end_to_the_number_of_documents(row):
    for index in range(MOST):
        attach(row.pk, "a.pdf", PDF + str(index).encode(), actor=LEO)
    with pytest.raises(Conflict):
        attach(row.pk, "a.pdf", PDF, actor=LEO)


def test_what_is_final_takes_no_document(world):
    with pytest.raises(Conflict):
        attach(transactions(1, "approved")[0].pk, "a.pdf", PDF, actor=LEO)


def test_what_is_not_there_is_said(row):
    for call in (lambda: attach(77_777, "a.pdf", PDF, actor=LEO), lambda: read(77_777, actor=LEO)):
        with pytest.raises(DomainError) as refusal:
            call()
        assert refusal.value.status == 404


def test_attaching_and_reading_take_their_rights(row):
    document = attach(row.pk, "a.pdf", PDF, actor=LEO)
    with pytest.raises(NotAllowed):
        attach(row.pk, "b.pdf", PNG, actor=LEO, has_right=may(access.VIEW_TRANSACTIONS))
    with pytest.raises(NotAllowed):
        read(document.pk, actor=LEO, has_right=may(access.PREPARE))


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\papers\\letter.PDF", "letter.pdf"),
        ("let\r\nSet-Cookie: x.pdf", "letSet-Cookie_ x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
    ],
)
def test_a_name_is_only_a_name(given_name, kept):
    assert safe_name(given_name, ".pdf") == kept


@given(st.text(max_size=400))
def test_every_name_fits_and_has_nothing_that_hides(name):
    kept = safe_name(name, ".pdf")
    assert kept.endswith(".pdf")
    assert len(kept) <= 150
    assert not set(kept) & set('\r\n\x00/\\"\u202e')
