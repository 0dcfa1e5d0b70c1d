"""People are told of what is due, once, whenever the night comes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agentsync import notices
from core import clock
from core.accounts.models import User
from core.notices.models import Notice
from core.notices.selectors import notices_for
from producers.enums import ChangeEffect, ChangeKind, SyncRunKind, SyncRunStatus, Tracking
from producers.models import Change, Producer, SyncRun
from tests.agentsync.conftest import license_of, producer

pytestmark = pytest.mark.usefixtures("db")


def titles() -> list[str]:
    return sorted(Notice.objects.values_list("title", flat=True))


def test_a_renewal_that_comes_due_is_told_once(book: dict[str, Producer]) -> None:
    assert notices.tell() == 1
    assert notices.tell() == 0
    day = clock.today() + timedelta(days=20)
    assert titles() == [f"Joan Smith: the CA license ends on {day:%-d %B %Y}"]


def test_the_next_period_of_the_same_license_is_told_again(book: dict[str, Producer]) -> None:
    notices.tell()
    book["joan"].licenses.filter(state="CA").update(expiration_date=clock.today() + timedelta(days=25))
    assert notices.tell() == 1


def test_a_new_version_of_the_same_license_is_not_told_again(book: dict[str, Producer]) -> None:
    notices.tell()
    license_of(book["joan"], "0K12345-B", days=20)
    assert notices.tell() == 0


def test_nobody_is_told_of_a_producer_that_is_not_tracked(book: dict[str, Producer]) -> None:
    Producer.objects.update(tracking=Tracking.INACTIVE)
    assert notices.tell() == 0


def test_a_renewal_goes_to_the_one_who_looks_after_the_producer(leo: User, sue: User) -> None:
    license_of(producer("88100009", "Ines", "Abernathy", owner=leo), "X1", days=5)
    notices.tell()
    assert [each.user for each in notices_for(leo)] == [leo]
    assert not notices_for(sue).exists()


def test_an_action_of_a_regulator_is_told_to_all_who_see_changes(
    book: dict[str, Producer], otto: User
) -> None:
    Change.objects.create(
        producer=book["jim"],
        kind=ChangeKind.REGULATORY_ACTION,
        effect=ChangeEffect.ADDED,
        subject="CA action 7",
        known_at=clock.now(),
    )
    notices.tell()
    assert "Jim Smithers: CA action 7" in titles()
    assert notices_for(otto).filter(code="regulatory").exists()


@pytest.mark.parametrize("status", [SyncRunStatus.FAILED, SyncRunStatus.STOPPED, SyncRunStatus.INCOMPLETE])
def test_a_sync_in_trouble_is_told_by_mail_too(status: SyncRunStatus) -> None:
    SyncRun.objects.create(
        kind=SyncRunKind.NIGHTLY, status=status, message="Do this next.", started_at=clock.now()
    )
    notices.tell()
    notice = Notice.objects.get()
    assert notice.body == "Do this next."
    assert notice.by_mail


def test_a_sync_that_went_well_is_not_news() -> None:
    SyncRun.objects.create(kind=SyncRunKind.NIGHTLY, status=SyncRunStatus.DONE, started_at=clock.now())
    assert notices.tell() == 0


def test_takes_the_same_queries_for_many_as_for_one(django_assert_num_queries) -> None:
    license_of(producer("88100010", "A", "One"), "X1", days=5)
    with django_assert_num_queries(8):
        notices.tell()
    for number in range(20):
        license_of(producer(f"8840{number:04d}", "A", f"Person {number}"), f"N{number}", days=10)
    with django_assert_num_queries(8):
        notices.tell()
