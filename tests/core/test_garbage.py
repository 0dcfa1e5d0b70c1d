"""The search for garbage is what it was once nobody asks for less of it."""

from __future__ import annotations

import gc

import pytest

from core.garbage import seldom_collected


def test_it_is_seldom_until_the_last_is_done():
    usual = gc.get_threshold()
    with seldom_collected:
        with seldom_collected:
            assert gc.get_threshold() > usual
        assert gc.get_threshold() > usual
    assert gc.get_threshold() == usual


def test_it_is_as_usual_after_a_failure():
    usual = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), seldom_collected:
        raise ZeroDivisionError
    assert gc.get_threshold() == usual
