"""The library's pages: what is not known says so, local rules are marked, and a refusal names the right."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from core.audit.models import AuditEntry
from rulebook import selectors, services
from rulebook.fields import FIELDS
from rulebook.models import StateRule

pytestmark = pytest.mark.django_db
WINDOW = ["CA", "renewal_window_days"]
ASKED = {
    "value": "120",
    "effective_from": "2026-12-01",
    "effective_to": "2026-12-31",
    "reason": "Bulletin 2026-14",
}


@pytest.fixture
def administrator(client_of, ada):
    """A browser with the right to change rules."""
    return client_of(ada)


@pytest.fixture
def auditor(client_of, otto):
    """A browser that may read everything and change nothing."""
    return client_of(otto)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_library_shows_every_state_and_says_what_is_not_known(auditor, shipped):
    page = text_of(auditor.get(reverse("rulebook:library")))
    assert "56 of 56 states and territories" in page
    assert "American Samoa" in page
    assert '<span class="b-unknown">not known</span>' in page


def test_the_library_takes_the_same_queries_for_one_state_as_for_all(
    auditor, shipped, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14):
        auditor.get(reverse("rulebook:library"))


def test_the_filter_keeps_states_by_name_code_or_value(auditor, shipped):
    by_name = auditor.get(reverse("rulebook:library"), {"q": "carolina"}).context["table"].rows
    by_value = auditor.get(reverse("rulebook:library"), {"q": "registry"}).context["table"].rows
    assert {state.code for state, _ in by_name} == {"NC", "SC"}
    assert {state.code for state, _ in by_value} == {"AK", "AZ", "CO", "IL", "IN", "MD", "MO", "OR"}


@pytest.mark.parametrize(("sort", "first"), [("ce_hours", 10), ("-ce_hours", 48)])
def test_a_column_sorts_both_ways_with_the_unknown_last(auditor, shipped, sort, first):
    rows = auditor.get(reverse("rulebook:library"), {"sort": sort}).context["table"].rows
    hours = [next(answer for answer in answers if answer.field.name == "ce_hours") for _, answers in rows]
    assert hours[0].rule.value == str(first)
    assert not hours[-1].known


def test_a_search_finds_lines_classes_and_reasons(auditor, shipped):
    page = text_of(auditor.get(reverse("rulebook:library"), {"q": "fraternal"}))
    assert "Fraternal Life" in page
    assert "FRATERNAL PRODUCER" in page
    assert "Company merger" in text_of(auditor.get(reverse("rulebook:library"), {"q": "merger"}))


def test_a_search_without_a_hit_says_what_to_try(auditor, shipped):
    assert "Nothing in the library holds “zzzz”" in text_of(
        auditor.get(reverse("rulebook:library"), {"q": "zzzz"})
    )


def test_a_search_box_full_of_markup_is_only_text(auditor, shipped):
    assert "<script>" not in text_of(
        auditor.get(reverse("rulebook:library"), {"q": "<script>alert(1)</script>"})
    )


def test_a_states_page_shows_each_answer_with_its_source_and_confidence(auditor, shipped):
    page = text_of(auditor.get(reverse("rulebook:state", args=["GA"])))
    assert "Sources disagree:" in page
    assert "15 days" in page
    assert "Verified" in page
    assert "agentsync.io/compliance-library/jurisdictions/georgia" in page
    assert "category not known" in page


def test_the_fees_that_a_state_tells_apart_are_shown_each_with_what_its_sources_disagree_on(auditor, shipped):
    page = text_of(auditor.get(reverse("rulebook:state", args=["ME"])))
    assert "Appointment fee, non-resident" in page
    assert "<strong>$45</strong>" in page
    assert "an older page says $70" in page
    assert "Appointment fee, firm" in page


def test_a_state_of_which_nothing_is_known_says_so_for_every_rule(auditor, shipped):
    page = text_of(auditor.get(reverse("rulebook:state", args=["AS"])))
    assert page.count('class="b-unknown">not known') >= len(FIELDS)


def test_a_states_page_is_found_by_its_code_in_any_case_and_only_by_a_state(auditor, california):
    assert auditor.get(reverse("rulebook:state", args=["ca"])).status_code == 200
    assert auditor.get(reverse("rulebook:state", args=["ZZ"])).status_code == 404
    assert auditor.get(reverse("rulebook:state", args=["US"])).status_code == 404


def test_a_local_rule_is_marked_with_its_author_reason_and_days(auditor, override):
    override()
    page = text_of(auditor.get(reverse("rulebook:state", args=["CA"]), {"on": "2026-12-15"}))
    assert "120 days" in page
    assert '<span class="b-mark">Local rule</span>' in page
    assert "Ada Lindqvist: Bulletin 2026-14" in page
    assert "1 Dec 2026 to 31 Dec 2026" in page


def test_the_page_of_another_day_shows_that_days_rules_and_says_so(auditor, override):
    override()
    page = text_of(auditor.get(reverse("rulebook:state", args=["CA"]), {"on": "2027-01-01"}))
    assert "These are the rules in force on <strong>1 Jan 2027</strong>" in page
    assert "<strong>90 days</strong>" in page


def test_a_day_that_is_none_reads_as_today(auditor, california):
    assert auditor.get(reverse("rulebook:state", args=["CA"]), {"on": "yesterday"}).context["is_today"]


def test_the_history_shows_what_was_withdrawn_by_whom_and_why(auditor, override):
    services.withdraw_override(override(), reason="Bulletin recalled", author_label="Leo Marchetti")
    page = text_of(auditor.get(reverse("rulebook:state", args=["CA"])))
    assert "Withdrawn by Leo Marchetti" in page
    assert "Bulletin recalled" in page


def test_a_change_is_previewed_before_it_counts(administrator, california):
    response = administrator.post(reverse("rulebook:change_rule", args=WINDOW), {**ASKED, "preview": ""})
    page = text_of(response)
    assert "1 Dec 2026 to 31 Dec 2026" in page
    assert "90 days" in page
    assert "120 days (Local rule by Ada Lindqvist: Bulletin 2026-14)" in page
    assert not StateRule.objects.filter(origin="local").exists()


def test_a_saved_change_is_signed_audited_and_shown(administrator, ada, california):
    response = administrator.post(
        reverse("rulebook:change_rule", args=WINDOW), {**ASKED, "save": ""}, follow=True
    )
    rule = StateRule.objects.get(origin="local")
    assert (rule.author_label, rule.author_id) == ("Ada Lindqvist", ada.pk)
    assert "is changed for these days" in text_of(response)
    entry = AuditEntry.objects.get(action="rulebook.override_added")
    assert (entry.actor_label, entry.reason) == ("Ada Lindqvist", "Bulletin 2026-14")
    assert entry.changes["renewal_window_days"] == [None, "120"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value": "soon"}, "Say a whole number from 0 to 3660."),
        ({"reason": ""}, "This field is required."),
        ({"effective_to": "2026-11-01"}, "The last day is before the first."),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_in_words(administrator, california, changes, sentence):
    response = administrator.post(
        reverse("rulebook:change_rule", args=WINDOW), {**ASKED, **changes, "save": ""}
    )
    assert sentence in text_of(response)
    assert not StateRule.objects.filter(origin="local").exists()


def test_the_same_change_twice_is_refused_in_words(administrator, override):
    override()
    response = administrator.post(reverse("rulebook:change_rule", args=WINDOW), {**ASKED, "save": ""})
    assert "A local rule says just this for the same days already." in text_of(response)


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("appoints_firms", "registry", "registry"),
        ("termination_reason_codes", ["DEATH", "VOLUNTARY"], "DEATH|VOLUNTARY"),
        ("appointment_fee_usd", "32.50", "32.50"),
        ("appointment_renewal", "perpetual", "perpetual"),
    ],
)
def test_every_kind_of_rule_has_a_form_that_suits_it(administrator, shipped, field, value, stored):
    address = reverse("rulebook:change_rule", args=["CA", field])
    assert administrator.get(address).status_code == 200
    administrator.post(address, {**ASKED, "value": value, "save": ""})
    assert StateRule.objects.get(origin="local").value == stored


def test_a_rule_that_does_not_exist_has_no_page(administrator, california):
    assert administrator.get(reverse("rulebook:change_rule", args=["CA", "weather"])).status_code == 404


def test_a_local_rule_is_withdrawn_with_a_reason_after_a_preview(administrator, override):
    rule = override()
    address = reverse("rulebook:withdraw_rule", args=[rule.pk])
    assert "90 days" in text_of(administrator.get(address))
    administrator.post(address, {"reason": "Bulletin recalled"})
    rule.refresh_from_db()
    assert (rule.withdrawn_by, rule.withdrawal_reason) == ("Ada Lindqvist", "Bulletin recalled")
    assert AuditEntry.objects.filter(action="rulebook.override_withdrawn").exists()


def test_withdrawing_what_was_withdrawn_explains_itself(administrator, override):
    rule = services.withdraw_override(override(), reason="Recalled", author_label="Leo Marchetti")
    response = administrator.post(reverse("rulebook:withdraw_rule", args=[rule.pk]), {"reason": "Again"})
    assert "It was withdrawn</strong> by Leo Marchetti" in text_of(response)


def test_a_line_is_given_its_categories(administrator, california):
    address = reverse("rulebook:change_line", args=["CA", "901"])
    assert "category not known" in text_of(administrator.get(address))
    asked = {"name": "Part time fraternal", "categories": ["life", "fraternal"], "reason": "CDI list"}
    administrator.post(address, asked)
    assert selectors.load_rule_book().categories("CA", "901") == {"life", "fraternal"}
    assert "CDI list" in text_of(administrator.get(reverse("rulebook:state", args=["CA"])))


def test_what_was_said_of_a_line_is_taken_back(administrator, california):
    address = reverse("rulebook:change_line", args=["CA", "16"])
    asked = {"name": "Life", "categories": ["health"], "reason": "CDI list"}
    administrator.post(address, asked)
    administrator.post(address, {**asked, "withdraw": ""})
    assert selectors.load_rule_book().categories("CA", "16", "Life") == {"life"}


def test_the_form_begins_with_what_is_said_today(administrator, california):
    assert 'value="90"' in text_of(administrator.get(reverse("rulebook:change_rule", args=WINDOW)))


def test_who_may_not_change_rules_is_told_which_right_is_missing(auditor, override):
    rule = override()
    for address, right in [
        (reverse("rulebook:change_rule", args=WINDOW), "rulebook.change_staterule"),
        (reverse("rulebook:withdraw_rule", args=[rule.pk]), "rulebook.change_staterule"),
        (reverse("rulebook:change_line", args=["CA", "16"]), "rulebook.change_lineofauthority"),
    ]:
        for response in (auditor.get(address), auditor.post(address, ASKED)):
            assert response.status_code == 403
            assert right in text_of(response)
    assert selectors.load_rule_book().value("CA", "renewal_window_days", date(2026, 12, 5)).number == 120


def test_who_may_not_change_rules_sees_no_link_to_it(auditor, administrator, california):
    link = reverse("rulebook:change_rule", args=WINDOW)
    assert link not in text_of(auditor.get(reverse("rulebook:state", args=["CA"])))
    assert link in text_of(administrator.get(reverse("rulebook:state", args=["CA"])))


def test_a_stranger_is_sent_to_sign_in(client_of, stranger, california):
    response = client_of(stranger).get(reverse("rulebook:library"))
    assert response.status_code == 302
    assert "login" in response.headers["Location"]


@pytest.mark.parametrize(
    "model",
    [
        "jurisdiction",
        "staterule",
        "lineofauthority",
        "licenseclass",
        "terminationreason",
        "fee",
        "renewalwindow",
    ],
)
def test_the_admin_shows_every_record_and_changes_none(administrator, shipped, model):
    assert administrator.get(reverse(f"admin:rulebook_{model}_changelist")).status_code == 200
    assert administrator.get(reverse(f"admin:rulebook_{model}_add")).status_code == 403
