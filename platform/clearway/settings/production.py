"""PostgreSQL and a real broker behind a TLS proxy. Secrets come from the environment; what is missing or unsafe stops it."""

import os

from django.core.exceptions import ImproperlyConfigured

from clearway.settings.base import *  # noqa: F403
from clearway.settings.base import CLEARWAY_INSTALLATION
from clearway.settings.caching import caches, counted_in
from clearway.settings.database import postgresql

MINIMUM_SECRET_CHARACTERS = 50


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} must be set in the environment")
    return value


SECRET_KEY = _required("CLEARWAY_SECRET_KEY")
if len(SECRET_KEY) < MINIMUM_SECRET_CHARACTERS:
    raise ImproperlyConfigured(f"CLEARWAY_SECRET_KEY needs at least {MINIMUM_SECRET_CHARACTERS} characters")

ALLOWED_HOSTS = [host.strip() for host in _required("CLEARWAY_HOSTS").split(",")]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("CLEARWAY_HOSTS must name the hosts; * is refused")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

DATABASES = {"default": postgresql(_required("CLEARWAY_DATABASE_URL"))}
CELERY_BROKER_URL = _required("CLEARWAY_BROKER_URL")
if CELERY_BROKER_URL.startswith("memory:"):
    raise ImproperlyConfigured("CLEARWAY_BROKER_URL: the memory transport is for the embedded way of running only")

CACHES = caches(CELERY_BROKER_URL, CLEARWAY_INSTALLATION)
CLEARWAY_COUNT_REQUESTS_IN = counted_in(CACHES, DATABASES)

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
