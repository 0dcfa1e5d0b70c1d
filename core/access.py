"""Who may open a page. A page names one right; a person without it learns which right to ask for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Permission
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse

from core.accounts.models import User
from core.actor import Actor
from core.errors import NotAllowed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def has_right(user: User | AnonymousUser, right: str) -> bool:
    """Whether the user holds a right such as ``producers.view_producer``; an empty right asks for nothing."""
    return not right or user.has_perm(right)


def require_right(user: User | AnonymousUser, right: str) -> None:
    """Raise NotAllowed, naming the right, unless the user holds it."""
    if not has_right(user, right):
        raise NotAllowed(right, f"This needs the right “{right_label(right)}”.")


def lacking(user: User | AnonymousUser, right: str) -> str:
    """What stands where a button would: which right it takes; empty for who holds it."""
    return "" if has_right(user, right) else f"Needs the right “{right_label(right)}”."


def right_label(right: str) -> str:
    """The words of a right as they stand in the group form; the bare code when it is unknown."""
    app_label, _, codename = right.partition(".")
    found = Permission.objects.filter(content_type__app_label=app_label, codename=codename)
    return found.values_list("name", flat=True).first() or right


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that has passed the door."""
    if not isinstance(request.user, User):
        raise NotAllowed("", "Sign in first.")
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """The actor for the services a back-office view calls."""
    return Actor.person(signed_in(request))


def back_office_page(right: str = "") -> Callable[[View[P]], View[P]]:
    """Open a view to staff who hold ``right``. Others sign in, or read which right is missing."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = request.user
            if not (user.is_active and user.is_authenticated and user.is_staff):
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            try:
                require_right(user, right)
                return view(request, *args, **kwargs)
            except NotAllowed as refusal:
                return render_page(
                    request, "core/not_allowed.html", {"refusal": refusal}, "Not allowed", status=403
                )

        vars(guarded)["required_right"] = right  # read by the test that crawls the URL map
        return cast("View[P]", guarded)

    return decorate


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any], title: str, *, status: int = 200
) -> TemplateResponse:
    """Render a back-office page inside the admin site's frame: navigation, search, theme."""
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, "title": title, **context}, status=status)
