"""What is done with uploads. Screens, the API and commands call these and nothing deeper."""

from core.imports.services.keeping import prune, settle_dead
from core.imports.services.mending import check_again, mend
from core.imports.services.running import CostChanged, cancel, pause, process, resume, undo
from core.imports.services.uploading import SameFile, answer_same_file, choose_columns, upload

__all__ = [
    "CostChanged",
    "SameFile",
    "answer_same_file",
    "cancel",
    "check_again",
    "choose_columns",
    "mend",
    "pause",
    "process",
    "prune",
    "resume",
    "settle_dead",
    "undo",
    "upload",
]
