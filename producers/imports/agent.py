"""The upload ``agent``: producers come on file or are updated, with their agency and what they should hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from core.imports.rows import UploadRow
from producers import access
from producers.imports.columns import AgentResource
from producers.imports.judging import Judge
from producers.imports.people import PeopleUpload
from producers.imports.written import Written


class AgentUpload(PeopleUpload):
    """One row is one producer, with at most one assignment; further rows of a producer add further assignments."""

    name: ClassVar = "agent"
    title: ClassVar = "Onboard producers"
    intro: ClassVar = (
        "A row puts a producer on file or updates the one with that NPN. With the assignment columns filled it also "
        "says what the producer should hold. New producers are tracked and read from the registry."
    )
    right: ClassVar = access.ADD_PRODUCERS
    resource: ClassVar = AgentResource()  # type: ignore[no-untyped-call]

    def decide(self, judge: Judge, row: UploadRow) -> Written | None:
        """Put somebody on file, or update them, and say what they should hold."""
        return judge.agent(row)

    def rights(self, options: Mapping[str, Any]) -> list[str]:
        """It may add, change and assign, whatever its rows turn out to do."""
        return [*super().rights(options), access.CHANGE_PRODUCERS, access.ASSIGN]


AGENT = AgentUpload()
