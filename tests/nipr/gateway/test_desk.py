"""What the simulated gateway takes, how often, and what it tells whom."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta

import pytest

from nipr.simulator.testing import RunningSimulator
from nipr.wire.gateway import AnswerKind, GatewayKind, GatewayReply
from tests.nipr.gateway.conftest import Post
from tests.nipr.gateway.samples import APPLICATION, APPOINTMENT, BATCH, asked, for_npn, make, sent

TERMINATION = make(kind=GatewayKind.TERMINATION, reason="VOLUNTARY", effective_date=None)


def verdicts(reply: GatewayReply) -> list[AnswerKind]:
    assert reply.readable
    return [answer.verdict for answer in reply.answers]


def effects(simulator: RunningSimulator, number: int = 1) -> int:
    row = simulator.gateway.row(BATCH, f"T-{number:06d}")
    return row["times_effected"] if row else 0


def test_a_good_appointment_is_final_in_the_same_call_and_charged_once(
    simulator: RunningSimulator, post: Post
) -> None:
    assert verdicts(post(sent(APPOINTMENT))) == [AnswerKind.APPROVED]
    row = simulator.gateway.row(BATCH, "T-000001")
    assert row is not None
    assert (row["times_received"], row["times_effected"], row["status"]) == (1, 1, "approved")
    assert (row["state_cents"], row["nipr_cents"]) == (1000, 153)


def test_a_repeat_is_told_how_it_stands_and_changes_nothing(simulator: RunningSimulator, post: Post) -> None:
    first, again = post(sent(APPOINTMENT)), post(sent(APPOINTMENT))
    assert first.answers == again.answers
    row = simulator.gateway.row(BATCH, "T-000001")
    assert row is not None
    assert (row["times_received"], row["times_effected"]) == (2, 1)
    assert simulator.gateway.taken_twice() == []


def test_a_minimal_message_asks_and_applies_for_nothing(simulator: RunningSimulator, post: Post) -> None:
    assert verdicts(post(asked(APPOINTMENT))) == [AnswerKind.NOT_RECEIVED]
    post(sent(APPOINTMENT))
    assert verdicts(post(asked(APPOINTMENT))) == [AnswerKind.APPROVED]
    assert effects(simulator) == 1


def test_the_same_key_with_other_content_is_a_duplicate(simulator: RunningSimulator, post: Post) -> None:
    post(sent(APPOINTMENT))
    assert verdicts(post(sent(make(state_fee_cents=2000)))) == [AnswerKind.RECEIVED]
    assert effects(simulator) == 1


@pytest.mark.parametrize("pair", [True, False])
def test_without_polling_every_repeat_is_a_duplicate(
    simulator: RunningSimulator, post: Post, pair: bool
) -> None:
    simulator.gateway.configure(polling=False, pair_3999_20001=pair)
    post(sent(APPOINTMENT))
    for document in (sent(APPOINTMENT), asked(APPOINTMENT)):
        reply = post(document)
        assert verdicts(reply) == [AnswerKind.RECEIVED]
        assert reply.answers[0].nipr_trans == "50000001"
    assert effects(simulator) == 1


def test_the_same_thing_under_another_key_is_done_twice_and_shows_in_the_book(
    simulator: RunningSimulator, post: Post
) -> None:
    post(sent(make(1), make(2)))
    assert simulator.gateway.taken_twice() == ["99000017|OR|00101|16|appointment"]


def test_twenty_equal_posts_at_once_have_one_effect(simulator: RunningSimulator, post: Post) -> None:
    barrier = threading.Barrier(20)
    found: list[list[AnswerKind]] = []

    def race() -> None:
        barrier.wait()
        found.append(verdicts(post(sent(APPOINTMENT))))

    threads = [threading.Thread(target=race) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[AnswerKind.APPROVED]] * 20
    assert effects(simulator) == 1


def test_review_by_asking_is_final_when_asked_about(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(review="poll")
    assert verdicts(post(sent(APPOINTMENT))) == [AnswerKind.SENT_TO_STATE]
    assert verdicts(post(asked(APPOINTMENT))) == [AnswerKind.APPROVED]


def test_review_of_some_days_is_final_when_they_are_over(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(review=3)
    post(sent(APPOINTMENT))
    simulator.move(2)
    assert verdicts(post(asked(APPOINTMENT))) == [AnswerKind.SENT_TO_STATE]
    simulator.move(1)
    assert verdicts(post(asked(APPOINTMENT))) == [AnswerKind.APPROVED]


def test_states_may_review_differently(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(review_by_state={"TX": "manual"})
    reply = post(sent(make(1), make(2, state="TX")))
    assert verdicts(reply) == [AnswerKind.APPROVED, AnswerKind.SENT_TO_STATE]


def test_somebody_may_decide_by_hand(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(review="manual")
    post(sent(make(1), make(2)))
    simulator.gateway.decide(BATCH, "T-000001", approve=True, effective_date=date(2026, 3, 9))
    simulator.gateway.decide(BATCH, "T-000002", approve=False, text="Not here.")
    yes, no = post(asked(make(1), make(2))).answers
    assert (yes.verdict, yes.effective_date) == (AnswerKind.APPROVED, date(2026, 3, 9))
    assert (no.verdict, no.rejection) == (AnswerKind.DECLINED, "Not here.")


def test_realtime_hands_out_news_of_earlier_transactions_once(
    simulator: RunningSimulator, post: Post
) -> None:
    simulator.gateway.configure(review="manual")
    post(sent(make(1)))
    simulator.gateway.decide(BATCH, "T-000001", approve=True)
    first = {answer.trans: answer.verdict for answer in post(sent(make(2)), realtime=True).answers}
    second = [answer.trans for answer in post(sent(make(3)), realtime=True).answers]
    assert first == {"T-000002": AnswerKind.SENT_TO_STATE, "T-000001": AnswerKind.APPROVED}
    assert second == ["T-000003"]


def test_niprgw_answers_only_what_was_sent(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(review="manual")
    post(sent(make(1)))
    simulator.gateway.decide(BATCH, "T-000001", approve=True)
    assert [answer.trans for answer in post(sent(make(2))).answers] == ["T-000002"]


def test_a_frozen_state_holds_terminations_until_its_day(simulator: RunningSimulator, post: Post) -> None:
    until = simulator.today + timedelta(days=10)
    simulator.gateway.configure(frozen={"OR": until.isoformat()})
    (held,) = post(sent(TERMINATION)).answers
    assert (held.verdict, held.frozen_until) == (AnswerKind.AWAITING_VALIDATION, until)
    assert verdicts(post(sent(make(2)))) == [AnswerKind.APPROVED]
    simulator.move(9)
    assert verdicts(post(asked(TERMINATION))) == [AnswerKind.AWAITING_VALIDATION]
    simulator.move(1)
    assert verdicts(post(asked(TERMINATION))) == [AnswerKind.APPROVED]
    assert effects(simulator) == 1


def test_what_is_not_visible_yet_is_denied_and_a_repeat_is_taken_again(
    simulator: RunningSimulator, post: Post
) -> None:
    simulator.gateway.configure(visibility_delay=30)
    post(sent(APPOINTMENT))
    assert verdicts(post(asked(APPOINTMENT))) == [AnswerKind.NOT_RECEIVED]
    post(sent(APPOINTMENT))
    row = simulator.gateway.row(BATCH, "T-000001")
    assert row is not None
    assert (row["times_effected"], row["state_cents"], row["nipr_cents"]) == (2, 2000, 306)
    assert f"{BATCH}/T-000001" in simulator.gateway.taken_twice()


def test_when_the_delay_is_over_a_repeat_is_recognised(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(visibility_seconds=0.3)
    post(sent(APPOINTMENT))
    time.sleep(0.4)
    assert verdicts(post(sent(APPOINTMENT))) == [AnswerKind.APPROVED]
    assert effects(simulator) == 1


def test_a_delay_may_be_one_of_the_calendar(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(visibility_days=10)
    post(sent(APPOINTMENT))
    simulator.move(9)
    assert verdicts(post(asked(APPOINTMENT))) == [AnswerKind.NOT_RECEIVED]
    simulator.move(1)
    assert verdicts(post(asked(APPOINTMENT))) == [AnswerKind.APPROVED]


@pytest.mark.parametrize(
    "rule",
    [
        {"npn": "99000017"},
        {"state": "OR"},
        {"cocode": "00101"},
        {"loa": "16"},
        {"kind": "appointment"},
        {"npn": "99000017", "state": "OR", "loa": "16"},
    ],
)
def test_a_rule_declines_or_refuses_what_it_concerns(
    simulator: RunningSimulator, post: Post, rule: dict[str, str]
) -> None:
    simulator.gateway.configure(decline=[{**rule, "text": "Not in good order."}])
    (declined,) = post(sent(make(1))).answers
    simulator.gateway.configure(decline=[], refuse=[{**rule, "text": "Not by this account."}])
    (refused,) = post(sent(make(2))).answers
    assert (declined.verdict, declined.rejection) == (AnswerKind.DECLINED, "Not in good order.")
    assert (refused.verdict, refused.errors) == (AnswerKind.REFUSED, (("4099", "Not by this account."),))
    assert effects(simulator, 1) == 1
    assert effects(simulator, 2) == 0


def test_a_rule_leaves_others_alone(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(decline=[{"state": "TX"}], refuse=[{"kind": "termination"}])
    assert verdicts(post(sent(APPOINTMENT))) == [AnswerKind.APPROVED]


def test_a_document_with_one_bad_transaction_takes_the_others(
    simulator: RunningSimulator, post: Post
) -> None:
    reply = post(sent(make(1), for_npn("12345", 2), make(3)))
    assert verdicts(reply) == [AnswerKind.APPROVED, AnswerKind.REFUSED, AnswerKind.APPROVED]
    assert simulator.gateway.book()["gateway"]["count"] == 2


def test_a_refused_key_is_free_for_a_mended_document(simulator: RunningSimulator, post: Post) -> None:
    assert verdicts(post(sent(for_npn("12345")))) == [AnswerKind.REFUSED]
    assert verdicts(post(asked(APPOINTMENT))) == [AnswerKind.REFUSED]
    assert verdicts(post(sent(APPOINTMENT))) == [AnswerKind.APPROVED]


def test_a_hundred_and_more_are_taken_and_more_than_five_hundred_are_not(
    simulator: RunningSimulator, post: Post
) -> None:
    assert len(post(sent(*(make(number) for number in range(120)))).answers) == 120
    whole = post(sent(*(make(number) for number in range(1000, 1501))))
    assert whole.readable
    assert whole.answers == ()
    assert "nothing was taken" in whole.problem
    assert simulator.gateway.book()["gateway"]["count"] == 120


def test_a_reset_forgets_everything(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(review="manual")
    post(sent(APPOINTMENT))
    simulator.gateway.reset()
    assert simulator.gateway.book()["transactions"] == {}
    assert verdicts(post(sent(APPOINTMENT))) == [AnswerKind.APPROVED]


def test_a_license_application_costs_what_applications_cost(simulator: RunningSimulator, post: Post) -> None:
    (answer,) = post(sent(APPLICATION)).answers
    assert (answer.verdict, answer.nipr_fee_cents) == (AnswerKind.APPROVED, 618)
