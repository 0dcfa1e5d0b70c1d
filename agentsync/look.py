"""How the back office looks (django-unfold's settings). Where one goes in it stands in navigation.py."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

from agentsync.environment import Stage

# Chosen so that each text on each ground of the library reaches a contrast of 4.5 to 1, in light and in dark.
_BASE = {
    "50": "oklch(98.4% .003 254)",
    "100": "oklch(96.6% .005 254)",
    "200": "oklch(92.4% .009 254)",
    "300": "oklch(86.5% .014 254)",
    "400": "oklch(76% .02 256)",
    "500": "oklch(51% .03 258)",
    "600": "oklch(43.5% .033 258)",
    "700": "oklch(36.5% .035 259)",
    "800": "oklch(27.5% .032 260)",
    "900": "oklch(20.5% .029 262)",
    "950": "oklch(14% .025 263)",
}
_PRIMARY = {
    "50": "oklch(97% .015 262)",
    "100": "oklch(93.2% .034 262)",
    "200": "oklch(88.2% .061 262)",
    "300": "oklch(81% .105 260)",
    "400": "oklch(74% .14 259)",
    "500": "oklch(68% .17 260)",
    "600": "oklch(51.5% .21 263)",
    "700": "oklch(46% .2 264)",
    "800": "oklch(40% .17 265)",
    "900": "oklch(35.5% .13 265)",
    "950": "oklch(27% .09 266)",
}
_FONT = {
    "subtle-light": "var(--color-base-500)",
    "subtle-dark": "var(--color-base-400)",
    "default-light": "var(--color-base-600)",
    "default-dark": "var(--color-base-300)",
    "important-light": "var(--color-base-900)",
    "important-dark": "var(--color-base-100)",
}


def look(stage: Stage) -> dict[str, Any]:
    """The UNFOLD setting."""
    return {
        "SITE_TITLE": "AgentSync",
        "SITE_HEADER": "AgentSync",
        "SITE_SYMBOL": "verified_user",
        "SITE_URL": None,
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
        "SHOW_HISTORY": True,
        "SHOW_VIEW_ON_SITE": False,
        "BORDER_RADIUS": "8px",
        "COLORS": {"base": _BASE, "primary": _PRIMARY, "font": _FONT},
        "STYLES": [_styles],
        "ENVIRONMENT": "agentsync.look.stage_label" if stage is not Stage.PRODUCTION else None,
        "SIDEBAR": {
            "show_search": True,
            "command_search": True,
            "show_all_applications": False,
            "navigation": "agentsync.navigation.sidebar",
        },
        "COMMAND": {
            "search_models": False,
            "show_history": False,
        },
        "ACCOUNT": {
            "navigation": [
                {"title": "Change password", "link": reverse_lazy("account_change_password")},
                {"title": "Two-step sign-in", "link": reverse_lazy("mfa_index")},
            ]
        },
    }


def stage_label(_request: HttpRequest) -> list[str]:
    """The badge that tells a demonstration from the real thing."""
    from django.conf import settings

    return [settings.ENVIRONMENT.stage.value.capitalize(), "info"]


def _icon(_request: HttpRequest) -> str:
    return static("agentsync/icon.svg")


def _styles(_request: HttpRequest) -> str:
    return static("agentsync/back-office.css")
