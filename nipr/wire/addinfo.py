"""When each category of an entity last changed: the free question before the paid one. Both directions.

The request is known, the reply is not: what we write is in :mod:`nipr.wire.assumed`, and what we read is anything that
says a date beside a name of a category. A reply that says nothing we understand is ``None``, never an error.
"""

from __future__ import annotations

from datetime import date

from lxml import etree

from nipr.wire.assumed import ADDINFO_ELEMENTS, ADDINFO_STEMS
from nipr.wire.errors import DecodeError
from nipr.wire.messages import AddInfo
from nipr.wire.values import loose_date, same_npn, us_date
from nipr.wire.xml import Element, add, local_name, parse, serialize


def encode(info: AddInfo) -> bytes:
    """The document we assume."""
    root = etree.Element("PDB")
    add(add(root, "TRANSACTION_TYPE"), "TYPE", "ADDINFO")
    body = add(root, "ADDINFO")
    add(body, "ID_ENTITY", info.npn)
    for category, name in ADDINFO_ELEMENTS.items():
        add(body, name, us_date(getattr(info, category)))
    return serialize(root)


def decode(data: bytes, npn: str) -> AddInfo | None:
    """What can be understood of a reply about ``npn``, ``None`` when that is nothing.

    Of several dates for a category the latest counts: too late a date buys a report in vain, too early a one misses a
    change. A document about entities themselves is another document, however many dates it holds.
    """
    try:
        root = parse(data)
    except DecodeError:
        return None
    if next(root.iter("PRODUCER", "BIOGRAPHIC", "INDIVIDUAL", "FIRM"), None) is not None or not _is_about(
        root, npn
    ):
        return None
    found: dict[str, date] = {}
    for element in root.iter("*"):
        category, value = _category(element), loose_date((element.text or "").strip())
        if category and value:
            found[category] = max(value, found.get(category, value))
    return AddInfo(npn, **found) if found else None


def _is_about(root: Element, npn: str) -> bool:
    """Whether every number the reply gives for its entity, if any, is the one asked about."""
    numbers = root.iter("ID_ENTITY", "NPN")
    return all(same_npn((number.text or "").strip(), npn) for number in numbers)


def _category(element: Element) -> str | None:
    """The category an element or its parent is named after."""
    parent = element.getparent()
    names = (local_name(element), local_name(parent) if parent is not None else "")
    for name in names:
        for stem, category in ADDINFO_STEMS.items():
            if stem in name.upper():
                return category
    return None
