"""From what a scorecard asks for to where it is done, and what that costs."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from rulebook.rules.book import RuleBook
from rulebook.rules.facts import LicenseFact, ProducerFact
from rulebook.rules.fees import RegistryRates
from rulebook.rules.holdings import Holdings
from scorecards.doing import action_link, appointment_requests
from scorecards.enums import Action, AppointmentCellStatus, CellKind
from scorecards.models import Scorecard
from scorecards.scoring.cost import cost_of
from scorecards.scoring.values import Cell


def _cell(action: str, *, state: str = "CA", category: str = "life", cocode: str = "77001") -> dict[str, str]:
    return {"action": action, "state": state, "loa_category": category, "cocode": cocode}


def test_appoint_opens_the_grid_with_the_cells_chosen(scorecard):
    link = action_link(
        Action.APPOINT, [_cell("appoint"), _cell("appoint", state="TX", category="health")], scorecard
    )
    page = reverse("appointments:quick_appoint", args=[scorecard.producer_id])
    assert link is not None
    assert link.url == f"{page}?state=CA&state=TX&category=health&category=life&cocode=77001"


def test_a_license_is_asked_for_as_the_assignment_has_it(scorecard):
    link = action_link(Action.AMEND, [_cell("amend", cocode="")], scorecard)
    page = reverse("appointments:license_request", args=[scorecard.producer_id])
    assert link is not None
    said = f"action=amend&agent_type={scorecard.assignment.agent_type}&state=CA&category=life"
    assert link.url == f"{page}?{said}"


def test_what_is_under_way_is_followed_in_the_list_of_the_producers_transactions(scorecard):
    link = action_link(Action.FOLLOW, [_cell("follow")], scorecard)
    assert link is not None
    assert link.url == f"{reverse('appointments:transactions')}?npn=88100001&kind=appointment&state=CA"


def test_a_cell_that_asks_for_nothing_leads_nowhere(scorecard):
    assert action_link(Action.NONE, [_cell("")], scorecard) is None


def test_without_the_right_a_link_says_who_may(scorecard, client, django_user_model):
    auditor = django_user_model.objects.create_user("otto@example.com", is_staff=True)
    link = action_link(Action.APPOINT, [_cell("appoint")], scorecard)
    assert link is not None
    assert link.for_user(auditor).url == ""
    assert "needs the right" in link.for_user(auditor).text


def test_scorecards_become_requests_one_a_state_and_company(scorecard):
    requests = appointment_requests(Scorecard.objects.all())
    assert [(each["npn"], each["state"], each["cocode"], each["loa_categories"]) for each in requests] == [
        ("88100001", "CA", "77001", ["life"])
    ]


def test_as_many_scorecards_take_as_many_queries(make_scorecards, django_assert_num_queries):
    make_scorecards(3)
    with django_assert_num_queries(2):
        appointment_requests(Scorecard.objects.all())


TODAY = date(2026, 3, 2)
RATES = RegistryRates(appointment_cents=153, application_non_resident_cents=618)


def _asked(state: str, category: str) -> Cell:
    return Cell(
        CellKind.APPOINTMENT, state, category, "77001", AppointmentCellStatus.APPOINT, Action.APPOINT, ()
    )


def _held(book: RuleBook, *licenses: LicenseFact) -> Holdings:
    return Holdings(ProducerFact("88100001", licenses=licenses), book, TODAY)


def test_a_state_fee_is_paid_once_a_company_and_the_registrys_for_each_line():
    held = _held(RuleBook.of({("CA", "appointment_fee_usd"): "16"}))
    assert cost_of([_asked("CA", "life"), _asked("CA", "health")], held, RATES).known_cents == 1600 + 2 * 153


def test_a_state_that_counts_lines_takes_its_fee_for_each():
    held = _held(
        RuleBook.of({("OH", "appointment_fee_usd"): "15", ("OH", "appointment_fee_per_line"): "yes"})
    )
    assert cost_of([_asked("OH", "life"), _asked("OH", "health")], held, RATES).known_cents == 2 * (
        1500 + 153
    )


def test_whoever_is_licensed_as_a_non_resident_pays_the_fee_of_one():
    book = RuleBook.of({("SD", "appointment_fee_usd"): "10", ("SD", "appointment_fee_nonresident_usd"): "20"})
    visitor, native = (LicenseFact("SD", "1", residency=residency) for residency in ("NR", "R"))
    assert cost_of([_asked("SD", "life")], _held(book, visitor), RATES).known_cents == 2000 + 153
    assert cost_of([_asked("SD", "life")], _held(book, native), RATES).known_cents == 1000 + 153


def test_a_fee_that_is_not_known_is_billed_later_and_never_nothing():
    cost = cost_of([_asked("CA", "life")], _held(RuleBook.of({})), RATES)
    assert (cost.known_cents, cost.billed_later) == (153, 1)
