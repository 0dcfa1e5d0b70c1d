from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.actor import Actor
from core.api.services import create_api_client

TESTS = Actor.task("tests")


class Machine:
    """A client of the API with a token of its own."""

    def __init__(self, scopes: str, name: str = "Payroll") -> None:
        made = create_api_client(name, scopes.split(), actor=TESTS)
        self.client_id, self.client_secret = made.client_id, made.client_secret
        self.http = Client(raise_request_exception=False)
        self.token = self.ask_for_token().json()["access_token"]

    def ask_for_token(self, **form: str):
        return self.http.post(
            "/oauth/token/",
            {
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                **form,
            },
        )

    def get(self, path: str, **headers: str):
        return self.http.get(path, headers=self._headers(headers))

    def post(self, path: str, body: object, key: str = "", **headers: str):
        extra = {"Idempotency-Key": key} if key else {}
        return self.http.post(path, body, "application/json", headers=self._headers({**headers, **extra}))

    def patch(self, path: str, body: object, **headers: str):
        return self.http.patch(path, body, "application/json", headers=self._headers(headers))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}


@pytest.fixture
def machine(db, settings) -> Callable[..., Machine]:
    settings.ROOT_URLCONF = "tests.core.api.urls"
    return Machine
