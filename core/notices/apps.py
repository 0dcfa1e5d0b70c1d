from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What people should know: deadlines coming up, syncs that failed."""

    name = "core.notices"
    label = "notices"
    verbose_name = "Notices"
    default_auto_field = "django.db.models.BigAutoField"
