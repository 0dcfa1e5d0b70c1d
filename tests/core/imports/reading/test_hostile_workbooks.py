"""Each hostile workbook is read in a process of its own: refused with a sentence, in two seconds, in little memory."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import resource
import socket
import time
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from core.imports.reading import OpenSheet, Unreadable, open_sheet
from tests.core.imports.reading.hostile import CORPUS, GOOD
from tests.core.imports.reading.making import TWO_ROWS, book, cell, numbers

MOST_SECONDS = 2.0
MOST_MEGABYTES = 256


def _read(content: bytes) -> OpenSheet:
    sheet = open_sheet(content, "rows.xlsx")
    for _row in sheet.rows():
        pass
    return sheet


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def _measure(content: bytes, answer: Connection) -> None:
    """Send code, sentence, processor seconds and megabytes of memory beyond what there was before."""

    def nobody(*args: object) -> None:
        raise AssertionError("something was looked for on the network")

    socket.socket.connect = nobody  # type: ignore[method-assign, assignment]
    before, begun = _resident(), time.process_time()
    code = sentence = ""
    try:
        _read(content)
    except Unreadable as refused:
        code, sentence = refused.code, str(refused)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer.send((code, sentence, time.process_time() - begun, (peak - before) / 1024))


def _measured(content: bytes) -> tuple[str, str, float, float]:
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    process = fork.Process(target=_measure, args=(content, theirs))
    process.start()
    theirs.close()
    assert ours.poll(60), "it is still being read"
    answer = ours.recv()
    process.join()
    return answer


@pytest.mark.parametrize("what", CORPUS)
def test_a_hostile_workbook_is_refused_in_two_seconds_and_little_memory(what):
    make, code = CORPUS[what]
    content = make()
    assert len(content) < 20 * 1024 * 1024, "its size alone would have it refused"
    refused_with, sentence, seconds, megabytes = _measured(content)
    assert refused_with == code, sentence
    assert seconds <= MOST_SECONDS
    assert megabytes <= MOST_MEGABYTES


def _read_without_a_look(content: bytes) -> None:
    """What reading would be without the look before it, in two gigabytes of memory."""
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)


@pytest.mark.parametrize("what", ["a cell at XFD1048576", "a far cell in a prefix that nobody declared"])
def test_the_reader_alone_dies_of_them(what):
    process = multiprocessing.get_context("fork").Process(
        target=_read_without_a_look, args=(CORPUS[what][0](),)
    )
    process.start()
    process.join()
    assert process.exitcode != 0


def test_the_widest_sheet_that_is_taken_costs_no_more():
    content = book(TWO_ROWS + f'<row r="99999">{cell("BL99999")}</row>')
    code, sentence, seconds, megabytes = _measured(content)
    assert (code, sentence) == ("", "")
    assert seconds <= MOST_SECONDS
    assert megabytes <= MOST_MEGABYTES


def test_the_package_that_the_hostile_ones_are_made_from_is_good():
    assert numbers(GOOD) == [2]


def test_there_are_enough_of_them():
    assert len(CORPUS) >= 80
