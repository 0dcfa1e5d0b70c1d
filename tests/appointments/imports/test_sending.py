"""Spending by an upload: by its own right, for what was confirmed and no more, with the second key of another."""

from __future__ import annotations

import uuid
from unittest import mock

import pytest
from django.urls import reverse

from appointments.enums import TransactionKind
from appointments.imports import APPOINTMENT, TERMINATE, sending
from appointments.imports.tally import sentence_of_all
from appointments.models import BulkRequest, Company, CompanyState, GatewaySettings, Transaction
from appointments.services.asking.appointments import read
from appointments.services.asking.running import write_all
from appointments.services.asking.sets import put_on_file
from appointments.services.handling.approving import approve
from appointments.services.handling.submit import submit
from core.actor import Actor, ActorKind
from core.errors import InvalidInput, NotAllowed
from core.imports import services
from core.imports.models import ImportRun
from core.imports.services.running import CostChanged
from core.jobs import services as jobs
from core.jobs.models import Job
from producers.models import Producer
from rulebook.models import Edition, Fee
from tests.appointments.asking import world
from tests.appointments.imports import desk
from tests.appointments.imports.world import FOX, cells, ending_cells

ONE = 1753
"""Life in California: $16.00 and $1.53."""


@pytest.fixture
def sender(sue) -> Actor:
    return Actor.person(sue)


def _rows(people: list[str], **given: str) -> list[dict[str, str]]:
    return [cells(agent_npn=npn, loa_category="16", **given) for npn in people]


def _read(people: list[str], sender: Actor, **options) -> ImportRun:
    return desk.appoint(*_rows(people), actor=sender, **({"submit": "true"} | options))


def statuses() -> set[tuple[str, str]]:
    return set(Transaction.objects.values_list("status", "status_detail"))


def _raise_rates() -> None:
    Fee.objects.update(amount_cents=1_000)
    Edition.objects.update(token=uuid.uuid4())


def test_submitting_takes_its_own_right(people, leo):
    with pytest.raises(NotAllowed):
        services.process(_read(people, Actor.person(leo)), actor=Actor.person(leo))
    assert not Transaction.objects.exists()


def test_the_cost_has_to_be_confirmed(people, sender):
    run = _read(people, sender)
    for wrong in (None, 6 * ONE - 1, 6 * ONE + 1):
        with pytest.raises(CostChanged):
            services.process(run, actor=sender, confirm_cents=wrong)
    assert not Transaction.objects.exists()


def test_what_was_confirmed_is_submitted_under_the_name_of_who_asked(people, sender):
    run = desk.process(_read(people, sender), sender, 6 * ONE)
    assert (run.status, run.message) == ("done", "6 transactions made: 6 submitted.")
    assert statuses() == {("queued", "cool_off")}
    row = Transaction.objects.first()
    assert (row.submitted_by_user_id, row.prepared_by_user_id) == (sender.user_id, sender.user_id)
    assert row.submitted_by_label == f"Upload {run.pk} (Sue Okafor)"


def test_what_costs_more_by_now_is_not_submitted_and_says_so(people, sender):
    run = services.process(_read(people, sender), actor=sender, confirm_cents=6 * ONE)
    _raise_rates()
    run = desk.work(run)
    assert statuses() == {("ready_to_submit", "")}
    bulk = BulkRequest.objects.get()
    assert (run.status, bulk.status) == ("done", "done")
    assert run.message == f"{bulk.message} 6 transactions made: 6 are ready to submit."
    assert run.message.startswith(
        "Not submitted: it costs $156.00 now, and $105.18 was confirmed, $50.82 less."
    )
    assert "“appoint.csv”" in run.message
    name, address = TERMINATE.leads_to(run)[0]
    assert name == "request set “appoint.csv” (done)"
    assert address.endswith(f"/{bulk.pk}/")


def test_rates_that_rise_on_the_way_stop_it_at_what_was_confirmed(people, sender, monkeypatch):
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    real = sending.submit

    def submit_and_raise(*args, **kwargs):
        handled = real(*args, **kwargs)
        _raise_rates()
        return handled

    monkeypatch.setattr(sending, "submit", submit_and_raise)
    run = desk.process(_read(people, sender), sender, 6 * ONE)
    assert "Not submitted" in run.message
    spent = sum(row.cost_cents for row in Transaction.objects.filter(status="queued"))
    assert 0 < spent <= 6 * ONE
    assert Transaction.objects.filter(status="ready_to_submit").exists()


def test_a_state_that_all_did_not_mean_when_the_cost_was_confirmed_is_not_submitted(people, sender):
    """It would be cheaper than what fell out, and nobody has seen it."""
    CompanyState.objects.filter(state="TX").update(active=False)
    run = desk.appoint(*_rows(people[:2], states="ALL"), actor=sender, submit="true")
    assert [set(row.changes) for row in run.rows.all()] == [{"CA"}, {"CA"}]
    run = services.process(run, actor=sender, confirm_cents=2 * ONE)
    CompanyState.objects.filter(state="TX").update(active=True)
    CompanyState.objects.filter(state="CA").update(active=False)
    run = desk.work(run)
    assert not Transaction.objects.filter(state="TX").exists()
    assert desk.outcomes(run) == [(2, "error", "failed"), (3, "error", "failed")]
    assert "ALL means other states by now" in desk.said(run, 2)


def test_cheaper_is_fine(people, sender):
    run = services.process(_read(people, sender), actor=sender, confirm_cents=6 * ONE)
    Fee.objects.update(amount_cents=1)
    run = desk.work(run)
    assert (statuses(), run.message) == ({("queued", "cool_off")}, "6 transactions made: 6 submitted.")


def test_a_right_that_went_meanwhile_stops_it(people, sender, sue):
    run = services.process(_read(people, sender), actor=sender, confirm_cents=6 * ONE)
    sue.groups.clear()
    run = desk.work(run)
    assert run.status == "failed"
    assert not Transaction.objects.filter(status="queued").exists()


def test_a_right_that_goes_while_rows_are_written_submits_nothing(people, sender, sue, monkeypatch):
    monkeypatch.setattr(sending.Sending, "send", _without_rights(sending.Sending.send, sue))
    run = desk.process(_read(people, sender), sender, 6 * ONE)
    assert run.status == "failed"
    assert statuses() == {("ready_to_submit", "")}


def _without_rights(real, user):
    def send(self):
        user.groups.clear()
        return real(self)

    return send


def test_the_second_key_goes_by_the_cost_of_the_whole_upload(people, sender, monkeypatch):
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": 5_000})
    run = desk.process(_read(people, sender, batches="by_company"), sender, 6 * ONE)
    assert statuses() == {("awaiting_approval", "above_limit")}
    assert run.message == "6 transactions made: 6 wait for a second person’s approval."


@pytest.mark.parametrize(("limit", "told"), [(6 * ONE - 1, 1), (6 * ONE, 0)])
def test_that_a_second_person_approves_is_said_before_and_afterwards(
    people, sender, sue, client_of, limit, told
):
    GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": limit})
    run = _read(people, sender)
    browser = client_of(sue)
    sentence = f"It costs more than ${limit / 100:,.2f}: a second person approves it before it leaves."
    for name in ("imports:run", "imports:process"):
        page = browser.get(reverse(name, args=[run.pk])).content.decode()
        assert page.count(sentence) == told
    desk.process(run, sender, 6 * ONE)
    page = browser.get(reverse("imports:run", args=[run.pk])).content.decode()
    assert ("6 transactions made: 6 wait for a second person’s approval." in page) == bool(told)
    assert sentence not in page


def test_what_is_not_submitted_at_once_is_not_cautioned_about(people, sender):
    GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": 1})
    run = desk.appoint(*_rows(people), actor=sender)
    assert APPOINTMENT.cautions(run) == []


def test_how_transactions_stand_is_counted_not_guessed(people, sender):
    """One waits for a second person for its cause, one is taken already, one row makes two."""
    for npn in people[:3]:
        world.appointed(Producer.objects.get(npn=npn))
    world.appointed(Producer.objects.get(npn=people[2]), line=world.FRATERNAL)
    rows = [ending_cells(agent_npn=npn) for npn in people[:3]]
    rows[0]["termination_reason"] = "Fraud"
    rows[2]["line_of_authority"] = "life"
    run = desk.terminate(*rows, actor=sender, submit="true")
    run = desk.process(run, sender, run.foreseen["cost_cents"])
    assert run.message == "4 transactions made: 3 submitted, 1 waits for a second person’s approval."


def test_it_takes_one_query(people, sender, django_assert_num_queries):
    run = desk.process(_read(people, sender), sender, 6 * ONE)
    with django_assert_num_queries(1):
        assert sentence_of_all(run) == "6 transactions made: 6 submitted."


def test_whoever_uploaded_cannot_turn_the_second_key(people, sender, pia):
    GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": 100})
    desk.process(_read(people[:1], sender), sender, ONE)
    row = Transaction.objects.get()
    assert row.prepared_by_kind == ActorKind.IMPORT
    (refused,) = approve([row.pk], actor=sender).refused
    assert refused.code == "same_person"
    assert approve([row.pk], actor=Actor.person(pia)).done


def test_a_client_that_uploaded_cannot_turn_the_second_key_by_another_way(people):
    GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": 100})
    uploading = Actor.importing("Upload 1 (Robot)", client_id="robot")
    bulk = _asked_by(uploading, people[:1])
    row = Transaction.objects.get(bulk_request=bulk)
    direct = Actor.api_client("robot", "Robot")
    assert approve([_waiting(row)], actor=direct).refused[0].code == "same_person"
    assert approve([row.pk], actor=Actor.api_client("other", "Robot")).done


def test_who_approved_cannot_submit_by_an_upload_of_theirs(people, sue, pia):
    bulk = _asked_by(Actor.importing("Upload 1 (Sue Okafor)", sue), people[:1])
    row = Transaction.objects.get(bulk_request=bulk)
    approve([_waiting(row)], actor=Actor.person(pia))
    by_upload = Actor.importing("Upload 2 (Pia Novak)", pia)
    assert submit([row.pk], confirm_cents=None, actor=by_upload).refused[0].code == "same_person"


def _asked_by(actor: Actor, npns: list[str]) -> BulkRequest:
    """A request set as an upload puts it on file, by somebody whose rights are no matter here."""
    rows = read([world.request(npn=npn, loa_categories=["16"]) for npn in npns])
    bulk = put_on_file(TransactionKind.APPOINTMENT, [row.as_json() for row in rows], actor, None, {})
    with mock.patch("appointments.services.asking.running.require"):
        write_all(bulk)
    return bulk


def _waiting(row: Transaction) -> int:
    Transaction.objects.filter(pk=row.pk).update(status="awaiting_approval", status_detail="above_limit")
    return row.pk


def test_just_in_time_ones_wait_unless_they_are_asked_for(people, sender):
    Company.objects.get(cocode=world.HERON).states.update(just_in_time=True)
    run = _read(people[:2], sender)
    assert desk.row(run, 2).changes == {"CA": ["", "Life: held for first business, $17.53"]}
    desk.process(run, sender, 2 * ONE)
    assert {status for status, _detail in statuses()} == {"held"}


def test_just_in_time_ones_alone_may_be_sent(people, sender):
    Company.objects.get(cocode=world.HERON).states.filter(state="CA").update(just_in_time=True)
    rows = [*_rows(people[:1]), *_rows(people[:1], cocode=FOX)]
    run = desk.appoint(*rows, actor=sender, submit_just_in_time="yes")
    desk.process(run, sender, 2 * ONE)
    told = dict(Transaction.objects.values_list("cocode", "status"))
    assert told == {world.HERON: "queued", FOX: "ready_to_submit"}


def test_terminations_may_be_submitted_by_either_name_of_the_option(people, sender):
    for number, name in enumerate(("submit", "immediate_submission")):
        world.appointed(Producer.objects.get(npn=people[number]))
        run = desk.terminate(ending_cells(agent_npn=people[number]), actor=sender, **{name: "true"})
        assert run.options == {"submit": True, "batches": "one"}
        desk.process(run, sender, 153)
    assert {status for status, _detail in statuses()} == {"queued"}


def test_for_cause_waits_for_a_second_person_even_when_submitted_at_once(people, sender):
    world.appointed(Producer.objects.get(npn=people[0]))
    run = desk.terminate(
        ending_cells(agent_npn=people[0], termination_reason="Fraud"), actor=sender, submit="true"
    )
    assert desk.row(run, 2).changes["CA"][1] == "Life: terminate (Fraud), needs approval, $1.53"
    desk.process(run, sender, 153)
    assert statuses() == {("awaiting_approval", "for_cause")}


def test_options_that_are_none_are_refused(people):
    for options in ({"batches": "some"}, {"submit": "perhaps"}, {"immediate": "yes"}):
        with pytest.raises(InvalidInput):
            desk.terminate(ending_cells(), **options)


def test_what_is_taken_back_while_it_is_tried_again_stays_taken_back(people, sender, monkeypatch):
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    real, sent = sending.submit, []

    def submit_and_die(ids, **rest):
        if len(sent) == 1:
            raise ZeroDivisionError
        sent.append(ids)
        return real(ids, **rest)

    run = _read(people, sender)
    with monkeypatch.context() as patched:
        patched.setattr(sending, "submit", submit_and_die)
        run = desk.process(run, sender, 6 * ONE)
    assert (run.status, BulkRequest.objects.get().status) == ("failed", "failed")
    Transaction.objects.filter(status="queued").update(status="ready_to_submit", status_detail="taken_back")
    run = desk.process(run, sender)
    assert run.status == "done"
    assert list(Transaction.objects.order_by("pk").values_list("status", flat=True)) == (
        ["ready_to_submit"] * 2 + ["queued"] * 4
    )


def test_an_upload_whose_sending_failed_says_how_its_transactions_stand_once_it_is_checked_again(
    people, sender, monkeypatch
):
    run = _read(people, sender)
    services.process(run, actor=sender, confirm_cents=ONE * len(people))
    with monkeypatch.context() as patched:
        patched.setattr(sending.Sending, "send", mock.Mock(side_effect=RuntimeError))
        assert desk.work(run).status == "failed"
    run = services.check_again(run, actor=sender, wait=True)
    counted = f"{len(people)} transactions made: {len(people)} are ready to submit."
    assert (run.status, run.message) == ("done", counted)


def test_trying_the_job_of_an_upload_that_submits_again_takes_the_right_to_submit(
    people, sender, leo, monkeypatch
):
    run = _read(people, sender)
    services.process(run, actor=sender, confirm_cents=ONE * len(people))
    with monkeypatch.context() as patched:
        patched.setattr(sending.Sending, "send", mock.Mock(side_effect=RuntimeError))
        run = desk.work(run)
    job = Job.objects.get(pk=run.job_id)
    with pytest.raises(NotAllowed, match="submit"):
        jobs.retry(job, actor=Actor.person(leo))
    jobs.retry(job, actor=sender)
    assert desk.work(run).status == "done"
