"""The settings under which gunicorn runs the catcher: ours, with one address."""

from __future__ import annotations

import os

from core.imports import uploading
from tests.settings import *  # noqa: F403

ROOT_URLCONF = "tests.core.imports.files.catcher"
ALLOWED_HOSTS = ["*"]

if "UPLOAD_SECONDS" in os.environ:
    uploading.SECONDS = int(os.environ["UPLOAD_SECONDS"])  # type: ignore[misc]
