"""Structured logs: one event a line, JSON in production, never a tax number."""

from __future__ import annotations

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

_TAX_NUMBER = re.compile(r"\b\d{3}-\d{2}-\d{4}\b|(?<![\d.])\d{9}(?![\d.])")


def hide_tax_numbers(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Mask whatever looks like a tax number: the last net below 'do not log them'."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _TAX_NUMBER.sub("***", value)
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    hide_tax_numbers,
]


def logging_config(*, as_json: bool) -> dict[str, Any]:
    """The LOGGING setting; also configures structlog, so that both kinds of logger print alike."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": renderer,
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django.server": {"propagate": True},
            "django.utils.autoreload": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            "kombu.connection": {"level": "ERROR"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            # A line for each request and call is for machines; on a terminal it hides what matters.
            "django_structlog.middlewares.request": {"level": "INFO" if as_json else "WARNING"},
            "nipr": {"level": "INFO" if as_json else "WARNING"},
        },
    }
