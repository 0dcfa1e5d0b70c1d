"""Small models to try the shared machinery on; their tables are made by conftest.py."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.crypto import EncryptedDateField, EncryptedTextField, KeyedHashField
from core.versioned import VersionedFact


class Fact(VersionedFact):
    """A fact about an owner: its colour and size."""

    NATURAL_KEY = ("owner", "code")
    COMPARED = ("colour", "size")

    owner = models.CharField(max_length=20)
    code = models.CharField(max_length=20)
    colour = models.CharField(max_length=20, blank=True)
    size = models.IntegerField(null=True)

    class Meta:
        app_label = "core"
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "code"], condition=Q(known_to__isnull=True), name="one_current_fact"
            ),
        )

    def __str__(self) -> str:
        return self.code


class Secretive(models.Model):
    """Somebody with things to hide."""

    name = models.CharField(max_length=50, blank=True)
    ssn = EncryptedTextField(null=True)
    ssn_hash = KeyedHashField(of="ssn", purpose="core.secretive.ssn")
    born = EncryptedDateField(null=True)

    class Meta:
        app_label = "core"

    def __str__(self) -> str:
        return self.name


class Parcel(models.Model):
    """Something that moves through states, and that lists can show."""

    name = models.CharField(max_length=50)
    status = models.CharField(max_length=20, default="draft")
    weight = models.IntegerField(null=True)
    sent_on = models.DateField(null=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True)

    class Meta:
        app_label = "core"

    def __str__(self) -> str:
        return self.name
