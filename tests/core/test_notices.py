from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.actor import Actor
from core.audit.models import AuditEntry
from core.notices.models import Notice
from core.notices.selectors import notices_for, unread_count
from core.notices.services import NoticeDraft, NoticeKey, acknowledge, mail_pending, notify_many
from tests.core.models import Parcel

pytestmark = pytest.mark.django_db
SEEING = "audit.view_auditentry"
DUE = date(2026, 12, 31)


@pytest.fixture
def parcel() -> Parcel:
    return Parcel.objects.create(name="a parcel", sent_on=DUE)


def tell(parcel, *, deadline=DUE, audience=SEEING, code="parcel.late", **more) -> bool:
    return notify_many([NoticeDraft(NoticeKey(parcel, deadline, code), "It is late.", audience, **more)]) == 1


def test_a_notice_is_told_once_for_a_record_a_day_and_a_code(parcel):
    assert [tell(parcel), tell(parcel)] == [True, False]
    assert tell(parcel, deadline=DUE + timedelta(days=365))
    assert tell(parcel, code="parcel.lost")
    assert Notice.objects.count() == 3


def test_a_notice_without_a_day_is_told_once_too(parcel):
    assert [tell(parcel, deadline=None), tell(parcel, deadline=None)] == [True, False]


def test_many_are_told_at_once_and_the_new_ones_counted(parcel):
    other = Parcel.objects.create(name="another")
    tell(parcel)
    drafts = [
        NoticeDraft(NoticeKey(each, DUE, "parcel.late"), "It is late.", SEEING) for each in (parcel, other)
    ]
    assert notify_many(drafts) == 1
    assert notify_many([]) == 0


def test_people_see_their_own_notices_and_those_for_a_right_they_hold(parcel, staff):
    one, auditor = staff(), staff(SEEING, email="otto@example.org")
    tell(parcel, audience=one)
    tell(parcel, code="parcel.lost")
    assert [notice.code for notice in notices_for(one)] == ["parcel.late"]
    assert [notice.code for notice in notices_for(auditor)] == ["parcel.lost"]
    assert unread_count(auditor) == 1


def test_acknowledging_takes_a_notice_off_everybodys_list_and_is_audited(parcel, staff):
    first, second = staff(SEEING), staff(SEEING, email="second@example.com")
    tell(parcel)
    assert acknowledge(notices_for(first), actor=Actor.person(first)) == 1
    assert acknowledge(notices_for(second), actor=Actor.person(second)) == 0
    assert (unread_count(first), unread_count(second)) == (0, 0)
    assert AuditEntry.objects.get().action == "notices.acknowledged"


def test_the_bell_list_shows_what_waits_and_acknowledges_it(parcel, staff, client_of):
    browser = client_of(staff(SEEING))
    tell(parcel, url="/admin/jobs/")
    page = browser.get(reverse("notices:list"))
    assert "It is late." in page.content.decode()
    ids = [Notice.objects.get().pk]
    answer = browser.post(reverse("notices:list"), {"action": "acknowledge", "ids": ids}, follow=True)
    text = answer.content.decode()
    assert "Acknowledged 1 notice." in text
    assert "It is late." not in text
    assert "It is late." in browser.get(reverse("notices:list") + "?state=done").content.decode()


def test_mail_goes_to_those_who_hold_the_right_and_only_once(parcel, staff):
    staff(SEEING, email="otto@example.org")
    staff(email="nobody@example.com")
    tell(parcel, by_mail=True, body="Since yesterday.")
    tell(parcel, code="parcel.lost")
    assert [mail_pending(), mail_pending()] == [1, 0]
    [sent] = mail.outbox
    assert (sent.subject, sent.to, sent.bcc) == ("It is late.", [], ["otto@example.org"])
    assert "Since yesterday." in sent.body


def test_a_notice_needs_somebody_to_read_it(parcel):
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(code="x", subject_type="core.parcel", subject_id="1", title="x")
