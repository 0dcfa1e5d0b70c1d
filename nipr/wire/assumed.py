"""Everything this project assumes about the registry without public evidence, in one place.

The client and the simulator share these definitions, so a correction is made once. Each says why it is as it is.
"""

from __future__ import annotations

NO_PRODUCER = "The registry's reply holds no producer."
"""An INDIVIDUAL or FIRM document without a PRODUCER: no sample shows one, and it can only mean *not found*."""

ADDRESS_ELEMENTS = {
    "ResidentialAddress": ("1", "Residence"),
    "PhysicalAddress": ("2", "Business"),
    "MailingAddress": ("3", "Mailing"),
}
"""Alerts name an address by its element, reports by a code: that Physical is Business is a reading, not evidence."""
