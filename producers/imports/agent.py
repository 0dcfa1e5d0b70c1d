"""The upload ``agent``: producers come on file or are updated, with their agency and what they should hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from core.imports.rows import UploadRow
from core.imports.types import Judging, Upload
from producers import access
from producers.imports.columns import AgentResource

if TYPE_CHECKING:
    from core.imports.work import Work


class AgentUpload(Upload):
    """One row is one producer, with at most one assignment; further rows of a producer add further assignments."""

    name: ClassVar = "agent"
    title: ClassVar = "Onboard producers"
    intro: ClassVar = (
        "A row puts a producer on file or updates the one with that NPN. With the assignment columns filled it also "
        "says what the producer should hold. New producers are tracked and read from the registry."
    )
    right: ClassVar = access.ADD_PRODUCERS
    resource: ClassVar = AgentResource()
    can_be_undone: ClassVar = True

    def judge(self, rows: Sequence[UploadRow], judging: Judging) -> None:
        raise NotImplementedError

    def write(self, rows: Sequence[UploadRow], work: Work) -> None:
        raise NotImplementedError


AGENT = AgentUpload()
