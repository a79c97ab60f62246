"""What every way of running Clearway shares. Secrets never stand here."""

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DATA_DIR = Path(os.environ.get("CLEARWAY_DATA", ROOT / "var"))

DEBUG = False
ALLOWED_HOSTS: list[str] = ["127.0.0.1", "localhost", "[::1]", "testserver"]

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # its pages are found with the urls: workers have none
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "guardian",
    "channels",
    "apps.journal",
    "apps.people",
    "apps.notices",
    "apps.comments",
    "apps.approvals",
    "apps.calendars",
    "apps.tickets",
    "apps.processes",
    "apps.engine",
    "apps.hooks",
    "apps.changes",
    "apps.files",
    "apps.monitors",
    "apps.recon",
    "apps.shifts",
    "apps.lines",
    "apps.desk",
]

MIDDLEWARE = [
    "clearway.headers.StrictHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clearway.idle.IdleEnd",
    "clearway.programs.ReadableAddress",
    "clearway.programs.TokenSignIn",
    "clearway.language.PersonsLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clearway.problems.RefusalPages",
    "clearway.programs.OnceByKey",
]

ROOT_URLCONF = "clearway.urls"
ASGI_APPLICATION = "clearway.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: nobody is signed in, nobody has rights
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CLEARWAY_IDLE_MINUTES = int(os.environ.get("CLEARWAY_IDLE_MINUTES", "30"))  # 0: nobody is signed out for doing nothing
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day, then one signs in again
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 31_536_000
GUARDIAN_MONKEY_PATCH_USER = False  # rights are asked of `apps.people`, never of the user object's cache
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
CSRF_FAILURE_VIEW = "apps.desk.views.errors.csrf_refused"

LANGUAGE_CODE = "zh-hans"
LOCALE_PATHS = sorted(ROOT.glob("apps/*/locale"))  # before those of libraries, which say "filter" or "add" otherwise
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = Path(os.environ.get("CLEARWAY_STATIC", DATA_DIR / "static"))

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A model of the largest size as a text of JSON or in a form, and some room; files come in parts, which have limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 << 20

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "clearway.tokens.ByToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PARSER_CLASSES": ["clearway.bodies.StrictJSON", "clearway.bodies.StrictForm", "clearway.bodies.StrictParts"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "clearway.problems.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Clearway",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "clearway.document.with_refusals",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ChangeState": "apps.changes.states.ChangeState",
        "ChangeUrgency": "apps.changes.states.Urgency",
        "ApprovalState": "apps.approvals.states.ApprovalState",
        "Deed": "apps.hooks.states.Deed",
        "RunState": "apps.engine.states.RunState",
        "StepState": "apps.engine.states.StepState",
        "TicketKind": "apps.tickets.states.Kind",
        "TicketState": "apps.tickets.states.TicketState",
        "VersionState": "apps.processes.states.VersionState",
        "BreakState": "apps.recon.states.BreakState",
        "CorrectionState": "apps.lines.corrections.states.CorrectionState",
        "Arrival": "apps.files.states.Arrival",
        "MarketEnum": "apps.lines.fees.states.Market",
        "ProductAccountKind": "apps.lines.products.states.AccountKind",
        "ProductAccountMarket": "apps.lines.products.states.AccountMarket",
        "DutyRole": "apps.shifts.states.DutyRole",
        "PeopleRole": "apps.people.states.Role",
        "HandoverState": "apps.shifts.states.HandoverState",
    },
}

# Installations that share a broker take different names here, and so different queues.
CLEARWAY_INSTALLATION = os.environ.get("CLEARWAY_INSTALLATION", "")

# What reconciliations may read beside the product, named by the operator as JSON; see how-to/reconcile.md.
CLEARWAY_SQL_SOURCES = json.loads(os.environ.get("CLEARWAY_SQL_SOURCES") or "{}")
CLEARWAY_FOLDERS = json.loads(os.environ.get("CLEARWAY_FOLDERS") or "{}") or {
    name: {"path": f"incoming/settlement-funds/{{day}}/{name}", "lines": ["settlement-funds"]}
    for name in ("bank_files", "bank_copies")
}

# Celery is a bell and nothing more: early ack, no results, no ETA, no canvas.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# Notices and webhooks: links begin with the address of this installation; receivers in private networks only where this says so.
CLEARWAY_NOTICES_SITE = os.environ.get("CLEARWAY_NOTICES_SITE", "")
CLEARWAY_NOTICES_PRIVATE_ADDRESSES = os.environ.get("CLEARWAY_NOTICES_PRIVATE_ADDRESSES", "") == "1"
CLEARWAY_HOOKS_PRIVATE_ADDRESSES = os.environ.get("CLEARWAY_HOOKS_PRIVATE_ADDRESSES", "") == "1"
CLEARWAY_HOOKS_TOLERANCE_SECONDS = int(os.environ.get("CLEARWAY_HOOKS_TOLERANCE_SECONDS", "300"))
CLEARWAY_HOOKS_COURIERS = int(os.environ.get("CLEARWAY_HOOKS_COURIERS", "2"))
EMAIL_HOST = os.environ.get("CLEARWAY_MAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("CLEARWAY_MAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("CLEARWAY_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("CLEARWAY_MAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("CLEARWAY_MAIL_TLS", "") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("CLEARWAY_MAIL_FROM", "clearway@localhost")
