"""Who may sign in and how often one may fail."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class ClosedSignUpAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def client_address(request: HttpRequest) -> str:
    """The address of the person, as our own proxy saw it; what a client claims of itself is not believed."""
    if settings.ENVIRONMENT.behind_tls_proxy:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
        if forwarded:
            return str(forwarded)
    return str(request.META.get("REMOTE_ADDR", ""))


def account_tried(request: HttpRequest | None, credentials: Mapping[str, str] | None) -> str:
    """The account somebody tries to enter, spelled one way, so that case, blanks and look-alikes buy no more tries."""
    given = dict(credentials or {})
    typed = given.get("email") or given.get("username") or (request.POST.get("login", "") if request else "")
    return unicodedata.normalize("NFKC", typed.strip()).casefold()


def too_many_failures(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """The same answer for an account that exists and one that does not."""
    return render(request, "account/too_many_failures.html", status=429)
