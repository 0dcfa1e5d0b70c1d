"""The types of upload there are: each an ``Upload`` in the ``imports`` module of its app, registered in the wiring."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from core.actor import Actor
from core.errors import Conflict, FieldError, InvalidInput
from core.imports.models import ImportRow, ImportRun
from core.imports.resource import UploadResource
from core.imports.rows import UploadRow

if TYPE_CHECKING:
    from core.imports.work import Work

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Option:
    """Something to be chosen for a whole upload: one of ``choices``, or yes and no where there are none.

    ``right`` is what it takes to switch it on; ``spends`` marks one whose cost has to be confirmed.
    """

    name: str
    label: str
    help_text: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    default: str | bool = False
    right: str = ""
    spends: bool = False

    def read(self, given: Any) -> str | bool:
        """The value; raises ValueError with what it may be."""
        text = str(given).strip().lower()
        if self.choices:
            names = [name for name, _label in self.choices]
            if text not in names:
                raise ValueError(f"“{text[:50]}” is none of {', '.join(names)}.")
            return text
        if text not in TRUE_WORDS | FALSE_WORDS:
            raise ValueError(f"“{text[:50]}” is neither true nor false.")
        return text in TRUE_WORDS


class Survey:
    """What has to be known of all rows of a file before the first is judged. This one needs to know nothing."""

    looks_at: ClassVar[Collection[str] | None] = None
    """The columns whose values it looks at, if it looks at nothing else of a row: the rest need not be read then."""

    def see(self, row: UploadRow) -> None:
        """Take note of a row. Rows come in the order of the file, each once; its problems may not be added to yet."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What rows are judged with."""

    run: ImportRun
    survey: Any
    options: Mapping[str, Any]


@dataclass(slots=True)
class Undone:
    """What undoing some rows came to: ``kept`` are rows on which something has built, with the sentence what."""

    undone: list[int] = field(default_factory=list)
    """Primary keys of rows."""
    kept: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A further sheet of the XLSX template."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[str]]


class Upload(ABC):
    """One type of upload: its columns, how rows are judged, how they are written."""

    name: ClassVar[str]
    title: ClassVar[str]
    """``Onboard producers``"""
    intro: ClassVar[str]
    """A sentence or two on what a row does."""
    right: ClassVar[str]
    """What it takes to upload and process, besides the rights of this room."""
    resource: ClassVar[UploadResource]
    options: ClassVar[tuple[Option, ...]] = ()
    rows_at_once: ClassVar[int] = 1000
    can_be_undone: ClassVar[bool] = False

    def survey(self) -> Survey:
        """A fresh survey for a file."""
        return Survey()

    @abstractmethod
    def judge(self, rows: Sequence[UploadRow], judging: Judging) -> None:
        """Say of each row what processing it would do now. Reads with a constant number of queries; writes nothing.

        Faulty rows come too; they are only labelled.
        """

    @abstractmethod
    def write(self, rows: Sequence[UploadRow], work: Work) -> None:
        """Do what the rows say, in the transaction of the caller, judging them anew under locks.

        A row that cannot be done any more gets a fault; the others get their ``outcome``, ``changes`` and ``effect``.
        """

    def carry_out(self, work: Work) -> None:
        """Process all rows that wait. A type that cannot write row by row does it its own way."""
        work.in_chunks(self.write)

    def close(self, work: Work) -> None:  # noqa: B027 - most types have nothing to do here
        """What follows once processing stops: done, paused, cancelled or failed. May be called again."""

    def undo(self, rows: Sequence[UploadRow], actor: Actor) -> Undone:
        """Take back what the rows made, as far as nothing has built on it, in the transaction of the caller."""
        raise Conflict("This type of upload cannot be undone.", "Change what it made by hand.")

    def stopped(self, run: ImportRun) -> None:  # noqa: B027 - most types have nothing to do here
        """A person paused or cancelled it, whether or not a job is at work on it; in the transaction of that."""

    def cautions(self, run: ImportRun) -> Sequence[str]:
        """What whoever is about to process it should know besides its cost, in sentences."""
        return ()

    def comes_to(self, run: ImportRun) -> str:
        """What the rows that were processed have come to elsewhere, and how that stands now, in a sentence or two."""
        return ""

    def leads_to(self, run: ImportRun) -> Sequence[tuple[str, str]]:
        """What an upload that was processed has made elsewhere, to look at: names with their addresses."""
        return ()

    def row_leads_to(self, row: ImportRow) -> Sequence[tuple[str, str]]:
        """What a row that is done has made or changed, to look at: names with their addresses. Without a query."""
        return ()

    def spending_in_words(self, foreseen: Mapping[str, Any]) -> str:
        """What processing spends whatever the options: ``reading 3 reports for $3.90``; blank for nothing."""
        return ""

    def sheets(self) -> Sequence[Sheet]:
        """Further sheets of the template, behind ``template`` and ``accepted_values``."""
        return ()

    def read_options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The options, defaults filled in; InvalidInput with every fault. Names that are none of ours are refused."""
        known = {option.name: option for option in self.options}
        faults: list[FieldError] = [
            {"path": name, "code": "unknown_field", "message": f"“{name[:50]}” is no option of this upload."}
            for name in given
            if name not in known
        ]
        values: dict[str, Any] = {}
        for name, option in known.items():
            try:
                values[name] = option.read(given[name]) if name in given else option.default
            except ValueError as fault:
                faults.append({"path": name, "code": "invalid", "message": str(fault)})
        if faults:
            raise InvalidInput(faults)
        return values

    def spends(self, options: Mapping[str, Any]) -> bool:
        """Whether processing with these options costs money at once."""
        return any(option.spends and options.get(option.name) for option in self.options)

    def rights(self, options: Mapping[str, Any]) -> list[str]:
        """Every right that processing with these options takes."""
        chosen = [option.right for option in self.options if option.right and options.get(option.name)]
        return [self.right, *dict.fromkeys(chosen)]


_types: dict[str, Upload] = {}


def register(upload: Upload) -> None:
    """Let files of this type be uploaded; registering a name again replaces it."""
    _types[upload.name] = upload


def upload_named(name: str) -> Upload:
    """The type of that name; InvalidInput when there is none."""
    try:
        return _types[name]
    except KeyError:
        known = ", ".join(_types)
        message = f"There is no upload type “{str(name)[:50]}”; there are {known}."
        raise InvalidInput([{"path": "type", "code": "unknown", "message": message}]) from None


def all_uploads() -> list[Upload]:
    """Every type, in the order of registration."""
    return list(_types.values())
