"""The language of a page: an address may ask for one, else what the person chose, the browser, the tenant.

A choice is kept in the session, which is there from the sign-in on; `?ui_locales=` (OpenID Connect Core 3.1.2.1) asks
for one before. Whoever signs in without a choice gets the language of the account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from settings_app import languages
from settings_app.logto.tenant import Tenant
from settings_app.session import signed_in
from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.sites import Site

CHOSEN = "language"  # in the session
ASKED = "ui_locales"
LONGEST_HEADER = 500


class LanguageMiddleware:
    """Speaks the language that this request is to be answered in, and says so in the answer."""

    def __init__(self, get_response: Callable[[AccountRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: AccountRequest) -> HttpResponse:
        speak(request, wanted(request))
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", languages.tag_of(spoken()))
        return response


def speak(request: HttpRequest, code: str) -> None:
    translation.activate(code)
    request.LANGUAGE_CODE = code


def spoken() -> str:
    """The code of the language that is spoken right now."""
    return translation.get_language() or languages.ENGLISH


def offered(site: Site) -> tuple[str, ...]:
    """The codes of the languages that may be chosen on this site."""
    known = tuple(code for code, _name in settings.LANGUAGES)
    return tuple(code for code in site.languages if code in known) or known


def wanted(request: AccountRequest) -> str:
    return best_of(wishes(request), request.site)


def wanted_without_session(request: AccountRequest) -> str:
    """For the API, which reads no cookie."""
    return best_of(wishes_of_browser(request), request.site)


def best_of(every: Iterable[list[str]], site: Site) -> str:
    codes = offered(site)
    return next((code for wish in every if (code := languages.fitting(wish, codes))), codes[0])


def wishes(request: AccountRequest) -> Iterator[list[str]]:
    """Lists of tags, the strongest wish first. Asks Logto nothing."""
    if signed_in(request) is not None:
        keep_asked(request)
    yield asked(request)
    yield [request.session.get(CHOSEN, "")]
    yield from wishes_of_browser(request)


def wishes_of_browser(request: AccountRequest) -> Iterator[list[str]]:
    """What a request says that has no session, then what the tenant speaks."""
    header = request.headers.get("Accept-Language", "")[:LONGEST_HEADER]
    yield [tag for tag, _weight in parse_accept_lang_header(header.lower())]
    yield [Tenant.of(request.site).fallback_language()]


def asked(request: HttpRequest) -> list[str]:
    """What the address asks for."""
    return request.GET.get(ASKED, "").split()


def as_query(request: HttpRequest) -> dict[str, str]:
    """What the address asks for, to be handed on to the next one."""
    return {ASKED: " ".join(asked(request))} if asked(request) else {}


def keep_asked(request: AccountRequest) -> None:
    """Makes it the choice of this session, where the site has it."""
    if code := languages.fitting(asked(request), offered(request.site)):
        request.session[CHOSEN] = code


def follow_account(request: AccountRequest, locale: str) -> None:
    """Speaks the language of the account from here on, in this session; without one, that of this page."""
    code = languages.fitting([locale], offered(request.site)) or spoken()
    request.session[CHOSEN] = code
    speak(request, code)


@dataclass(frozen=True)
class Choice:
    """A language in the footer, by the name that it has for itself."""

    tag: str
    name: str
    is_current: bool


@dataclass(frozen=True)
class Menu:
    """Every language of the site. People who are signed in choose on a page; for others the address asks for it."""

    choices: tuple[Choice, ...]
    method: str
    url: str
    hidden: tuple[tuple[str, str], ...]

    @property
    def current(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.is_current), None)


def menu(request: AccountRequest) -> Menu | None:
    """None where there is nothing to choose."""
    codes = offered(request.site)
    if len(codes) == 1:
        return None
    choices = _choices(codes, spoken())
    if getattr(request, "person", None) is not None:
        here = urlencode({"next": without_wish(request.get_full_path())})
        return Menu(choices, "post", f"{address_of('language')}?{here}", ())
    rest = tuple((name, str(value)) for name, value in request.GET.items() if name != ASKED)
    return Menu(choices, "get", request.path, rest)


@lru_cache(maxsize=256)
def _choices(codes: tuple[str, ...], current: str) -> tuple[Choice, ...]:
    return tuple(Choice(languages.tag_of(code), languages.NAMES[code], code == current) for code in codes)


def without_wish(address: str) -> str:
    """An address of this site that no longer asks for a language."""
    path, _mark, query = address.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != ASKED]
    return f"{path}?{urlencode(kept)}" if kept else path
