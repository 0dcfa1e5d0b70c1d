"""Full reports into the tables."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Appointment
from core.versioned import as_known_at
from nipr.wire.messages import Biographic, EntityReport, EntityType, Residency
from producers.enums import ChangeEffect, SyncStatus
from producers.facts import license_facts
from producers.models import Change, License, LicenseLine, Producer, SyncState
from producers.signals import facts_changed
from producers.sync.engine import Sitting, sync_reports
from producers.sync.guard import RemovalGuard, TooMuchVanished
from producers.sync.outcomes import Outcome
from tests.producers.sync.documents import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    appointment_in,
    license_in,
    line,
    report_on,
    without_licenses,
)

pytestmark = pytest.mark.django_db
OnFile = Callable[..., list[Producer]]


def learn(*documents: tuple[Producer, EntityReport], at: datetime = MONDAY, **guard: int) -> list[Outcome]:
    sitting = Sitting(None, RemovalGuard(**guard))
    return sync_reports(
        [(producer.pk, report) for producer, report in documents], known_at=at, sitting=sitting
    )


@pytest.fixture
def ida(on_file: OnFile) -> Producer:
    [producer] = on_file("100")
    return producer


def test_the_first_report_is_loaded_without_a_flood_of_changes(ida: Producer):
    [outcome] = learn((ida, report_on("100", appointments=(appointment_in("OR"),))))
    assert outcome.summary == "First load: 1 license, 1 line, 1 appointment."
    assert (License.objects.count(), LicenseLine.objects.count(), Appointment.objects.count()) == (1, 1, 1)
    assert not Change.objects.exists()
    ida.refresh_from_db()
    assert (ida.sync_status, ida.last_synced_at, ida.last_report_at) == (SyncStatus.SUCCESS, MONDAY, MONDAY)


def test_the_same_report_again_changes_nothing(ida: Producer):
    learn((ida, report_on("100")))
    [outcome] = learn((ida, report_on("100")), at=TUESDAY)
    assert (outcome.summary, outcome.changed) == ("No changes.", False)
    assert License.objects.get().known_from == MONDAY
    ida.refresh_from_db()
    assert ida.last_report_at == TUESDAY


def test_a_report_that_says_nothing_new_was_looked_at_all_the_same(ida: Producer):
    learn((ida, report_on("100")))
    SyncState.objects.update(report_wanted="A test wants it")
    learn((ida, report_on("100")), at=TUESDAY)
    assert SyncState.objects.get().report_wanted == ""


def test_a_changed_license_keeps_its_past(ida: Producer):
    learn((ida, report_on("100", license_in("FL"))))
    learn((ida, report_on("100", license_in("FL", expiration_date=date(2029, 2, 28)))), at=TUESDAY)
    then = as_known_at(License.objects.all(), MONDAY).get()
    now = as_known_at(License.objects.all(), None).get()
    assert (then.expiration_date, now.expiration_date) == (date(2027, 2, 28), date(2029, 2, 28))


def test_a_change_says_what_from_and_to(ida: Producer):
    learn((ida, report_on("100", license_in("FL", "77"))))
    learn((ida, report_on("100", license_in("FL", "77", expiration_date=date(2029, 2, 28)))), at=TUESDAY)
    change = Change.objects.get()
    assert (change.subject, change.state) == ("FL Insurance Producer 77", "FL")
    assert change.fields == {"expiration_date": ["2027-02-28", "2029-02-28"]}
    assert (change.known_at, change.effect) == (TUESDAY, ChangeEffect.CHANGED)


def test_a_row_that_was_only_touched_makes_a_version_and_no_change(ida: Producer):
    learn((ida, report_on("100", license_in("FL", updated_date=date(2026, 1, 1)))))
    learn((ida, report_on("100", license_in("FL", updated_date=date(2026, 3, 1)))), at=TUESDAY)
    assert License.objects.count() == 2
    assert not Change.objects.exists()


def test_what_the_registry_drops_stays_here_marked(ida: Producer):
    learn((ida, report_on("100", license_in("OR"), license_in("FL"))))
    learn((ida, report_on("100", license_in("OR"))), at=TUESDAY)
    gone = License.objects.get(state="FL", known_to=None)
    assert gone.removed_at == TUESDAY
    assert set(Change.objects.values_list("effect", "state")) == {(ChangeEffect.REMOVED, "FL")}


def test_what_comes_back_is_no_longer_marked(ida: Producer):
    both, one = report_on("100", license_in("OR"), license_in("FL")), report_on("100", license_in("OR"))
    learn((ida, both))
    learn((ida, one), at=TUESDAY)
    learn((ida, both), at=WEDNESDAY)
    assert License.objects.get(state="FL", known_to=None).removed_at is None
    assert Change.objects.filter(effect=ChangeEffect.RESTORED, state="FL").count() == 2


def test_a_producer_without_licenses_is_a_success(ida: Producer):
    [outcome] = learn((ida, without_licenses(report_on("100"))))
    assert (outcome.status, outcome.failed) == (SyncStatus.SUCCESS_NO_LICENSES, False)


def test_one_bad_document_fails_one_producer(on_file: OnFile):
    producers = on_file(*(str(number) for number in range(101, 109)))
    documents = [(producer, report_on(producer.npn or "")) for producer in producers]
    wrong = replace(documents[5][1], appointments=(appointment_in("OR", status="Pending"),))
    documents[5] = producers[5], wrong
    outcomes = learn(*documents)
    assert [outcome.producer_id for outcome in outcomes if outcome.failed] == [producers[5].pk]
    assert set(License.objects.values_list("producer_id", flat=True)) == {
        producer.pk for producer in producers if producer != producers[5]
    }
    producers[5].refresh_from_db()
    assert producers[5].sync_status == SyncStatus.PROCESSING_ERROR
    assert "“Pending”" in producers[5].sync_message


def test_a_value_the_database_refuses_fails_one_producer(on_file: OnFile):
    one, two = on_file("101", "102")
    huge = license_in("OR", lines=(line(ce_credits_needed=2**70),))
    outcomes = learn((one, report_on("101", huge)), (two, report_on("102")))
    assert [outcome.failed for outcome in outcomes] == [True, False]
    assert not License.objects.filter(producer=one).exists()


def test_whoever_listens_hears_of_changed_producers_only(on_file: OnFile):
    one, two = on_file("101", "102")
    learn((one, report_on("101")), (two, report_on("102")))
    heard: list[tuple[set[int], datetime]] = []

    def listen(sender: object, producer_ids: set[int], known_at: datetime, **_: object) -> None:
        assert connection.in_atomic_block
        heard.append((producer_ids, known_at))

    facts_changed.connect(listen)
    try:
        changed = report_on("101", license_in("OR", active=False))
        learn((one, changed), (two, report_on("102")), at=TUESDAY)
    finally:
        facts_changed.disconnect(listen)
    assert heard == [({one.pk}, TUESDAY)]


def test_queries_do_not_grow_with_the_batch(on_file: OnFile):
    counts = []
    for first, size in ((200, 1), (300, 3), (400, 60)):
        producers = on_file(*(str(first + number) for number in range(size)))
        learn(*((producer, report_on(producer.npn or "")) for producer in producers))
        changed = license_in("OR", active=False, lines=(line(status="Inactive"),))
        with CaptureQueriesContext(connection) as queries:
            learn(*((producer, report_on(producer.npn or "", changed)) for producer in producers), at=TUESDAY)
        counts.append(len(queries))
    assert counts == [counts[0]] * 3


# What vanishes


@pytest.mark.parametrize(("percent", "stops"), [(1, False), (10, False), (11, True), (50, True), (100, True)])
def test_a_file_that_shrinks_stops_beyond_the_limit(on_file: OnFile, percent: int, stops: bool):
    producers = on_file(*(str(500 + number) for number in range(10)))
    full = [license_in("OR", f"A{number}", lines=()) for number in range(100)]
    learn(*((producer, report_on(producer.npn or "", *full)) for producer in producers))
    kept = full[percent:] or [license_in("WA")]
    less = [(producer, report_on(producer.npn or "", *kept)) for producer in producers]
    with pytest.raises(TooMuchVanished) if stops else nullcontext():
        learn(*less, at=TUESDAY)
    gone = License.objects.filter(known_to=None).exclude(removed_at=None).count()
    assert gone == (0 if stops else percent * 10)


def test_a_mass_removal_stops_before_anything_is_written(on_file: OnFile):
    producers = on_file(*(str(500 + number) for number in range(10)))
    full = [license_in(state) for state in ("OR", "WA", "CA", "ID", "NV")]
    learn(*((producer, report_on(producer.npn or "", *full)) for producer in producers))
    halves = [(producer, report_on(producer.npn or "", *full[:2])) for producer in producers]
    with pytest.raises(TooMuchVanished, match=r"60 of 100 facts"):
        learn(*halves, at=TUESDAY)
    assert not License.objects.exclude(removed_at=None).exists()


def test_a_trickle_of_removals_passes(on_file: OnFile):
    producers = on_file(*(str(500 + number) for number in range(10)))
    full = [license_in(state) for state in ("OR", "WA", "CA", "ID", "NV")]
    learn(*((producer, report_on(producer.npn or "", *full)) for producer in producers))
    learn((producers[0], report_on("500", *full[:2])), at=TUESDAY)
    assert License.objects.filter(known_to=None).exclude(removed_at=None).count() == 3


def test_removals_add_up_over_the_batches_of_a_run(on_file: OnFile):
    producers = on_file(*(str(500 + number) for number in range(10)))
    full = [license_in(state) for state in ("OR", "WA", "CA", "ID", "NV")]
    learn(*((producer, report_on(producer.npn or "", *full)) for producer in producers))
    sitting = Sitting(None, RemovalGuard())

    def drop(producer: Producer) -> None:
        reports = [(producer.pk, report_on(producer.npn or "", *full[:1]))]
        sync_reports(reports, known_at=TUESDAY, sitting=sitting)

    for producer in producers[:6]:
        drop(producer)
    with pytest.raises(TooMuchVanished):
        drop(producers[6])


def test_a_person_may_accept_that_much_vanishes(on_file: OnFile):
    producers = on_file(*(str(500 + number) for number in range(10)))
    full = [license_in(state) for state in ("OR", "WA", "CA", "ID", "NV")]
    learn(*((producer, report_on(producer.npn or "", *full)) for producer in producers))
    halves = [(producer, report_on(producer.npn or "", *full[:2])) for producer in producers]
    learn(*halves, at=TUESDAY, removals_accepted=True)
    assert License.objects.filter(known_to=None).exclude(removed_at=None).count() == 30


def test_an_empty_file_is_not_believed_at_once(ida: Producer):
    report = report_on("100", *(license_in(state) for state in ("OR", "WA", "CA")))
    learn((ida, report))
    [outcome] = learn((ida, without_licenses(report)), at=TUESDAY)
    assert outcome.status == SyncStatus.PROCESSING_ERROR
    assert "no license, but 3 are known here" in outcome.remark
    assert License.objects.filter(removed_at=None, known_to=None).count() == 3


# Who it is


def test_blank_fields_are_filled_from_the_registry(ida: Producer):
    who = {"middle_name": "B", "birth_date": date(1980, 5, 17), "ssn": "123-45-6789"}
    learn((ida, report_on("100", who=who)))
    ida.refresh_from_db()
    assert (ida.last_name, ida.first_name, ida.middle_name) == ("OAKES", "IDA", "B")
    assert (ida.birth_date, ida.ssn, ida.ssn_last4) == (date(1980, 5, 17), "123456789", "6789")
    assert (ida.resident_state, ida.sort_name) == ("OR", "oakes, ida b")


@pytest.mark.parametrize("ssn", ["", "XXX-XX-6789", "***-**-6789", "000-00-0001", "6789"])
def test_a_masked_or_impossible_number_is_not_stored(ida: Producer, ssn: str):
    learn((ida, report_on("100", who={"ssn": ssn})))
    ida.refresh_from_db()
    assert (ida.ssn, ida.ssn_hash, ida.ssn_last4) == ("", "", "")


def test_a_number_somebody_else_has_is_not_taken_over(on_file: OnFile):
    one, two = on_file("101", "102")
    learn((one, report_on("101", who={"ssn": "123-45-6789"})))
    [outcome] = learn((two, report_on("102", who={"ssn": "123-45-6789"})))
    assert outcome.status == SyncStatus.SUCCESS
    assert "Another producer has the social security number" in outcome.remark


def test_one_number_given_to_two_at_once_goes_to_the_first(on_file: OnFile):
    one, two = on_file("101", "102")
    who = {"ssn": "123-45-6789"}
    outcomes = learn((one, report_on("101", who=who)), (two, report_on("102", who=who)))
    assert [outcome.failed for outcome in outcomes] == [False, False]
    assert Producer.objects.exclude(ssn_hash="").get() == one


def test_a_form_opened_before_the_sync_is_stale_after_it(ida: Producer):
    learn((ida, report_on("100")))
    filled = Producer.objects.get().version
    learn((ida, report_on("100")), at=TUESDAY)
    assert (ida.version, filled, Producer.objects.get().version) == (1, 2, 2)


def test_a_name_typed_here_is_kept_and_the_difference_said(on_file: OnFile):
    [producer] = on_file("100", first_name="Ida", last_name="Birch")
    [outcome] = learn((producer, report_on("100")))
    producer.refresh_from_db()
    assert producer.last_name == "Birch"
    assert "The last name at the registry is “OAKES”, here it is “Birch”" in producer.sync_message
    assert outcome.status == SyncStatus.SUCCESS


def test_the_difference_is_said_as_long_as_it_lasts(on_file: OnFile):
    [producer] = on_file("100", first_name="Ida", last_name="Birch")
    learn((producer, report_on("100")))
    learn((producer, report_on("100")), at=TUESDAY)
    producer.refresh_from_db()
    assert "“OAKES”" in producer.sync_message


def test_a_name_from_the_registry_follows_the_registry(ida: Producer):
    learn((ida, report_on("100")))
    learn((ida, report_on("100", who={"last_name": "BIRCH"})), at=TUESDAY)
    ida.refresh_from_db()
    assert ida.last_name == "BIRCH"
    change = Change.objects.get()
    assert (change.subject, change.fields) == ("Last name", {"last_name": ["OAKES", "BIRCH"]})


def test_the_resident_state_follows_a_move(ida: Producer):
    learn((ida, report_on("100")))
    moved = report_on(
        "100",
        license_in("OR", residency=Residency.NON_RESIDENT),
        license_in("WA", residency=Residency.RESIDENT, issue_date=date(2026, 2, 1)),
    )
    learn((ida, moved), at=TUESDAY)
    ida.refresh_from_db()
    assert ida.resident_state == "WA"


def test_another_date_of_birth_is_said_without_being_shown(on_file: OnFile):
    [producer] = on_file("100", birth_date=date(1981, 5, 17))
    [outcome] = learn((producer, report_on("100", who={"birth_date": date(1980, 5, 17)})))
    assert outcome.remark == "The date of birth at the registry is another than the one on file here."


def test_an_npn_alone_becomes_an_agency_when_the_registry_says_so(ida: Producer):
    firm = EntityReport(
        EntityType.FIRM, Biographic("100", company_name="Puddlejump LLC", fein="00-0000900"), licenses=()
    )
    learn((ida, firm))
    ida.refresh_from_db()
    assert (ida.entity_type, ida.company_name, ida.fein) == ("firm", "Puddlejump LLC", "000000900")


def test_the_npn_of_an_agency_on_an_individual_is_refused(on_file: OnFile):
    [producer] = on_file("100", last_name="Birch")
    firm = EntityReport(EntityType.FIRM, Biographic("100", company_name="Puddlejump LLC"))
    [outcome] = learn((producer, firm))
    assert outcome.remark == (
        "NPN 100 is an agency at the registry and an individual here. Correct the NPN, then sync again."
    )
    assert not SyncState.objects.get().report_digest


def test_an_old_row_that_the_registry_drops_does_not_turn_into_the_one_beside_it(ida: Producer):
    ended = appointment_in("OR", status="Terminated", status_date=date(2020, 1, 31))
    running = appointment_in("OR")
    learn((ida, report_on("100", appointments=(ended, running))))
    learn((ida, report_on("100", appointments=(running,))), at=TUESDAY)
    change = Change.objects.get()
    assert (change.effect, change.fields) == (ChangeEffect.REMOVED, {})
    assert Appointment.objects.get(known_to=None, removed_at=None).status == "Appointed"
    learn((ida, report_on("100", appointments=(running, ended))), at=WEDNESDAY)
    assert Change.objects.latest("pk").effect == ChangeEffect.RESTORED


def test_a_new_row_does_not_bring_back_one_that_is_gone(ida: Producer):
    ended = appointment_in("OR", status="Terminated", status_date=date(2020, 1, 31))
    running, added = appointment_in("OR"), appointment_in("OR", status_date=date(2026, 3, 4))
    learn((ida, report_on("100", appointments=(ended, running))))
    learn((ida, report_on("100", appointments=(running,))), at=TUESDAY)
    learn((ida, report_on("100", appointments=(running, added))), at=WEDNESDAY)
    assert Change.objects.latest("pk").effect == ChangeEffect.ADDED


def test_lines_stay_with_their_license_when_one_of_its_number_is_dropped(ida: Producer):
    dead = license_in("OR", active=False, issue_date=date(2010, 1, 1), lines=(line("39", "Health"),))
    learn((ida, report_on("100", dead, license_in("OR"))))
    learn((ida, report_on("100", license_in("OR"))), at=TUESDAY)
    [[held]] = license_facts([ida.pk]).values()
    assert (held.active, [each.name for each in held.lines]) == (True, ["Life"])
    assert {change.effect for change in Change.objects.all()} == {ChangeEffect.REMOVED}


def test_the_lines_of_a_dead_license_do_not_count_on_a_live_one_of_the_same_number(ida: Producer):
    dead = license_in("OR", residency=Residency.RESIDENT, active=False, issue_date=date(2010, 1, 1))
    live = license_in("OR", lines=(line("39", "Health"),))
    learn((ida, report_on("100", dead, live)))
    [held] = license_facts([ida.pk]).values()
    names = {fact.active: [each.name for each in fact.lines] for fact in held}
    assert names == {False: ["Life"], True: ["Health"]}
