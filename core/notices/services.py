"""Telling people, once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.mail import EmailMessage, get_connection
from django.db import models, transaction
from django.db.models import QuerySet

from core import clock, outgoing
from core.accounts.models import User
from core.actor import Actor
from core.audit import services as audit
from core.notices.models import Notice, Severity


class NoticeKey(NamedTuple):
    """What makes a notice the same: the record, the day it is about, the code of the notice."""

    subject: models.Model
    deadline: date | None
    code: str


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A notice to be told, for one user or for all who hold a right (``audience``)."""

    key: NoticeKey
    title: str
    audience: User | str
    body: str = ""
    url: str = ""
    severity: str = Severity.INFO
    by_mail: bool = False


def notify_many(drafts: Iterable[NoticeDraft]) -> int:
    """Tell many notices with one statement; the number of those that are new."""
    rows = [_notice(draft) for draft in drafts]
    if not rows:
        return 0
    with transaction.atomic():
        newest = Notice.objects.order_by("-id").values_list("id", flat=True).first() or 0
        Notice.objects.bulk_create(rows, ignore_conflicts=True)
        return Notice.objects.filter(id__gt=newest).count()


def acknowledge(notices: QuerySet[Notice], *, actor: Actor) -> int:
    """Take notices off the list; the number that were still on it."""
    with transaction.atomic():
        taken = notices.filter(acknowledged_at=None).update(
            acknowledged_at=clock.now(), acknowledged_by=actor.user_id
        )
        if taken:
            changes = {"notices": [None, taken]}
            audit.record("notices.acknowledged", actor=actor, subject=None, changes=changes)
    return taken


def mail_pending(limit: int = 200) -> int:
    """Send the mails of notices that still wait, each once; the number of notices mailed.

    None while outgoing traffic is stopped: they wait.
    """
    if outgoing.stopped_because():
        return 0
    waiting = Notice.objects.filter(by_mail=True, mailed_at=None, acknowledged_at=None)
    pending = waiting.select_related("user")[:limit]
    sent = 0
    with get_connection() as connection:
        for notice in pending:
            # Claimed before it is sent: after a crash one mail may be missing, but none goes out twice.
            if Notice.objects.filter(pk=notice.pk, mailed_at=None).update(mailed_at=clock.now()):
                mail = _mail(notice)
                mail.connection = connection
                sent += mail.send(fail_silently=False)
    return sent


def _notice(draft: NoticeDraft) -> Notice:
    subject, deadline, code = draft.key
    return Notice(
        code=code,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:200],
        deadline=deadline,
        user=draft.audience if isinstance(draft.audience, User) else None,
        audience_right=draft.audience if isinstance(draft.audience, str) else "",
        title=draft.title[:200],
        body=draft.body,
        url=draft.url,
        severity=draft.severity,
        by_mail=draft.by_mail,
    )


def _mail(notice: Notice) -> EmailMessage:
    """The mail of a notice: to its user, or to everybody who holds the right."""
    if notice.user is not None:
        people = [notice.user]
    else:
        people = list(ModelBackend().with_perm(notice.audience_right).filter(is_staff=True))
    address = f"{settings.PUBLIC_URL}{notice.url}" if notice.url else ""
    text = "\n\n".join(part for part in (notice.title, notice.body, address) if part)
    return EmailMessage(notice.title, text, bcc=[person.email for person in people])
