"""Every address of the product, crawled: nothing is public by accident, and nothing changes by being looked at."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

#: What a stranger may see. A line here needs a reason.
PUBLIC = {
    "/",  # leads to the back office, which asks who you are
    "/account/login/",
    "/account/logout/",  # leads to the door
    "/account/signup/",  # says that it is closed
    "/account/inactive/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/password/reset/key/done/",
    "/account/password/reset/key/a-b/",  # a link out of a mail; this one says that it is used up
    "/account/confirm-email/",
    "/admin/login/",  # leads to the door
    "/admin/logout/",  # leads to the door
    "/admin/password_change/",  # leads to the door
    "/admin/jsi18n/",
    "/api/schema/",
    "/api/docs/",
}
SAMPLES = {"int": "1", "uuid": str(uuid.UUID(int=1)), "path": "a", "str": "a", "slug": "a"}
REFUSED = {401, 403, 404, 405}


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "/"
) -> Iterator[tuple[str, URLPattern]]:
    """Each address with an example for each of its parameters."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + example(entry)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, address)
        else:
            yield address, entry


def example(entry: URLPattern | URLResolver) -> str:
    pattern = entry.pattern
    if not hasattr(pattern, "_route"):
        return str(pattern).lstrip("^").rstrip("$").replace(r"(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/", "a-b/")
    route = str(pattern._route)
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        kind = {"string": "str"}.get(kind, kind)
        route = route.replace(f"<{kind}:{name}>", SAMPLES.get(kind, "a")).replace(f"<{name}>", "a")
    return route


ALL = sorted({address for address, _ in addresses()})


def is_private(address: str, response_code: int, location: str) -> bool:
    to_the_door = response_code == 302 and ("/login/" in location or location.startswith("/account/"))
    return to_the_door or response_code in REFUSED


def test_the_crawl_finds_the_product() -> None:
    assert len(ALL) > 60
    assert {"/admin/producers/", "/admin/producers/1/", "/admin/search/"} <= set(ALL)


@pytest.mark.django_db
@pytest.mark.parametrize("address", [address for address in ALL if address not in PUBLIC])
def test_a_stranger_sees_nothing(client: Client, address: str) -> None:
    response = client.get(address)
    assert is_private(address, response.status_code, response.headers.get("Location", "")), (
        response.status_code
    )


@pytest.mark.django_db
@pytest.mark.parametrize("address", [address for address in ALL if address.startswith("/admin/")])
def test_an_account_that_is_not_staff_sees_nothing(client_of, stranger, address: str) -> None:
    response = client_of(stranger).get(address)
    location = response.headers.get("Location", "")
    assert response.status_code in REFUSED or location.startswith(("/account/", "/admin/login/")), address


def test_no_exemption_is_stale() -> None:
    assert set(ALL) >= PUBLIC - {"/api/schema/", "/api/docs/"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", [address for address in ALL if not address.startswith(("/api/", "/oauth/"))]
)
def test_a_form_without_its_token_is_refused(admin: Client, address: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = admin.cookies
    assert browser.post(address).status_code in {302, 403, 404, 405}
