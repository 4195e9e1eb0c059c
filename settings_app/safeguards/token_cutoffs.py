"""Ends access tokens before their time: a JWT is good until it expires, so older ones are refused here."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from settings_app.models import TokenCutoff
from settings_app.safeguards.batches import delete_some

KEPT_FOR = timedelta(days=30)  # no access token lives as long
EVERY_APPLICATION = ""
EVERYBODY = ""


def cut_off(*, tenant: str, subject: str, application: str = EVERY_APPLICATION) -> None:
    """From now on the API takes only tokens of this person that Logto gives out later."""
    TokenCutoff.objects.update_or_create(
        tenant=tenant, subject=subject, application=application, defaults={"not_before": timezone.now()}
    )


def cut_off_everybody(tenant: str) -> None:
    """From now on the API takes only tokens that Logto gives out later, whosever they are."""
    cut_off(tenant=tenant, subject=EVERYBODY)


def is_cut_off(*, tenant: str, subject: str, application: str, issued_at: float) -> bool:
    """Whether a token of that second was ended. Tokens tell whole seconds, so those of the same one are too."""
    rows = TokenCutoff.objects.filter(tenant=tenant, subject__in=(EVERYBODY, subject))
    moments = rows.filter(application__in=(EVERY_APPLICATION, application)).values_list("not_before", flat=True)
    return any(issued_at <= moment.timestamp() for moment in moments)


def delete_old() -> int:
    """Retention. Says how many rows of a batch."""
    return delete_some(TokenCutoff.objects.filter(not_before__lt=timezone.now() - KEPT_FOR), "not_before")
