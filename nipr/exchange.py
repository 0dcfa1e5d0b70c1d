"""One request to the registry and its reply: authentication, deadline, retries. Knows no message."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import BinaryIO, TypeVar, cast

import httpx
from tenacity import (
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from nipr.config import RegistryConfig
from nipr.deadline import DeadlineTransport, until
from nipr.errors import (
    RegistryError,
    RegistryTimeout,
    RegistryUnavailable,
    UnreadableReply,
    WrongAddress,
    WrongEntity,
)
from nipr.wire.xml import MAX_BYTES

T = TypeVar("T")

IN_MEMORY = 4 * 1024 * 1024
CONNECT_SECONDS = 10.0


class Repeat(Enum):
    """When a failed request may be sent again."""

    ALWAYS = "a read: asking twice changes nothing"
    UNSENT = "a write: only when it surely never reached the registry"
    NEVER = "a nicety: better without an answer than late"


@dataclass(frozen=True, slots=True)
class Request:
    """What to send where. ``params`` are never logged."""

    service: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    repeat: Repeat = Repeat.ALWAYS


@dataclass(slots=True)
class Reply:
    """What came back, its body in a file that spills to disk when it is large."""

    status: int
    content_type: str
    body: BinaryIO = field(repr=False)

    def read(self) -> bytes:
        """The whole body."""
        self.body.seek(0)
        return self.body.read()


@dataclass(slots=True)
class Tally:
    """How many requests left, and how many of them the registry may charge for."""

    attempts: int = 0
    billable: int = 0


class Exchange:
    """A pool of connections to the registry. Safe to use from several threads."""

    def __init__(self, config: RegistryConfig, *, keep: bool = True) -> None:
        self._config = config
        self._http = httpx.Client(
            auth=httpx.BasicAuth(config.username, config.password),
            transport=DeadlineTransport(max_connections=config.max_connections, keep=keep),
            headers={"User-Agent": "agentsync"},
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close the idle connections."""
        self._http.close()

    def run(
        self, request: Request, read: Callable[[Reply], T], tally: Tally, *, timeout: float | None = None
    ) -> T:
        """Send, read the reply, and repeat what may be repeated, all before one deadline."""
        seconds = timeout or self._config.timeout
        deadline = time.monotonic() + seconds

        def attempt() -> T:
            tally.attempts += 1
            try:
                with self._send(request, deadline) as reply:
                    result = read(reply)
            except RegistryError as error:
                tally.billable += may_be_billed(error)
                raise
            tally.billable += 1
            return result

        retrying = Retrying(
            stop=stop_after_attempt(self._config.attempts) | stop_before_delay(seconds),
            wait=wait_random_exponential(multiplier=self._config.backoff, max=8),
            retry=retry_if_exception(lambda error: _repeatable(request.repeat, error)),
            reraise=True,
        )
        return retrying(attempt)

    @contextmanager
    def _send(self, request: Request, deadline: float) -> Iterator[Reply]:
        """One request; every failure of the network comes out as one of our errors."""
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            with until(deadline), _network_errors(request):
                reply = self._exchange(request, deadline, cast("BinaryIO", body))
            body.seek(0)
            yield reply

    def _exchange(self, request: Request, deadline: float, body: BinaryIO) -> Reply:
        url = self._config.url(request.service, request.path)
        left = max(deadline - time.monotonic(), 0.001)
        with self._http.stream(
            "GET" if request.content is None else "POST",
            url,
            params=dict(request.params) or None,
            content=request.content,
            headers=dict(request.headers),
            timeout=httpx.Timeout(left, connect=min(left, CONNECT_SECONDS)),
        ) as response:
            for chunk in response.iter_bytes():
                body.write(chunk)
                if body.tell() > MAX_BYTES:
                    raise UnreadableReply(
                        f"The registry's reply is larger than {MAX_BYTES // 2**20} MB.", outcome_unknown=True
                    )
            return Reply(response.status_code, response.headers.get("Content-Type", ""), body)


@contextmanager
def _network_errors(request: Request) -> Iterator[None]:
    """Say what became of the request, without its address, since that may hold what was searched for."""
    try:
        yield
    except (httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ConnectError) as error:
        text = f"The registry's {request.service} cannot be reached: {type(error).__name__}."
        raise RegistryUnavailable(text) from None
    except httpx.TimeoutException:
        text = f"The registry's {request.service} did not answer in time."
        raise RegistryTimeout(text, outcome_unknown=True) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise WrongAddress("NIPR_URL_TEMPLATE does not make an address.") from None
    except httpx.HTTPError as error:
        text = f"The connection to the registry's {request.service} broke: {type(error).__name__}."
        raise RegistryUnavailable(text, outcome_unknown=True) from None


def may_be_billed(error: RegistryError) -> bool:
    """Whether the registry may have sold something though we got an error."""
    return error.outcome_unknown or isinstance(error, UnreadableReply | WrongEntity)


def _repeatable(repeat: Repeat, error: BaseException) -> bool:
    """A timeout is not repeated: it has used up the deadline, and a paid look-up would be bought twice."""
    if not isinstance(error, RegistryUnavailable) or repeat is Repeat.NEVER:
        return False
    return repeat is Repeat.ALWAYS or not error.outcome_unknown
