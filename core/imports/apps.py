from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Uploads of files: read, judged, mended, processed and undone."""

    name = "core.imports"
    label = "imports"
    verbose_name = "Uploads"
    default_auto_field = "django.db.models.BigAutoField"
