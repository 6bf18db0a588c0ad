"""Django settings. Everything a site may change comes from the environment; see docs/operations.md."""

import os
import secrets
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from kefu.config.home import make_home

ENV = os.environ.get("KEFU_ENV", "demo")
PRODUCTION = ENV == "production"
HOME = Path(os.environ.get("KEFU_HOME", ".kefu")).resolve()
TEST_CLOCK = os.environ.get("KEFU_TEST_CLOCK") == "1"
PACKAGE = Path(__file__).resolve().parent.parent


def _secret() -> str:
    """The signing secret: from the environment, else a file made once in KEFU_HOME."""
    if value := os.environ.get("KEFU_SECRET"):
        return value
    make_home(HOME)
    path = HOME / "secret"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


LOCK_TIMEOUT = "-c lock_timeout=20s"
"""Of the web server: nobody looks at a page that waits longer for somebody else."""


def _database(url: str) -> dict[str, object]:
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    options: dict[str, object] = {
        key: parts[key] for key in parts.keys() - {"dbname", "user", "password", "host", "port"}
    }
    if os.environ.get("KEFU_POOL") == "1":
        options["pool"] = {"min_size": 1, "max_size": 20}
        options["options"] = f"{LOCK_TIMEOUT} {parts.get('options', '')}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "kefu"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "OPTIONS": options,
        "ATOMIC_REQUESTS": False,
    }


SECRET_KEY = _secret()
DEBUG = os.environ.get("KEFU_DEBUG") == "1"
PROXIES = int(os.environ.get("KEFU_PROXIES", "0"))
ALLOWED_HOSTS = os.environ.get("KEFU_HOSTS", "127.0.0.1,localhost,testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("KEFU_ORIGINS", "").split(",") if origin]
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///kefu"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "organisation.User"

FOUNDATION = ["sentences", "access", "audit", "limits", "numbering", "worktime", "jobs", "outbox", "search", "realtime", "notices",
              "files", "links", "gates", "assignments", "approvals", "printing", "exchange", "api", "ui", "lists"]  # fmt: skip
MODULES = ["administration", "questionnaires", "people", "customers", "messaging", "products", "billing", "stock", "requisitions",
           "appointments", "consultations", "lab", "sales", "purchasing", "dispatch", "journey", "surveys", "followup", "portal", "config"]  # fmt: skip


def _apps() -> list[str]:
    """Our own applications, lowest floor first; one that has no package yet is left out."""
    names = [
        "kefu.organisation",
        *(f"kefu.foundation.{name}" for name in FOUNDATION),
        *(f"kefu.{name}" for name in MODULES),
    ]
    return [name for name in names if (PACKAGE.parent / name.replace(".", "/") / "apps.py").exists()]


INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "procrastinate.contrib.django",
    *_apps(),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kefu.foundation.ui.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kefu.foundation.access.middleware.ClockMiddleware",
    "kefu.foundation.access.middleware.LanguageMiddleware",
    "kefu.foundation.access.middleware.LoginRequiredMiddleware",
    "kefu.administration.middleware.SeatMiddleware",
    "kefu.foundation.audit.middleware.AuditContextMiddleware",
    "kefu.foundation.ui.middleware.ErrorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "kefu.config.urls"
ASGI_APPLICATION = "kefu.config.asgi.application"
_LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", _LOADERS)])],
            "builtins": [
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "kefu.foundation.ui.templatetags.ui",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "kefu.config.frame.frame",
            ],
        },
    }
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("KEFU_TLS") == "1"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
FILES_ROOT = HOME / "files"
ERASED_LIST = HOME / "erased.txt"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
PROCRASTINATE_IMPORT_PATHS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
