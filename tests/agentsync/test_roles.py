"""The rights of each role."""

from __future__ import annotations

import pytest

from agentsync import roles
from agentsync.roles import holds
from core.accounts.models import User


def test_the_last_pattern_that_matches_decides() -> None:
    assert holds(("*.*", "-*.delete_*"), "producers.view_producer")
    assert not holds(("*.*", "-*.delete_*"), "producers.delete_producer")


@pytest.mark.parametrize("role", roles.ROLES)
def test_nobody_but_the_administrator_sees_a_whole_tax_number(role: str) -> None:
    assert holds(roles.ROLES[role], "producers.reveal_ssn") is (role == roles.ADMINISTRATOR)


@pytest.mark.parametrize("role", roles.ROLES)
def test_only_the_submitter_may_spend(role: str) -> None:
    assert holds(roles.ROLES[role], "appointments.submit_transaction") is (role == roles.SUBMITTER)


@pytest.mark.parametrize("role", roles.ROLES)
def test_only_the_approver_holds_the_second_key(role: str) -> None:
    assert holds(roles.ROLES[role], "appointments.approve_transaction") is (role == roles.APPROVER)


def test_the_auditor_reads_all_and_changes_nothing(otto: User) -> None:
    rights = otto.get_all_permissions()
    assert {"producers.view_producer", "scorecards.view_scorecard"} <= rights
    assert [right for right in rights if not right.split(".")[1].startswith("view_")] == []


def test_migrating_gives_a_role_its_rights_back(otto: User, leo: User) -> None:
    from django.apps import apps

    group = leo.groups.get()
    before = set(group.permissions.values_list("pk", flat=True))
    group.permissions.clear()
    for room in apps.get_app_configs():
        roles.keep_roles(room, using="default")
    assert set(group.permissions.values_list("pk", flat=True)) == before
