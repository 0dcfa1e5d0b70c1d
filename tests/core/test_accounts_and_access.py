from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.access import back_office_page, has_right, require_right, right_label
from core.accounts.models import User
from core.actor import Actor, ActorKind
from core.audit import services as audit
from core.audit.models import AuditEntry
from core.errors import NotAllowed
from core.templatetags.core_tags import HISTORY_ROWS, history_of

pytestmark = pytest.mark.django_db


@back_office_page("audit.view_auditentry")
def page(request):
    return HttpResponse("the page")


@back_office_page()
def refusing_page(request):
    raise NotAllowed("producers.reveal_ssn", "This needs the right “Can reveal”.")


def ask(rf, user, view=page) -> HttpResponse:
    request = rf.get("/admin/somewhere/?a=1")
    request.user = user
    response = view(request)
    return response.render() if hasattr(response, "render") else response


def test_one_address_is_one_account_whatever_its_case():
    User.objects.create_user("Ines@Example.com ", "x")
    assert User.objects.get().email == "ines@example.com"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="INES@example.com")


def test_signing_in_does_not_mind_the_case():
    User.objects.create_user("ines@example.com", "a long enough passphrase", is_staff=True)
    assert User.objects.get_by_natural_key(" INES@example.com").email == "ines@example.com"


def test_an_account_needs_an_address():
    with pytest.raises(ValueError, match="e-mail address"):
        User.objects.create_user("")


def test_without_a_password_nobody_can_sign_in():
    assert not User.objects.create_user("ines@example.com").has_usable_password()


def test_people_are_called_by_their_name_or_by_their_address():
    named, bare = User(email="a@example.com", name="Ada Lindqvist"), User(email="b@example.com")
    assert (str(named), named.get_short_name(), str(bare)) == ("Ada Lindqvist", "Ada", "b@example.com")
    assert Actor.person(named) == Actor(ActorKind.PERSON, None, "Ada Lindqvist")


def test_the_right_opens_the_page(rf, staff):
    assert ask(rf, staff("audit.view_auditentry")).content == b"the page"


def test_strangers_are_sent_to_sign_in_and_back(rf, stranger):
    answer = ask(rf, stranger)
    assert (answer.status_code, "next=/admin/somewhere/%3Fa%3D1" in answer.url) == (302, True)


def test_people_made_inactive_are_out_at_once(rf, staff):
    user = staff("audit.view_auditentry", is_active=False)
    assert ask(rf, user).status_code == 302


def test_without_the_right_the_page_names_it(rf, staff):
    answer = ask(rf, staff())
    assert answer.status_code == 403
    assert "Can view audit entry" in answer.content.decode()


def test_a_refusal_inside_the_page_looks_the_same(rf, staff):
    answer = ask(rf, staff(), refusing_page)
    assert (answer.status_code, "Can reveal" in answer.content.decode()) == (403, True)


def test_rights_are_asked_for_by_their_words(staff):
    user = staff("audit.view_auditentry")
    assert has_right(user, "audit.view_auditentry")
    assert has_right(user, "")
    assert right_label("no.such_right") == "no.such_right"
    with pytest.raises(NotAllowed, match="Can retry and cancel jobs"):
        require_right(user, "jobs.control_job")


def test_the_history_of_a_record_shows_who_did_what_and_why(staff):
    user = staff()
    other = staff(email="other@example.com")
    changes = {"name": ["Ines", "<b>Inês</b>"]}
    audit.record("user.renamed", actor=Actor.person(user), subject=user, changes=changes, reason="Typo.")
    audit.record("user.renamed", actor=Actor.task("night"), subject=other)
    shown = history_of(user)
    assert [entry.reason for entry in shown["entries"]] == ["Typo."]
    assert shown["more"] is False


def test_a_long_history_says_that_there_is_more(staff):
    user = staff()
    records = [audit.AuditRecord("user.seen", Actor.task("night"), user) for _ in range(HISTORY_ROWS + 1)]
    audit.record_many(records)
    assert (len(history_of(user)["entries"]), history_of(user)["more"]) == (HISTORY_ROWS, True)


def test_users_are_listed_and_edited_in_the_admin_but_never_deleted(admin, leo):
    assert admin.get(reverse("admin:accounts_user_changelist")).status_code == 200
    assert admin.get(reverse("admin:accounts_user_add")).status_code == 200
    text = admin.get(reverse("admin:accounts_user_change", args=[leo.pk])).content.decode()
    assert "leo@example.com" in text
    assert admin.get(reverse("admin:accounts_user_delete", args=[leo.pk])).status_code == 403


def test_the_bell_counts_for_staff_only(staff, client_of):
    assert Client().get(reverse("account_login")).context["unread_notices"] == 0
    assert client_of(staff()).get(reverse("notices:list")).context["unread_notices"] == 0


def change(browser: Client, user: User, **fields) -> HttpResponse:
    """Save the form of a user with these fields."""
    form = {"email": user.email, "name": user.name, "is_active": "on", "is_staff": "on"} | fields
    return browser.post(f"/admin/accounts/user/{user.pk}/change/", form)


def test_who_gave_which_rights_is_on_the_record(admin, leo):
    auditors = Group.objects.get(name="Auditor")
    change(admin, leo, is_staff="", groups=[auditors.pk])
    entry = AuditEntry.objects.get(action="user.updated", subject_id=str(leo.pk))
    assert entry.actor_label
    assert entry.changes["is_staff"] == [True, False]
    assert entry.changes["groups"] == [["Licensing specialist"], ["Auditor"]]


def test_who_set_the_password_of_another_is_on_the_record(admin, leo):
    word = "a-long-and-new-one"
    form = {"usable_password": "true", "password1": word, "password2": word}
    admin.post(f"/admin/accounts/user/{leo.pk}/password/", form)
    leo.refresh_from_db()
    assert leo.check_password(word)
    entry = AuditEntry.objects.get(action="user.password_set")
    assert (entry.subject_id, entry.changes) == (str(leo.pk), {})


def test_only_a_superuser_gives_what_stands_above_the_groups(admin, ada, leo, client_of):
    above = {"is_superuser": "on", "user_permissions": [Permission.objects.earliest("pk").pk]}
    assert change(admin, leo, **above).status_code == 302
    leo.refresh_from_db()
    assert (leo.is_superuser, leo.user_permissions.count()) == (False, 0)
    User.objects.filter(pk=ada.pk).update(is_superuser=True)
    change(admin, leo, **above)
    leo.refresh_from_db()
    assert (leo.is_superuser, leo.user_permissions.count()) == (True, 1)


def test_administrators_do_not_raise_themselves(admin, ada):
    submitters = Group.objects.get(name="Submitter")
    assert change(admin, ada, is_superuser="on", groups=[submitters.pk]).status_code == 302
    ada.refresh_from_db()
    assert (ada.is_superuser, list(ada.groups.values_list("name", flat=True))) == (False, ["Administrator"])


def test_nobody_less_takes_over_the_account_of_a_superuser(admin):
    root = User.objects.create_superuser("root@example.com", "x")
    assert change(admin, root, email="mine@example.com").status_code == 403
    assert admin.post(f"/admin/accounts/user/{root.pk}/password/", {"password1": "x"}).status_code == 403
