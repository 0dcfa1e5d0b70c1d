"""Browsers of people with known rights, in front of uploads of parcels."""

from __future__ import annotations

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.actor import Actor
from core.imports.models import ImportRun
from tests.core.imports.engine import parcels
from tests.core.imports.engine.conftest import Desk, upload  # noqa: F401 - a fixture

TYPE_RIGHT = "producers.add_producer"
READS = ("imports.view_importrun", TYPE_RIGHT)
WORKS = (*READS, "imports.add_importrun")
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture(autouse=True)
def _right_of_parcels(upload, monkeypatch) -> None:  # noqa: F811 - the fixture above
    """Parcels take a right that others have not."""
    monkeypatch.setattr(parcels.ParcelUpload, "right", TYPE_RIGHT)


@pytest.fixture
def worker(staff):
    """May upload, mend and process parcels."""
    return staff(*WORKS, email="worker@example.com")


@pytest.fixture
def clerk(worker, client_of) -> Client:
    """The browser of the worker."""
    return client_of(worker)


@pytest.fixture
def reader(staff, client_of) -> Client:
    """Sees uploads of parcels and changes nothing."""
    return client_of(staff(*READS, email="reader@example.com"))


@pytest.fixture
def outsider(staff, client_of) -> Client:
    """May upload, but nothing of this type."""
    return client_of(staff("imports.view_importrun", "imports.add_importrun", email="outsider@example.com"))


@pytest.fixture
def desk(worker) -> Desk:
    """Uploads by the worker; jobs run when told to."""
    return Desk(Actor.person(worker))


@pytest.fixture
def faulty(desk) -> ImportRun:
    """Read: one good row, two with errors."""
    return desk.read("Ada,250,,", "Ben,heavy,,", "Cy,x,abc,")


def to(name: str, *args: object) -> str:
    return reverse(f"imports:{name}", args=args)


def page_of(clerk: Client, run: ImportRun, query: str = "") -> str:
    """The page of a run as text without markup noise: entities decoded, blanks single."""
    return plain(clerk.get(f"{to('run', run.pk)}{query}").content.decode())


def plain(text: str) -> str:
    return " ".join(html.unescape(text).split())


def words(text: str) -> str:
    """What a page says, without its tags."""
    return plain(re.sub(r"<[^>]+>", " ", text))


def csv_file(
    *lines: str, name: str = "parcels.csv", header: str = "name,weight,code,note"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join([header, *lines]).encode(), content_type="text/csv")
