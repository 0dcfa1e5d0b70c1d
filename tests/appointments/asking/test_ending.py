"""A request set for terminations: which appointments it means, for which reason, on which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from appointments.models import Appointment, BulkRequest, DefaultTerminationReason, Transaction
from core import clock
from core.errors import InvalidInput
from producers.models import License, LicenseLine
from tests.appointments.asking import world
from tests.appointments.asking.world import end, ending, only, reasons, statuses


def test_an_appointment_is_ended_by_its_code_its_name_or_its_category(ines):
    for line in (["16"], ["LIFE"], ["life"]):
        world.appointed(ines)
        answer = end(ending(lines=line), dry_run=True)
        assert reasons(answer) == {"16": "in_good_standing"}
        Appointment.objects.all().delete()


def test_what_is_written_is_whole(ines):
    world.appointed(ines, county_code="013")
    row = only(end(ending(external_id="hr-9")))
    assert (row.kind, row.status, row.loa_code, row.loa, row.county_code) == (
        "termination",
        "ready_to_submit",
        "16",
        "Life",
        "013",
    )
    assert (row.reason, row.for_cause, row.loa_category, row.company.cocode, row.residency) == (
        "VOLUNTARY",
        False,
        "life",
        world.HERON,
        "R",
    )
    assert (row.state_fee_cents, row.nipr_fee_cents, row.license_number) == (0, 153, "CA-88100001")


def test_a_category_ends_every_line_of_it_in_every_county(ines):
    world.appointed(ines)
    world.appointed(ines, line=world.FRATERNAL)
    world.appointed(ines, county_code="013", position=1)
    world.appointed(ines, line=world.SICKNESS)
    answer = end(ending(lines=["life"]))
    rows = Transaction.objects.values_list("loa_code", "county_code")
    assert sorted(rows) == [("1081", ""), ("16", ""), ("16", "013")]
    assert len({entry["batch"] for entry in answer["requests"]}) == 1


def test_one_county_leaves_the_others(ines):
    world.appointed(ines)
    world.appointed(ines, county_code="013", position=1)
    assert only(end(ending(county_code="013"))).county_code == "013"


def test_exactly_the_chosen_row_is_taken(ines):
    world.appointed(ines)
    chosen = world.appointed(ines, county_code="013", position=1)
    row = only(end({"npn": world.NPN, "state": "CA", "appointment_id": chosen.pk, "reason": "VOLUNTARY"}))
    assert (row.county_code, row.cocode, row.status) == ("013", world.HERON, "ready_to_submit")


def test_a_chosen_row_of_somebody_else_is_not_taken(ines):
    other = world.appointed(world.producer("88100002"))
    answer = end({"npn": world.NPN, "state": "CA", "appointment_id": other.pk, "reason": "VOLUNTARY"})
    assert set(reasons(answer).values()) == {"no_active_appointment"}


def test_an_appointment_without_cocode_is_found_by_the_fein(ines):
    from appointments.models import Company

    Company.objects.filter(cocode=world.HERON).update(fein="001234567")
    chosen = world.appointed(ines, cocode="", fein="001234567", company_key="fein:001234567")
    row = only(end({"npn": world.NPN, "state": "CA", "appointment_id": chosen.pk, "reason": "VOLUNTARY"}))
    assert (row.cocode, row.status) == (world.HERON, "ready_to_submit")


def test_rows_that_name_the_company_differently_share_its_batch(ines):
    world.appointed(ines)
    other = world.appointed(ines, line=world.SICKNESS)
    by_row = {"npn": world.NPN, "state": "CA", "appointment_id": other.pk, "reason": "VOLUNTARY"}
    answer = end(by_row, ending(), by_row)
    assert len({entry["batch"] for entry in answer["requests"]}) == 1
    assert reasons(answer, 2) == {"935": "duplicate_transaction"}


def test_two_lines_that_name_the_same_appointment_end_it_once(ines):
    world.appointed(ines)
    assert len(reasons(end(ending(lines=["16", "Life", "life"])))) == 1


def test_lines_may_have_different_reasons(ines):
    world.license_of(ines, "TX", residency="NR")
    for line in (world.LIFE, world.SICKNESS):
        world.appointed(ines, "TX", line)
    end(ending(state="TX"), ending(state="TX", lines=["935"], reason="Death"))
    assert dict(Transaction.objects.values_list("loa_code", "reason")) == {"16": "VOLUNTARY", "935": "DEATH"}


def test_a_blank_reason_takes_the_default_of_the_state(ines):
    world.appointed(ines)
    DefaultTerminationReason.objects.create(state="CA", reason="VOLUNTARY")
    assert only(end(ending(reason=None))).reason == "VOLUNTARY"


def _yesterday() -> str:
    return (clock.today() - timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("no_active_appointment", {"lines": ["935"]}),
        ("reason_required", {"reason": None}),
        ("reason_not_accepted", {"reason": "DEATH"}),
        ("future_date_not_accepted", {"effective_date": "2099-01-01"}),
        ("backdating_not_accepted", {"effective_date": "yesterday"}),
    ],
)
def test_each_refusal_is_told_by_its_code(ines, code, asked):
    world.appointed(ines)
    if asked.get("effective_date") == "yesterday":
        asked = {"effective_date": _yesterday()}
    answer = end(ending(**asked))
    assert (set(reasons(answer).values()), statuses(answer)) == ({code}, ["not_eligible"])


@pytest.mark.parametrize(("days", "code"), [(30, "in_good_standing"), (31, "backdated_too_far")])
def test_a_date_may_go_back_as_far_as_the_state_takes_it(ines, days, code):
    world.appointed(ines, "TX")
    back = clock.today() - timedelta(days=days)
    assert reasons(end(ending(state="TX", effective_date=back.isoformat()))) == {"16": code}


def test_a_producer_who_is_not_tracked_is_refused_for_each_appointment(ines):
    world.appointed(ines)
    type(ines).objects.update(tracking="inactive")
    answer = end(ending())
    assert (answer["requests"][0]["error"], reasons(answer)) == (None, {"16": "npn_not_active"})


def test_an_unknown_producer_is_refused_before_that(place):
    (entry,) = end(ending(npn="99999999"))["requests"]
    assert entry["error"]["code"] == "npn_not_found"


def test_the_same_asked_for_again_is_a_duplicate(ines):
    world.appointed(ines)
    assert reasons(end(ending(), ending()), 1) == {"16": "duplicate_transaction"}
    assert reasons(end(ending())) == {"16": "duplicate_transaction"}


def test_an_ended_appointment_cannot_be_ended(ines):
    world.appointed(ines, status="Terminated")
    assert set(reasons(end(ending())).values()) == {"no_active_appointment"}


def test_for_cause_waits_for_a_second_person(ines):
    world.appointed(ines)
    row = only(end(ending(reason="FRAUD"), submit=True))
    assert (row.status, row.status_detail, row.for_cause, row.is_open) == (
        "awaiting_approval",
        "for_cause",
        True,
        True,
    )
    assert (row.eligibility_reason, row.eligibility_text) == ("documents_required", "Documents Required")


@pytest.mark.parametrize("reason", ["FRAUD", "VOLUNTARY"])
def test_a_reason_that_the_state_wants_documents_for_waits_for_them(ines, reason):
    world.appointed(ines)
    world.rule("CA", "termination_document_reasons", reason)
    row = only(end(ending(reason=reason)))
    told = (row.status, row.status_detail, row.eligibility_reason)
    assert told == ("awaiting_approval", "documents_required", "documents_required")


def test_nothing_that_matches_stands_under_the_words_it_was_asked_for_by(ines):
    asked = end(ending(lines=["Juggling", "16"]))["requests"][0]["transactions"]
    assert {line["eligibility_reason"]["code"] for line in asked} == {"no_active_appointment"}
    assert [(line["loa_code"], line["loa"]) for line in asked] == [("", "Juggling"), ("16", "Life")]


@pytest.mark.parametrize(
    ("other", "number"),
    [
        ({"active": False, "expiration_date": date(2099, 1, 1)}, "CA-88100001"),
        ({"expiration_date": date(2099, 1, 1)}, "CA-9"),
    ],
    ids=["inactive", "in force"],
)
def test_the_license_it_sits_on_is_in_force_where_one_is(ines, other, number):
    world.appointed(ines)
    first = License.objects.get(producer=ines, state="CA")
    kept = {"class_code": first.license_class_code, "known_from": first.known_from}
    License.objects.create(
        producer=ines,
        state="CA",
        license_number="CA-9",
        license_class_code=kept["class_code"],
        license_class=first.license_class,
        residency="R",
        known_from=kept["known_from"],
        **({"active": True} | other),
    )
    LicenseLine.objects.create(
        producer=ines,
        state="CA",
        license_number="CA-9",
        license_class_code=kept["class_code"],
        loa_code="16",
        loa="Life",
        status="Active",
        known_from=kept["known_from"],
    )
    assert only(end(ending())).license_number == number


def test_a_fee_by_line_is_counted_by_line_when_no_license_is_left(ines):
    world.rule("CA", "termination_fee_usd", "10")
    world.rule("CA", "termination_fee_per_line", "yes")
    world.appointed(ines)
    world.appointed(ines, line=world.SICKNESS)
    License.objects.filter(producer=ines, state="CA").delete()
    answer = end(ending(lines=["16", "935"]))
    assert [line["state_fee"] for line in answer["requests"][0]["transactions"]] == ["10.00", "10.00"]
    assert answer["cost"]["state"] == "20.00"


def test_shapes_are_refused_with_a_path_for_each_fault(place):
    wrong = [
        {"npn": world.NPN, "state": "CA", "cocode": world.HERON},
        ending(appointment_id="7", loa_categories=["life"]),
        ending(reason=7, county_code="0123456"),
    ]
    with pytest.raises(InvalidInput) as refusal:
        end(*wrong)
    assert {error["path"] for error in refusal.value.errors} == {
        "requests.0.lines",
        "requests.1.appointment_id",
        "requests.1.loa_categories",
        "requests.2.reason",
        "requests.2.county_code",
    }
    assert not BulkRequest.objects.exists()
