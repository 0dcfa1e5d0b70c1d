"""What can go wrong with the registry, sorted by what to do about it.

``retry``: the same call may succeed later. ``fix_data``: our data (an NPN, a name) is wrong. ``fix_configuration``: the
account or an address is wrong, and no call will succeed before someone changes it. ``unknown``: someone has to look.
``message`` is a sentence for people; it never holds an SSN, a credential or a document.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class ErrorKind(StrEnum):
    RETRY = "retry"
    FIX_DATA = "fix_data"
    FIX_CONFIGURATION = "fix_configuration"
    UNKNOWN = "unknown"


class RegistryError(Exception):
    """Base of all of them, with a sentence.

    ``outcome_unknown``: the call left and no answer tells whether it had an effect (or was billed).
    """

    kind: ClassVar[ErrorKind] = ErrorKind.UNKNOWN

    def __init__(self, message: str, *, outcome_unknown: bool = False) -> None:
        self.message = message
        self.outcome_unknown = outcome_unknown
        super().__init__(message)


class UnknownNpn(RegistryError):
    """The registry has no entity with that NPN."""

    kind = ErrorKind.FIX_DATA


class InvalidNpn(RegistryError):
    """Not an NPN: one to ten digits. Found before anything is sent, or said by the registry."""

    kind = ErrorKind.FIX_DATA


class InvalidQuery(RegistryError):
    """A search the registry would refuse: too few letters, or fields that do not go together."""

    kind = ErrorKind.FIX_DATA


class UnknownSubscription(RegistryError):
    """The alerts service does not know the subscription, or not yet."""

    kind = ErrorKind.FIX_DATA


class RegistryTimeout(RegistryError):
    """No whole reply before the deadline. Whether a paid look-up was billed is not known."""

    kind = ErrorKind.RETRY


class RegistryUnavailable(RegistryError):
    """The registry cannot be reached, says it is broken, or asks to come back later."""

    kind = ErrorKind.RETRY


class NotSent(RegistryUnavailable):
    """It surely never reached the registry: no address, no connection, no TLS. Sending it later is no repetition."""


class NoAlertsToday(RegistryError):
    """Nothing changed that day: a normal answer with zero rows, not a failure."""

    kind = ErrorKind.RETRY


class ReportNotReady(RegistryError):
    """The day's report is not complete yet: ask again later the same day."""

    kind = ErrorKind.RETRY


class WrongCredentials(RegistryError):
    """The registry refuses our name and password, or what they may do."""

    kind = ErrorKind.FIX_CONFIGURATION


class WrongAddress(RegistryError):
    """Something answers at that address, but it is not the registry's service."""

    kind = ErrorKind.FIX_CONFIGURATION


class UnreadableReply(RegistryError):
    """A reply that cannot be read or must not be trusted."""


class WrongEntity(RegistryError):
    """A report about somebody else than was asked for. Nothing of it may be kept."""


class RegistryFault(RegistryError):
    """A refusal the client has no better name for."""
