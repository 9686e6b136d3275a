"""Django's settings, made from the typed configuration. Decides nothing itself: `holdfast.host.config` does."""

from typing import Any

from holdfast.host import logs
from holdfast.host.config import load
from holdfast.host.places import collected_directory, is_collected

CONFIG = load()

SECRET_KEY = CONFIG.secret_key
DEBUG = False
ALLOWED_HOSTS = list(CONFIG.web.allowed_hosts)
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = True
AUTH_USER_MODEL = "directory.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "holdfast.host.urls"
WSGI_APPLICATION = "holdfast.host.wsgi.application"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "holdfast.database",
    "holdfast.directory",
    "holdfast.journal",
    "holdfast.bookings",
    "holdfast.mirror",
    "holdfast.web",
    "holdfast.api",
]

MIDDLEWARE = [
    "holdfast.host.requests.accompany",
    "holdfast.host.proxies.believe",
    "holdfast.host.headers.protect",
    "holdfast.host.bodies.limit",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {"default": CONFIG.database.app, "owner": CONFIG.database.owner}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

_HTTPS = CONFIG.web.is_https
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-holdfast" if _HTTPS else "holdfast"  # the prefix is only taken over https
CSRF_COOKIE_NAME = "__Host-holdfast-form" if _HTTPS else "holdfast-form"
CSRF_TRUSTED_ORIGINS = [CONFIG.web.public_url] if CONFIG.web.public_url else []
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

STATIC_URL = "/static/"
collected_directory(CONFIG.state).mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
STATIC_ROOT = str(collected_directory(CONFIG.state))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "holdfast.host.static.Hashed"},
}
WHITENOISE_USE_FINDERS = not is_collected(CONFIG.state)
WHITENOISE_MAX_AGE = 60
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
APPEND_SLASH = False

LOGGING_CONFIG = None
logs.configure(level=CONFIG.log.level, form=CONFIG.log.format)

HOLDFAST_STATE = str(CONFIG.state)
HOLDFAST_APP_ROLE = CONFIG.database.app["USER"]
HOLDFAST_MASTER_KEYS = CONFIG.master_keys
HOLDFAST_PUBLIC_URL = CONFIG.web.notices_url
HOLDFAST_CA_FILE = str(CONFIG.outgoing.ca_file or "")
HOLDFAST_TRUSTED_PROXIES = CONFIG.web.trusted_proxies
