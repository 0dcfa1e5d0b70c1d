"""The hitlist: free search by name, company or licence. Both directions."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from nipr.wire.assumed import HITLIST_FIRM, HITLIST_INDIVIDUAL
from nipr.wire.errors import DecodeError
from nipr.wire.messages import EntityType, HitlistRow, RegistryRefusal
from nipr.wire.values import fein, loose_date, us_date
from nipr.wire.xml import Element, add, local_name, parse, serialize


def encode(result: Iterable[HitlistRow] | RegistryRefusal) -> bytes:
    """The hitlist document of some rows, or the ERROR document of a refusal."""
    root = etree.Element("HITLIST")
    if isinstance(result, RegistryRefusal):
        add(add(root, "TRANSACTION_TYPE"), "TYPE", "ERROR")
        add(add(root, "ERROR"), "DESCRIPTION", result.description)
        return serialize(root)
    add(add(root, "TRANSACTION_TYPE"), "TYPE", "HITLIST")
    for row in result:
        _write(root, row)
    return serialize(root)


def _write(root: Element, row: HitlistRow) -> None:
    if row.entity_type is EntityType.FIRM:
        element = add(root, HITLIST_FIRM)
        add(element, "NAME_COMPANY", row.name)
        add(element, "ID_ENTITY", row.entity_id)
        add(element, "NPN", row.npn)
        add(element, "STATE_DOMICILE", row.resident_state)
        add(element, "ID_FEIN", row.fein)
        return
    element = add(root, HITLIST_INDIVIDUAL)
    add(element, "NAME", row.name)
    add(element, "ID_ENTITY", row.entity_id)
    add(element, "NPN", row.npn)
    add(element, "STATE_RESIDENT", row.resident_state)
    add(element, "DATE_BIRTH", us_date(row.birth_date))


def decode(data: bytes) -> tuple[HitlistRow, ...] | RegistryRefusal:
    """The rows found, none being a valid answer. A wrong birth date in a row reads as absent: it is only a hint."""
    root = parse(data)
    if local_name(root) not in ("HITLIST", "PDB"):
        raise DecodeError(f"Expected a HITLIST document, got {local_name(root)}.", element=local_name(root))
    if (root.findtext("TRANSACTION_TYPE/TYPE") or "").strip().upper() == "ERROR":
        return RegistryRefusal((root.findtext("ERROR/DESCRIPTION") or "").strip())
    return tuple(_read(element) for element in root.iter(HITLIST_INDIVIDUAL, HITLIST_FIRM) if len(element))


def _read(element: Element) -> HitlistRow:
    def text(*names: str) -> str:
        return next((found.strip() for name in names if (found := element.findtext(name))), "")

    return HitlistRow(
        name=text("NAME", "NAME_COMPANY"),
        npn=text("NPN"),
        entity_id=text("ID_ENTITY"),
        resident_state=text("STATE_RESIDENT", "STATE_DOMICILE").upper(),
        birth_date=loose_date(text("DATE_BIRTH")),
        entity_type=EntityType.FIRM if local_name(element) == HITLIST_FIRM else EntityType.INDIVIDUAL,
        fein=fein(text("ID_FEIN")),
    )
