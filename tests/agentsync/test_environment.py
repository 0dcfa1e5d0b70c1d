"""Settings are read whole and refused whole."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from agentsync.environment import kept_keys, read_environment


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """The least a production installation has to say."""
    return {
        "AGENTSYNC_ENV": "production",
        "AGENTSYNC_VAR": str(tmp_path),
        "PUBLIC_URL": "https://compliance.example.com",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": f"k1:{key()}",
        "HASH_KEY": key(),
    }


def refusal(variables: dict[str, str]) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read_environment(variables)
    return str(refused.value)


def test_production_starts_with_its_six_settings(production: dict[str, str]) -> None:
    environment = read_environment(production)
    assert environment.is_production
    assert environment.allowed_hosts == ("compliance.example.com",)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "true", "DEBUG is on"),
        ("SECRET_KEY", "short", "SECRET_KEY must be"),
        ("SECRET_KEY", "x" * 60, "SECRET_KEY must be"),
        ("SECRET_KEY", "django-insecure-" + "abcdefghijklmnop" * 4, "SECRET_KEY must be"),
        ("SECRET_KEY", "", "SECRET_KEY must be"),
        ("PUBLIC_URL", "http://compliance.example.com", "PUBLIC_URL must be the https://"),
        ("PUBLIC_URL", "", "ALLOWED_HOSTS is empty"),
        ("ALLOWED_HOSTS", "*", "accepts any Host header"),
        ("BEHIND_TLS_PROXY", "false", "BEHIND_TLS_PROXY is off"),
        ("FIELD_KEYS", "", "FIELD_KEYS is not set"),
        ("HASH_KEY", "", "HASH_KEY is not set"),
        ("CLOCK_OFFSET_FILE", "/run/offset", "would falsify every date"),
        ("NIPR_URL_TEMPLATE", "http://registry.example.com", "must begin with https://"),
        ("NIPR_USERNAME", "simulator", "is the simulator's"),
        ("NIPR_USERNAME", "carrier", "NIPR_PASSWORD is empty"),
    ],
)
def test_production_refuses(production: dict[str, str], name: str, value: str, sentence: str) -> None:
    assert sentence in refusal(production | {name: value})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("AGENTSYNC_ENV", "prod", "use development, demo, production"),
        ("DEBUG", "maybe", "use true or false"),
        ("TIME_ZONE", "Mars/Olympus", "use a zone name"),
        ("NIGHTLY_SYNC_AT", "half past two", "as HH:MM"),
        ("NIPR_TIMEOUT", "soon", "a number of seconds above 0"),
        ("NIPR_URL_TEMPLATE", "registry.example.com", "must begin with https://"),
        ("API_CALLS_PER_MINUTE", "0", "a whole number of 1 or more"),
        ("FIELD_KEYS", "nonsense", "must read name:base64"),
        ("FIELD_KEYS", "k1:c2hvcnQ=", "32 random bytes"),
        ("FIELD_KEY_ACTIVE", "k9", "not one of FIELD_KEYS"),
        ("HASH_KEY", "***", "32 random bytes"),
    ],
)
def test_what_cannot_be_understood_is_refused_everywhere(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    assert sentence in refusal({"AGENTSYNC_VAR": str(tmp_path), name: value})


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = refusal(
        {"AGENTSYNC_ENV": "production", "AGENTSYNC_VAR": str(tmp_path), "DEBUG": "1", "TIME_ZONE": "x"}
    )
    for name in ("DEBUG", "TIME_ZONE", "SECRET_KEY", "FIELD_KEYS", "HASH_KEY", "PUBLIC_URL", "ALLOWED_HOSTS"):
        assert f"- {name}" in text


def test_a_refusal_repeats_no_secret(production: dict[str, str]) -> None:
    text = refusal(
        production | {"FIELD_KEYS": "k1:bm90LWxvbmctZW5vdWdo", "NIPR_PASSWORD": "hunter2", "DEBUG": "1"}
    )
    assert "bm90LWxvbmctZW5vdWdo" not in text
    assert "hunter2" not in text


def test_the_simulators_account_is_never_sent_to_another_host(tmp_path: Path) -> None:
    assert "is the simulator's" in refusal({"AGENTSYNC_VAR": str(tmp_path), "NIPR_USERNAME": "simulator"})


def test_a_small_installation_makes_its_keys_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    first = read_environment({"AGENTSYNC_VAR": str(tmp_path)}).secrets
    assert read_environment({"AGENTSYNC_VAR": str(tmp_path)}).secrets == first
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_of_two_first_starts_at_once_both_read_the_same_keys(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(kept_keys, [tmp_path] * 8))
    assert all(one == keys[0] for one in keys)


def test_a_secret_may_come_from_a_file(production: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(production.pop("SECRET_KEY"))
    production["SECRET_KEY_FILE"] = str(path)
    assert read_environment(production).secrets.secret_key == path.read_text()


def test_the_last_field_key_is_the_active_one_unless_told(production: dict[str, str]) -> None:
    production["FIELD_KEYS"] = f"k1:{key()},k2:{key()}"
    assert read_environment(production).secrets.field_key_active == "k2"
    assert read_environment(production | {"FIELD_KEY_ACTIVE": "k1"}).secrets.field_key_active == "k1"
