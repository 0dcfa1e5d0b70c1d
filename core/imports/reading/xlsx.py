"""XLSX: the sheet that is meant, checked and handed to calamine in a workbook of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from lxml import etree
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from core.imports.reading import shared_texts, sheet_scan
from core.imports.reading.cells import SEPARATORS, careful, is_plain, text_of
from core.imports.reading.package import Part, damaged, deflated, packed_anew, parts_of, stored
from core.imports.reading.sheet import RawRow, Unreadable, listed

PREFERRED_SHEET: Final = "template"

_WORKBOOK: Final = "xl/workbook.xml"
_WORKSHEET_TYPE: Final = "/worksheet"
_STRINGS_TYPE: Final = "/sharedStrings"
_STYLES_TYPE: Final = "/styles"
_OTHER_PACKAGES: Final = (
    ("xl/workbook.bin", "xlsb", "This is a binary workbook (XLSB).", "Save it as XLSX and upload that."),
    (
        "word/document.xml",
        "document",
        "This is a Word document.",
        "Copy its table into a workbook and upload that.",
    ),
    (
        "ppt/presentation.xml",
        "document",
        "This is a presentation.",
        "Choose the CSV or XLSX file with the rows.",
    ),
    (
        "content.xml",
        "ods",
        "This is an OpenDocument file (ODS).",
        "Save it as XLSX or as CSV and upload that.",
    ),
    (
        "index/document.iwa",
        "numbers",
        "This is a Numbers file.",
        "Export it as XLSX or as CSV and upload that.",
    ),
)

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_CELL_OF_ERROR = re.compile(rb"""(<(?:[^\s<>/:]*:)?c\s[^<>]*?\bt\s*=\s*["'])e(["'])""")


@dataclass(frozen=True, slots=True)
class _Listing:
    """What the workbook says of itself."""

    sheets: list[tuple[str, str, str]]
    """Name, state and path of each worksheet, in order."""
    strings: str
    styles: str
    from_1904: bool


class XlsxFile:
    """A workbook in memory with one sheet of it read."""

    def __init__(self, content: bytes) -> None:
        parts = parts_of(content)
        if _WORKBOOK not in parts:
            raise _other_package(parts)
        listing = _listing(parts)
        name, path = _meant(listing.sheets)
        self.format = f"XLSX, sheet “{name[:31]}”"
        part = parts[path]
        seen = sheet_scan.look_at(part)
        self.remarks = list(_remarks(seen))
        chosen = {"xl/worksheets/sheet1.xml": deflated(_errors_as_text(part)) if seen.errors else part}
        if listing.strings in parts:
            chosen["xl/sharedStrings.xml"] = shared_texts.checked(parts[listing.strings], part)
        if listing.styles in parts:
            parts[listing.styles].content()
            chosen["xl/styles.xml"] = parts[listing.styles]
        self._sheet = _opened(packed_anew({**_own_parts(listing.from_1904), **chosen}))
        # The reader leaves out blank columns before the first filled one, but no blank rows.
        self.first_column = self._sheet.start[1] if self._sheet.start else 0
        self.lines = self._sheet.end[0] + 1 if self._sheet.end else 0

    def read(self) -> Iterator[RawRow]:
        """Every row that is not blank, as trimmed texts up to the last column with anything in it."""
        strip = str.strip
        typed: list[int] = []
        for number, row in enumerate(self._sheet.iter_rows(), start=1):
            for column in typed:
                value = row[column]
                # Nearly all of them are whole numbers: not worth a call each.
                if isinstance(value, float) and value.is_integer():
                    row[column] = f"{int(value)}"
                else:
                    row[column] = text_of(value)
            try:
                cells = list(map(strip, row))  # type: ignore[arg-type]
            except TypeError:
                typed += [column for column, value in enumerate(row) if not isinstance(value, str)]
                cells = [text_of(value).strip() for value in row]
            text = "".join(cells)
            if not text.strip(SEPARATORS):
                continue
            if is_plain(text):
                yield number, cells
            else:
                cells = careful(number, cells, self.first_column)
                if "".join(cells).strip(SEPARATORS):
                    yield number, cells


def _other_package(parts: dict[str, Part]) -> Unreadable:
    for name, code, what, fix in _OTHER_PACKAGES:
        if name in parts:
            return Unreadable(code, what, fix)
    return Unreadable("zip", "This is a ZIP archive.", "Unpack it and upload the CSV or XLSX file inside.")


def _listing(parts: dict[str, Part]) -> _Listing:
    """The worksheets and where they are, from the workbook and its relations."""
    relations_path = "xl/_rels/workbook.xml.rels"
    if relations_path not in parts:
        raise damaged("it does not say where its sheets are")
    workbook, relations = _tree(parts[_WORKBOOK]), _tree(parts[relations_path])
    targets: dict[str, tuple[str, str]] = {}
    by_type: dict[str, str] = {}
    for relation in relations.iter("{*}Relationship"):
        kind = (relation.get("Type") or "").rpartition("/")[2]
        path = _path(relation.get("Target") or "")
        targets[relation.get("Id") or ""] = (kind, path)
        by_type.setdefault(kind, path)
    sheets = []
    for sheet in workbook.iter("{*}sheet"):
        identity = next((value for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")
        kind, path = targets.get(str(identity), ("", ""))
        if kind == _WORKSHEET_TYPE[1:] and path in parts:
            sheets.append((sheet.get("name") or "", sheet.get("state") or "visible", path))
    properties = next(workbook.iter("{*}workbookPr"), None)
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true", "on")
    return _Listing(sheets, by_type.get(_STRINGS_TYPE[1:], ""), by_type.get(_STYLES_TYPE[1:], ""), from_1904)


def _tree(part: Part) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(part.content(), parser)
    except etree.XMLSyntaxError as fault:
        raise damaged("its list of sheets is no XML") from fault


def _path(target: str) -> str:
    """Where a relation of the workbook leads, as a name in the package."""
    target = target.replace("\\", "/").lower()
    if target.startswith("/"):
        return target[1:]
    return target[3:] if target.startswith("../") else f"xl/{target.removeprefix('./')}"


def _meant(sheets: list[tuple[str, str, str]]) -> tuple[str, str]:
    """Name and path of the sheet called ``template``, or of the first that is not hidden."""
    for name, _state, path in sheets:
        if name.strip().casefold() == PREFERRED_SHEET:
            return name, path
    for name, state, path in sheets:
        if state == "visible":
            return name, path
    raise Unreadable(
        "no_sheet",
        "This workbook has no sheet with cells that is not hidden.",
        f"Put the rows on the first sheet, or call their sheet “{PREFERRED_SHEET}”.",
    )


def _remarks(seen: sheet_scan.Seen) -> Iterator[str]:
    if seen.formulas:
        where = listed("Cell", seen.formula_cells, seen.formulas) if seen.formula_cells else "Some cells"
        yield f"{where}: formulas. Their results as last saved were read; a formula never calculated reads as blank."
    if seen.merged:
        where = listed("Range", seen.merged_ranges, seen.merged)
        yield f"{where}: merged cells. Only the first cell of a merged range has its value; the others read as blank."


def _errors_as_text(part: Part) -> Iterator[bytes]:
    """The sheet with its error cells marked as texts: calamine would leave ``#N/A`` blank."""
    kept = b""
    for piece in part.pieces():
        chunk = kept + piece
        end = max(chunk.rfind(b"<"), 0)
        yield _CELL_OF_ERROR.sub(rb"\1str\2", chunk[:end])
        kept = chunk[end:]
    yield kept


def _own_parts(from_1904: bool) -> dict[str, Part]:
    """A workbook around one sheet, so that calamine sees nothing of the file but what has been looked at."""
    relation = f'<Relationship Id="{{}}" Type="{_OFFICE}/{{}}" Target="{{}}"/>'.format
    relations = f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{{}}</Relationships>'.format
    workbook = (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(from_1904)}"/>'
        '<sheets><sheet name="rows" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    inside = (
        relation("rId1", "worksheet", "worksheets/sheet1.xml")
        + relation("rId2", "sharedStrings", "sharedStrings.xml")
        + relation("rId3", "styles", "styles.xml")
    )
    texts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": relations(relation("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": relations(inside),
    }
    return {name: stored(text.encode()) for name, text in texts.items()}


def _opened(package: bytes) -> CalamineSheet:
    try:
        return CalamineWorkbook.from_filelike(BytesIO(package)).get_sheet_by_index(0)
    except CalamineError as fault:
        raise damaged("its cells cannot be read") from fault
    except BaseException as fault:
        # What calamine did not expect reaches us as a panic, which Python does not count among its exceptions.
        if type(fault).__name__ != "PanicException":
            raise
        raise damaged("its cells cannot be read") from fault
