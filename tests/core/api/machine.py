"""A client of the API, as a program would be one."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile as File
from django.test import Client
from django.test.client import BOUNDARY, encode_multipart

from core.actor import Actor
from core.api.services import create_api_client

TESTS = Actor.task("tests")
#: Without a key of their own these are refused.
PAID = ("/bulk-appointments", "/bulk-terminations", "/transactions/submit", "/transactions/release")


class Parts(dict[str, Any]):
    """A body that is sent in parts (multipart/form-data); bytes go as a file."""


def as_sent(body: object) -> tuple[Any, str]:
    """A body with its content type: JSON, or parts."""
    if not isinstance(body, Parts):
        return body, "application/json"
    parts = {
        name: File("upload.csv", each) if isinstance(each, bytes) else each for name, each in body.items()
    }
    return encode_multipart(BOUNDARY, parts), f"multipart/form-data; boundary={BOUNDARY}"


class Machine:
    """A client of the API with a token of its own. Paths may leave /api/v1 out."""

    def __init__(self, scopes: str, name: str = "Payroll") -> None:
        made = create_api_client(name, scopes.split(), actor=TESTS)
        self.client_id, self.client_secret = made.client_id, made.client_secret
        self.http = Client(raise_request_exception=False)
        self.token = self.ask_for_token().json()["access_token"]

    def ask_for_token(self, **form: str) -> Any:
        given = {"client_id": self.client_id, "client_secret": self.client_secret}
        return self.http.post("/oauth/token/", {"grant_type": "client_credentials", **given, **form})

    def ask_for_token_by_basic(self, **form: str) -> Any:
        basic = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        form = {"grant_type": "client_credentials", **form}
        return self.http.post("/oauth/token/", form, headers={"Authorization": f"Basic {basic}"})

    def get(self, path: str, query: Any = None, **headers: str) -> Any:
        return self.http.get(_address(path), query, headers=self._headers(headers))

    def post(self, path: str, body: object, key: str = "", **headers: str) -> Any:
        extra = {"Idempotency-Key": key} if key else {}
        return self.send("POST", path, body, **headers, **extra)

    def patch(self, path: str, body: object, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Any method; a body is sent as JSON, or in parts if it has some."""
        call = getattr(self.http, method.lower())
        given = () if body is None else as_sent(body)
        return call(_address(path), *given, headers=self._headers(new_key(method, path) | headers))

    def send_raw(self, method: str, path: str, body: bytes, content_type: str = "application/json") -> Any:
        """Bytes as they are."""
        headers = self._headers(new_key(method, path))
        return self.http.generic(method, _address(path), body, content_type, headers=headers)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}


def new_key(method: str, path: str) -> dict[str, str]:
    """A key of its own for what wants one: a program would make it up for each new request."""
    return {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" and path.endswith(PAID) else {}


def _address(path: str) -> str:
    return path if path.startswith(("/api/", "/oauth/", "http")) else f"/api/v1{path}"
