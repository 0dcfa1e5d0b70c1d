"""Multipart replies, as sent and as they might be."""

import pytest

from nipr.wire import mtom
from nipr.wire.errors import DecodeError

REPORT = b"<a>\r\n\r\n  --x\n</a>\n"
PARTS = {"demo-1@pdb-services.nipr.com": REPORT}


def test_a_reply_survives_to_the_byte():
    content_type, body = mtom.encode(b"<soap/>", PARTS)
    assert mtom.decode(body, content_type) == mtom.Multipart(b"<soap/>", PARTS)


def test_a_reply_without_attachment_is_wrapped_the_same_way():
    content_type, body = mtom.encode(b"<soap/>")
    assert mtom.decode(body, content_type) == mtom.Multipart(b"<soap/>", {})


def test_the_report_part_is_headed_null_and_found_nonetheless():
    content_type, body = mtom.encode(b"<soap/>", PARTS)
    assert b"Content-Type: null\r\n" in body
    assert mtom.decode(body, content_type).parts == PARTS


@pytest.mark.parametrize("report", [b"<a/>", b"<a>\n<b/>\n</a>", b"\x00\xff\x80"])
def test_bare_line_feeds_are_understood(report):
    content_type, body = mtom.encode(b"<soap/>", {"x@y": report})
    body = body.replace(b"\r\n", b"\n")
    assert mtom.decode(body, content_type).parts == {"x@y": report}


def test_a_preamble_is_skipped():
    content_type, body = mtom.encode(b"<soap/>", PARTS)
    assert mtom.decode(b"\r\nThis is a message in several parts.\r\n" + body, content_type).root == b"<soap/>"


@pytest.mark.parametrize("content_type", ["", "text/html", "application/xop+xml", "multipart/related"])
def test_a_wrong_content_type_is_seen_through(content_type):
    _, body = mtom.encode(b"<soap/>", PARTS)
    assert mtom.decode(body, content_type).root == b"<soap/>"


def test_a_plain_reply_is_all_root():
    assert mtom.decode(b"<soap/>", "text/xml; charset=utf-8") == mtom.Multipart(b"<soap/>", {})


def test_an_id_without_brackets_is_the_same_id():
    content_type, body = mtom.encode(b"<soap/>", PARTS)
    body = body.replace(b"<demo-1@pdb-services.nipr.com>", b"demo-1@pdb-services.nipr.com")
    assert mtom.decode(body, content_type.replace("<", "").replace(">", "")).parts == PARTS


def test_a_part_without_an_id_is_numbered():
    content_type, body = mtom.encode(b"<soap/>", PARTS)
    body = body.replace(b"Content-ID: <demo-1@pdb-services.nipr.com>\r\n", b"")
    assert list(mtom.decode(body, content_type).parts.values()) == [REPORT]


def test_a_root_that_comes_second_is_found_by_start():
    first = b"--b\r\nContent-ID: <r>\r\n\r\nreport\r\n--b\r\nContent-ID: <s>\r\n\r\n<soap/>\r\n--b--\r\n"
    found = mtom.decode(first, 'multipart/related; boundary=b; start="<s>"')
    assert found == mtom.Multipart(b"<soap/>", {"r": b"report"})


@pytest.mark.parametrize("cut", [60, 200, -6])
def test_a_truncated_reply_is_refused(cut):
    content_type, body = mtom.encode(b"<soap/>", PARTS)
    with pytest.raises(DecodeError):
        mtom.decode(body[:cut], content_type)
