from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import BulkRequest, Company, CompanyState, GatewayBusinessRule, Transaction
from appointments.services import set_company_states, update_company
from appointments.views.asking import quick
from producers.models import License, Producer, ProducerAssignment
from tests.appointments.asking import world
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db


def grid_of(browser, producer, **params):
    return browser.get(reverse("appointments:quick_appoint", args=[producer.pk]), params)


def cell(page: str, label: str, state: str) -> str:
    """The cell of a company and category in the row of a state."""
    row = next(
        each for each in page.split("<tr data-group>") if f"<small>{world.NAMES[state]}</small>" in each
    )
    found = re.search(rf'<td data-label="{re.escape(label)}">(.*?)</td>', row, re.DOTALL)
    assert found, row
    return found.group(1)


LIFE = "Heron Life Insurance Co · Life"
SHOWN = {"states": ["CA"], "cocodes": [world.HERON], "categories": ["life"]}


def text_of(browser, producer, **params) -> str:
    return grid_of(browser, producer, **(SHOWN | params)).content.decode()


class TestTheGrid:
    def test_what_is_possible_is_a_checkbox_with_its_words(self, specialist, ines):
        found = cell(text_of(specialist, ines), LIFE, "CA")
        assert 'type="checkbox" name="pick" value="CA.77001.life"' in found
        assert "California, Heron Life Insurance Co · Life" in found
        assert "2 of 2 lines" in found

    def test_what_is_appointed_says_since_when(self, specialist, ines):
        GatewayBusinessRule.objects.exclude(loa_code="16").delete()
        world.appointed(ines)
        found = cell(text_of(specialist, ines), LIFE, "CA")
        assert "Appointed" in found
        assert "since 1 Jan 2025" in found
        assert "checkbox" not in found

    def test_what_is_under_way_leads_to_its_transaction(self, specialist, ines):
        GatewayBusinessRule.objects.exclude(loa_code="16").delete()
        transaction = world.only(world.ask(world.request()))
        found = cell(text_of(specialist, ines), LIFE, "CA")
        assert f'href="{transaction.get_absolute_url()}"' in found
        assert transaction.number in found

    def test_a_registry_state_is_marked_and_can_be_chosen(self, specialist, ines):
        world.license_of(ines, "OR")
        page = text_of(specialist, ines, states=["OR"])
        assert "Registry state" in page
        assert "recorded here, no fee" in cell(page, LIFE, "OR")

    def test_an_internal_appointment_is_marked(self, specialist, heron):
        update_company(heron.pk, {"create_internal_appointment": True}, actor=TESTER)
        firm = world.licensed(world.FIRM, entity_type="firm")
        assert "internal: recorded here, no fee" in cell(text_of(specialist, firm), LIFE, "CA")

    def test_just_in_time_is_marked(self, specialist, ines, heron):
        set_company_states(heron.pk, [{"state": "CA", "just_in_time": True}], actor=TESTER)
        assert "just in time" in cell(text_of(specialist, ines), LIFE, "CA")

    def test_a_category_without_an_active_line_says_so(self, specialist, ines):
        GatewayBusinessRule.objects.update(active=False)
        assert "no active line in the business rules" in cell(text_of(specialist, ines), LIFE, "CA")

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            (lambda: CompanyState.objects.update(active=False), "does not appoint in the requested State"),
            (
                lambda: Company.objects.update(loa_categories=["title"]),
                "Company Does Not Appoint for requested loas",
            ),
            (lambda: world.rule("CA", "appoints_individuals", "no"), "The state appoints agencies only"),
            (
                lambda: Company.objects.update(appointment_producer_assignment_required=True),
                "Outside the producer&#x27;s assignment",
            ),
            (lambda: License.objects.update(active=False), "Required License Not Active"),
            (lambda: License.objects.all().delete(), "Required License Not Found"),
            (lambda: License.objects.update(residency="NR"), "No Active Resident License"),
        ],
    )
    def test_what_is_blocked_says_why_in_words(self, specialist, ines, spoil, words):
        spoil()
        found = cell(text_of(specialist, ines), LIFE, "CA")
        assert words in found
        assert 'name="why" value="CA.77001.life"' in found
        assert "checkbox" not in found

    def test_the_explanation_of_a_cell_leads_to_where_it_is_mended(self, admin, ines):
        Company.objects.update(loa_categories=["title"])
        page = text_of(admin, ines, why="CA.77001.life")
        assert "California, Heron Life Insurance Co, Life" in page
        assert reverse("appointments:companies") in page.split('id="why"')[1].split("</aside>")[0]

    def test_asked_by_a_script_only_the_explanation_comes(self, admin, ines):
        url = reverse("appointments:quick_appoint", args=[ines.pk])
        answer = admin.get(url, SHOWN | {"why": "CA.77001.life"}, headers={"HX-Request": "true"})
        assert answer.content.decode().lstrip().startswith("<aside")

    def test_without_the_right_of_a_fix_it_is_told_which_right_it_takes(self, submitter, ines):
        world.StateRule.objects.filter(field="appoints_individuals").delete()
        world.Edition.objects.update(token="00000000-0000-4000-8000-000000000001")
        page = text_of(submitter, ines, why="CA.77001.life")
        assert "needs the right" in page.split('id="why"')[1].split("</aside>")[0]


class TestWhatIsShown:
    def test_at_first_what_the_assignments_name(self, specialist, ines):
        ProducerAssignment.objects.create(
            producer=ines, states=["CA", "TX"], loa_categories=["life"], cocodes=[world.HERON]
        )
        page = grid_of(specialist, ines).content.decode()
        assert "States: 2" in page
        assert "Companies: 1" in page
        assert "Categories: 1" in page

    def test_without_an_assignment_where_the_licenses_are(self, specialist, ines):
        page = grid_of(specialist, ines).content.decode()
        assert "States: 1" in page
        assert "Companies: 2" in page

    def test_a_cell_of_a_scorecard_comes_ticked(self, specialist, ines):
        page = grid_of(specialist, ines, state="CA", category="life", cocode=world.HERON).content.decode()
        assert 'value="CA.77001.life" checked' in page

    def test_nothing_to_show_says_what_to_do(self, specialist, place):
        page = grid_of(specialist, world.producer()).content.decode()
        assert "There is nothing to show." in page

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"last_synced_at": None}, "never been read from the registry"),
            ({"tracking": "inactive"}, "NIPR tracking is inactive"),
            ({"npn": None}, "Without an NPN"),
        ],
    )
    def test_a_producer_who_cannot_be_asked_for_says_so_at_the_top(self, specialist, ines, fields, words):
        Producer.objects.filter(pk=ines.pk).update(**fields)
        assert words in text_of(specialist, ines)
        posted = specialist.post(
            reverse("appointments:quick_appoint", args=[ines.pk]) + "?states=CA", {"pick": "CA.77001.life"}
        )
        assert posted.status_code == 422
        assert words in posted.content.decode()

    def test_it_needs_the_right_to_prepare(self, auditor, ines):
        assert grid_of(auditor, ines).status_code == 403

    def test_hostile_values_in_the_address_show_the_usual_grid(self, specialist, ines):
        hostile = {
            "states": ["<b>", "\x00"],
            "cocodes": "9" * 500,
            "categories": "'; drop",
            "agent_type": "king",
            "state": "ZZ",
            "category": "nonsense",
            "cocode": "x",
            "why": "...",
            "on": "tomorrow",
            "pick": "<script>",
        }
        answer = grid_of(specialist, ines, **hostile)
        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode().split("<main")[-1].split("</main")[0]

    def test_what_people_type_is_never_markup(self, specialist, ines, heron):
        update_company(heron.pk, {"name": '"><script>alert(1)</script>'}, actor=TESTER)
        Company.objects.filter(pk=heron.pk).update(loa_categories=["title"])
        page = text_of(specialist, ines, why="CA.77001.life")
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page

    def test_many_cells_take_the_queries_of_one(self, specialist, ines):
        counts = []
        for shown in (SHOWN, {"states": ["CA", "TX", "OR"], "categories": ["life", "health", "fraternal"]}):
            grid_of(specialist, ines, **shown)
            with CaptureQueriesContext(connection) as queries:
                grid_of(specialist, ines, **shown)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestThePlan:
    def ask(self, browser, producer, *picks: str, on: str = "") -> str:
        """Post what is ticked; where it leads."""
        answer = browser.post(
            reverse("appointments:quick_appoint", args=[producer.pk]) + "?states=CA&states=TX",
            {"pick": picks, "on": on},
        )
        assert answer.status_code == 302, answer.content.decode()
        return str(answer.url)

    def test_what_was_ticked_is_planned_with_its_cost(self, submitter, ines):
        page = submitter.get(self.ask(submitter, ines, "CA.77001.life")).content.decode()
        assert "Prepare and submit for $35.06" in page  # 2 lines: 16.00 + 1.53 each
        assert "Part time fraternal" in page
        assert not Transaction.objects.exists()

    def test_a_fee_that_is_not_known_is_billed_by_the_state_and_never_zero(self, submitter, ines):
        world.StateRule.objects.filter(field__startswith="appointment_fee").delete()
        world.Edition.objects.update(token="00000000-0000-4000-8000-000000000002")
        page = submitter.get(self.ask(submitter, ines, "CA.77001.life")).content.decode()
        assert "billed by the state" in page

    def test_prepared_they_wait_to_be_submitted(self, submitter, ines):
        where = self.ask(submitter, ines, "CA.77001.life")
        answer = submitter.post(where, {"do": "prepare"})
        assert answer.url.startswith(reverse("appointments:transactions"))
        assert {row.status for row in Transaction.objects.all()} == {"ready_to_submit"}

    def test_submitted_they_are_queued_at_the_cost_shown(self, submitter, ines):
        where = self.ask(submitter, ines, "CA.77001.life")
        submitter.post(where, {"do": "submit", "cents": "3506"})
        assert {row.status for row in Transaction.objects.all()} == {"queued"}

    def test_at_another_cost_nothing_is_sent(self, submitter, ines):
        where = self.ask(submitter, ines, "CA.77001.life")
        page = submitter.post(where, {"do": "submit", "cents": "1"}, follow=True).content.decode()
        assert "It costs $35.06 now, not $0.01" in page
        assert {row.status for row in Transaction.objects.all()} == {"ready_to_submit"}

    @pytest.mark.parametrize("cents", ["", "x", "²", "-1", "9" * 40])
    def test_a_cost_that_is_no_number_sends_nothing(self, submitter, ines, cents):
        where = self.ask(submitter, ines, "CA.77001.life")
        submitter.post(where, {"do": "submit", "cents": cents})
        assert {row.status for row in Transaction.objects.all()} == {"ready_to_submit"}

    def test_who_may_not_spend_may_prepare_and_reads_what_submitting_wants(self, specialist, ines):
        where = self.ask(specialist, ines, "CA.77001.life")
        assert (
            "Needs the right “Can submit transactions: spends money”"
            in specialist.get(where).content.decode()
        )
        assert specialist.post(where, {"do": "submit", "cents": "3506"}).status_code == 403
        assert not Transaction.objects.exists()

    def test_the_plan_is_not_for_those_who_may_not_prepare(self, specialist, auditor, ines):
        assert auditor.get(self.ask(specialist, ines, "CA.77001.life")).status_code == 403

    def test_a_plan_that_does_not_hold_any_more_is_not_carried_out(self, submitter, ines):
        where = self.ask(submitter, ines, "CA.77001.life")
        License.objects.update(active=False)
        submitter.post(where, {"do": "submit", "cents": "3506"})
        assert not Transaction.objects.filter(status="queued").exists()

    def test_carried_out_twice_it_asks_once(self, submitter, ines):
        where = self.ask(submitter, ines, "CA.77001.life")
        for _time in range(2):
            assert submitter.post(where, {"do": "prepare"}).status_code == 302
        assert Transaction.objects.filter(is_open=True).count() == 2

    def test_carried_out_already_its_page_leads_to_what_came_of_it(self, submitter, ines):
        where = self.ask(submitter, ines, "CA.77001.life")
        done = submitter.post(where, {"do": "prepare"}).url
        assert submitter.get(where).url == done

    def test_the_plan_of_somebody_else_is_not_found(self, submitter, ines):
        where = self.ask(submitter, ines, "CA.77001.life")
        other = world.licensed("88100002")
        assert submitter.get(where.replace(f"/{ines.pk}/", f"/{other.pk}/")).status_code == 404

    def test_a_plan_of_terminations_is_not_found(self, submitter, ines):
        world.appointed(ines)
        world.end(world.ending(), dry_run=True)
        url = reverse("appointments:quick_plan", args=[ines.pk, BulkRequest.objects.get().pk])
        assert submitter.get(url).status_code == 404

    def test_more_than_is_done_at_once_is_planned_by_a_job(self, monkeypatch, submitter, ines):
        monkeypatch.setattr(quick, "AT_ONCE", 0)
        where = self.ask(submitter, ines, "CA.77001.life")
        assert where == reverse("appointments:plan", args=[BulkRequest.objects.get().pk])

    def test_back_at_the_grid_the_same_cells_are_ticked(self, submitter, ines):
        page = submitter.get(self.ask(submitter, ines, "CA.77001.life", on="2027-01-04")).content.decode()
        back = re.search(r'href="([^"]+)">Back to the grid', page)
        assert back
        grid = submitter.get(back.group(1).replace("&amp;", "&")).content.decode()
        assert 'value="CA.77001.life" checked' in grid
        assert 'name="on" value="2027-01-04"' in grid

    def test_the_effective_date_goes_with_the_request(self, submitter, ines):
        self.ask(submitter, ines, "CA.77001.life", on="2027-01-04")
        assert BulkRequest.objects.get().requests[0]["effective_date"] == str(date(2027, 1, 4))

    @pytest.mark.parametrize(
        ("posted", "words"),
        [
            ({}, "Tick at least one"),
            ({"pick": "CA.77001.title"}, "Tick at least one"),
            ({"pick": "<script>.x.y"}, "Tick at least one"),
            ({"pick": "CA.77001.life", "on": "soon"}, "is not a date"),
        ],
    )
    def test_what_cannot_be_asked_is_said_and_what_was_ticked_stays(self, submitter, ines, posted, words):
        answer = submitter.post(
            reverse("appointments:quick_appoint", args=[ines.pk])
            + "?states=CA&cocodes=77001&categories=life",
            posted,
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert words in page
        if posted.get("pick") == "CA.77001.life":
            assert 'value="CA.77001.life" checked' in page
            assert 'value="soon"' in page
