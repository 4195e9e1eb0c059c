"""How long sessions and traces are kept: as a site says, or else as the deployment does."""

from __future__ import annotations

from django.conf import settings

from settings_app.sites import Site


def idle_seconds(site: Site | None) -> int:
    """A session ends when nothing has happened for so long."""
    idle: int = (site.session_idle_seconds if site else 0) or settings.SESSION_IDLE_SECONDS
    return min(idle, absolute_seconds(site))


def absolute_seconds(site: Site | None) -> int:
    """A session ends in any case after so long."""
    seconds: int = (site.session_absolute_seconds if site else 0) or settings.SESSION_ABSOLUTE_SECONDS
    return seconds


def audit_kept_days(site: Site | None) -> int:
    days: int = (site.audit_kept_days if site else 0) or settings.AUDIT_KEPT_DAYS
    return days


def own_audit_days() -> dict[str, int]:
    """By host, of the sites that say so themselves."""
    return {site.host: site.audit_kept_days for site in settings.SITES if site.audit_kept_days}
