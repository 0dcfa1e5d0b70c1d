"""Every address with the rights, without them, and for strangers."""

from __future__ import annotations

import pytest
from django.test import Client

from core.imports.models import ImportRun
from core.imports.urls import urlpatterns
from tests.core.imports.engine.parcels import PARCELS
from tests.core.imports.screens.conftest import to

pytestmark = pytest.mark.django_db

OF_A_RUN = {
    "run": (),
    "progress": (),
    "rows": (),
    "row": (2,),
    "outcome_file": ("all", "csv"),
}
"""Looking takes the right to see uploads."""
TO_UPLOAD = {"columns": (), "process": (), "undo": ()}
"""Pages that ask before something is done."""
CHANGES = ("answer", "check", "process", "pause", "resume", "cancel", "undo", "columns", "rows")
POSTS = ("answer", "check", "pause", "resume", "cancel")


def test_every_address_is_in_these_tests() -> None:
    names = {pattern.name for pattern in urlpatterns}
    assert names == {*OF_A_RUN, *TO_UPLOAD, *CHANGES, "list", "upload", "template"}


@pytest.mark.parametrize("name", [*OF_A_RUN, *TO_UPLOAD])
def test_pages_of_an_upload_open_for_those_who_hold_the_rights(
    clerk: Client, faulty: ImportRun, name: str
) -> None:
    args = OF_A_RUN.get(name, ())
    assert clerk.get(to(name, faulty.pk, *args)).status_code in {200, 302}


@pytest.mark.parametrize("name", OF_A_RUN)
def test_who_may_only_look_looks(reader: Client, faulty: ImportRun, name: str) -> None:
    assert reader.get(to(name, faulty.pk, *OF_A_RUN[name])).status_code in {200, 302}


@pytest.mark.parametrize("name", OF_A_RUN)
def test_uploads_of_a_type_whose_right_is_lacking_are_there_to_be_looked_at(
    outsider: Client, faulty: ImportRun, name: str
) -> None:
    assert outsider.get(to(name, faulty.pk, *OF_A_RUN[name])).status_code in {200, 302}


def test_cells_are_offered_for_mending_to_those_who_hold_the_right_of_the_type(
    outsider: Client, clerk: Client, faulty: ImportRun
) -> None:
    assert "cell-3-weight" in clerk.get(to("run", faulty.pk)).content.decode()
    assert "cell-3-weight" not in outsider.get(to("run", faulty.pk)).content.decode()


@pytest.mark.parametrize("name", CHANGES)
def test_who_may_only_look_changes_nothing_and_learns_which_right_it_takes(
    reader: Client, faulty: ImportRun, name: str
) -> None:
    answer = reader.post(to(name, faulty.pk))
    assert answer.status_code == 403
    assert "Can add upload" in answer.content.decode()


@pytest.mark.parametrize("name", CHANGES)
def test_an_outsider_changes_nothing(outsider: Client, faulty: ImportRun, name: str) -> None:
    cells = {"row": "3", "cell-3-weight": "250", "was-3": "{}", "read": "yes", "header-0": "name"}
    assert outsider.post(to(name, faulty.pk), cells).status_code == 403
    faulty.refresh_from_db()
    assert faulty.status == "parsed"


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_something_is_not_done_by_looking(clerk: Client, faulty: ImportRun, name: str) -> None:
    assert clerk.get(to(name, faulty.pk)).status_code == 405


@pytest.mark.parametrize("name", [*CHANGES, "upload"])
def test_a_form_without_its_token_is_refused(worker, faulty: ImportRun, name: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(worker, backend="allauth.account.auth_backends.AuthenticationBackend")
    args = () if name == "upload" else (faulty.pk,)
    assert strict.post(to(name, *args), {"type": PARCELS}).status_code == 403


@pytest.mark.parametrize("name", [*OF_A_RUN, *TO_UPLOAD])
def test_strangers_are_led_to_the_door(
    client: Client, client_of, stranger, faulty: ImportRun, name: str
) -> None:
    args = OF_A_RUN.get(name, ())
    for who in (client, client_of(stranger)):
        answer = who.get(to(name, faulty.pk, *args))
        assert (answer.status_code, "/login/" in answer["Location"]) == (302, True)


def test_the_list_takes_the_right_to_see_uploads(clerk: Client, staff, client_of) -> None:
    assert clerk.get(to("list")).status_code == 200
    assert client_of(staff()).get(to("list")).status_code == 403


def test_uploading_takes_its_right(clerk: Client, reader: Client) -> None:
    assert clerk.get(to("upload")).status_code == 200
    assert reader.get(to("upload")).status_code == 403


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_templates_take_the_right_of_their_type(clerk: Client, outsider: Client, kind: str) -> None:
    assert clerk.get(to("template", PARCELS, kind)).status_code == 200
    assert outsider.get(to("template", PARCELS, kind)).status_code == 403


@pytest.mark.parametrize("parts", [("nothing", "csv"), (PARCELS, "pdf")])
def test_there_is_no_other_template(clerk: Client, parts: tuple[str, str]) -> None:
    assert clerk.get(to("template", *parts)).status_code == 404


def test_looking_at_an_upload_does_not_change_it(clerk: Client, faulty: ImportRun) -> None:
    before = ImportRun.objects.values().get(pk=faulty.pk)
    for name, args in {**OF_A_RUN, **TO_UPLOAD}.items():
        clerk.get(to(name, faulty.pk, *args))
    assert ImportRun.objects.values().get(pk=faulty.pk) == before


def test_buttons_name_the_right_that_is_lacking(reader: Client, faulty: ImportRun) -> None:
    text = reader.get(to("run", faulty.pk)).content.decode()
    assert 'aria-disabled="true"' in text
    assert "Needs the right “Can add upload”." in text
    assert "cell-3-weight" not in text
