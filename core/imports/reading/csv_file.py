"""CSV: its encoding, its delimiter, its records."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from core.imports.reading.cells import SEPARATORS, careful, is_plain
from core.imports.reading.foreign import line_of
from core.imports.reading.sheet import MOST_CHARACTERS, MOST_COLUMNS, RawRow, Unreadable, too_many_columns

_DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}
_LONGEST_LINE: Final = MOST_COLUMNS * (MOST_CHARACTERS + 3)
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_UTF8_PAIR = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
_SEP_LINE = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)
_QUOTED = re.compile(r'(?:(?<=[,;\t\r\n])|^) *"(?:[^"]|"")*"', re.MULTILINE)
_LINE_ENDS = re.compile(r"[\r\n]+")
_SENTINEL: Final = "end"
_PIECE: Final = 1 << 20
_BEGINNING: Final = 1 << 16


class CsvFile:
    """A CSV file in memory. Each reading decodes it anew, line by line."""

    def __init__(self, content: bytes, file_name: str) -> None:
        self._content = content
        self.remarks: list[str] = []
        self._encoding = self._find_encoding()
        self._first_line = 0
        self.first_column = 0
        self.lines = self._look_through()
        self._delimiter = self._find_delimiter(file_name)
        label = "UTF-8" if self._encoding.startswith("utf") else "Windows-1252"
        self.format = f"CSV, {label}, {_DELIMITERS[self._delimiter]}"

    def read(self) -> Iterator[RawRow]:
        """Every row that is not blank, with as many trimmed texts as it has."""
        strip = str.strip
        for number, record in self._records():
            cells = list(map(strip, record))
            text = "".join(cells)
            if not text.strip(SEPARATORS):
                continue
            if is_plain(text):
                yield number, cells
            else:
                cells = careful(number, cells)
                if "".join(cells).strip(SEPARATORS):
                    yield number, cells

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Records with their numbers. One that breaks the rules has the rest read one by one."""
        reader = csv.reader(self._open(), delimiter=self._delimiter, strict=True, skipinitialspace=True)
        number = 0
        try:
            for number, record in enumerate(reader, start=1):
                yield number, record
        except csv.Error:
            yield from self._one_by_one(number)

    def _one_by_one(self, given: int) -> Iterator[tuple[int, list[str]]]:
        """Records after the first ``given``. Text behind a closing quote is forgiven within one line."""
        lines = _Lines(self._open())
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True, skipinitialspace=True)
        begun = 1 + self._first_line
        number = 0
        while True:
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error:
                record = self._forgiven(lines, begun)
            number += 1
            begun += len(lines.taken)
            lines.taken.clear()
            if number > given:
                yield number, record

    def _forgiven(self, lines: _Lines, begun: int) -> list[str]:
        if len(lines.taken) == 1 and not lines.at_end:
            line = lines.taken[0].rstrip("\r\n") + "\n"
            try:
                records = list(
                    csv.reader([line, _SENTINEL], delimiter=self._delimiter, skipinitialspace=True)
                )
            except csv.Error:
                records = []
            if len(records) == 2:
                return records[0]
        if max(map(len, lines.taken)) > csv.field_size_limit():
            raise Unreadable(
                "cell_too_long",
                f"Line {begun:,} holds a cell of more than {MOST_CHARACTERS:,} characters.",
                "Look for a quotation mark that is opened and never closed, or shorten the cell.",
            )
        raise Unreadable(
            "open_quote",
            f"A quotation mark in line {begun:,} is opened and not properly closed; "
            f"everything after it would count as one cell.",
            'Close it, or write a quotation mark inside a quoted cell twice ("").',
        )

    def _open(self) -> io.TextIOWrapper:
        stream = io.TextIOWrapper(io.BytesIO(self._content), encoding=self._encoding, newline="")
        for _ in range(self._first_line):
            stream.readline()
        return stream

    def _find_encoding(self) -> str:
        """UTF-8 if it is; Windows-1252 if it may be; Unreadable with the line otherwise."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        size = len(self._content)
        for start in range(0, size, _PIECE):
            before = len(decoder.getstate()[0])
            try:
                decoder.decode(self._content[start : start + _PIECE], final=start + _PIECE >= size)
            except UnicodeDecodeError as fault:
                return self._windows_encoding(start - before + fault.start)
        return "utf-8-sig"

    def _windows_encoding(self, not_utf8: int) -> str:
        undefined = _UNDEFINED.search(self._content)
        marked = self._content.startswith(b"\xef\xbb\xbf")
        if undefined or marked:
            position = not_utf8 if marked or undefined is None else undefined.start()
            raise Unreadable(
                "encoding",
                f"Line {line_of(self._content, position):,} holds a character that is neither UTF-8 nor Windows-1252.",
                "Save the file as “CSV UTF-8” or as XLSX and upload it again.",
            )
        if _UTF8_PAIR.search(self._content[:not_utf8]):
            self.remarks.append(
                f"Line {line_of(self._content, not_utf8):,} is not UTF-8 although lines before it look like it, so the "
                "file was read as Windows-1252. Look at names with accents before processing."
            )
        return "cp1252"

    def _look_through(self) -> int:
        """Count the lines and refuse one that no row within the limits can have, before it is taken apart."""
        count = longest = 0
        for count, line in enumerate(self._open(), start=1):
            if len(line) > longest:
                longest = len(line)
                if longest > _LONGEST_LINE:
                    raise self._line_too_long(count, line)
        return count

    def _line_too_long(self, number: int, line: str) -> Unreadable:
        columns = max(map(line.count, _DELIMITERS)) + 1
        if columns > MOST_COLUMNS:
            return too_many_columns(columns)
        return Unreadable(
            "cell_too_long",
            f"Line {number:,} holds a cell of more than {MOST_CHARACTERS:,} characters.",
            "Look for a quotation mark that is opened and never closed, or shorten the cell.",
        )

    def _find_delimiter(self, file_name: str) -> str:
        """What stands most often in the header outside of quotes, or what ``sep=`` says."""
        beginning = self._open().read(_BEGINNING)
        line, *_ = beginning.split("\n", 1)
        said = _SEP_LINE.fullmatch(line)
        if said and said[1] in _DELIMITERS:
            self._first_line = 1
            return str(said[1])
        for header in _LINE_ENDS.split(_QUOTED.sub("quoted", beginning)):
            if header.strip(",;\t \ufeff"):
                break
        else:
            header = ""
        by_name = ("\t",) if file_name.lower().endswith((".tsv", ".tab")) else ()
        delimiters: tuple[str, ...] = (*by_name, *_DELIMITERS)
        return max(delimiters, key=header.count)


class _Lines:
    """Lines, remembering those taken since it was last told to forget."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self.taken: list[str] = []
        self.at_end = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline()
        if not line:
            self.at_end = True
            raise StopIteration
        self.taken.append(line)
        return line
