"""The brand on the pages: its colours as a style sheet, its pictures from this site's own address, light or dark."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import get_script_prefix, reverse
from django.views.decorators.http import require_POST, require_safe

from settings_app.colours import DARK, LIGHT, accent_of
from settings_app.logto.looks import dressed
from settings_app.shell import lifetime, logos
from settings_app.shell.addresses import allowed_next
from settings_app.shell.http import AccountRequest, public
from settings_app.sites import Brand, Site

THEME = "theme"  # in the session
THEMES = ("light", "dark")
CACHE_SECONDS = 3600


@public
@require_safe
def stylesheet(request: AccountRequest) -> HttpResponse:
    """What differs from site to site; the address changes with the colours, so a browser may keep it."""
    body = ":root{" + ";".join((*tokens(dressed(request.site).brand), lifetime.warning_delay(request.site))) + "}"
    return HttpResponse(body, content_type="text/css", headers={"Cache-Control": f"public, max-age={CACHE_SECONDS}"})


def tokens(brand: Brand) -> list[str]:
    """The accents of `static/css/tokens.css` in the brand's colours, of the light and of the dark mode."""
    light, dark = asdict(accent_of(brand.colour, LIGHT)), asdict(accent_of(brand.dark_colour, DARK))
    return [f"--brand-{name.replace('_', '-')}:light-dark({light[name]},{dark[name]})" for name in light]


@public
@require_safe
def picture(request: AccountRequest, kind: str) -> HttpResponse:
    """A logo or the favicon, fetched by this server. Raises Http404: there is none."""
    address = pictures(dressed(request.site)).get(kind)
    if not address:
        raise Http404
    return logos.answer_with(address)


def pictures(site: Site) -> dict[str, str]:
    """Where each of them is, by the name that it has here."""
    brand = site.brand
    return {"logo": brand.logo_url, "dark-logo": brand.dark_logo_url, "favicon": brand.favicon_url}


@dataclass(frozen=True, eq=False)  # made once for each site and theme, so it is known by what it is
class Looks:
    """What the frame of every page shows; an address is empty where there is no such picture."""

    site: Site
    theme: str
    stylesheet: str
    logo: str
    dark_logo: str
    favicon: str

    @property
    def schemes(self) -> str:
        """As CSS has it in `color-scheme`."""
        return self.theme or "light dark"


def looks_of(request: HttpRequest) -> Looks:
    site = dressed(request.site)  # type: ignore[arg-type]  # ours, not of django.contrib.sites
    missing = frozenset(name for name, address in pictures(site).items() if logos.is_known_missing(address))
    return _looks(site, theme_of(request, site), missing, get_script_prefix())


@lru_cache(maxsize=256)
def _looks(site: Site, theme: str, missing: frozenset[str], _prefix: str) -> Looks:
    found = {name: own_address(name, "" if name in missing else address) for name, address in pictures(site).items()}
    # By what the colours are made of: none is worked out before a browser asks for them.
    mark = logos.mark_of(f"{site.brand.colour}{site.brand.dark_colour}{LIGHT}{DARK}")
    address = f"{reverse('brand_css')}?{mark}"
    return Looks(site, theme, address, found["logo"], found["dark-logo"], found["favicon"])


def own_address(name: str, address: str) -> str:
    return f"{reverse('brand_picture', args=[name])}?{logos.mark_of(address)}" if address else ""


def theme_of(request: HttpRequest, site: Site) -> str:
    """`light` or `dark`, or empty where the system decides."""
    if site.brand.dark_mode == "off":
        return "light"
    session = getattr(request, "session", None)
    chosen = session.get(THEME, "") if session is not None else ""
    return chosen if chosen in THEMES else ""


@require_POST
def choose(request: AccountRequest) -> HttpResponse:
    """Light, dark, or as the system has it, for this session."""
    wanted = request.POST.get(THEME, "")
    # guard: theme-that-there-is
    if wanted not in (*THEMES, "system"):
        return HttpResponseBadRequest()
    request.session[THEME] = wanted
    return redirect(allowed_next(request.POST.get("next", "")) or reverse("overview"))
