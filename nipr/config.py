"""Where the registry is, who we are to it, how long we wait and what it charges."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

DEFAULT_TEMPLATE = "https://{service}.api.nipr.com"
LOOKUP_PRICES = ((date(2016, 1, 1), 129),)
"""Cents for one entity report and since when: the published fee schedule of 2016."""


@dataclass(frozen=True, slots=True)
class RegistryConfig:
    """``url_template`` without ``{service}`` is one host for all services. ``timeout`` bounds a whole call."""

    url_template: str = DEFAULT_TEMPLATE
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60.0
    attempts: int = 4
    backoff: float = 0.5
    max_connections: int = 20
    lookup_prices: tuple[tuple[date, int], ...] = LOOKUP_PRICES

    @classmethod
    def from_settings(cls) -> RegistryConfig:
        """The configuration of this installation, read when it is needed and not at import."""
        from django.conf import settings

        return cls(
            url_template=getattr(settings, "NIPR_URL_TEMPLATE", DEFAULT_TEMPLATE),
            username=getattr(settings, "NIPR_USERNAME", ""),
            password=getattr(settings, "NIPR_PASSWORD", ""),
            timeout=float(getattr(settings, "NIPR_TIMEOUT", 60.0)),
            lookup_prices=getattr(settings, "NIPR_LOOKUP_PRICES", LOOKUP_PRICES),
        )

    def url(self, service: str, path: str) -> str:
        """The address of a path of a service."""
        return self.url_template.replace("{service}", service).rstrip("/") + path

    def lookup_price(self, on: date) -> int:
        """Cents for one entity report on a day; nothing before the first known price."""
        return max(((since, cents) for since, cents in self.lookup_prices if since <= on), default=(on, 0))[1]
