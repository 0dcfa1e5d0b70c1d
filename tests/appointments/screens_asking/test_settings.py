from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import DefaultTerminationReason, GatewayBusinessRule, GatewaySettings
from rulebook.models import LineOfAuthority
from tests.appointments.asking import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("place")]

RULES = "appointments:business_rules"
BULK = "appointments:business_rules_bulk"
PAGES = (
    (RULES, ()),
    ("appointments:business_rules_state", ("CA",)),
    ("appointments:default_reasons", ()),
    ("appointments:gateway_settings", ()),
    ("appointments:fees", ()),
)


@pytest.mark.parametrize(("name", "args"), PAGES)
class TestEveryPage:
    def test_reading_rights_read_it(self, auditor, name, args):
        assert auditor.get(reverse(name, args=args)).status_code == 200

    def test_strangers_are_sent_to_the_door(self, client_of, stranger, name, args):
        assert client_of(stranger).get(reverse(name, args=args)).status_code == 302


@pytest.mark.parametrize(("name", "args"), PAGES[1:4])
def test_without_the_right_to_change_nothing_can_be_posted(auditor, name, args):
    assert auditor.post(reverse(name, args=args), {"confirmed": "1"}).status_code == 403


class TestTheMatrix:
    def test_lines_by_states_with_their_standing_in_words(self, admin):
        GatewayBusinessRule.objects.filter(state="TX", loa_code="16").update(active=False)
        GatewayBusinessRule.objects.filter(state="OR", loa_code="16").delete()
        page = admin.get(reverse(RULES), {"category": "life"}).content.decode()
        assert "Life in California: active" in page
        assert "Life in Texas: switched off" in page
        assert "Life in Oregon: not taken over" in page
        assert "Health and Sickness" not in page

    def test_many_rules_take_the_queries_of_few(self, admin):
        counts = []
        for category in ("fraternal", ""):
            admin.get(reverse(RULES), {"category": category})
            with CaptureQueriesContext(connection) as queries:
                admin.get(reverse(RULES), {"category": category})
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_a_category_without_lines_says_so(self, admin):
        assert (
            "No line is known for this." in admin.get(reverse(RULES), {"category": "title"}).content.decode()
        )

    def test_hostile_filters_show_all(self, admin):
        answer = admin.get(reverse(RULES), {"category": "<b>", "agent_type": "\x00"})
        assert answer.status_code == 200


class TestManyAtOnce:
    def test_first_it_says_what_would_change_and_changes_nothing(self, admin):
        posted = {"do": "deactivate", "line": ["16"], "state": ["CA", "TX"], "category": "life"}
        page = admin.post(reverse(BULK), posted).content.decode()
        assert "Switch off 1 line in 2 states" in page
        assert "2 rules changed." in page
        assert GatewayBusinessRule.objects.filter(active=False).count() == 0

    def test_confirmed_it_is_saved(self, admin):
        posted = {"do": "deactivate", "line": ["16"], "state": ["CA", "TX"], "confirmed": "1"}
        answer = admin.post(reverse(BULK), posted)
        assert answer.url.startswith(reverse(RULES))
        off = GatewayBusinessRule.objects.filter(active=False).values_list("state", flat=True)
        assert sorted(off) == ["CA", "TX"]

    def test_open_transactions_that_rest_on_it_are_counted(self, admin):
        world.licensed()
        world.ask(world.request())
        posted = {"do": "deactivate", "line": ["16"], "state": ["CA"]}
        assert (
            "1 transaction that rests on this has not left yet"
            in admin.post(reverse(BULK), posted).content.decode()
        )

    def test_the_lines_of_the_rule_book_are_taken_over(self, admin):
        GatewayBusinessRule.objects.all().delete()
        admin.post(reverse(BULK), {"do": "seed", "state": ["CA"], "confirmed": "1"})
        assert set(GatewayBusinessRule.objects.values_list("state", "loa_code")) == {
            ("CA", code) for code, _name in world.LINES
        }

    def test_nothing_would_change_offers_nothing_to_save(self, admin):
        page = admin.post(reverse(BULK), {"do": "seed", "state": ["CA"]}).content.decode()
        assert "Nothing would change." in page
        assert 'name="confirmed"' not in page

    @pytest.mark.parametrize(
        ("posted", "words"),
        [
            ({"do": "activate", "line": ["16"]}, "Tick at least one line and at least one state."),
            ({"do": "activate", "state": ["CA"]}, "Tick at least one line and at least one state."),
            ({"do": "seed"}, "Tick at least one state."),
            ({"do": "activate", "line": ["16"], "state": ["ZZ", "\x00"]}, "Tick at least one line"),
            ({"do": "explode"}, "Tick at least one line"),
        ],
    )
    def test_what_is_missing_is_said_and_what_was_ticked_stays(self, admin, posted, words):
        answer = admin.post(reverse(BULK), posted | {"category": "life"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert words in page
        if "line" in posted:
            assert 'name="line" value="16" checked' in page

    def test_a_line_that_nobody_knows_is_refused_in_words(self, admin):
        posted = {"do": "activate", "line": ["<script>"], "state": ["CA"], "confirmed": "1"}
        answer = admin.post(reverse(BULK), posted)
        assert answer.status_code in {302, 422}
        assert (
            "<script>" not in admin.get(reverse(RULES), {"category": ""}).content.decode().split("<tbody>")[1]
        )

    def test_reading_by_address_is_no_change(self, admin):
        assert admin.get(reverse(BULK)).status_code == 405

    def test_it_needs_the_right(self, auditor):
        assert auditor.post(reverse(BULK), {"do": "seed", "state": ["CA"]}).status_code == 403


class TestOneState:
    URL = "appointments:business_rules_state"

    def form(self, browser) -> dict[str, str]:
        page = browser.get(reverse(self.URL, args=["CA"])).content.decode()
        stamp = re.search(r'name="stamp" value="([^"]*)"', page)
        assert stamp
        ticked = re.findall(r'name="(producer-[^"]+)" checked', page)
        return {"stamp": stamp.group(1)} | dict.fromkeys(ticked, "on")

    def post(self, browser, fields: dict[str, str]):
        return browser.post(reverse(self.URL, args=["CA"]), fields)

    def test_what_would_change_is_said_first(self, admin):
        fields = self.form(admin)
        del fields["producer-16"]
        page = self.post(admin, fields).content.decode()
        assert "1 rule changed." in page
        assert GatewayBusinessRule.objects.get(state="CA", loa_code="16").active

    def test_confirmed_lines_and_classes_are_saved(self, admin):
        fields = self.form(admin) | {"classes-producer-16": "1, 2", "confirmed": "1"}
        del fields["producer-935"]
        assert self.post(admin, fields).status_code == 302
        assert GatewayBusinessRule.objects.get(state="CA", loa_code="16").license_class_codes == ["1", "2"]
        assert not GatewayBusinessRule.objects.get(state="CA", loa_code="935").active
        assert GatewayBusinessRule.objects.filter(state="TX", active=True).count() == len(world.LINES)

    def test_what_somebody_else_saved_meanwhile_is_not_overwritten(self, admin):
        fields = self.form(admin) | {"confirmed": "1"}
        GatewayBusinessRule.objects.filter(state="CA", loa_code="16").update(active=False)
        answer = self.post(admin, fields)
        assert "Somebody else changed the rules of this state" in answer.content.decode()
        assert not GatewayBusinessRule.objects.get(state="CA", loa_code="16").active

    def test_classes_that_cannot_be_are_refused_and_stay_entered(self, admin):
        said = "<b>" + "x" * 200
        answer = self.post(admin, self.form(admin) | {"classes-producer-16": said, "confirmed": "1"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "&lt;b&gt;xxx" in page

    def test_a_line_without_category_leads_to_where_it_is_said(self, admin):
        LineOfAuthority.objects.filter(code="16", jurisdiction="CA").update(categories="")
        world.Edition.objects.update(token="00000000-0000-4000-8000-000000000003")
        page = admin.get(reverse(self.URL, args=["CA"])).content.decode()
        assert reverse("rulebook:change_line", args=["CA", "16"]) in page

    @pytest.mark.parametrize("state", ["ZZ", "ca", "US"])
    def test_a_state_that_is_none_is_not_found(self, admin, state):
        assert admin.get(reverse(self.URL, args=[state])).status_code == 404


class TestDefaultReasons:
    URL = "appointments:default_reasons"

    def test_only_what_the_state_takes_is_offered(self, admin):
        page = admin.get(reverse(self.URL)).content.decode()
        california = page.split('name="reason-CA"')[1].split("</select>")[0]
        assert re.findall(r'value="(\w+)"', california) == ["VOLUNTARY", "FRAUD"]

    def test_said_first_then_saved(self, admin):
        page = admin.post(reverse(self.URL), {"reason-TX": "DEATH"}).content.decode()
        assert "1 default added." in page
        assert '<option value="DEATH" selected>' in page
        assert not DefaultTerminationReason.objects.exists()
        admin.post(reverse(self.URL), {"reason-TX": "DEATH", "confirmed": "1"})
        assert DefaultTerminationReason.objects.get(state="TX").reason == "DEATH"

    def test_an_empty_choice_takes_it_away_and_other_states_keep_theirs(self, admin):
        for state in ("CA", "TX"):
            DefaultTerminationReason.objects.create(state=state, reason="VOLUNTARY")
        admin.post(reverse(self.URL), {"reason-TX": "", "confirmed": "1"})
        assert list(DefaultTerminationReason.objects.values_list("state", flat=True)) == ["CA"]

    @pytest.mark.parametrize("reason", ["DEATH", "<script>alert(1)</script>", "\x00", "x" * 400])
    def test_a_reason_that_the_state_does_not_take_is_refused_at_its_place(self, admin, reason):
        answer = admin.post(reverse(self.URL), {"reason-CA": reason, "confirmed": "1"})
        page = answer.content.decode()
        if reason == "\x00":
            assert answer.status_code == 302
            return
        assert answer.status_code == 422
        assert "does not take" in page
        assert "<script>alert" not in page
        assert not DefaultTerminationReason.objects.exists()


class TestGateway:
    URL = "appointments:gateway_settings"

    def fields(self, **changes: str) -> dict[str, str]:
        whole = {
            "customer": "CUST1",
            "first_name": "Ada",
            "second_key_above": "1000.00",
            "cool_off_seconds": "15",
            "document_size": "25",
            "lease_seconds": "120",
            "settle_seconds": "3600",
            "hourly_cap": "5000",
            "hourly_money": "100000.00",
            "sync_after_approval": "on",
            "version": "1",
        }
        return whole | changes

    def test_what_is_missing_is_told(self, admin, settings):
        settings.NIPR_URL_TEMPLATE = "https://{service}.registry.example"
        assert "Nothing can be sent yet." in admin.get(reverse(self.URL)).content.decode()

    def test_said_first_then_saved_in_cents(self, admin):
        admin.get(reverse(self.URL))
        told = admin.post(reverse(self.URL), self.fields(second_key_above="250.50")).content.decode()
        assert "3 settings changed." in told
        assert GatewaySettings.objects.get().customer == ""
        answer = admin.post(reverse(self.URL), self.fields(second_key_above="250.50", confirmed="1"))
        assert answer.status_code == 302
        row = GatewaySettings.objects.get()
        assert (row.customer, row.second_key_above_cents) == ("CUST1", 25_050)

    def test_a_change_made_meanwhile_is_not_overwritten(self, admin):
        admin.get(reverse(self.URL))
        GatewaySettings.objects.update(version=5)
        answer = admin.post(reverse(self.URL), self.fields(confirmed="1"))
        assert "Somebody else changed" in answer.content.decode()
        assert GatewaySettings.objects.get().customer == ""

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("second_key_above", "-1"),
            ("second_key_above", "much"),
            ("document_size", "0"),
            ("document_size", "101"),
            ("lease_seconds", "1"),
            ("cool_off_seconds", "9" * 30),
            ("email", "<script>"),
            ("state", "ZZ"),
            ("customer", "x" * 30),
            ("hourly_money", "1e9999"),
            ("automatic_unknowns", "maybe"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(self, admin, name, value):
        answer = admin.post(reverse(self.URL), self.fields(confirmed="1", **{name: value}))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "data-invalid" in page
        assert 'value="Ada"' in page
        assert "<script>" not in page.split("<form")[1].split("</form")[0]

    def test_unknowns_are_explained_with_the_warning(self, admin):
        page = admin.get(reverse(self.URL)).content.decode()
        assert "That can pay twice where NIPR does not behave as its samples say." in page

    def test_passed_checks_are_noted_with_who_and_where(self, admin):
        url = reverse("appointments:gateway_conformance")
        admin.get(reverse(self.URL))
        admin.post(url, {"passed": "yes", "reason": "NIPR beta, 20 Nov, Ada"})
        assert GatewaySettings.objects.get().conformance_passed_at
        page = admin.post(url, {"passed": "no", "reason": ""}, follow=True).content.decode()
        assert "Say when and where the checks were run" in page

    def test_those_who_may_only_read_cannot_type(self, auditor):
        page = auditor.get(reverse(self.URL)).content.decode()
        assert "Needs the right" in page
        assert "disabled" in page.split('name="customer"')[1].split(">")[0]


class TestFees:
    def test_fees_of_today_with_what_is_billed_by_the_state(self, auditor):
        page = auditor.get(reverse("appointments:fees")).content.decode()
        texas = page.split('aria-label="Texas in the compliance library"')[1].split("</tr>")[0]
        assert "$10.00" in texas
        california = page.split('aria-label="California in the compliance library"')[1].split("</tr>")[0]
        assert "$58.00" in california
        assert "each line" in california
        oregon = page.split('aria-label="Oregon in the compliance library"')[1].split("</tr>")[0]
        assert "billed by the state" in oregon
        assert reverse("rulebook:change_rule", args=["OR", "appointment_fee_usd"]) in oregon

    def test_a_day_has_the_fees_of_that_day(self, auditor):
        world.rule("TX", "appointment_fee_usd", "99", effective_from="2020-01-01", effective_to="2020-12-31")
        page = auditor.get(reverse("appointments:fees"), {"on": "2020-06-01"}).content.decode()
        assert "$99.00" in page

    def test_a_day_that_is_none_is_said_and_today_is_shown(self, auditor):
        answer = auditor.get(reverse("appointments:fees"), {"on": "<b>"})
        assert "is not a date" in answer.content.decode()
