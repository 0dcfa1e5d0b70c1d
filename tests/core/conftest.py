"""A cast of people, and tables for the small models of tests/core/models.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from core.accounts.models import User
from tests.core.models import Fact, Parcel, Secretive


@pytest.fixture(scope="session", autouse=True)
def _tables_of_small_models(django_db_setup, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        existing = connection.introspection.table_names()
        with connection.schema_editor() as editor:
            for model in (Fact, Secretive, Parcel):
                if model._meta.db_table not in existing:
                    editor.create_model(model)


@pytest.fixture
def staff(db) -> Callable[..., User]:
    """Make a member of staff with exactly the rights given."""

    def make(*rights: str, email: str = "ines@example.com", **fields) -> User:
        user = User.objects.create_user(email, name="Ines Abernathy", is_staff=True, **fields)
        for right in rights:
            app_label, codename = right.split(".")
            user.user_permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
        return user

    return make
