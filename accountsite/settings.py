"""Every setting, read from the environment in this file and nowhere else. `.env.example` explains each name."""

from pathlib import Path

import environ

from settings_app.sites import read_sites

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

# Without DEBUG=true these are production settings, and settings_app/checks.py refuses to start while one is missing.
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# The sites: one from the environment, or many from SITES_FILE.
SITES_FILE = env.str("SITES_FILE", default="")
SITES, SITES_PROBLEMS = read_sites(
    {
        "base_url": env.str("SITE_URL", default=""),
        "endpoint": env.str("LOGTO_ENDPOINT", default=""),
        "app_id": env.str("LOGTO_APP_ID", default=""),
        "app_secret": env.str("LOGTO_APP_SECRET", default=""),
        "m2m_app_id": env.str("LOGTO_M2M_APP_ID", default=""),
        "m2m_app_secret": env.str("LOGTO_M2M_APP_SECRET", default=""),
        "management_resource": env.str("LOGTO_MANAGEMENT_RESOURCE", default=""),
        "admin_role": env.str("ADMIN_ROLE", default="account-admin"),
        "return_to": env.list("RETURN_TO", default=[]),
        "frame_ancestors": env.list("FRAME_ANCESTORS", default=[]),
        "mail_from": env.str("MAIL_FROM", default=""),
        "home_url": env.str("HOME_URL", default=""),
        "support_url": env.str("SUPPORT_URL", default=""),
        "allow_picture_address": env.str("ALLOW_PICTURE_ADDRESS", default=""),
        "privacy_url": env.str("PRIVACY_URL", default=""),
        "terms_url": env.str("TERMS_URL", default=""),
        "brand": {
            "name": env.str("BRAND_NAME", default=""),
            "legal_name": env.str("BRAND_LEGAL_NAME", default=""),
            "logo_url": env.str("BRAND_LOGO_URL", default=""),
            "dark_logo_url": env.str("BRAND_DARK_LOGO_URL", default=""),
            "colour": env.str("BRAND_COLOUR", default=""),
            "dark_colour": env.str("BRAND_DARK_COLOUR", default=""),
        },
    },
    SITES_FILE,
)
# The site middleware is stricter: it compares host and port.
ALLOWED_HOSTS = [site.host.rsplit(":", 1)[0] for site in SITES]
# Forms are taken from the origin of their own site alone, which the site middleware makes known: not from other sites.
CSRF_TRUSTED_ORIGINS: list[str] = []
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# Sessions. Idle and absolute limits in seconds; the cookie itself goes with the browser.
SESSION_ENGINE = "settings_app.session"
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=3600)
SESSION_ABSOLUTE_SECONDS = env.int("SESSION_ABSOLUTE_SECONDS", default=86400)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "accountsite" if DEBUG else "__Host-accountsite"
SESSION_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = True
CSRF_COOKIE_SECURE = not DEBUG
CSRF_FAILURE_VIEW = "settings_app.shell.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
VERIFIED_SECONDS = 600

AUDIT_KEPT_DAYS = env.int("AUDIT_KEPT_DAYS", default=365)

INSTALLED_APPS = [
    "settings_app",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
]
if DEBUG:
    INSTALLED_APPS.append("accountsite.sandbox")

MIDDLEWARE = [
    "settings_app.shell.middleware.SiteMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "settings_app.shell.middleware.PolicyMiddleware",
    "settings_app.shell.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
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
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "settings_app.shell.context.page",
                "settings_app.gathered.navigation.navigation",
            ],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'accountsite.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers go on during a write; IMMEDIATE takes the write lock at once instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

vars().update(env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else "dummymail://"))
EMAIL_TIMEOUT = 10

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LANGUAGE_COOKIE_NAME = "language"  # never set: the choice is kept in the session
LOCALE_PATHS = [BASE_DIR / "locale"]
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

SECURE_SSL_REDIRECT = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
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

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "settings_app.shell.logs.LineFormatter"}},
    "filters": {"brief": {"()": "settings_app.shell.logs.BadRequestsAreBrief"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["brief"]}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    # On DEBUG it would write addresses with ids of people.
    "loggers": {"urllib3": {"level": "INFO"}},
}
