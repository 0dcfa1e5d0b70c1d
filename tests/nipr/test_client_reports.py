"""Entity reports and searches over a real socket."""

from __future__ import annotations

import base64
import time
from datetime import date

import pytest

from nipr.client import RegistryClient, RegistryConfig
from nipr.errors import (
    ErrorKind,
    InvalidNpn,
    InvalidQuery,
    RegistryError,
    RegistryTimeout,
    RegistryUnavailable,
    UnknownNpn,
    UnreadableReply,
    WrongAddress,
    WrongCredentials,
    WrongEntity,
)
from nipr.ledger import MemoryLedger, Outcome, asking
from nipr.wire import addinfo, hitlist, pdb
from nipr.wire.messages import AddInfo, EntityReport, HitlistRow, RegistryRefusal
from tests.nipr.far_side import Answer
from tests.nipr.wire.documents import ERROR, INDIVIDUAL

NPN = "99000017"
REPORT = Answer(INDIVIDUAL)


def refusal(text):
    return Answer(pdb.encode(RegistryRefusal(text)))


def test_a_report_is_asked_for_and_read(client, far_side):
    far_side.answer(REPORT)
    assert client.entity_report(NPN) == pdb.decode(INDIVIDUAL)
    asked = far_side.asked[0]
    assert (asked.method, asked.path, asked.query) == (
        "GET",
        "/pdb-xml-reports/entityinfo_xml.cgi",
        {"id_entity": NPN},
    )
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"user:s3cret").decode()


def test_a_report_costs_its_price_and_says_who_asked_why(client, far_side, ledger):
    far_side.answer(REPORT)
    with asking("Ida Clerk", "Refresh", kind="person"):
        client.entity_report(NPN)
    note = ledger.notes[0]
    assert (note.operation, note.npn, note.price_cents, note.outcome) == (
        "entityinfo",
        NPN,
        129,
        Outcome.ANSWERED,
    )
    assert (note.asker.label, note.asker.reason, note.asker.kind) == ("Ida Clerk", "Refresh", "person")
    assert note.attempts == 1


def test_the_price_is_that_of_the_day(far_side, ledger):
    far_side.answer(REPORT)
    prices = ((date(2016, 1, 1), 129), (date(2026, 1, 1), 150), (date(9999, 1, 1), 1))
    with RegistryClient(RegistryConfig(far_side.url, lookup_prices=prices), ledger) as client:
        client.entity_report(NPN)
    assert ledger.notes[0].price_cents == 150


@pytest.mark.parametrize("npn", ["", "abc", "12345678901", "99 000017", "0", "../x", "1&x=2"])
def test_a_malformed_npn_never_leaves(client, far_side, ledger, npn):
    with pytest.raises(InvalidNpn) as caught:
        client.entity_report(npn)
    with pytest.raises(InvalidNpn):
        client.add_info(npn)
    assert caught.value.kind is ErrorKind.FIX_DATA
    assert (far_side.asked, ledger.notes) == ([], [])


@pytest.mark.parametrize(
    "answer",
    [
        refusal("No record was found for the id_entity."),
        refusal("Entity 99000017 does not exist in the database"),
        Answer(b"<PDB><TRANSACTION_TYPE><TYPE>INDIVIDUAL</TYPE></TRANSACTION_TYPE><PRODUCER/></PDB>"),
        Answer(b"<html>Not Found</html>", status=404, content_type="text/html"),
        Answer(
            ERROR.replace(b"The request parameter id_entity is not a valid number.", b"Unknown"), status=404
        ),
        Answer(
            ERROR.replace(b"The request parameter id_entity is not a valid number.", b"Unknown"), status=400
        ),
    ],
)
def test_an_unknown_npn_is_data_to_fix_and_costs_nothing(client, far_side, ledger, answer):
    far_side.answer(answer)
    with pytest.raises(UnknownNpn) as caught:
        client.entity_report(NPN)
    assert caught.value.kind is ErrorKind.FIX_DATA
    assert len(far_side.asked) == 1
    assert (ledger.notes[0].price_cents, ledger.notes[0].outcome) == (0, Outcome.REFUSED)


def test_an_npn_the_registry_does_not_take_is_invalid(client, far_side):
    far_side.answer(Answer(ERROR))
    with pytest.raises(InvalidNpn, match="not a valid number"):
        client.entity_report(NPN)


@pytest.mark.parametrize("answer", [Answer(status=401), Answer(status=403), refusal("Invalid password.")])
def test_wrong_credentials_are_configuration_to_fix(client, far_side, ledger, answer):
    far_side.answer(answer)
    with pytest.raises(WrongCredentials) as caught:
        client.entity_report(NPN)
    assert caught.value.kind is ErrorKind.FIX_CONFIGURATION
    assert "s3cret" not in str(caught.value)
    assert len(far_side.asked) == 1
    assert ledger.notes[0].price_cents == 0


def test_a_redirect_is_not_followed(client, far_side):
    far_side.answer(Answer(status=302, headers={"Location": "http://127.0.0.1:9/login"}))
    with pytest.raises(WrongAddress, match="NIPR_URL_TEMPLATE"):
        client.entity_report(NPN)


def test_a_report_about_somebody_else_is_refused_and_may_have_cost(client, far_side, ledger):
    far_side.answer(REPORT)
    with pytest.raises(WrongEntity, match="Asked for NPN 5, the registry sent a report about NPN 99000017"):
        client.entity_report("5")
    assert ledger.notes[0].price_cents == 129


def test_leading_zeros_are_the_same_npn(client, far_side):
    far_side.answer(REPORT)
    assert client.entity_report("0099000017").npn == NPN


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Sign in</body></html>",
        b"<!DOCTYPE html><html>",
        INDIVIDUAL[:2000],
        b"",
        b"null",
        b"\x00\x01",
    ],
)
def test_a_reply_that_cannot_be_read_is_said_to_be_so(client, far_side, body):
    far_side.answer(Answer(body))
    with pytest.raises(UnreadableReply) as caught:
        client.entity_report(NPN)
    assert caught.value.kind is ErrorKind.UNKNOWN


def test_a_wrong_date_is_named_in_the_error(client, far_side):
    far_side.answer(Answer(INDIVIDUAL.replace(b"02/28/2027", b"02/31/2027")))
    with pytest.raises(UnreadableReply, match="DATE_EXPIRE_LICENSE is not a date: 02/31/2027"):
        client.entity_report(NPN)


@pytest.mark.parametrize("content_type", ["text/html", "application/json", "null", None])
def test_a_wrong_content_type_does_not_matter(client, far_side, content_type):
    far_side.answer(Answer(INDIVIDUAL, content_type=content_type))
    assert client.entity_report(NPN).npn == NPN


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_registry_that_is_not_well_is_asked_again(client, far_side, ledger, status):
    far_side.answer(Answer(status=status), Answer(status=status), REPORT)
    assert client.entity_report(NPN).npn == NPN
    assert (ledger.notes[0].attempts, ledger.notes[0].price_cents) == (3, 129)


def test_a_registry_that_stays_unwell_is_given_up(client, far_side, ledger):
    far_side.answer(Answer(status=503))
    with pytest.raises(RegistryUnavailable) as caught:
        client.entity_report(NPN)
    assert caught.value.kind is ErrorKind.RETRY
    assert len(far_side.asked) == 4
    assert (ledger.notes[0].price_cents, ledger.notes[0].outcome) == (0, Outcome.FAILED)


@pytest.mark.parametrize("drop", ["before", "within"])
def test_a_broken_connection_is_tried_again_and_counted_as_perhaps_billed(client, far_side, ledger, drop):
    far_side.answer(Answer(INDIVIDUAL, drop=drop), REPORT)
    assert client.entity_report(NPN).npn == NPN
    assert (ledger.notes[0].attempts, ledger.notes[0].price_cents) == (2, 258)


def test_a_registry_that_is_down_is_unavailable_and_costs_nothing(ledger):
    config = RegistryConfig("http://127.0.0.1:9", timeout=2.0, attempts=2, backoff=0.01)
    with (
        RegistryClient(config, ledger) as client,
        pytest.raises(RegistryUnavailable, match="cannot be reached"),
    ):
        client.entity_report(NPN)
    assert (ledger.notes[0].attempts, ledger.notes[0].price_cents) == (2, 0)


@pytest.mark.parametrize(
    "answer", [Answer(INDIVIDUAL, drip=0.05), Answer(drip_headers=True), Answer(INDIVIDUAL, delay=3)]
)
def test_the_deadline_holds_however_slowly_the_server_drips(far_side, ledger, answer):
    far_side.answer(answer)
    started = time.monotonic()
    with (
        RegistryClient(RegistryConfig(far_side.url, timeout=0.6), ledger) as client,
        pytest.raises(RegistryTimeout),
    ):
        client.entity_report(NPN)
    assert time.monotonic() - started < 1.5
    assert (ledger.notes[0].outcome, ledger.notes[0].price_cents) == (Outcome.UNKNOWN, 129)
    assert len(far_side.asked) == 1


def test_connections_are_kept(client, far_side):
    far_side.answer(REPORT)
    for _ in range(3):
        client.entity_report(NPN)
    assert len({asked.port for asked in far_side.asked}) == 1


def test_one_template_serves_every_host():
    config = RegistryConfig("https://{service}.api.beta.nipr.com/")
    assert config.url("pdb-xml-reports", "/x") == "https://pdb-xml-reports.api.beta.nipr.com/x"
    assert RegistryConfig("http://127.0.0.1:8100").url("npn-ws", "/x") == "http://127.0.0.1:8100/x"


def test_a_template_that_makes_no_address_is_configuration_to_fix(ledger):
    with RegistryClient(RegistryConfig("nowhere"), ledger) as client, pytest.raises(WrongAddress):
        client.entity_report(NPN)


def test_the_configuration_comes_from_the_settings_when_it_is_asked_for(settings):
    settings.NIPR_URL_TEMPLATE, settings.NIPR_USERNAME = "http://x", "me"
    settings.NIPR_PASSWORD, settings.NIPR_TIMEOUT = "hidden", 7
    config = RegistryConfig.from_settings()
    assert (config.url_template, config.username, config.password, config.timeout) == (
        "http://x",
        "me",
        "hidden",
        7.0,
    )
    assert "hidden" not in repr(config)


def test_many_reports_come_side_by_side_and_one_failure_is_its_own(client, far_side, ledger):
    def answer(asked):
        npn = asked.query["id_entity"]
        return (
            Answer(INDIVIDUAL.replace(b"<NPN>99000017", f"<NPN>{npn}".encode()), delay=0.05)
            if npn != "3"
            else Answer(ERROR)
        )

    far_side.answer(answer)
    with asking("nightly", "sync"):
        results = dict(client.entity_reports(["1", "2", "3", "x", *map(str, range(10, 30))]))
    assert isinstance(results["1"], EntityReport)
    assert isinstance(results["3"], InvalidNpn)
    assert isinstance(results["x"], InvalidNpn)
    assert sum(isinstance(result, RegistryError) for result in results.values()) == 2
    assert {note.asker.label for note in ledger.notes} == {"nightly"}
    assert {note.outcome for note in ledger.notes} == {Outcome.ANSWERED, Outcome.REFUSED}


def test_stopping_half_way_leaves_no_open_entry(client, far_side, ledger):
    far_side.answer(
        lambda asked: Answer(
            INDIVIDUAL.replace(b"<NPN>99000017", f"<NPN>{asked.query['id_entity']}".encode())
        )
    )
    reports = client.entity_reports(map(str, range(1, 50)))
    next(reports)
    reports.close()
    assert all(note.outcome == Outcome.ANSWERED for note in ledger.notes)
    assert len(far_side.asked) < 49


def test_addinfo_is_free_and_read(client, far_side, ledger):
    info = AddInfo(NPN, licensing=date(2025, 1, 3))
    far_side.answer(Answer(addinfo.encode(info)))
    assert client.add_info(NPN) == info
    assert far_side.asked[0].path == "/pdb-xml-reports/addinfo_xml.cgi"
    assert ledger.notes[0].price_cents == 0


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>Sign in</html>"),
        Answer(status=404),
        Answer(b"<X><Y/></X>"),
        Answer(b"<X"),
        Answer(status=500),
        Answer(status=401),
        Answer(ERROR),
        Answer(INDIVIDUAL),
        Answer(drop="before"),
        Answer(INDIVIDUAL, drip=0.2),
    ],
)
def test_addinfo_that_is_of_no_use_is_none_and_asked_once(far_side, ledger, answer):
    far_side.answer(answer)
    with RegistryClient(RegistryConfig(far_side.url, timeout=1.0), ledger) as client:
        assert client.add_info(NPN) is None
    assert len(far_side.asked) == 1


ROWS = (HitlistRow("QUILLFEATHER, MAREN T", NPN, "1", "OR", date(1981, 2, 13)),)


def test_people_firms_and_licences_are_searched_with_their_parameters(client, far_side):
    far_side.answer(Answer(hitlist.encode(ROWS)))
    assert client.hitlist_individual(last_name="Quillfeather", first_name="M") == ROWS
    client.hitlist_firm(fein="00-0000900")
    client.hitlist_license("X000042", "FL")
    assert [asked.query for asked in far_side.asked] == [
        {"report_type": "1", "name_last": "Quillfeather", "name_first": "M"},
        {"report_type": "0", "id_fein": "000000900"},
        {"report_type": "2", "license": "X000042", "state": "FL"},
    ]


@pytest.mark.parametrize("answer", [Answer(hitlist.encode(())), Answer(status=404), refusal("No matches.")])
def test_a_search_that_finds_nobody_is_empty(client, far_side, answer):
    far_side.answer(answer)
    assert client.hitlist_individual(last_name="Nobody") == ()


def test_a_search_that_would_be_refused_never_leaves(client, far_side):
    for search in (
        lambda: client.hitlist_individual(last_name="Q"),
        lambda: client.hitlist_firm(company_name="1"),
        lambda: client.hitlist_license("", "FL"),
    ):
        with pytest.raises(InvalidQuery):
            search()
    assert far_side.asked == []


def test_neither_ssn_nor_password_nor_document_reaches_a_log(client, far_side, caplog, capsys):
    caplog.set_level("DEBUG", logger="nipr")
    far_side.answer(Answer(hitlist.encode(ROWS)))
    client.hitlist_individual(last_name="Quillfeather", ssn="123-45-6789")
    far_side.answer(Answer(INDIVIDUAL[:2000]))
    with pytest.raises(UnreadableReply):
        client.entity_report(NPN)
    said = caplog.text + "".join(capsys.readouterr())
    assert "123-45-6789" not in said
    assert "s3cret" not in said
    assert "QUILLFEATHER" not in said


def test_a_memory_ledger_remembers_in_order(client, far_side, ledger: MemoryLedger):
    far_side.answer(REPORT)
    client.entity_report(NPN)
    client.add_info(NPN)
    assert [note.operation for note in ledger.notes] == ["entityinfo", "addinfo"]
