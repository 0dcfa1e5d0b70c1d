"""The product's settings on stores of the run's own; DATABASE_URL and REDIS_URL choose them as in production."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_PASSED_ON = ("DATABASE_URL", "REDIS_URL")
_OURS = (
    "AGENTSYNC_", "NIPR_", "DEBUG", "SECRET_KEY", "FIELD_KEY", "HASH_KEY", "PUBLIC_URL", "ALLOWED_HOSTS",
    "CLOCK_OFFSET", "TIME_ZONE", "EMAIL_", "SENTRY", "METRICS", "SEND_", "BEHIND_", "NIGHTLY_", "SCORECARDS_",
)  # fmt: skip
for _name in [name for name in os.environ if name.startswith(_OURS)]:
    del os.environ[_name]

_var = tempfile.mkdtemp(prefix="agentsync-tests-")
atexit.register(shutil.rmtree, _var, ignore_errors=True)
os.environ["AGENTSYNC_VAR"] = _var

from agentsync.settings import *  # noqa: E402, F403
from agentsync.settings import DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that threads and the live server see one database with production's locking.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_var) / "test.sqlite3")}
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 0}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
NIPR_URL_TEMPLATE = "http://127.0.0.1:9"  # nobody listens there: a test that wants a registry starts one
NIPR_USERNAME, NIPR_PASSWORD = "simulator", "simulator"
LOGGING_CONFIG = None
