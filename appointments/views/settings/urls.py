"""Addresses of the screens of what the organisation does business in, and of how transactions leave."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
