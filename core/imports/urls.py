from django.urls import path

from core.imports import views

app_name = "imports"

urlpatterns = [
    path("uploads/", views.run_list, name="list"),
    path("uploads/new/", views.upload_page, name="upload"),
    path("uploads/templates/<str:type_name>/<str:kind>/", views.template_file, name="template"),
    path("uploads/<int:pk>/", views.run_page, name="run"),
    path("uploads/<int:pk>/progress/", views.run_progress, name="progress"),
    path("uploads/<int:pk>/rows/", views.rows_page, name="rows"),
    path("uploads/<int:pk>/rows/<int:number>/", views.row_page, name="row"),
    path("uploads/<int:pk>/columns/", views.columns_page, name="columns"),
    path("uploads/<int:pk>/outcomes/<str:which>/<str:kind>/", views.outcome_file, name="outcome_file"),
    path("uploads/<int:pk>/answer/", views.answer, name="answer"),
    path("uploads/<int:pk>/check/", views.check, name="check"),
    path("uploads/<int:pk>/process/", views.process_page, name="process"),
    path("uploads/<int:pk>/pause/", views.pause, name="pause"),
    path("uploads/<int:pk>/resume/", views.resume, name="resume"),
    path("uploads/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("uploads/<int:pk>/undo/", views.undo_page, name="undo"),
]
