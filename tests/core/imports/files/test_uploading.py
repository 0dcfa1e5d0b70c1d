"""Uploads over a socket, to gunicorn as the product runs it: too large, broken off, trickling, of unknown length."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

from core.imports.uploading import LARGEST_FILE, LARGEST_REQUEST, MEGABYTE

PROJECT = Path(__file__).resolve().parents[4]
BOUNDARY = "frontier"
KILOBYTES_MORE = 10 * 1024
"""What a refused request may add to the memory of a worker: next to nothing."""


class Server:
    """Gunicorn with one worker, and what its worker uses."""

    def __init__(self, **environment: str) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [
            str(Path(sys.executable).with_name("gunicorn")),
            *("-c", "agentsync/gunicorn_conf.py", "-b", f"127.0.0.1:{self.port}", "-w", "1"),
        ]
        ours = {"DJANGO_SETTINGS_MODULE": "tests.core.imports.files.catcher_settings"}
        self.process = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **ours, **environment})
        self.url = f"http://127.0.0.1:{self.port}/api/catch"
        try:
            self.pid = self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> int:
        for _ in range(200):
            try:
                return httpx.get(self.url).json()["pid"]
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("The server did not come up.")

    def memory(self) -> int:
        """Kilobytes that the worker holds now."""
        return self._of_worker("VmRSS")

    def peak(self) -> int:
        """The most kilobytes since ``forget_peak``."""
        return self._of_worker("VmHWM")

    def forget_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def open_files(self) -> list[str]:
        """Files on a disk that the worker has open, deleted ones too."""
        links = [link.resolve() for link in Path(f"/proc/{self.pid}/fd").iterdir()]
        return [str(link) for link in links if str(link).startswith(("/tmp", "/var"))]

    def raw(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def _of_worker(self, name: str) -> int:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name))


@pytest.fixture(scope="module")
def server():
    server = Server()
    yield server
    server.stop()


def body_of(content: bytes, *, name: str = "crew.csv", fields: dict[str, str] | None = None) -> bytes:
    """A multipart body: a file, and fields behind it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: text/csv\r\n\r\n".encode()
        + content
    ]
    for field, value in (fields or {}).items():
        parts.append(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}'.encode()
        )
    return b"\r\n".join(parts) + f"\r\n--{BOUNDARY}--\r\n".encode()


def head(length: int | None, *more: str) -> bytes:
    lines = [
        "POST /api/catch HTTP/1.1",
        "Host: localhost",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        *([f"Content-Length: {length}"] if length is not None else []),
        *more,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer_on(connection: socket.socket) -> tuple[int, dict]:
    """Status and body of what the server says, whatever it does with the connection afterwards."""
    text = b""
    while b"\r\n\r\n" not in text:
        piece = connection.recv(65536)
        if not piece:
            return 0, {}
        text += piece
    top, _, rest = text.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in top.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    while len(rest) < length:
        rest += connection.recv(65536)
    return int(top.split()[1]), json.loads(rest[:length])


def test_a_file_comes_whole_with_its_fields(server):
    content = b"crate\n0042\n"
    answer = httpx.post(server.url, files={"file": ("crew.csv", content)}, data={"type": "agent"}).json()
    assert answer["fields"] == {"type": "agent"}
    assert answer["files"] == {"file": ["crew.csv", len(content), len(content)]}


def test_the_largest_file_is_taken_and_one_byte_more_is_not(server):
    for size, status in ((LARGEST_FILE, 200), (LARGEST_FILE + 1, 413)):
        answer = httpx.post(server.url, files={"file": ("crew.csv", bytes(size))}, timeout=60)
        assert answer.status_code == status, size


def test_nothing_of_a_file_stands_on_a_disk_while_it_comes(server):
    folders = [Path("/tmp"), Path("/var/tmp")]
    before = {entry for folder in folders for entry in folder.iterdir()}
    body = body_of(b"078-05-1120\n" * 500_000)
    with server.raw() as connection:
        connection.sendall(head(len(body)) + body[: 5 * MEGABYTE])
        time.sleep(0.5)
        spooled = [name for name in server.open_files() if "upload" in name]
        fresh = {entry for folder in folders for entry in folder.iterdir()} - before
        assert (spooled, [entry for entry in fresh if ".upload" in entry.name]) == ([], [])
        connection.sendall(body[5 * MEGABYTE :])
        assert answer_on(connection)[0] == 200


def test_two_gigabytes_are_refused_before_a_byte_is_read(server):
    server.forget_peak()
    before = server.memory()
    with server.raw() as connection:
        connection.sendall(head(2 * 1024 * MEGABYTE))
        status, problem = answer_on(connection)
    assert (status, problem["code"]) == (413, "too_large")
    assert server.peak() - before < KILOBYTES_MORE


def test_of_two_gigabytes_no_more_is_taken_than_the_server_throws_away(server):
    server.forget_peak()
    before = server.memory()
    sent = 0
    with server.raw() as connection:
        connection.sendall(head(2 * 1024 * MEGABYTE))
        piece = bytes(MEGABYTE)
        try:
            for _ in range(25):
                connection.sendall(piece)
                sent += len(piece)
        except OSError:
            pass  # closed in our face, as it should be
    assert sent < 25 * MEGABYTE
    assert server.peak() - before < KILOBYTES_MORE


def test_what_is_announced_small_and_comes_large_is_cut_at_what_was_announced(server):
    body = body_of(b"x" * 1000)
    with server.raw() as connection:
        connection.sendall(head(len(body) - 500) + body)
        status, _ = answer_on(connection)
    assert status == 400


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999999])
def test_an_upload_that_breaks_off_leaves_nothing(server, part):
    body = body_of(b"x" * 5 * MEGABYTE, fields={"type": "agent", "submit": "true"})
    before = server.memory()
    with server.raw() as connection:
        connection.sendall(head(len(body)) + body[: int(len(body) * part)])
        connection.shutdown(socket.SHUT_WR)
        status, problem = answer_on(connection)
    assert status in {0, 400}
    assert "broke off" in problem.get("detail", "broke off")
    time.sleep(0.2)
    assert server.memory() - before < KILOBYTES_MORE


def test_fields_behind_the_file_are_not_lost_in_silence(server):
    """The file is there and the option behind it is not: half an upload is no upload."""
    body = body_of(b"crate\n1\n", fields={"submit": "false"})
    with server.raw() as connection:
        connection.sendall(head(len(body)) + body[: body.index(b"submit") - 60])
        connection.shutdown(socket.SHUT_WR)
        assert answer_on(connection)[0] in {0, 400}


def test_a_body_of_unknown_length_brings_no_file(server):
    def pieces():
        yield body_of(b"crate\n1\n")

    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = httpx.post(server.url, content=pieces(), headers=headers)
    assert answer.json()["files"] == {}


def test_many_files_together_may_not_be_larger_than_one(server):
    files = [("file", (f"{number}.csv", bytes(7 * MEGABYTE))) for number in range(3)]
    answer = httpx.post(server.url, files=files, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert 3 * 7 * MEGABYTE < LARGEST_REQUEST + MEGABYTE


def test_what_trickles_in_is_ended_and_its_thread_is_free_again():
    with ExitStack() as open_ones:
        server = Server(UPLOAD_SECONDS="1")
        open_ones.callback(server.stop)
        body = body_of(b"x" * 10_000)
        slow = [open_ones.enter_context(server.raw()) for _ in range(8)]  # as many as the worker has threads
        for connection in slow:
            connection.sendall(head(len(body)) + body[:200])
        began = time.monotonic()
        assert httpx.get(server.url, timeout=20).status_code == 200
        assert time.monotonic() - began < 10
        assert answer_on(slow[0])[0] in {0, 400}


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\crew.csv", "a\u202evsc.exe", "x" * 300 + ".csv", "a\x00b.csv", "CON"],
)
def test_names_of_every_kind_come_as_a_name(server, name):
    body = body_of(b"crate\n1\n", name=name.replace("\\", "\\\\"))
    with server.raw() as connection:
        connection.sendall(head(len(body)) + body)
        status, told = answer_on(connection)
    assert status == 200
    (given, _, _) = told["files"].get("file", ["none", 0, 0])
    assert not set("/\\\r\n\0\u202e") & set(given)
    assert len(given) <= 255
