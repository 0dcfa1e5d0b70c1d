"""A saved view: the filters, order and columns of a list, under a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """What stands behind the question mark of a list's address, kept by one person, perhaps for all."""

    list_key = models.CharField(max_length=100)
    name = models.CharField(max_length=80)
    query = models.TextField(blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    shared = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        permissions = (("share_view", "Can share saved views with everybody"),)
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=["list_key", "owner", "name"], name="lists_one_view_a_name"),
            models.CheckConstraint(condition=~Q(name=""), name="lists_view_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name
