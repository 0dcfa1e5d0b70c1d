"""The line to a gateway under check: where it is, whether it is the simulator, and how to hang up on it."""

from __future__ import annotations

import base64
import http.client
from urllib.parse import urlsplit

import httpx

from nipr.config import RegistryConfig
from nipr.gateway import POST_PATH, SERVICE

SECONDS = 10.0


def is_simulator(config: RegistryConfig) -> bool:
    """Whether the configured registry is a simulator: it alone has controls, and one host for all services."""
    if "{service}" in config.url_template:
        return False
    try:
        reply = httpx.get(config.url(SERVICE, "/_simulator/health"), timeout=SECONDS)
        return bool(reply.status_code == 200 and reply.json().get("status") == "ok")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
        return False


def hang_up(config: RegistryConfig, body: bytes) -> None:
    """Announce a whole document, send half of it, and cut the connection."""
    address = urlsplit(config.url(SERVICE, POST_PATH))
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=SECONDS)
    credentials = base64.b64encode(f"{config.username}:{config.password}".encode()).decode()
    try:
        connection.putrequest("POST", address.path)
        connection.putheader("Authorization", f"Basic {credentials}")
        connection.putheader("Content-Type", "text/xml; charset=utf-8")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body[: len(body) // 2])
    finally:
        connection.close()
