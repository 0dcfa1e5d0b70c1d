from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, when and why; rows are only ever added."""

    name = "core.audit"
    label = "audit"
    verbose_name = "Audit trail"
    default_auto_field = "django.db.models.BigAutoField"
