"""The world in which tests of uploads ask: that of request sets."""

from __future__ import annotations

from tests.appointments.asking.conftest import ines, place  # noqa: F401 - fixtures of another room
