from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in."""

    name = "core.accounts"
    label = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"
