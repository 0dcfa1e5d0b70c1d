"""Loading: the same files twice change nothing, a bad file changes nothing, and local rules outlive every load."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from rulebook import loader, selectors, services
from rulebook.loader import BadFiles
from rulebook.models import (
    Fee,
    Jurisdiction,
    LicenseClass,
    LineOfAuthority,
    RenewalWindow,
    StateRule,
    TerminationReason,
)
from rulebook.signals import rule_changed
from tests.rulebook.conftest import shipped_rules

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 21)


def load_command(**options):
    said = StringIO()
    call_command("load_rulebook", stdout=said, stderr=said, **options)
    return said.getvalue()


def test_a_fresh_database_is_filled_and_told_how_much():
    said = load_command()
    assert "jurisdictions: 57 new, 0 changed, 0 unchanged, 0 removed" in said
    assert Jurisdiction.objects.filter(is_country=False).count() == 56


def test_the_second_load_of_the_same_files_changes_nothing(shipped):
    before = shipped_rules()
    counts, _ = loader.load()
    assert {(count.new, count.changed, count.removed) for count in counts.values()} == {(0, 0, 0)}
    assert shipped_rules() == before


def test_a_load_that_changes_nothing_tells_nobody(shipped):
    heard = []
    rule_changed.connect(lambda **said: heard.append(said), weak=False, dispatch_uid="quiet")
    try:
        loader.load()
    finally:
        rule_changed.disconnect(dispatch_uid="quiet")
    assert heard == []


def test_a_load_takes_as_many_queries_for_all_rows_as_for_one(
    shipped, folder, spoil, django_assert_max_num_queries
):
    with django_assert_max_num_queries(24):
        loader.load()


def test_a_changed_cell_is_counted_and_told_with_its_state_and_field(shipped, spoil):
    heard = []
    folder = spoil(
        "states.csv",
        "birth_month_end_by_birth_year,90,365,24,3,,CANCELLED",
        "birth_month_end_by_birth_year,75,365,24,3,,CANCELLED",
    )
    rule_changed.connect(lambda **said: heard.append(said), weak=False, dispatch_uid="told")
    try:
        counts, _ = loader.load(folder)
    finally:
        rule_changed.disconnect(dispatch_uid="told")
    assert counts["state rules"].changed == 1
    assert (heard[0]["jurisdictions"], heard[0]["fields"]) == ({"AK"}, {"renewal_window_days"})
    assert selectors.load_rule_book().value("AK", "renewal_window_days", DAY).number == 75


def test_a_cell_that_became_blank_is_no_longer_known(shipped, spoil):
    folder = spoil(
        "states.csv",
        "birth_month_end_by_birth_year,90,365,24,3,,CANCELLED",
        "birth_month_end_by_birth_year,,365,24,3,,CANCELLED",
    )
    counts, _ = loader.load(folder)
    assert counts["state rules"].removed == 1
    assert selectors.load_rule_book().value("AK", "renewal_window_days", DAY) is None


def test_local_rules_outlive_a_reload(shipped):
    services.override_rule(
        jurisdiction="AK", field="renewal_window_days", value="120", effective_from=DAY, effective_to=None,
        reason="Bulletin", author_label="Ada",
    )  # fmt: skip
    services.mend_line(
        jurisdiction="CA",
        loa_code="3773",
        name="Accident and Health Agent",
        categories=["health"],
        author_label="Ada",
    )
    loader.load()
    book = selectors.load_rule_book()
    assert book.value("AK", "renewal_window_days", DAY).overridden
    assert book.categories("CA", "3773", "ACCIDENT AND HEALTH AGENT") == {"health"}


def test_local_rules_outlive_a_state_that_left_the_files(shipped, folder):
    services.override_rule(
        jurisdiction="MP", field="ce_hours", value="12", effective_from=None, effective_to=None,
        reason="Letter", author_label="Ada",
    )  # fmt: skip
    path = folder / "states.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("MP,")), encoding="utf-8")
    loader.load(folder)
    assert selectors.load_rule_book().value("MP", "ce_hours", DAY).overridden


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "column", "value", "sentence"),
    [
        ("states.csv", "AK,Alaska,,registry", "AK,Alaska,,perhaps", 2, "appoints_individuals", "perhaps",
         "Say one of yes, no, registry."),
        ("states.csv", "birth_month_end_by_birth_year,90,365", "birth_month_end_by_birth_year,ninety,365", 2,
         "renewal_window_days", "ninety", "Say a whole number from 0 to 3660."),
        ("states.csv", "AL,Alabama", "AK,Alabama", 3, "code", "AK", "Line 2 already says this; one of them has to go."),
        ("nipr_renewal_windows.csv", "AL,2026-01-06", "ZZ,2026-01-06", 2, "state", "ZZ",
         "There is no such state in states.csv."),
        ("nipr_renewal_windows.csv", "2026-01-06", "2026-02-30", 2, "opens", "2026-02-30",
         "This is not a date such as 2027-03-31."),
        ("nipr_renewal_windows.csv", "2026-01-06,2026-02-28", "2026-01-06,2025-02-28", 2, "closes", "2025-02-28",
         "This closes before it opens."),
        ("lines_of_authority.csv", "US,,,16,Life,life", "US,,,16,Life,living", 2, "category", "living",
         "living is none of life, health"),
        ("lines_of_authority.csv", "US,,,16,Life", "QQ,,,16,Life", 2, "jurisdiction", "QQ",
         "There is no such state in states.csv."),
        ("termination_reasons.csv", "Voluntary termination,,no,AL|", "Voluntary termination,,no,XX|", 2,
         "states_listing_it", None, "There is no state XX in states.csv."),
        ("license_classes.csv", "US,,Producer,producer", "US,,Producer,salesman", 2, "kind", "salesman",
         "This is none of producer"),
        ("state_rules.csv", "2018-05-01", "1 May 2018", 2, "effective_from", "1 May 2018",
         "This is not a date such as 2027-03-31."),
        ("nipr_fees.csv", "PDB alerts (per producer)", "PDB detail report (per lookup)", 3, "item",
         "PDB detail report (per lookup)", "Line 2 already says this"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_file_line_column_value_and_a_sentence(
    spoil, file, old, new, line, column, value, sentence
):
    with pytest.raises(BadFiles) as caught:
        loader.load(spoil(file, old, new))
    problem = next(found for found in caught.value.problems if found.column == column)
    assert (problem.file, problem.line) == (file, line)
    assert value is None or problem.value == value
    assert problem.message.startswith(sentence)


def test_all_bad_cells_are_named_at_once_and_nothing_is_loaded(shipped, spoil):
    before = shipped_rules()
    spoil("states.csv", "AK,Alaska,,registry", "AK,Alaska,,perhaps")
    spoil("states.csv", "birth_month_end_by_birth_year,90,30,24", "birth_month_end_by_birth_year,75,30,-4")
    folder = spoil("nipr_renewal_windows.csv", "AL,2026-01-06", "ZZ,2026-01-06")
    with pytest.raises(BadFiles) as caught:
        loader.load(folder)
    assert {problem.file for problem in caught.value.problems} == {"states.csv", "nipr_renewal_windows.csv"}
    assert len(caught.value.problems) == 3
    assert shipped_rules() == before


def test_a_missing_file_and_a_missing_column_are_problems(folder):
    (folder / "nipr_fees.csv").unlink()
    (folder / "nipr_loa_codes.csv").write_text("state,loa_code\nCA,16\n", encoding="utf-8")
    with pytest.raises(BadFiles) as caught:
        loader.load(folder)
    said = str(caught.value)
    assert "has no such file" in said
    assert "The columns loa_name, context, quality, source are missing." in said


def test_a_row_with_too_few_cells_is_a_problem(folder):
    with (folder / "nipr_fees.csv").open("a", encoding="utf-8") as file:
        file.write("Short,1.00\n")
    with pytest.raises(BadFiles, match="more or fewer cells"):
        loader.load(folder)


def test_a_file_that_is_not_text_is_a_problem(folder):
    (folder / "states.csv").write_bytes(b"code,name\n\xff\xfe")
    with pytest.raises(BadFiles, match="not UTF-8 text"):
        loader.load(folder)


def test_the_command_names_every_problem_and_loads_nothing(spoil):
    folder = spoil("states.csv", "AK,Alaska,,registry", "AK,Alaska,,perhaps")
    said = StringIO()
    with pytest.raises(CommandError, match="Nothing was loaded: 1 problem"):
        call_command("load_rulebook", dir=folder, stderr=said)
    assert "states.csv line 2, appoints_individuals 'perhaps'" in said.getvalue()
    assert not Jurisdiction.objects.exists()


def test_the_command_refuses_a_folder_that_does_not_exist(tmp_path):
    with pytest.raises(CommandError, match="There is no folder"):
        load_command(dir=tmp_path / "nowhere")


def test_what_no_source_can_be_relied_on_for_is_left_out_and_said():
    said = load_command()
    assert "left out: nipr_renewal_windows.csv line 13, state '(NJ or ND)'" in said
    assert not LicenseClass.objects.filter(code="4", name="Adjuster").exists()


def test_a_blank_cell_makes_no_rule(shipped):
    assert not StateRule.objects.filter(jurisdiction="AS").exists()
    assert not StateRule.objects.filter(value="").exists()


def test_a_rule_keeps_the_source_and_confidence_of_its_row_and_education_its_own(shipped):
    window = StateRule.objects.get(jurisdiction="AL", field="renewal_window_days")
    hours = StateRule.objects.get(jurisdiction="AL", field="ce_hours")
    assert (window.confidence, hours.confidence) == ("verified", "commonly_stated")
    assert "Ala. Code 27-7-30" in window.source
    assert "The Institutes CE page" in hours.source


def test_a_rule_known_with_its_dates_answers_nothing_before_them(shipped):
    book = selectors.load_rule_book()
    assert book.value("KS", "appoints_firms", date(2021, 6, 30)) is None
    assert book.value("KS", "appoints_firms", date(2021, 7, 1)).value == "no"


def test_a_line_of_two_categories_belongs_to_both(shipped):
    line = LineOfAuthority.objects.get(jurisdiction="TX", name="Property and Casualty")
    assert line.category_list == ["property", "casualty"]


def test_a_line_seen_in_several_places_is_one_line_that_names_them_all(shipped):
    line = LineOfAuthority.objects.get(jurisdiction="AL", code_system="NIPR_PDB", code="16")
    assert "license: NIPR beta test data 2025" in line.note
    assert "appointment: NIPR beta test data 2025" in line.note


def test_fees_are_cents_where_they_are_one_plain_amount(shipped):
    lookup = Fee.objects.get(item="PDB detail report (per lookup)")
    percent = Fee.objects.get(item="Appointment renewal")
    assert (lookup.amount_cents, lookup.effective_from) == (129, date(2016, 4, 1))
    assert (percent.amount_cents, percent.amount_text) == (None, "1% of state fees")


def test_a_state_fee_belongs_to_its_state(shipped):
    assert [fee.item for fee in selectors.fees_of("OH")] == ["OH appointment state fee"]


def test_termination_reasons_know_the_states_that_take_them(shipped):
    merger = TerminationReason.objects.get(slug="COMPANY_MERGER")
    assert {state.code for state in merger.jurisdictions.all()} == {"AR", "IA", "RI", "WI", "VI"}
    assert {reason.slug for reason in selectors.reasons_of("VA", DAY)} == {
        "VOLUNTARY", "DEATH", "APPOINTED_IN_ERROR", "CANCELLED_FOR_CAUSE",
    }  # fmt: skip


def test_renewal_windows_are_dated(shipped):
    window = RenewalWindow.objects.get(jurisdiction="KY")
    assert (window.opens, window.closes) == (date(2026, 1, 7), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("state", "code", "name", "categories"),
    [
        ("CA", "16", "Life", {"life"}),
        ("AK", "39", "Health", {"health"}),
        ("NY", "14", "Accident & Health", {"health"}),
        ("CO", "823", "Accident and Health", {"health"}),
        ("TX", "108", "Property & Casualty", {"property", "casualty"}),
        ("TX", "825", "Life, Accident, Health and HMO", {"life", "health"}),
        ("WA", "5", "Disability", set()),
        ("SC", "101", "None", set()),
        ("AL", "10353", "PROPERTY AND CASUALTY (INCLUDING WORKERS' COMPENSATION AND CROP)", set()),
    ],
)
def test_the_shipped_book_reads_registry_lines_and_guesses_none(shipped, state, code, name, categories):
    assert selectors.load_rule_book().categories(state, code, name) == categories
