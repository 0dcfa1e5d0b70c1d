"""The upload ``assignment``: what producers on file should hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from core.imports.rows import UploadRow
from core.imports.types import Judging, Upload
from producers import access
from producers.imports.columns import AssignmentResource

if TYPE_CHECKING:
    from core.imports.work import Work


class AssignmentUpload(Upload):
    """One row is one assignment of a producer on file."""

    name: ClassVar = "assignment"
    title: ClassVar = "Assign producers"
    intro: ClassVar = (
        "A row adds an assignment to a producer on file. The same assignment again changes nothing."
    )
    right: ClassVar = access.ASSIGN
    resource: ClassVar = AssignmentResource()
    can_be_undone: ClassVar = True

    def judge(self, rows: Sequence[UploadRow], judging: Judging) -> None:
        raise NotImplementedError

    def write(self, rows: Sequence[UploadRow], work: Work) -> None:
        raise NotImplementedError


ASSIGNMENT = AssignmentUpload()
