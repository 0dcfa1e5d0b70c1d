from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Anything that runs in the background: its row, progress, log and result."""

    name = "core.jobs"
    label = "jobs"
    verbose_name = "Jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Learn the job kinds of all apps: the web names them, the worker runs them."""
        autodiscover_modules("tasks")
