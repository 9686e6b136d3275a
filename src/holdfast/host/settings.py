"""Django's settings, made from the typed configuration. Decides nothing itself: `holdfast.host.config` does."""

from typing import Any

from holdfast.host.config import load

CONFIG = load()

SECRET_KEY = CONFIG.secret_key
DEBUG = False
ALLOWED_HOSTS = CONFIG.allowed_hosts
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
AUTH_USER_MODEL = "directory.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "holdfast.host.urls"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "holdfast.directory",
    "holdfast.journal",
    "holdfast.bookings",
    "holdfast.mirror",
    "holdfast.web",
    "holdfast.api",
]

DATABASES: dict[str, dict[str, Any]] = {"default": CONFIG.database.app, "owner": CONFIG.database.owner}
