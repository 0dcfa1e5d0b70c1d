"""The handles of the simulator, the clock, the command line: over a socket, as a script would use them."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import httpx
import pytest

from nipr.simulator.clock import Clock, ClockMovedBack, previous_working_day
from nipr.simulator.testing import RunningSimulator, running_simulator
from nipr.wire import pdb

REPORT = "/pdb-xml-reports/entityinfo_xml.cgi"


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator(producers=25) as running:
        yield running


@pytest.fixture
def http(simulator: RunningSimulator) -> Iterator[httpx.Client]:
    auth = (simulator.username, simulator.password)
    with httpx.Client(base_url=simulator.base_url, auth=auth, trust_env=False) as client:
        yield client


def test_it_says_that_it_is_well(http: httpx.Client) -> None:
    assert http.get("/_simulator/health").json() == {
        "status": "ok",
        "date": "2026-03-02",
        "producers": 25,
        "seed": 7,
    }


def test_the_clock_is_moved_by_days_and_to_a_date(http: httpx.Client) -> None:
    assert http.post("/_simulator/clock", json={"days": 30}).json()["date"] == "2026-04-01"
    assert http.post("/_simulator/clock", json={"date": "2026-05-01"}).json()["date"] == "2026-05-01"
    assert http.get("/_simulator/clock").json() == {"date": "2026-05-01", "start": "2026-03-02"}


def test_the_clock_is_not_moved_back(http: httpx.Client) -> None:
    reply = http.post("/_simulator/clock", json={"date": "2026-03-01"})
    assert reply.status_code == 409
    assert "cannot be moved back to 2026-03-01" in reply.json()["error"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"date": "soon"}', b'{"days": "x"}', b'{"date": 1}'])
def test_a_clock_that_is_not_understood_says_what_to_send(http: httpx.Client, body: bytes) -> None:
    reply = http.post("/_simulator/clock", content=body)
    assert reply.status_code == 400
    assert reply.json()["error"]


def test_an_event_is_posted(http: httpx.Client, simulator: RunningSimulator) -> None:
    http.post(
        "/_simulator/events", json={"npn": "99000017", "event": "lapse", "state": "OR"}
    ).raise_for_status()
    assert not simulator.report("99000017").licenses[0].active


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"npn": "1", "event": "renew"}, "no entity 1"),
        ({"npn": "99000017", "event": "dance"}, "Not an event: dance"),
    ],
)
def test_an_event_that_is_not_understood_is_refused(http: httpx.Client, body: dict, sentence: str) -> None:
    reply = http.post("/_simulator/events", json=body)
    assert reply.status_code == 400
    assert sentence in reply.json()["error"]


def test_faults_are_asked_for_listed_and_cleared(http: httpx.Client) -> None:
    fault = {"fault": "server_error", "times": 2, "match": {"npn": "99000017"}, "status": 502}
    http.post("/_simulator/faults", json=fault).raise_for_status()
    assert http.get(REPORT, params={"id_entity": "99000900"}).status_code == 200
    assert http.get(REPORT, params={"id_entity": "99000017"}).status_code == 502
    assert [row["times"] for row in http.get("/_simulator/faults").json()] == [1]
    http.delete("/_simulator/faults").raise_for_status()
    assert http.get(REPORT, params={"id_entity": "99000017"}).status_code == 200


def test_a_fault_can_be_likely_only(http: httpx.Client) -> None:
    http.post("/_simulator/faults", json={"fault": "server_error", "times": None, "probability": 0.5})
    statuses = [http.get(REPORT, params={"id_entity": "99000017"}).status_code for _ in range(40)]
    assert 5 < statuses.count(503) < 35


def test_an_unknown_fault_is_refused_with_the_known_ones(http: httpx.Client) -> None:
    reply = http.post("/_simulator/faults", json={"fault": "gremlins"})
    assert reply.status_code == 400
    assert "drop_after" in reply.json()["error"]


def test_the_roster_shows_four_digits_of_an_ssn_unless_asked(http: httpx.Client) -> None:
    plain, full = (http.get("/_simulator/roster", params=params).json() for params in ({}, {"full": "1"}))
    assert len(plain) == 27
    assert plain[0]["ssn_last4"] == "0001"
    assert all("ssn" not in row for row in plain)
    assert full[0]["ssn"] == "000-00-0001"
    assert {"npn", "entity_type", "last_name", "company_name", "agency_npn", "resident_state"} <= set(
        plain[0]
    )


def test_carriers_are_listed_for_seeding(http: httpx.Client) -> None:
    carriers = http.get("/_simulator/carriers").json()
    assert carriers[0] == {
        "cocode": "00101",
        "fein": "00-0000101",
        "name": "Lanternfish Life Assurance Co",
        "categories": ["life", "health"],
    }


def test_a_reset_forgets_everything(http: httpx.Client, simulator: RunningSimulator) -> None:
    before = simulator.report("99000017")
    simulator.happen("99000017", "lapse", state="OR")
    simulator.move(days=10)
    http.get(REPORT, params={"id_entity": "99000017"})
    http.post("/_simulator/reset").raise_for_status()
    assert simulator.today == date(2026, 3, 2)
    assert simulator.report("99000017") == before
    assert http.get("/_simulator/book").json()["cents"] == 0
    assert http.get("/_simulator/log").json() == []


def test_the_log_says_who_was_asked_for_and_how_it_ended(http: httpx.Client) -> None:
    for npn in ("99000017", "123"):
        http.get(REPORT, params={"id_entity": npn})
    http.get(REPORT, params={"id_entity": "99000017"}, auth=("simulator", "guess"))
    log = http.get("/_simulator/log").json()
    assert [(row["npn"], row["status"], row["outcome"]) for row in log] == [
        ("99000017", 200, "answered"),
        ("123", 200, "refused"),
        ("99000017", 401, "rejected"),
    ]


def test_nothing_is_said_without_a_password(simulator: RunningSimulator) -> None:
    reply = httpx.get(simulator.base_url + REPORT, params={"id_entity": "99000017"}, trust_env=False)
    assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, 'Basic realm="simulator"')


@pytest.mark.parametrize("path", ["/", "/pdb-xml-reports/car_request_xml.cgi", "/_simulator/nonsense"])
def test_other_addresses_are_not_found(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_a_posted_form_is_taken_like_a_query(http: httpx.Client) -> None:
    reply = http.post(REPORT, data={"id_entity": "99000017"})
    assert b"QUILLFEATHER" in reply.content


@pytest.mark.parametrize("npn", ["", "abc", "12345678901", "0000000000"])
def test_what_is_no_npn_is_refused_in_the_registrys_words(http: httpx.Client, npn: str) -> None:
    reply = http.get(REPORT, params={"id_entity": npn})
    assert reply.status_code == 200
    assert b"The request parameter id_entity is not a valid number." in reply.content


def test_a_body_that_is_no_soap_is_a_fault(http: httpx.Client) -> None:
    reply = http.post("/pdb-alerts-industry-services/services/industry-ws", content=b"hello")
    assert reply.status_code == 500
    assert b"Fault" in reply.content


@pytest.mark.parametrize("length", ["-1", "many", "99999999999"])
def test_a_body_of_no_sensible_length_is_not_read(simulator: RunningSimulator, length: str) -> None:
    host, port = simulator.server.server_address[:2]
    with socket.create_connection((host, port), timeout=5) as raw:
        raw.sendall(f"POST {REPORT} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 413")


def test_a_body_in_chunks_is_refused(http: httpx.Client) -> None:
    assert http.post(REPORT, content=iter([b"id_entity=", b"99000017"])).status_code == 413


def test_many_ask_at_once(simulator: RunningSimulator) -> None:
    auth = (simulator.username, simulator.password)

    def ask(npn: str) -> bytes:
        with httpx.Client(base_url=simulator.base_url, auth=auth, trust_env=False) as client:
            return client.get(REPORT, params={"id_entity": npn}).content

    with ThreadPoolExecutor(16) as pool:
        documents = list(pool.map(ask, simulator.npns * 4))

    assert documents == [pdb.encode(simulator.report(npn)) for npn in simulator.npns] * 4
    assert simulator.book.charged["entityinfo"] == len(simulator.npns) * 4


def test_a_large_firm_is_streamed() -> None:
    with running_simulator(producers=1, large_firm_appointments=2_000) as simulator:
        auth = (simulator.username, simulator.password)
        with httpx.stream(
            "GET", simulator.base_url + REPORT, params={"id_entity": "99009999"}, auth=auth, trust_env=False
        ) as reply:
            sizes = [len(chunk) for chunk in reply.iter_raw()]
            assert reply.headers["Transfer-Encoding"] == "chunked"
    assert sum(sizes) > 700_000


def test_without_a_start_the_clock_goes_with_the_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nipr.simulator.clock.calendar_today", lambda: date(2026, 3, 2))
    clock = Clock()
    clock.move(days=10)
    monkeypatch.setattr("nipr.simulator.clock.calendar_today", lambda: date(2026, 3, 5))
    assert clock.today == date(2026, 3, 15)


def test_a_clock_moves_forward_only() -> None:
    clock = Clock(date(2026, 3, 2))
    assert clock.move_to(date(2026, 3, 2)) == date(2026, 3, 2)
    with pytest.raises(ClockMovedBack):
        clock.move(days=-1)


@pytest.mark.parametrize(
    ("day", "before"), [(date(2026, 3, 3), date(2026, 3, 2)), (date(2026, 3, 9), date(2026, 3, 6))]
)
def test_working_days_leave_out_the_weekend(day: date, before: date) -> None:
    assert previous_working_day(day) == before


@pytest.mark.parametrize("command", [["-m", "nipr.simulator"], ["manage.py", "nipr_simulator"]])
def test_it_runs_as_a_process_of_its_own_and_stops_when_told(command: list[str]) -> None:
    arguments = [sys.executable, *command, "--port", "0", "--producers", "20", "--start-date", "2026-03-02"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = re.search(r"http://[\d.:]+", process.stdout.readline())
            assert address
            health = httpx.get(f"{address[0]}/_simulator/health", trust_env=False).json()
        finally:
            process.terminate()
        assert process.wait(timeout=10) == 0
    assert (health["producers"], health["date"]) == (20, "2026-03-02")
