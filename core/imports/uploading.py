"""Taking files from the network: into memory and never onto a disk in clear, bounded in bytes and in time.

``settings.FILE_UPLOAD_HANDLERS`` names ``BoundedUploads`` alone, so that it holds for every form and every request.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from io import BytesIO
from types import TracebackType
from typing import Any, Final, Protocol, Self

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.datastructures import MultiValueDict

MEGABYTE: Final = 1024 * 1024
LARGEST_FILE: Final = 20 * MEGABYTE
"""Bytes of all files of one request together. A form may have a smaller limit of its own."""
LARGEST_REQUEST: Final = LARGEST_FILE + MEGABYTE
"""Bytes of a whole body: the files, and the fields that go with them."""
SECONDS: Final = 300
"""How long a body may take: enough for the largest file over half a megabit a second."""

_END: Final = 4096
"""Among so many bytes at the end of a body stands the line that ends it."""

Parsed = tuple[QueryDict, "MultiValueDict[str, UploadedFile[Any]]"]


class TooLargeToTake(RequestDataTooBig):
    """More bytes than are taken."""

    def __init__(self) -> None:
        super().__init__(
            f"A file may have {LARGEST_FILE // MEGABYTE} MB; this is more. Split it and send the parts one by one."
        )


class BrokenOff(MultiPartParserError):
    """The body ended before it was complete."""

    def __init__(self, arrived: int) -> None:
        super().__init__(f"The upload broke off: after {arrived:,} bytes its end is missing. Send it again.")


class Readable(Protocol):
    """What a body is read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class BoundedUploads(FileUploadHandler):
    """Reads a multipart body whole or not at all.

    A body that announces too much is refused before a byte is read; one that is broken off or too slow leaves nothing.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - the framework's name
        content_length: int,
        boundary: Any,  # bytes, whatever the framework's types say
        encoding: str | None = None,
    ) -> Parsed:
        """Fields and files of the body; TooLargeToTake or BrokenOff when it is not taken."""
        if content_length > LARGEST_REQUEST:
            raise TooLargeToTake
        body = _Counted(input_data)
        into_memory = _IntoMemory(self.request)
        with _Deadline(META.get("gunicorn.socket")):
            post, files = MultiPartParser(META, body, [into_memory], encoding).parse()  # type: ignore[arg-type]
        if body.arrived < content_length or b"--%b--" % boundary not in body.end:
            raise BrokenOff(body.arrived)
        return post, files

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Never asked: the body has been read by then."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Never asked either."""


class _IntoMemory(FileUploadHandler):
    """Keeps the files of one request in memory, all together no more than LARGEST_FILE."""

    def __init__(self, request: HttpRequest | None) -> None:
        super().__init__(request)
        self._taken = 0
        self._buffer = BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin with a file."""
        super().new_file(*args, **kwargs)
        self._buffer = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece of it."""
        self._taken += len(raw_data)
        if self._taken > LARGEST_FILE:
            self._buffer.close()
            raise TooLargeToTake
        self._buffer.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """The file, ready to be read."""
        self._buffer.seek(0)
        return InMemoryUploadedFile(
            self._buffer,
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )


class _Counted:
    """A body that knows how many of its bytes have arrived, and which were the last."""

    def __init__(self, body: Readable) -> None:
        self._body = body
        self.arrived = 0
        self.end = b""

    def read(self, size: int) -> bytes:
        piece = self._body.read(size)
        self.arrived += len(piece)
        self.end = (self.end + piece[-_END:])[-_END:]
        return piece


class _Deadline:
    """Ends the reading of a body that trickles in: from then on the connection gives no more bytes.

    A read cannot be told to give up, so the connection is. Without the server's socket there is nothing to end.
    """

    def __init__(self, connection: socket.socket | None) -> None:
        self._timer = threading.Timer(SECONDS, _stop_receiving, [connection]) if connection else None

    def __enter__(self) -> Self:
        if self._timer:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer:
            self._timer.cancel()


def _stop_receiving(connection: socket.socket) -> None:
    with suppress(OSError):  # gone already
        connection.shutdown(socket.SHUT_RD)
