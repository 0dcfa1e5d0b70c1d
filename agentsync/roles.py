"""The organisation's roles and their rights, in one readable table.

A right is Django's ``app.codename``; a star stands for any text, a minus takes rights away again. The groups are kept
equal to this table on every migrate: whoever wants other rights makes a group of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import transaction

ADMINISTRATOR: Final = "Administrator"
SPECIALIST: Final = "Licensing specialist"
SUBMITTER: Final = "Submitter"
APPROVER: Final = "Approver"
AUDITOR: Final = "Auditor"

_READS_ALL = ("*.view_*",)
_WORKS_WITH_RECORDS = (
    *_READS_ALL,
    "-audit.view_*",
    "-oauth2_provider.*",
    "producers.*",
    "appointments.*",
    "scorecards.*",
    "lists.*",
    "jobs.*",
    "imports.*",
    "-*.delete_*",
    "-*.reveal_*",
    "-*.submit_*",
    "-*.approve_*",
    "-*.share_*",
    "-appointments.change_gatewaysettings",
)

ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    # Sets up people, companies, rules, the gateway and API clients; may see a whole tax number, with a reason.
    ADMINISTRATOR: ("*.*", "-*.submit_*", "-*.approve_*"),
    # Prepares: producers, assignments, scorecards, drafts of transactions. Spends nothing.
    SPECIALIST: _WORKS_WITH_RECORDS,
    # A specialist who may also spend.
    SUBMITTER: (*_WORKS_WITH_RECORDS, "*.submit_*"),
    # The second key: reads, and approves what another person prepared.
    APPROVER: (*_READS_ALL, "-audit.view_*", "-oauth2_provider.*", "*.approve_*"),
    # Reads everything, the audit trail too, and changes nothing.
    AUDITOR: (*_READS_ALL, "-oauth2_provider.*"),
}


def holds(patterns: Iterable[str], right: str) -> bool:
    """Whether a list of patterns gives a right; the last pattern that matches decides."""
    given = False
    for pattern in patterns:
        if fnmatchcase(right, pattern.removeprefix("-")):
            given = not pattern.startswith("-")
    return given


def keep_roles(sender: AppConfig, using: str, **_kwargs: Any) -> None:
    """After an app's migrations: make each role hold exactly the rights of this app that the table gives it."""
    rights = Permission.objects.using(using).filter(content_type__app_label=sender.label)
    by_name = {f"{sender.label}.{right.codename}": right.pk for right in rights}
    with transaction.atomic(using=using):
        for name, patterns in ROLES.items():
            group, _created = Group.objects.using(using).get_or_create(name=name)
            wanted = {pk for right, pk in by_name.items() if holds(patterns, right)}
            _set_rights(group, wanted, among=set(by_name.values()))


def _set_rights(group: Group, wanted: set[int], *, among: set[int]) -> None:
    held = set(group.permissions.filter(pk__in=among).values_list("pk", flat=True))
    if wanted != held:
        group.permissions.remove(*(held - wanted))
        group.permissions.add(*(wanted - held))
