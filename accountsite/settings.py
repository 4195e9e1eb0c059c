"""Every setting, read from the environment in this file and nowhere else. `.env.example` explains each name."""

from pathlib import Path

from django.contrib.messages import constants

from accountsite.variables import Variables, with_limits
from settings_app.languages import compiled
from settings_app.sites import Site
from settings_app.sites_file import insecure, read_sites

BASE_DIR = Path(__file__).resolve().parent.parent
env = Variables(BASE_DIR / ".env")

# Without DEBUG=true these are production settings, and settings_app/checks.py refuses to start while one is missing.
DEBUG = env.switch("DEBUG", default=False)
IS_LOCAL = DEBUG  # over http, on this machine alone; also the demo, which draws its pages as production does
SECRET_KEY = env.secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.secrets("SECRET_KEY_FALLBACKS")

# The sites: one from the environment, or many from SITES_FILE, a file or a folder.
SITES_FILE = env.text("SITES_FILE")
ONE_SITE = {
    "base_url": env.text("SITE_URL"),
    "endpoint": env.text("LOGTO_ENDPOINT"),
    "app_id": env.text("LOGTO_APP_ID"),
    "app_secret": env.text("LOGTO_APP_SECRET"),
    "m2m_app_id": env.text("LOGTO_M2M_APP_ID"),
    "m2m_app_secret": env.text("LOGTO_M2M_APP_SECRET"),
    "management_resource": env.text("LOGTO_MANAGEMENT_RESOURCE"),
    "admin_role": env.text("ADMIN_ROLE", "account-admin"),
    "webhook_keys": env.listed("LOGTO_WEBHOOK_KEY"),
    "events_url": env.text("EVENTS_URL"),
    "events_keys": env.listed("EVENTS_KEY"),
    "events_audience": env.text("EVENTS_AUDIENCE"),
    "events_authorization": env.text("EVENTS_AUTHORIZATION"),
    "new_device_alerts": env.text("NEW_DEVICE_ALERTS"),
    "languages": env.listed("LANGUAGES"),
    "words_folder": env.text("WORDS_FOLDER"),
    "return_to": env.listed("RETURN_TO"),
    "frame_ancestors": env.listed("FRAME_ANCESTORS"),
    "mail_from": env.text("MAIL_FROM"),
    "home_url": env.text("HOME_URL"),
    "support_url": env.text("SUPPORT_URL"),
    "security_contact": env.text("SECURITY_CONTACT"),
    "allow_picture_address": env.text("ALLOW_PICTURE_ADDRESS"),
    "show_roles": env.text("SHOW_ROLES"),
    "access_tokens": env.text("ACCESS_TOKENS"),
    "text_countries": env.listed("TEXT_COUNTRIES"),
    "text_number_kinds": env.listed("TEXT_NUMBER_KINDS"),
    "texts_per_hour": env.text("TEXTS_PER_HOUR"),
    "deletion_grace_days": env.text("DELETION_GRACE_DAYS"),
    "preview_names_admin": env.text("PREVIEW_NAMES_ADMIN"),
    "preview_is_mailed": env.text("PREVIEW_IS_MAILED"),
    "preview_of_admins": env.text("PREVIEW_OF_ADMINS"),
    "api_enabled": env.text("API_ENABLED"),
    "api_resource": env.text("API_RESOURCE"),
    "api_origins": env.listed("API_ORIGINS"),
    "api_third_party_apps": env.listed("API_THIRD_PARTY_APPS"),
    "help_suspends": env.text("HELP_SUSPENDS"),
    "help_ends_sessions": env.text("HELP_ENDS_SESSIONS"),
    "help_removes_factors": env.text("HELP_REMOVES_FACTORS"),
    "help_needs_second_admin": env.text("HELP_NEEDS_SECOND_ADMIN"),
    "help_waits_hours": env.text("HELP_WAITS_HOURS"),
    "help_of_admins": env.text("HELP_OF_ADMINS"),
    "api_redirect_uris": env.listed("API_REDIRECT_URIS"),
    "privacy_url": env.text("PRIVACY_URL"),
    "terms_url": env.text("TERMS_URL"),
    "brand": {
        "name": env.text("BRAND_NAME"),
        "legal_name": env.text("BRAND_LEGAL_NAME"),
        "logo_url": env.text("BRAND_LOGO_URL"),
        "dark_logo_url": env.text("BRAND_DARK_LOGO_URL"),
        "colour": env.text("BRAND_COLOUR"),
        "dark_colour": env.text("BRAND_DARK_COLOUR"),
        "favicon_url": env.text("BRAND_FAVICON_URL"),
        "dark_mode": env.text("BRAND_DARK_MODE"),
    },
}


def read_all_sites() -> tuple[tuple[Site, ...], tuple[str, ...]]:
    return read_sites(ONE_SITE, SITES_FILE) if IS_LOCAL else read_sites(ONE_SITE, SITES_FILE, unfit=insecure)


def read_sites_again() -> tuple[tuple[Site, ...], tuple[str, ...]]:
    """As they are on disk by now, with what ENV_FILE says by now."""
    env.read_file_again()
    return read_all_sites()


SITES, SITES_PROBLEMS = read_all_sites()
# For processes that run for long.
SITES_AGAIN = read_sites_again
KEYS_AGAIN = env.keys_again
ENV_PATHS = env.paths
# The site middleware is stricter: it compares host and port.
ALLOWED_HOSTS = [site.host.rsplit(":", 1)[0] for site in SITES]
# Forms are taken from the origin of their own site alone, which the site middleware makes known: not from other sites.
CSRF_TRUSTED_ORIGINS: list[str] = []
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
WEB_THREADS = env.number("ACCOUNTSITE_THREADS", 0)  # gunicorn.conf.py says how many; sites share them
ENDING_PIPE = env.number("ACCOUNTSITE_ENDING", 0)  # in which gunicorn.conf.py tells that the server is about to end

# Sessions. Idle and absolute limits in seconds; the cookie itself goes with the browser.
SESSION_ENGINE = "settings_app.session"
SESSION_IDLE_SECONDS = env.number("SESSION_IDLE_SECONDS", 3600)
SESSION_ABSOLUTE_SECONDS = env.number("SESSION_ABSOLUTE_SECONDS", 86400)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "accountsite" if IS_LOCAL else "__Host-accountsite"
SESSION_COOKIE_SECURE = not IS_LOCAL
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = True
CSRF_COOKIE_SECURE = not IS_LOCAL
CSRF_FAILURE_VIEW = "settings_app.shell.errors.csrf_failure"
MESSAGE_TAGS = {constants.SUCCESS: "ok", constants.WARNING: "warn", constants.ERROR: "bad"}  # the kinds of banners
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
VERIFIED_SECONDS = 600
CODE_SECONDS = 1.0  # what asking for a code to a new address takes, so that the time tells nothing of the address

AUDIT_KEPT_DAYS = env.number("AUDIT_KEPT_DAYS", 365)

INSTALLED_APPS = [
    "settings_app",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
]
if IS_LOCAL:
    INSTALLED_APPS.append("accountsite.sandbox")

MIDDLEWARE = [
    "settings_app.shell.middleware.SiteMiddleware",
    "settings_app.shell.outage.OutageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "settings_app.shell.middleware.PolicyMiddleware",
    "settings_app.api.gate.ApiMiddleware",  # before the session: the API reads no cookie
    "settings_app.shell.middleware.SessionMiddleware",
    "settings_app.shell.preview.PreviewMiddleware",
    "settings_app.shell.language.LanguageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "settings_app.gathered.tasks.TaskMiddleware",
    "settings_app.shell.middleware.AccountMiddleware",  # before CSRF: an ended session leads to sign-in, not to 403
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.common.CommonMiddleware",
]

ROOT_URLCONF = "accountsite.urls"
WSGI_APPLICATION = "accountsite.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [f"settings_app.templatetags.{name}" for name in ("components", "rows", "items", "cards")],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "settings_app.shell.context.page",
                "settings_app.gathered.navigation.navigation",
                "settings_app.admin.navigation.navigation",
            ],
        },
    }
]

CONN_MAX_AGE = env.number("CONN_MAX_AGE", 60)
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{BASE_DIR / 'accountsite.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = CONN_MAX_AGE
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers go on during a write; IMMEDIATE takes the write lock at once instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # No wait is without an end: for a connection, a network that is gone, a lock, a statement.
    # What DATABASE_URL says itself wins.
    DATABASES["default"]["ENGINE"] = "settings_app.postgresql"
    DATABASES["default"]["OPTIONS"] = with_limits(
        DATABASES["default"].get("OPTIONS", {}),
        {
            "connect_timeout": 3,
            "keepalives": 1,
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "options": "-c statement_timeout=6s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s",
        },
    )
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

vars().update(env.mail_server("EMAIL_URL", "consolemail://" if IS_LOCAL else "dummymail://"))
EMAIL_TIMEOUT = 10

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGES = compiled(LOCALE_PATHS[0])
LANGUAGE_COOKIE_NAME = "language"  # never set: the choice is kept in the session
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "settings_app.shell.staticfiles.JoinedFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is ever stored as a file here
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "settings_app.shell.staticfiles.JoinedManifestStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False  # the files are for this site's own pages
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
# Files are read before anybody is asked who they are; no form here takes more than one.
# guard: one-file-per-request
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["settings_app.shell.uploads.BoundedUploadHandler"]

SECURE_SSL_REDIRECT = not IS_LOCAL
HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000)
SECURE_HSTS_SECONDS = 0 if IS_LOCAL else HSTS_SECONDS
# A hosted subdomain decides nothing for its customer's domain unless asked to.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.switch("HSTS_INCLUDE_SUBDOMAINS", default=False) and SECURE_HSTS_SECONDS > 0
SECURE_HSTS_PRELOAD = env.switch("HSTS_PRELOAD", default=False) and SECURE_HSTS_SECONDS > 0
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # which ask for both
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# form-action and frame-ancestors are completed for each site by PolicyMiddleware.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "https:", "data:"],  # pictures of people come from wherever Logto says, over https only
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

API_DOCS = IS_LOCAL  # /api/docs, for whoever tries the API in the demo

# Metrics, on an address of their own such as 127.0.0.1:9464; several processes count in files of the folder.
METRICS_BIND = env.text("METRICS_BIND")
METRICS_FOLDER = env.text("METRICS_FOLDER")

# Traces, to a collector of OpenTelemetry such as http://127.0.0.1:4318/v1/traces (OTLP over HTTP).
TRACES_URL = env.text("TRACES_URL")

LOG_FORMAT = env.one_of("LOG_FORMAT", ("LINE", "JSON"), "LINE")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "LINE": {"()": "settings_app.shell.logs.LineFormatter"},
        "JSON": {"()": "settings_app.shell.logs.JsonFormatter"},
    },
    "filters": {
        "brief": {"()": "settings_app.shell.logs.BadRequestsAreBrief"},
        "routes": {"()": "settings_app.shell.logs.AddressesAreRoutes"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["brief", "routes"]},
    },
    "root": {"handlers": ["stderr"], "level": env.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")},
    "loggers": {
        # On DEBUG it would write addresses with ids of people,
        "urllib3": {"level": "INFO"},
        # all that a page was made of when a template asks for what is not there: codes, tokens of undo links,
        "django.template": {"level": "INFO"},
        # and the values of each statement.
        "django.db.backends": {"level": "INFO"},
    },
}

# What checks.py tells. It comes last, when every name has been read.
SETTINGS_PROBLEMS = tuple(env.problems)
MISTYPED_NAMES = tuple(env.mistyped(SITES_FILE))
