from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.accounts.models import User
from tests.appointments.handling.cast import build_world


@pytest.fixture(autouse=True)
def world(db: None) -> None:
    """Oregon, one company, and the lines it does business in."""
    build_world()


@pytest.fixture
def submitter(sue: User, client_of: Callable[[User], Client]) -> Client:
    """Sue's browser."""
    return client_of(sue)


@pytest.fixture
def approver(pia: User, client_of: Callable[[User], Client]) -> Client:
    """Pia's browser."""
    return client_of(pia)


@pytest.fixture
def queries_of() -> Callable[[Callable[[], object]], int]:
    """How many statements a call takes, once whatever is read only once has been read."""

    def count(call: Callable[[], object]) -> int:
        call()
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count


def text(answer: object) -> str:
    """What a page says, with its white space made one."""
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def said(answer: object) -> list[str]:
    """The messages above the page that comes next."""
    return [str(message) for message in answer.context["messages"]]  # type: ignore[attr-defined]
