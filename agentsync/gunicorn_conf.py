"""How gunicorn serves us; `serve` and the container image both read this."""

from __future__ import annotations

import os
from pathlib import Path

wsgi_app = "agentsync.wsgi:application"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
timeout = 60
graceful_timeout = 15
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
# Heartbeat files in memory: a slow disk must not look like a hung worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
accesslog = None  # the application logs each request itself, without query strings
control_socket_disable = True
