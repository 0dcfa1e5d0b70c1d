"""`manage.py create_api_client NAME --scopes "read write submit"`: a client of the API, its secret printed once."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actor import Actor
from core.api import services
from core.errors import DomainError


class Command(BaseCommand):
    """Prints one JSON object; the secret is kept as a hash and cannot be shown again."""

    help = "Create an API client and print its id and secret as JSON. The secret is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="who calls, in words people will read in the audit trail")
        parser.add_argument("--scopes", default="read", help='"read", "read write" or "read write submit"')

    def handle(self, *args: Any, name: str, scopes: str, **options: Any) -> None:
        wanted = scopes.replace(",", " ").split()
        try:
            made = services.create_api_client(name, wanted, actor=Actor.task("create_api_client"))
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps({"client_id": made.client_id, "client_secret": made.client_secret}))
