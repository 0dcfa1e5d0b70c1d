from django.apps import AppConfig


class ApiConfig(AppConfig):
    """What every REST view shares, and the clients that may call."""

    name = "core.api"
    label = "api"
    verbose_name = "API"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the schema know how a client signs in."""
        from core.api import schema  # noqa: F401
