"""What this site keeps in its database: sessions and the audit trail. Nothing of a person's profile."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A browser's session. `session_key` is a digest of what the cookie holds; `subject` is empty until sign-in."""

    site = models.CharField(max_length=255)
    subject = models.CharField(max_length=64, blank=True, default="")
    sid = models.CharField(max_length=128, blank=True, default="")
    last_seen = models.DateTimeField()
    # Set when the id was exchanged for a new one: the old id opens nothing, it only asks the browser to reload.
    rotated = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["site", "subject"]),
            models.Index(fields=["site", "sid"]),
        ]

    @classmethod
    def get_session_store_class(cls) -> type:
        from settings_app.session import SessionStore  # session.py imports this module

        return SessionStore


class AuditEntry(models.Model):
    """One change of an account: written before the call to Logto, finished with its outcome. Holds no values."""

    class Outcome(models.TextChoices):
        STARTED = "started"
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    site = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    acting_admin = models.CharField(max_length=64, blank=True, default="")
    change = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.STARTED)
    reason = models.CharField(max_length=128, blank=True, default="")
    device = models.CharField(max_length=255, blank=True, default="")
    address = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["site", "subject", "started_at"])]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S}Z {self.change} {self.outcome}"


class SignInState(models.Model):
    """A sign-in or step-up that is under way at Logto. It is used up by one DELETE whose row count decides.

    `key` is a digest of OAuth's `state`, `browser` a random value of the session it began in.
    """

    key = models.CharField(max_length=64, primary_key=True)
    site = models.CharField(max_length=255)
    browser = models.CharField(max_length=64)
    purpose = models.CharField(max_length=16)
    person = models.CharField(max_length=64, blank=True, default="")
    target = models.TextField()
    nonce = models.CharField(max_length=64)
    code_verifier = models.CharField(max_length=64)
    requested_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["site", "browser", "requested_at"]),
            models.Index(fields=["requested_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} on {self.site} since {self.requested_at:%Y-%m-%d %H:%M:%S}Z"


class SeenLogoutToken(models.Model):
    """A logout token that was obeyed; `key` is a digest of its site and `jti`. It is kept until it has expired."""

    key = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"logout token, expires {self.expires_at:%Y-%m-%d %H:%M:%S}Z"
