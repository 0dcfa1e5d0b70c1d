from __future__ import annotations

from django.urls import path

from core.imports.api import files, moves, rows, runs

urlpatterns = [
    path("imports", runs.ImportList.as_view(), name="api-imports"),
    path("imports/templates/<str:type_name>", files.TemplateFile.as_view(), name="api-import-template"),
    path("imports/<int:import_id>", runs.ImportDetail.as_view(), name="api-import"),
    path("imports/<int:import_id>/rows", rows.RowList.as_view(), name="api-import-rows"),
    path("imports/<int:import_id>/rows/<int:row>", rows.RowDetail.as_view(), name="api-import-row"),
    path("imports/<int:import_id>/file", files.OutcomeFile.as_view(), name="api-import-file"),
    path("imports/<int:import_id>/columns", moves.ChooseColumns.as_view(), name="api-import-columns"),
    path("imports/<int:import_id>/check", moves.CheckImport.as_view(), name="api-import-check"),
    path("imports/<int:import_id>/process", moves.ProcessImport.as_view(), name="api-import-process"),
    path("imports/<int:import_id>/pause", moves.PauseImport.as_view(), name="api-import-pause"),
    path("imports/<int:import_id>/resume", moves.ResumeImport.as_view(), name="api-import-resume"),
    path("imports/<int:import_id>/cancel", moves.CancelImport.as_view(), name="api-import-cancel"),
    path("imports/<int:import_id>/undo", moves.UndoImport.as_view(), name="api-import-undo"),
]
