"""Whether a report says what the last one said, for about the price of reading it once more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from nipr.wire import messages

MAPPING_VERSION = b"1"
"""Raise when documents are mapped to other rows than before: unchanged documents are then read again."""


def _values(message: type[Any], *without: str) -> Callable[[Any], tuple[Any, ...]]:
    """A reader of all fields of a message at C speed."""
    return attrgetter(*(field.name for field in fields(message) if field.name not in without))


# A digest is no place for a number that nine digits of guessing can find again; that there is one says enough.
_BIOGRAPHIC = _values(messages.Biographic, "ssn", "birth_date")
_LICENSE = _values(messages.License, "lines")
_LINE = _values(messages.LineOfAuthority)
_APPOINTMENT = _values(messages.Appointment)
_ACTION = _values(messages.RegulatoryAction)
_ADDRESS = _values(messages.Address)
_CONTACT = _values(messages.ContactInfo)
_NAME = _values(messages.OtherName)


def report_digest(report: messages.EntityReport) -> str:
    """Equal for two reports that hold the same rows in any order."""
    who = report.biographic
    state = blake2b(MAPPING_VERSION, digest_size=16)
    state.update(repr((report.entity_type, _BIOGRAPHIC(who), bool(who.ssn), bool(who.birth_date))).encode())
    sections = (
        (f"{_LICENSE(row)}{sorted(map(repr, map(_LINE, row.lines)))}" for row in report.licenses),
        _texts(_APPOINTMENT, report.appointments),
        _texts(_ACTION, report.regulatory_actions),
        _texts(_ADDRESS, report.addresses),
        _texts(_CONTACT, report.contacts),
        _texts(_NAME, report.other_names),
    )
    for section in sections:
        state.update("\n".join(("", *sorted(section))).encode())
    return state.hexdigest()


def _texts(values: Callable[[Any], tuple[Any, ...]], rows: Iterable[Any]) -> Iterable[str]:
    return map(repr, map(values, rows))
