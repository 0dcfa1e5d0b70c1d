"""The upload ``assignment``: what producers on file should hold."""

from __future__ import annotations

from typing import ClassVar

from core.imports.rows import UploadRow
from producers import access
from producers.imports.columns import AssignmentResource
from producers.imports.judging import Judge
from producers.imports.people import PeopleUpload
from producers.imports.written import Written


class AssignmentUpload(PeopleUpload):
    """One row is one assignment of a producer on file."""

    name: ClassVar = "assignment"
    title: ClassVar = "Assign producers"
    intro: ClassVar = (
        "A row adds an assignment to a producer on file. The same assignment again changes nothing."
    )
    right: ClassVar = access.ASSIGN
    resource: ClassVar = AssignmentResource()  # type: ignore[no-untyped-call]

    def decide(self, judge: Judge, row: UploadRow) -> Written | None:
        """Say what somebody on file should hold."""
        return judge.assignment(row)


ASSIGNMENT = AssignmentUpload()
