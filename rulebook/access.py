"""Who may open the library's pages: any staff member reads, changing asks for a right."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

CHANGE_RULES = "rulebook.change_staterule"
CHANGE_LINES = "rulebook.change_lineofauthority"
RIGHTS = {CHANGE_RULES: "Can change state rule", CHANGE_LINES: "Can change line of authority"}


def library_page(right: str = "") -> Callable[[View[P]], View[P]]:
    """Open a page to staff; where a right is asked for, the refusal names it."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if right and not may(request, right):
                context = {"title": "Not allowed", "right": right, "right_label": RIGHTS[right]}
                frame = admin.site.each_context(request)
                return TemplateResponse(request, "rulebook/not_allowed.html", frame | context, status=403)
            return view(request, *args, **kwargs)

        guarded = admin.site.admin_view(checked)
        vars(guarded)["required_right"] = right  # read by the test that crawls the URL map
        return guarded  # type: ignore[return-value]  # the stubs promise less than a response

    return decorate


def may(request: HttpRequest, right: str) -> bool:
    return request.user.has_perm(right)
