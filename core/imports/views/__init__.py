"""The screens of uploads."""

from core.imports.lists import UPLOADS
from core.imports.views.columns import columns_page
from core.imports.views.files import outcome_file, template_file
from core.imports.views.mending import row_page, rows_page
from core.imports.views.moves import answer, cancel, check, pause, process_page, resume, undo_page
from core.imports.views.run import run_page, run_progress
from core.imports.views.upload import upload_page
from core.lists.views import list_view

run_list = list_view(UPLOADS)

__all__ = [
    "answer",
    "cancel",
    "check",
    "columns_page",
    "outcome_file",
    "pause",
    "process_page",
    "resume",
    "row_page",
    "rows_page",
    "run_list",
    "run_page",
    "run_progress",
    "template_file",
    "undo_page",
    "upload_page",
]
