"""The hitlist and addinfo."""

from datetime import date

import pytest

from nipr.wire import addinfo, hitlist
from nipr.wire.errors import DecodeError
from nipr.wire.messages import AddInfo, EntityType, HitlistRow, RegistryRefusal
from tests.nipr.wire.documents import ERROR, INDIVIDUAL

ROWS = (
    HitlistRow("QUILLFEATHER, MAREN T", "99000017", "1", "OR", date(1981, 2, 13)),
    HitlistRow("Puddlejump & Co", "99000900", "2", "SC", entity_type=EntityType.FIRM, fein="00-0000900"),
)
INFO = AddInfo("99000017", date(2024, 6, 11), None, date(2025, 1, 3), date(2019, 9, 12))


def test_people_and_firms_are_found_and_survive():
    assert hitlist.decode(hitlist.encode(ROWS)) == ROWS


def test_nobody_found_is_an_empty_list():
    assert hitlist.decode(hitlist.encode(())) == ()


def test_a_refusal_survives():
    assert hitlist.decode(hitlist.encode(RegistryRefusal("No."))) == RegistryRefusal("No.")


def test_the_root_may_be_pdb():
    assert hitlist.decode(ERROR) == RegistryRefusal("The request parameter id_entity is not a valid number.")


def test_a_wrong_birth_date_in_a_row_is_only_a_missing_hint():
    document = hitlist.encode(ROWS).replace(b"02/13/1981", b"unknown")
    assert hitlist.decode(document)[0].birth_date is None


def test_a_foreign_document_is_refused():
    with pytest.raises(DecodeError, match="Expected a HITLIST"):
        hitlist.decode(b"<html/>")


def test_addinfo_survives():
    assert addinfo.decode(addinfo.encode(INFO), INFO.npn) == INFO


@pytest.mark.parametrize(
    "reply",
    [
        b"<X><Licensing><LastUpdated>01/03/2025</LastUpdated></Licensing></X>",
        b'<a:X xmlns:a="y"><a:LICENSE_INFO_DATE>2025-01-03</a:LICENSE_INFO_DATE></a:X>',
        b"<X><LICENSING_UPDATED>01/02/2025</LICENSING_UPDATED><LICENSING_UPDATED>01/03/2025</LICENSING_UPDATED></X>",
    ],
)
def test_addinfo_is_understood_under_other_names(reply):
    info = addinfo.decode(reply, "99000017")
    assert info is not None
    assert (info.licensing, info.demographics) == (date(2025, 1, 3), None)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"<html><body>Sign in</body></html>",
        ERROR,
        INDIVIDUAL,
        b"<X><LICENSING>soon</LICENSING></X>",
        b"<X",
    ],
)
def test_addinfo_that_says_nothing_useful_is_none(reply):
    assert addinfo.decode(reply, "99000017") is None


def test_addinfo_about_somebody_else_is_none():
    assert addinfo.decode(addinfo.encode(INFO), "99000018") is None
