from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Company, CompanyState
from appointments.selectors.records import company_names
from appointments.services import DuplicateCompany, create_company, set_company_states, update_company
from core.audit.models import AuditEntry
from core.errors import Conflict, InvalidInput
from tests.appointments.conftest import HERON
from tests.producers.cast import TESTER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("states")]


def test_a_company_comes_on_file_with_its_states():
    company = create_company(
        HERON | {"fein": "00-0000771"},
        [{"state": "ca", "just_in_time": True, "state_company_id": " 12 ", "agent_types": ["producer"]}],
        actor=TESTER,
    )
    assert (company.fein, company.loa_categories) == ("000000771", ["health", "life"])
    setting = company.states.get()
    assert (setting.state, setting.active, setting.just_in_time, setting.state_company_id) == (
        "CA",
        True,
        True,
        "12",
    )
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["company.created", "company.states_changed"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"name": " "}, "name"),
        ({"cocode": "7701"}, "cocode"),
        ({"cocode": "٧٧٠٠١"}, "cocode"),
        ({"fein": "12"}, "fein"),
        ({"loa_categories": ["lifelike"]}, "loa_categories"),
        ({"state": "ZZ"}, "state"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(fields, path):
    with pytest.raises(InvalidInput) as refusal:
        create_company(HERON | fields, actor=TESTER)
    assert [error["path"] for error in refusal.value.errors] == [path]
    assert not Company.objects.exists()


def test_a_wrong_state_setting_keeps_the_company_off_file():
    with pytest.raises(InvalidInput) as refusal:
        create_company(HERON, [{"state": "ZZ"}, {"state": "CA", "agent_types": ["wizard"]}], actor=TESTER)
    assert [error["path"] for error in refusal.value.errors] == ["states.0.state", "states.1.agent_types"]
    assert not Company.objects.exists()


def test_a_state_named_twice_is_refused():
    with pytest.raises(InvalidInput, match="CA is named twice"):
        create_company(HERON, [{"state": "CA"}, {"state": "ca"}], actor=TESTER)


def test_a_duplicate_cocode_names_whose_it_is(heron):
    with pytest.raises(DuplicateCompany, match="CoCode 77001 belongs to Heron Life Insurance Co"):
        create_company(HERON | {"name": "Another"}, actor=TESTER)


def test_leading_zeros_of_a_cocode_stay():
    assert create_company(HERON | {"cocode": "00101"}, actor=TESTER).cocode == "00101"


def test_an_update_says_what_changed_and_minds_the_version(heron):
    update_company(heron.pk, {"active": False}, actor=TESTER, expected_version=1)
    assert AuditEntry.objects.get(action="company.updated").changes == {"active": [True, False]}
    with pytest.raises(Conflict, match="Somebody else"):
        update_company(heron.pk, {"active": True}, actor=TESTER, expected_version=1)


def test_an_update_to_the_same_writes_nothing(heron):
    update_company(heron.pk, HERON, actor=TESTER)
    assert not AuditEntry.objects.filter(action="company.updated").exists()


def test_settings_of_states_not_named_stay(heron):
    set_company_states(heron.pk, [{"state": "TX", "active": False}], actor=TESTER)
    assert {setting.state: setting.active for setting in heron.states.all()} == {"CA": True, "TX": False}


def test_settings_are_changed_in_place_and_told_in_words(heron):
    set_company_states(heron.pk, [{"state": "CA", "active": True, "just_in_time": True}], actor=TESTER)
    assert CompanyState.objects.get().just_in_time
    entry = AuditEntry.objects.filter(action="company.states_changed").latest("pk")
    assert entry.changes == {"CA": ["active, producer", "active, just-in-time, producer"]}


def test_the_same_settings_again_write_nothing(heron):
    version = Company.objects.get().version
    set_company_states(heron.pk, [{"state": "CA", "active": True}], actor=TESTER)
    assert Company.objects.get().version == version
    assert AuditEntry.objects.filter(action="company.states_changed").count() == 1


def test_queries_do_not_grow_with_states(heron):
    counts = []
    for active, states in ((False, ["CA"]), (True, ["CA", "OR", "TX"])):
        with CaptureQueriesContext(connection) as queries:
            set_company_states(heron.pk, [{"state": s, "active": active} for s in states], actor=TESTER)
        counts.append(len(queries))
    # The second writes new settings besides changed ones: one insert more, whatever the number of states.
    assert counts[1] - counts[0] <= 1


def test_only_active_companies_are_offered_but_every_one_has_a_name(heron):
    update_company(heron.pk, {"active": False}, actor=TESTER)
    assert company_names() == {}
    assert company_names(["77001", "11111"]) == {"77001": "Heron Life Insurance Co"}


def test_a_nul_that_no_database_keeps_is_dropped(heron):
    set_company_states(heron.pk, [{"state": "C\x00A", "state_company_id": "1\x002"}], actor=TESTER)
    assert heron.states.get().state_company_id == "12"
