from django.apps import AppConfig


class ListsConfig(AppConfig):
    """Lists: filters, sorting, columns, saved views, exports, actions on many rows."""

    name = "core.lists"
    label = "lists"
    verbose_name = "Lists"
    default_auto_field = "django.db.models.BigAutoField"
