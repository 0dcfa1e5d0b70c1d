"""Rounds: what is so is told once, what is no longer so is closed."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from core.actor import Actor
from core.audit.models import AuditEntry
from core.jobs import runner
from core.jobs.models import Job
from core.notices import watches
from core.notices.models import Notice, NoticeMatter
from core.notices.rounds import NO_LONGER_SO, ONE_EACH, ask_round, carry_out
from core.notices.selectors import unread_count
from core.notices.services import acknowledge
from core.notices.watches import Matter, Topic, Watch, Words

pytestmark = pytest.mark.django_db
SEEING = "audit.view_auditentry"
DUE = date(2026, 12, 31)


class Shelf:
    """A watch over parcels that are late: whatever lies on the shelf is so."""

    def __init__(self, **options) -> None:
        self.matters: list[Matter] = []
        topics = [Topic(code, SEEING, partial(self.words, code), **options) for code in ("late", "lost")]
        self.watch = Watch("parcels", lambda today: self.matters, topics)

    def put(self, *names: str, code: str = "late", deadline: date | None = DUE, **more) -> None:
        self.matters += [Matter(code, name, name.title(), f"/{name}/", deadline, **more) for name in names]

    @staticmethod
    def words(code: str, matters, owner) -> Words:
        return Words(f"{len(matters)} {code}", ", ".join(matter.label for matter in matters), "/parcels/")

    def look(self) -> tuple[int, int]:
        came_of_it = carry_out(self.watch)
        return came_of_it.told, came_of_it.closed


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def open_titles() -> list[str]:
    return sorted(Notice.objects.filter(acknowledged_at=None).values_list("title", flat=True))


def test_many_matters_of_one_kind_are_one_notice(shelf):
    shelf.put(*(f"p{n}" for n in range(1200)))
    assert shelf.look() == (1, 0)
    assert open_titles() == ["1200 late"]
    assert NoticeMatter.objects.count() == 1200


def test_looking_twice_tells_once(shelf):
    shelf.put("one")
    assert [shelf.look(), shelf.look()] == [(1, 0), (0, 0)]


def test_only_what_is_new_is_told(shelf):
    shelf.put("one", "two")
    shelf.look()
    shelf.put("three")
    shelf.look()
    assert open_titles() == ["1 late", "2 late"]


def test_a_deadline_that_moves_is_told_again_and_the_old_one_closed(shelf):
    shelf.put("one")
    shelf.look()
    shelf.matters.clear()
    shelf.put("one", deadline=DUE + timedelta(days=365))
    assert shelf.look() == (1, 1)


def test_a_notice_closes_when_none_of_it_is_so_any_more(shelf, staff):
    shelf.put("one", "two")
    shelf.look()
    shelf.matters.pop()
    assert shelf.look() == (0, 0)
    shelf.matters.pop()
    assert shelf.look() == (0, 1)
    assert Notice.objects.get().closed_because == NO_LONGER_SO
    assert AuditEntry.objects.get().action == "notices.closed"
    assert unread_count(staff(SEEING)) == 0


def test_what_has_a_deadline_is_never_told_twice_for_it(shelf):
    shelf.put("one")
    shelf.look()
    shelf.matters.clear()
    shelf.look()
    shelf.put("one")
    assert shelf.look() == (0, 0)


def test_what_has_none_is_told_again_when_it_comes_back(shelf):
    shelf.put("one", deadline=None)
    shelf.look()
    shelf.matters.clear()
    shelf.look()
    shelf.put("one", deadline=None)
    assert shelf.look() == (1, 0)


def test_what_somebody_has_acknowledged_is_not_told_again(shelf):
    shelf.put("one", deadline=None)
    shelf.look()
    acknowledge(Notice.objects.all(), actor=Actor.task("tests"))
    assert shelf.look() == (0, 0)


def test_a_topic_that_comes_first_is_told_in_the_place_of_the_other_once(shelf):
    shelf.put("one", told_first="lost")
    assert [shelf.look(), open_titles()] == [(1, 0), ["1 lost"]]
    assert shelf.look() == (0, 0)


def test_a_topic_that_has_come_first_gives_way_to_the_next(shelf):
    shelf.put("one", code="lost")
    shelf.look()
    shelf.matters.clear()
    shelf.put("one", told_first="lost")
    assert shelf.look() == (1, 1)
    assert open_titles() == ["1 late"]


def test_single_notices_are_told_singly_until_they_are_too_many():
    few = Shelf(one_each=True)
    few.put(*(f"p{n}" for n in range(ONE_EACH)))
    assert few.look() == (ONE_EACH, 0)
    few.put(*(f"more{n}" for n in range(ONE_EACH + 1)))
    assert few.look() == (1, 0)


def test_each_owner_has_a_notice_and_the_rest_goes_to_those_with_the_right(shelf, staff):
    owner, left = staff(), staff(email="gone@example.com", is_active=False)
    shelf.put("one", "two", owner_id=owner.pk)
    shelf.put("three", owner_id=left.pk)
    shelf.put("four")
    shelf.look()
    assert Notice.objects.get(user=owner).title == "2 late"
    rest = Notice.objects.get(user=None)
    assert (rest.title, rest.audience_right) == ("2 late", SEEING)


def test_the_earliest_deadline_of_a_notice_is_its_own(shelf):
    shelf.put("one")
    shelf.put("two", deadline=DUE - timedelta(days=3))
    shelf.look()
    assert Notice.objects.get().deadline == DUE - timedelta(days=3)


def test_a_tax_number_never_gets_into_a_notice(shelf):
    shelf.put("the registry said 123-45-6789")
    shelf.look()
    assert "***-**-6789" in Notice.objects.get().body


def test_a_round_takes_as_many_queries_for_a_thousand_as_for_one(shelf, django_assert_num_queries):
    shelf.look()
    shelf.put("one")
    with django_assert_num_queries(8):
        shelf.look()
    shelf.put(*(f"p{n}" for n in range(1000)))
    with django_assert_num_queries(8):
        shelf.look()
    shelf.matters.clear()
    with django_assert_num_queries(9):
        shelf.look()


def test_the_job_lets_every_watch_look(shelf, monkeypatch):
    monkeypatch.setattr(watches, "_watches", {})
    watches.register_watch(shelf.watch)
    shelf.put("one")
    job = ask_round(Actor.task("tests"))
    assert ask_round(Actor.task("tests")).pk == job.pk
    runner.run_job(job.pk)
    assert Job.objects.get().result == {"told": 1, "closed": 0}
