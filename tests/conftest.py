"""What every test may use: a cast of named people with known rights, and their browsers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from agentsync import roles
from core.accounts.models import User
from core.audit import triggers

# A busy machine is no finding: examples may take their time. In CI they are the same every time.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("patient")

PASSWORD = "correct horse battery staple"

#: Who may what is in agentsync/roles.py.
CAST = {
    "ada": ("Ada Lindqvist", roles.ADMINISTRATOR),
    "leo": ("Leo Marchetti", roles.SPECIALIST),
    "sue": ("Sue Okafor", roles.SUBMITTER),
    "pia": ("Pia Novak", roles.APPROVER),
    "otto": ("Otto Brandt", roles.AUDITOR),
}


def person(key: str) -> User:
    """One of the cast, made when first asked for."""
    name, role = CAST[key]
    email = f"{key}@example.com"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=name, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def ada(db: None) -> User:
    """The administrator."""
    return person("ada")


@pytest.fixture
def leo(db: None) -> User:
    """The licensing specialist."""
    return person("leo")


@pytest.fixture
def sue(db: None) -> User:
    """The submitter."""
    return person("sue")


@pytest.fixture
def pia(db: None) -> User:
    """The approver."""
    return person("pia")


@pytest.fixture
def otto(db: None) -> User:
    """The auditor: reads all, changes nothing."""
    return person("otto")


@pytest.fixture
def stranger(db: None) -> User:
    """Signed in, but neither staff nor in any group."""
    return User.objects.create_user("stranger@example.com", PASSWORD, name="Sten Stranger")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which that person has signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def admin(ada: User, client_of: Callable[[User], Client]) -> Client:
    """Ada's browser."""
    return client_of(ada)


@pytest.fixture
def specialist(leo: User, client_of: Callable[[User], Client]) -> Client:
    """Leo's browser."""
    return client_of(leo)


@pytest.fixture
def auditor(otto: User, client_of: Callable[[User], Client]) -> Client:
    """Otto's browser."""
    return client_of(otto)


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """Throttles count in the cache; no test inherits another's failures."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _fresh_journal() -> Iterator[None]:
    """The send journal outlives what a test rolls back: the next test's database would be taken for a restored one."""
    yield
    shutil.rmtree(django_settings.SEND_JOURNAL_DIR, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _databases_can_be_flushed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests of threads and browsers flush the whole database, which the triggers of the audit trail refuse."""
    with django_db_blocker.unblock():
        triggers.remove(connection)
