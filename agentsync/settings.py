"""Django's settings, made from what the operator gave (environment.py).

Unset means the embedded default: SQLite and a file queue, no server besides ours.
"""

from __future__ import annotations

import os
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from agentsync.environment import (
    PROJECT_DIR,
    SIMULATOR_PASSWORD,
    SIMULATOR_USERNAME,
    database_settings,
    mail_settings,
    read_environment,
    read_environment_file,
)
from agentsync.logs import logging_config
from agentsync.look import look
from agentsync.schedule import beat_schedule
from core.api import oauth_settings, rest_settings

read_environment_file(os.environ)
ENVIRONMENT = read_environment(os.environ)
django_stubs_ext.monkeypatch()  # lets annotations such as models.Field[Any, Any] be written at run time

BASE_DIR = PROJECT_DIR
VAR_DIR = ENVIRONMENT.var
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
SEND_JOURNAL_DIR = ENVIRONMENT.send_journal_dir
IS_PRODUCTION = ENVIRONMENT.is_production

DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secrets.secret_key
FIELD_KEYS = ENVIRONMENT.secrets.field_keys
FIELD_KEY_ACTIVE = ENVIRONMENT.secrets.field_key_active
HASH_KEY = ENVIRONMENT.secrets.hash_key
CLOCK_OFFSET_FILE = ENVIRONMENT.clock_offset_file

NIPR_URL_TEMPLATE = ENVIRONMENT.registry.url_template
NIPR_USERNAME = ENVIRONMENT.registry.username
NIPR_PASSWORD = ENVIRONMENT.registry.password
NIPR_TIMEOUT = ENVIRONMENT.registry.timeout_seconds
NIPR_SUBSCRIPTION_PREFIX = ENVIRONMENT.subscription_prefix
SYNC_REMOVAL_LIMIT_PERCENT = ENVIRONMENT.removal_limit_percent
SYNC_REMOVAL_LIMIT_AT_LEAST = ENVIRONMENT.removal_limit_at_least
IMPORT_FILES_KEPT_DAYS = ENVIRONMENT.import_files_kept_days

# Apps -----------------------------------------------------------------------------------------------------------------

ROOMS = [
    "core",
    "core.accounts",
    "core.audit",
    "core.jobs",
    "core.lists",
    "core.notices",
    "core.imports",
    "core.api",
    "rulebook",
    "nipr",
    "producers",
    "appointments",
    "scorecards",
]
INSTALLED_APPS = [
    *ROOMS,
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "agentsync.apps.BackOfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "oauth2_provider",
    "rest_framework",
    "agentsync",  # last: its handlers run after those of the libraries
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "agentsync.middleware.ContentSecurityPolicyMiddleware",
    "agentsync.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "agentsync.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "agentsync.middleware.SessionLifetimeMiddleware",
    "agentsync.middleware.RequestLogMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "core.api.middleware.ProgramsMiddleware",
    "core.api.middleware.IdempotencyMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "agentsync.urls"
WSGI_APPLICATION = "agentsync.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.notices.context_processors.notices",
            ],
        },
    }
]

# Filters that are not set say so in a word.
FILTERS_EMPTY_CHOICE_LABEL = "All"

# Stores ---------------------------------------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_database = database_settings(ENVIRONMENT.database_url or f"sqlite:///{VAR_DIR / 'agentsync.sqlite3'}")
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN, so that a writer waits its turn instead of failing half way.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
DATABASES = {"default": _database | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}}

CACHES: dict[str, dict[str, Any]]
if ENVIRONMENT.redis_url:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": ENVIRONMENT.redis_url,
        }
    }
else:
    # Files, not memory: throttles have to count across the processes of the web server.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR_DIR / "cache",
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }

# The queue ------------------------------------------------------------------------------------------------------------

QUEUE_DIR = VAR_DIR / "queue"
if ENVIRONMENT.redis_url:
    CELERY_BROKER_URL = ENVIRONMENT.redis_url
    # Longer than the hard time limit, or a task that still runs would be given to a second worker.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"visibility_timeout": 4 * 3600}
else:
    for _folder in ("messages", "control"):
        (QUEUE_DIR / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "control_folder": str(QUEUE_DIR / "control"),
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 3 * 3600
CELERY_TASK_TIME_LIMIT = 3 * 3600 + 300
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = ENVIRONMENT.time_zone
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = beat_schedule(ENVIRONMENT)

# People ---------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "agentsync.signin.ClosedSignUpAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# axes holds 10 failures for one account from one address; these hold one address, and one account from everywhere.
ACCOUNT_RATE_LIMITS = {"login_failed": "100/15m/ip,100/24h/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "AgentSync"
MFA_RECOVERY_CODES_SHOW_ONCE = True
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENVIRONMENT.behind_tls_proxy else 0
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "agentsync.signin.account_tried"
AXES_LOCKOUT_CALLABLE = "agentsync.signin.too_many_failures"
AXES_CLIENT_IP_CALLABLE = "agentsync.signin.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False

PASSWORD_RESET_TIMEOUT = 3600
SESSION_COOKIE_AGE = 30 * 60
SESSION_ABSOLUTE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"

# The web --------------------------------------------------------------------------------------------------------------

ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
PUBLIC_URL = ENVIRONMENT.public_url
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
CSRF_FAILURE_VIEW = "agentsync.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if ENVIRONMENT.is_https:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_HTTPONLY = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENVIRONMENT.is_https else "http"
if ENVIRONMENT.behind_tls_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["core.imports.uploading.BoundedUploads"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
#: The admin's own scripts evaluate expressions and its widgets write styles; nothing else of ours may.
BACK_OFFICE_POLICY = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.static_root
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files", "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

# The API --------------------------------------------------------------------------------------------------------------

OAUTH2_PROVIDER = oauth_settings.OAUTH2_PROVIDER
REST_FRAMEWORK = rest_settings.rest_framework(calls_per_minute=ENVIRONMENT.api_calls_per_minute)
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
SPECTACULAR_SETTINGS = {
    "TITLE": "AgentSync API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "AgentTypeEnum": "producers.enums.AgentType",
        "TransactionKindEnum": "appointments.enums.TransactionKind",
        "TransactionStatusEnum": "appointments.enums.TransactionStatus",
        "BulkStatusEnum": "appointments.enums.BulkStatus",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# The rest -------------------------------------------------------------------------------------------------------------

UNFOLD = look(ENVIRONMENT.stage)
LANGUAGE_CODE = "en-us"
USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
vars().update(mail_settings(ENVIRONMENT.mail_url))
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
LOGGING = logging_config(as_json=IS_PRODUCTION)
#: The id of a request stands in the audit trail, so it is ours and never one that a client made up.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = False
METRICS_TOKEN = ENVIRONMENT.metrics_token
SIMULATOR_CREDENTIALS = (SIMULATOR_USERNAME, SIMULATOR_PASSWORD)

#: Of a breakdown only its trace leaves the house: no body, and no variables, which hold tax numbers in clear.
SENTRY_OPTIONS: dict[str, Any] = {
    "send_default_pii": False,
    "max_request_body_size": "never",
    "include_local_variables": False,
}
if ENVIRONMENT.sentry_dsn:
    import sentry_sdk

    sentry_sdk.init(dsn=ENVIRONMENT.sentry_dsn, **SENTRY_OPTIONS)
