"""The Celery application: `celery -A agentsync worker`, `celery -A agentsync beat`."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agentsync.settings")
app = Celery("agentsync")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
