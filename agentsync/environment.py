"""The settings an operator gives, read from the environment and refused all at once when they are wrong.

A mistake found here stops every process with one message that names each setting and what to do about it, so that
an insecure installation never answers a request.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured

PROJECT_DIR = Path(__file__).resolve().parent.parent
KEY_BYTES = 32
SHORTEST_SECRET = 50
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
REAL_REGISTRY = "https://{service}.api.nipr.com"
#: What the simulator accepts unless told otherwise; never sent to another host.
SIMULATOR_USERNAME = "simulator"
SIMULATOR_PASSWORD = "simulator"  # noqa: S105 - a public password of a test double


class Stage(StrEnum):
    """What the installation is for. Production asks for everything; the others make their own keys."""

    DEVELOPMENT = "development"
    DEMO = "demo"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Registry:
    """Where the registry is and who we are there."""

    url_template: str
    username: str
    password: str = field(repr=False)
    timeout_seconds: float

    @property
    def is_simulated(self) -> bool:
        """Whether this is our own test double rather than the registry."""
        return urlsplit(self.url_template).hostname in {"localhost", "127.0.0.1", "::1", "simulator"}


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys. The first four never leave the process; losing them loses the encrypted fields."""

    secret_key: str = field(repr=False)
    field_keys: dict[str, bytes] = field(repr=False)
    field_key_active: str
    hash_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything an operator may set, checked."""

    stage: Stage
    var: Path
    static_root: Path
    send_journal_dir: Path
    debug: bool
    secrets: Secrets
    public_url: str
    allowed_hosts: tuple[str, ...]
    behind_tls_proxy: bool
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    cache_url: str = field(repr=False)
    registry: Registry
    time_zone: str
    nightly_sync_at: time
    scorecards_refresh_at: time
    clock_offset_file: Path | None
    mail_url: str = field(repr=False)
    mail_from: str
    sentry_dsn: str = field(repr=False)
    subscription_prefix: str
    removal_limit_percent: int
    removal_limit_at_least: int
    import_files_kept_days: int
    api_calls_per_minute: int
    metrics_token: str = field(repr=False)

    @property
    def is_production(self) -> bool:
        """Whether real people's data is at stake."""
        return self.stage is Stage.PRODUCTION

    @property
    def is_https(self) -> bool:
        """Whether people reach us over HTTPS."""
        return self.public_url.startswith("https://")


def _given(variables: Mapping[str, str]) -> environ.FileAwareEnv:
    """Settings out of a mapping of ours rather than the process's; NAME_FILE may name a file that holds NAME."""
    given = environ.FileAwareEnv()
    given.ENVIRON = environ.fileaware_mapping.FileAwareMapping(env=dict(variables))
    return given


def read_environment_file(variables: Mapping[str, str]) -> None:
    """Add the settings of the file AGENTSYNC_DOTENV, if named, to the process's own; those given already win."""
    if path := variables.get("AGENTSYNC_DOTENV"):
        environ.Env.read_env(path)


def database_settings(url: str) -> dict[str, Any]:
    """Django's settings of a database given by its address."""
    return dict(environ.Env.db_url_config(url))


def mail_settings(url: str) -> dict[str, Any]:
    """Django's EMAIL_ settings of a mail server given by its address."""
    return dict(environ.Env.email_url_config(url))


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Read and check every setting; raises one ImproperlyConfigured that lists all that is wrong."""
    reader = _Reader(variables)
    environment = reader.environment()
    problems = reader.problems + _insecurities(environment, variables)
    if problems:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        raise ImproperlyConfigured(f"Not starting: {len(problems)} setting(s) to mend.\n{lines}")
    return environment


class _Reader:
    """Reads one setting after another and remembers what could not be understood."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.env = _given(variables)
        self.problems: list[str] = []

    def environment(self) -> Environment:
        stage = self._stage()
        var = Path(self.env.str("AGENTSYNC_VAR", default=str(PROJECT_DIR / "var"))).resolve()
        offset_file = self.env.str("CLOCK_OFFSET_FILE", default="")
        public_url = self.env.str("PUBLIC_URL", default="").rstrip("/")
        return Environment(
            stage=stage,
            var=var,
            static_root=Path(self.env.str("STATIC_ROOT", default=str(_static_root(stage, var)))).resolve(),
            send_journal_dir=Path(self.env.str("SEND_JOURNAL_DIR", default=str(var / "journal"))).resolve(),
            debug=self._bool("DEBUG", default=False),
            secrets=self._secrets(stage, var),
            public_url=public_url,
            allowed_hosts=self._allowed_hosts(stage, public_url),
            behind_tls_proxy=self._bool("BEHIND_TLS_PROXY", default=stage is Stage.PRODUCTION),
            database_url=self.env.str("DATABASE_URL", default=""),
            redis_url=self.env.str("REDIS_URL", default=""),
            cache_url=self.env.str("CACHE_URL", default=self.env.str("REDIS_URL", default="")),
            registry=self._registry(),
            time_zone=self._time_zone(),
            nightly_sync_at=self._time("NIGHTLY_SYNC_AT", "02:30"),
            scorecards_refresh_at=self._time("SCORECARDS_REFRESH_AT", "04:30"),
            clock_offset_file=Path(offset_file).resolve() if offset_file else None,
            mail_url=self.env.str("EMAIL_URL", default="consolemail://"),
            mail_from=self.env.str("EMAIL_FROM", default="agentsync@localhost"),
            sentry_dsn=self.env.str("SENTRY_DSN", default=""),
            subscription_prefix=self.env.str("NIPR_SUBSCRIPTION_PREFIX", default="AGENTSYNC"),
            removal_limit_percent=self._count("SYNC_REMOVAL_LIMIT_PERCENT", 10),
            removal_limit_at_least=self._count("SYNC_REMOVAL_LIMIT_AT_LEAST", 50),
            import_files_kept_days=self._count("IMPORT_FILES_KEPT_DAYS", 30),
            api_calls_per_minute=self._count("API_CALLS_PER_MINUTE", 3000),
            metrics_token=self.env.str("METRICS_TOKEN", default=""),
        )

    def _stage(self) -> Stage:
        text = self.env.str("AGENTSYNC_ENV", default=Stage.DEVELOPMENT.value)
        try:
            return Stage(text)
        except ValueError:
            self.problems.append(f"AGENTSYNC_ENV is {text!r}; use {', '.join(Stage)}.")
            return Stage.PRODUCTION  # the strictest reading of an unclear wish

    def _bool(self, name: str, *, default: bool) -> bool:
        text = self.env.str(name, default="true" if default else "false").strip().lower()
        if text not in {"true", "false", "1", "0", "yes", "no", "on", "off", ""}:
            self.problems.append(f"{name} is {text!r}; use true or false.")
        return text in {"true", "1", "yes", "on"}

    def _time(self, name: str, default: str) -> time:
        text = self.env.str(name, default=default)
        try:
            return time.fromisoformat(text)
        except ValueError:
            self.problems.append(f"{name} is {text!r}; write a time of day as HH:MM, for example {default}.")
            return time.fromisoformat(default)

    def _count(self, name: str, default: int) -> int:
        text = self.env.str(name, default=str(default))
        if not (text.isascii() and text.isdecimal() and 0 < int(text) <= 1_000_000):
            self.problems.append(f"{name} is {text!r}; use a whole number of 1 or more.")
            return default
        return int(text)

    def _time_zone(self) -> str:
        name = self.env.str("TIME_ZONE", default="America/New_York")
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            self.problems.append(f"TIME_ZONE is {name!r}; use a zone name such as America/New_York.")
            return "UTC"
        return name

    def _allowed_hosts(self, stage: Stage, public_url: str) -> tuple[str, ...]:
        hosts: list[str] = self.env.list("ALLOWED_HOSTS", default=[])
        published = urlsplit(public_url).hostname
        local = [] if stage is Stage.PRODUCTION else LOCAL_HOSTS
        return tuple(dict.fromkeys([*hosts, *([published] if published else []), *local]))

    def _registry(self) -> Registry:
        template = self.env.str("NIPR_URL_TEMPLATE", default=REAL_REGISTRY)
        if urlsplit(template).scheme not in {"http", "https"}:
            self.problems.append(
                f"NIPR_URL_TEMPLATE is {template!r}; it must begin with https:// (or http://)."
            )
        timeout = self.env.str("NIPR_TIMEOUT", default="30")
        if not timeout.replace(".", "", 1).isdigit() or float(timeout) <= 0:
            self.problems.append(f"NIPR_TIMEOUT is {timeout!r}; give a number of seconds above 0.")
            timeout = "30"
        return Registry(
            url_template=template,
            username=self.env.str("NIPR_USERNAME", default=""),
            password=self.env.str("NIPR_PASSWORD", default=""),
            timeout_seconds=float(timeout),
        )

    def _secrets(self, stage: Stage, var: Path) -> Secrets:
        kept = {} if stage is Stage.PRODUCTION else kept_keys(var)
        field_keys = self._field_keys(self.env.str("FIELD_KEYS", default=kept.get("FIELD_KEYS", "")))
        active = self.env.str("FIELD_KEY_ACTIVE", default=next(reversed(field_keys), ""))
        if field_keys and active not in field_keys:
            self.problems.append(f"FIELD_KEY_ACTIVE is {active!r}, which is not one of FIELD_KEYS.")
        return Secrets(
            secret_key=self.env.str("SECRET_KEY", default=kept.get("SECRET_KEY", "")),
            field_keys=field_keys,
            field_key_active=active,
            hash_key=self._key("HASH_KEY", self.env.str("HASH_KEY", default=kept.get("HASH_KEY", ""))),
        )

    def _field_keys(self, text: str) -> dict[str, bytes]:
        keys: dict[str, bytes] = {}
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            name, separator, encoded = part.partition(":")
            if not separator or not name:
                self.problems.append("FIELD_KEYS must read name:base64, with a comma between keys.")
                continue
            keys[name] = self._key(f"The key {name!r} in FIELD_KEYS", encoded)
        return keys

    def _key(self, name: str, encoded: str) -> bytes:
        if not encoded:
            return b""
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            self.problems.append(
                f"{name} must be {KEY_BYTES} random bytes in base64: openssl rand -base64 32."
            )
        return key


def _static_root(stage: Stage, var: Path) -> Path:
    """Production serves what collectstatic gathered beside the code; otherwise files are found where they are."""
    return PROJECT_DIR / "staticfiles" if stage is Stage.PRODUCTION else var / "static"


def _insecurities(environment: Environment, variables: Mapping[str, str]) -> list[str]:
    """What would put people's data at risk; most of it only matters in production."""
    found = _wrong_registry(environment.registry)
    if environment.is_production:
        found += (
            _weak_keys(environment.secrets) + _weak_web(environment) + _weak_operation(environment, variables)
        )
    return found


def _wrong_registry(registry: Registry) -> list[str]:
    if registry.username == SIMULATOR_USERNAME and not registry.is_simulated:
        return [
            "NIPR_USERNAME is the simulator's, but NIPR_URL_TEMPLATE names another host; set your own account."
        ]
    return []


def _weak_keys(keys: Secrets) -> list[str]:
    problems = []
    too_plain = len(set(keys.secret_key)) < 10 or keys.secret_key.startswith("django-insecure")
    if len(keys.secret_key) < SHORTEST_SECRET or too_plain:
        problems.append(
            f"SECRET_KEY must be {SHORTEST_SECRET} random characters or more: openssl rand -base64 48."
        )
    if not keys.field_keys:
        problems.append(
            "FIELD_KEYS is not set; it encrypts tax numbers. Use k1: followed by openssl rand -base64 32."
        )
    if not keys.hash_key:
        problems.append("HASH_KEY is not set; it lets tax numbers be found. Use openssl rand -base64 32.")
    return problems


def _weak_web(environment: Environment) -> list[str]:
    problems = []
    if environment.debug:
        problems.append("DEBUG is on; it shows settings and data to strangers. Turn it off.")
    if not environment.is_https:
        problems.append("PUBLIC_URL must be the https:// address at which people reach this installation.")
    if "*" in environment.allowed_hosts:
        problems.append("ALLOWED_HOSTS contains '*', which accepts any Host header; name your hosts.")
    if not environment.allowed_hosts:
        problems.append("ALLOWED_HOSTS is empty; set PUBLIC_URL, or name the hosts that are yours.")
    if not environment.behind_tls_proxy:
        problems.append("BEHIND_TLS_PROXY is off; put a proxy that speaks HTTPS in front and set it to true.")
    return problems


def _weak_operation(environment: Environment, variables: Mapping[str, str]) -> list[str]:
    problems = []
    if environment.clock_offset_file:
        problems.append(
            "CLOCK_OFFSET_FILE is set; it is for demonstrations and would falsify every date. Remove it."
        )
    if urlsplit(environment.registry.url_template).scheme != "https":
        problems.append("NIPR_URL_TEMPLATE must begin with https://; the password travels with each call.")
    if "NIPR_USERNAME" in variables and not environment.registry.password:
        problems.append("NIPR_PASSWORD is empty though NIPR_USERNAME is set.")
    return problems


def kept_keys(var: Path) -> dict[str, str]:
    """The keys of a development or demo installation: made once, readable by their owner alone."""
    path = var / "keys.json"
    if not path.exists():
        _make_keys(path)
    keys: dict[str, str] = json.loads(path.read_text())
    return keys


def _make_keys(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": f"k1:{_random_key()}",
        "HASH_KEY": _random_key(),
    }
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, delete=False
    ) as draft:  # born readable by us alone
        json.dump(keys, draft, indent=2)
    try:
        # A hard link appears whole or not at all: of two first starts at once, one wins and both read its keys.
        os.link(draft.name, path)
    except FileExistsError:
        pass
    finally:
        Path(draft.name).unlink()


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
