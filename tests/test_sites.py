"""The sites of a deployment: what is read, what is refused, and that nothing crosses from one to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accountsite.sandbox.logto import Logto
from settings_app.following import Following
from settings_app.models import AuditEntry
from settings_app.safeguards import audit, limits
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.limits import Limit, Scope
from settings_app.sites import ENVIRONMENT_NAMES, default_resource, origin, site_for
from settings_app.sites_file import insecure, read_sites
from tests.people import client_of

COMPLETE: dict[str, Any] = {
    "base_url": "https://account.example.com",
    "endpoint": "https://auth.example.com",
    "app_id": "web",
    "app_secret": "invented",
    "m2m_app_id": "machine",
    "m2m_app_secret": "invented-too",
}


def problems(**changed: Any) -> tuple[str, ...]:
    sites, found = read_sites({**COMPLETE, **changed}, "")
    assert bool(sites) != bool(found)
    return found


def test_a_complete_environment_is_one_site() -> None:
    (site,), found = read_sites(COMPLETE, "")
    assert found == ()
    assert site.host == "account.example.com"
    assert site.issuer == "https://auth.example.com/oidc"


def test_secrets_are_kept_out_of_the_repr() -> None:
    (site,), _ = read_sites(COMPLETE, "")
    assert "invented" not in repr(site)


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_each_missing_value_is_one_sentence(name: str) -> None:
    assert problems(**{name: ""}) == (f"The environment does not set {ENVIRONMENT_NAMES[name]}.",)


@pytest.mark.parametrize(
    "address",
    [
        "account.example.com",
        "ftp://account.example.com",
        "https://",
        "https://a.example/path",
        "https://u:p@a.example",
        "https://a:x",
    ],
)
def test_an_address_that_is_none_is_told(address: str) -> None:
    assert len(problems(base_url=address)) == 1


@pytest.mark.parametrize("name", ["base_url", "endpoint"])
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://AUTH.example.com", "https://auth.example.com"),
        ("HTTPS://auth.example.com", "https://auth.example.com"),
        ("https://auth.example.com:443", "https://auth.example.com"),
        ("https://auth.example.com:0443/", "https://auth.example.com"),
        ("https://auth.example.com:", "https://auth.example.com"),
        ("http://localhost:80/", "http://localhost"),
        ("http://localhost:443", "http://localhost:443"),
        ("https://Auth.Example.com:8443/", "https://auth.example.com:8443"),
        ("https://[2001:DB8::1]:443", "https://[2001:db8::1]"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        (" https://auth.example.com\t", "https://auth.example.com"),
    ],
)
def test_addresses_are_read_as_browsers_and_logto_write_them(name: str, typed: str, meant: str) -> None:
    (site,), found = read_sites({**COMPLETE, name: typed}, "")
    assert found == ()
    assert getattr(site, name) == meant


def test_two_sites_of_one_tenant_have_the_same_key_however_it_is_typed() -> None:
    sites = [
        read_sites({**COMPLETE, "endpoint": typed}, "")[0][0]
        for typed in ("https://AUTH.example.com:443", COMPLETE["endpoint"])
    ]
    assert [site.tenant for site in sites] == ["https://auth.example.com"] * 2


def test_a_host_that_dns_cannot_hold_is_told() -> None:
    told = ("The environment: LOGTO_ENDPOINT is not an address.",)
    for host in ("\u2800.example", "-", "auth%2eexample.com", "a..example", "a-.example", "a b.example"):
        assert problems(endpoint=f"https://{host}") == told


def test_a_colour_that_is_none_is_told() -> None:
    assert "must be a colour" in problems(brand={"colour": "red; background: url(x)"})[0]


def test_an_unknown_name_is_told_because_it_is_a_slip() -> None:
    assert problems(suport_url="https://x.example") == (
        "The environment names suport_url, which is not a setting of a site.",
    )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"app_id": ["web"]}, ": LOGTO_APP_ID must be a text."),
        ({"languages": "de"}, ": LANGUAGES must be a list of texts."),
        ({"languages": ["de", 5]}, ": LANGUAGES must be a list of texts."),
        ({"brand": "Acme"}, ": brand must be a table of texts."),
        ({"brand": {"name": 5}}, ": brand must be a table of texts."),
        ({"brand": {"color": "#123456"}}, " names brand.color, which is not a setting of a brand."),
        ({"home_url": "https://a:x"}, ": HOME_URL is not an address."),
        ({"return_to": ["x"]}, ": RETURN_TO must list origins such as https://app.example.com, not x."),
        ({"app_secret": "env:NOT_SET"}, ": LOGTO_APP_SECRET points to env:NOT_SET, where nothing can be read."),
    ],
)
def test_a_value_of_the_wrong_kind_is_one_sentence(changed: dict[str, Any], told: str) -> None:
    assert problems(**changed) == (f"The environment{told}",)


def test_every_problem_is_told_at_once() -> None:
    found = problems(app_id="", endpoint="auth.example.com", brand={"colour": "red"})
    assert len(found) == 3


def test_return_addresses_are_kept_as_origins() -> None:
    (site,), _ = read_sites({**COMPLETE, "return_to": ["https://App.Example.com:443"]}, "")
    assert site.return_to == ("https://app.example.com",)


@pytest.mark.parametrize(
    ("endpoint", "resource"),
    [
        ("https://abc123.logto.app", "https://abc123.logto.app/api"),
        ("https://auth.example.com", "https://default.logto.app/api"),
        ("https://abc.logto.app.example.com", "https://default.logto.app/api"),
    ],
)
def test_the_management_resource_follows_the_kind_of_tenant(endpoint: str, resource: str) -> None:
    assert default_resource(endpoint) == resource


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], str]:
    def written(text: str) -> str:
        path = tmp_path / "sites.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


SITE = """
[[site]]
base_url = "https://account.{name}.example"
endpoint = "https://auth.{name}.example"
app_id = "web"
app_secret = "env:{name}_SECRET"
m2m_app_id = "machine"
m2m_app_secret = "file:{path}"
brand = {{ name = "{name}" }}
"""


def test_a_site_that_is_no_table_is_told(write: Callable[[str], str]) -> None:
    path = write('site = ["account.example.com"]')
    assert read_sites({}, path) == ((), (f"Site 1 of {path} is not a table.",))


def test_many_sites_come_from_a_file_with_secrets_from_elsewhere(
    write: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from-a-file\n", encoding="utf-8")
    monkeypatch.setenv("one_SECRET", "from-the-environment")
    monkeypatch.setenv("two_SECRET", "also")
    sites, found = read_sites({}, write(SITE.format(name="one", path=secret) + SITE.format(name="two", path=secret)))
    assert found == ()
    assert [site.host for site in sites] == ["account.one.example", "account.two.example"]
    assert sites[0].app_secret == "from-the-environment"
    assert sites[0].m2m_app_secret == "from-a-file"


def test_a_secret_that_is_not_there_is_told(write: Callable[[str], str]) -> None:
    _, found = read_sites({}, write(SITE.format(name="one", path="/nowhere")))
    assert len([sentence for sentence in found if "nothing can be read" in sentence]) == 2


ONE_TABLE = """[[site]]
base_url = "https://{host}"
endpoint = "https://auth.example.com"
app_id = "web"
app_secret = "invented"
m2m_app_id = "machine"
m2m_app_secret = "invented"
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"web"', '"web'),
        ('"web"', '""'),
        ("app_id", "app id"),
        ("app_secret =", "app_secret"),
        ('"invented"', '"file:/nowhere/secret"'),
        ("[[site]]", "[[site]]\napp_id = 1\napp_id = 2"),
    ],
)
def test_a_mistake_in_one_site_leaves_the_others_readable(write: Callable[[str], str], right: str, wrong: str) -> None:
    middle = ONE_TABLE.format(host="two.example").replace(right, wrong, 1)
    sites, found = read_sites(
        {}, write(ONE_TABLE.format(host="one.example") + middle + ONE_TABLE.format(host="three.example"))
    )
    assert [site.host for site in sites] == ["one.example", "three.example"]
    assert found


@pytest.mark.parametrize("text", ["", "[[site", "site = 3"])
def test_a_file_without_sites_is_told(write: Callable[[str], str], text: str) -> None:
    sites, found = read_sites({}, write(text))
    assert sites == ()
    assert len(found) == 1


def test_two_sites_on_one_host_are_told(write: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("one_SECRET", "x")
    table = SITE.format(name="one", path=__file__)
    sites, found = read_sites({}, write(table + table))
    assert len(sites) == 1
    assert "Two sites answer on account.one.example; each needs a host of its own." in found


def test_a_folder_holds_any_number_of_files_with_one_site_or_many(tmp_path: Path) -> None:
    alone = ONE_TABLE.replace("[[site]]\n", "")
    (tmp_path / "a.toml").write_text(alone.format(host="one.example"), encoding="utf-8")
    (tmp_path / "b.toml").write_text("".join(ONE_TABLE.format(host=f"{n}.example") for n in ("two", "three")))
    (tmp_path / "c.toml").write_text("base_url = ", encoding="utf-8")
    (tmp_path / "d.toml").write_text(alone.format(host="one.example"), encoding="utf-8")
    (tmp_path / "e.toml.off").write_text(alone.format(host="off.example"), encoding="utf-8")
    sites, found = read_sites({}, str(tmp_path))
    assert [site.host for site in sites] == ["one.example", "two.example", "three.example"]
    assert [str(tmp_path / "c.toml") in found[0], "one.example" in found[1], len(found)] == [True, True, 2]


def test_a_site_that_is_unfit_is_left_out_and_no_other_one(write: Callable[[str], str]) -> None:
    path = write(ONE_TABLE.format(host="one.example") + ONE_TABLE.format(host="two.example").replace("s://t", "://t"))
    sites, found = read_sites({}, path, unfit=insecure)
    assert [site.host for site in sites] == ["one.example"]
    assert found == ("http://two.example must begin with https://: the session cookie is sent over TLS only.",)


def test_what_differs_from_site_to_site_is_checked() -> None:
    for wrong, told in (
        ({"session_idle_seconds": 59}, "must be 60 seconds or more"),
        ({"audit_kept_days": 29}, "must be 30 days or more"),
        ({"limits_of_all": 0}, "from 1 to 100"),
        ({"limits_of_networks": 101}, "from 1 to 100"),
        ({"mail_server": "http://mail.example"}, "must be an address such as smtp+tls://"),
        ({"mail_server": "smtp://"}, "must be an address such as smtp+tls://"),
    ):
        assert told in problems(**wrong)[0]
    (site,), _ = read_sites({**COMPLETE, "mail_server": "smtp+tls://user:hidden@mail.example:587"}, "")
    assert "hidden" not in repr(site)


@pytest.mark.parametrize("host", ["account.example.com", "ACCOUNT.example.com", "account.example.com:443"])
def test_a_site_is_found_by_its_host(host: str) -> None:
    (site,), _ = read_sites(COMPLETE, "")
    assert site_for(host, [site]) == site


@pytest.mark.parametrize(
    "host", ["", "example.com", "account.example.com:8443", "account.example.com.evil.example", "x@account.example.com"]
)
def test_other_hosts_have_no_site(host: str) -> None:
    (site,), _ = read_sites(COMPLETE, "")
    assert site_for(host, [site]) is None


def test_an_origin_is_compared_whole() -> None:
    assert origin("HTTPS://App.example.com:443/path?x") == "https://app.example.com"


# Requests on an unknown host, and two sites side by side


def test_an_unknown_host_gets_a_bare_404_and_no_cookie(db: None, client: Client) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 404
    assert answer.content == b""
    assert not answer.cookies


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/statusz", 503)])
def test_health_answers_on_any_host(db: None, client: Client, path: str, status: int) -> None:
    answer = client.get(path, headers={"host": "10.0.0.7:9000"})
    assert answer.status_code == status
    assert not answer.cookies


def test_a_proxy_may_ask_which_hosts_are_sites_and_nobody_else_may(client: Client) -> None:
    def asked(domain: str, **more: Any) -> int:
        return client.get("/.well-known/site-check", {"domain": domain}, **more).status_code

    assert [asked("testserver"), asked("TestServer"), asked("elsewhere.example"), asked("")] == [200, 200, 404, 404]
    assert asked("testserver", headers={"host": "127.0.0.1:8000"}) == 200
    assert asked("testserver", REMOTE_ADDR="93.184.215.14") == 404
    for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
        assert asked("testserver", headers={name: "10.0.0.1"}) == 404


def test_a_session_lasts_as_long_as_its_site_says(db: None, logto: Logto, settings: Settings) -> None:
    ada, now = client_of(logto, "ada"), timezone.now()
    settings.SITES = (replace(settings.SITES[0], session_idle_seconds=120),)
    assert ada.get("/").status_code == 200
    with time_machine.travel(now + timedelta(seconds=119)):
        page = ada.get("/data/").content.decode()
    assert 'content="121"' in page  # without a script, the page loads itself again then
    with time_machine.travel(now + timedelta(seconds=119 + 200)):
        assert ada.get("/").status_code == 302


def test_the_trail_is_kept_as_long_as_the_site_of_each_row_says(db: None, settings: Settings) -> None:
    first = settings.SITES[0]
    settings.SITES = (first, replace(first, base_url="http://second.example", audit_kept_days=30))
    for host in ("testserver", "second.example", "gone.example"):
        for days in (29, 31, 366):
            began = timezone.now() - timedelta(days=days)
            AuditEntry.objects.create(site=host, subject="ada", change="username-changed", started_at=began)
    audit.delete_old()
    assert sorted(AuditEntry.objects.values_list("site").annotate(Count("pk"))) == [
        ("gone.example", 2), ("second.example", 1), ("testserver", 2),
    ]  # fmt: skip


def test_a_site_raises_limits_of_networks_and_of_all_but_never_those_of_a_person(db: None) -> None:
    site = replace(settings.SITES[0], limits_of_networks=2, limits_of_all=3)
    who = {Scope.PERSON: "ada", Scope.NETWORK: "192.0.2.1", Scope.SITE: ""}
    for scope, most in ((Scope.PERSON, 5), (Scope.NETWORK, 40), (Scope.SITE, 360)):
        apart = {one: value if one is scope else "" for one, value in who.items()}
        rule = next(rule for rule in Limit.STEP_UP_PASSWORD.rules if rule.scope is scope)
        assert limits._most(site, Limit.STEP_UP_PASSWORD, rule) == most, apart
    for _time in range(5):
        limits.count("tenant", Limit.STEP_UP_PASSWORD, who, site=site)
    with pytest.raises(TooManyAttempts):
        limits.count("tenant", Limit.STEP_UP_PASSWORD, who, site=site)


# The command that writes them down, and who follows it


@pytest.fixture(params=["file", "folder"])
def sites_path(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Path:
    path: Path = tmp_path / "sites" if request.param == "folder" else tmp_path / "sites.toml"
    if request.param == "folder":
        path.mkdir()
        (path / "one.toml").write_text(ONE_TABLE.format(host="one.example"), encoding="utf-8")
    else:
        path.write_text("# Ours.\n" + ONE_TABLE.format(host="one.example"), encoding="utf-8")
    settings.SITES_FILE = str(path)
    settings.SITES_AGAIN = lambda: read_sites({}, str(path), unfit=insecure)
    settings.SITES, settings.SITES_PROBLEMS = settings.SITES_AGAIN()
    return path


def ran(*words: str) -> str:
    out = StringIO()
    call_command("sites", *words, stdout=out)
    return out.getvalue()


def add(host: str, *more: str, secret: str = "file:{}") -> str:
    written = secret.format(__file__)
    return ran(
        "add", "--base-url", f"https://{host}", "--endpoint", "https://auth.example.com", "--app-id", "web",
        "--app-secret", written, "--m2m-app-id", "machine", "--m2m-app-secret", written, *more,
    )  # fmt: skip


def hosts(path: Path) -> list[str]:
    return sorted(site.host for site in read_sites({}, str(path))[0])


def test_sites_are_listed_checked_added_and_removed(sites_path: Path, settings: Settings) -> None:
    following = Following()
    assert "one.example" in ran("list")
    assert "nothing is wrong" in ran("check")
    add("two.example", "--set", 'return_to=["https://app.example.com"]', "--set", "brand.name=Acme")
    assert hosts(sites_path) == ["one.example", "two.example"]
    following.look()
    assert [(site.brand.name, site.return_to) for site in settings.SITES if site.host == "two.example"] == [
        ("Acme", ("https://app.example.com",))
    ]
    ran("remove", "two.example")
    assert hosts(sites_path) == ["one.example"]
    following.look()
    assert [site.host for site in settings.SITES] == ["one.example"]


def test_nothing_is_written_down_that_is_wrong(sites_path: Path) -> None:
    cases: tuple[tuple[str, Callable[[], str]], ...] = (
        ("There is a site on one.example already", lambda: add("one.example")),
        ("which is not a setting of a site", lambda: add("two.example", "--set", "nothing=1")),
        ("Give app_secret as file:", lambda: add("two.example", secret="typed")),
        ("where nothing can be read", lambda: add("two.example", secret="file:/nowhere")),
        ("No site answers on two.example", lambda: ran("remove", "two.example")),
    )
    for told, asked in cases:
        with pytest.raises(CommandError, match=told):
            asked()
    assert hosts(sites_path) == ["one.example"]


def test_a_wrong_site_is_told_by_the_command_and_the_others_go_on(sites_path: Path, settings: Settings) -> None:
    following = Following()
    file = sites_path / "two.toml" if sites_path.is_dir() else sites_path
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(text + ONE_TABLE.format(host="two.example").replace('"web"', '""'), encoding="utf-8")
    following.look()
    assert [site.host for site in settings.SITES] == ["one.example"]
    with pytest.raises(CommandError, match="does not set app_id"):
        ran("check")
    assert "left out: Site" in ran("list")


def test_where_no_site_can_be_read_any_more_those_of_before_go_on(sites_path: Path, settings: Settings) -> None:
    following = Following()
    for file in sites_path.glob("*.toml") if sites_path.is_dir() else [sites_path]:
        file.write_text("", encoding="utf-8")
    following.look()
    assert [site.host for site in settings.SITES] == ["one.example"]


def test_a_secret_that_is_exchanged_is_followed(sites_path: Path, settings: Settings, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("before", encoding="utf-8")
    add("two.example", secret=f"file:{secret}")
    following = Following()
    secret.write_text("and after", encoding="utf-8")
    following.look()
    assert [site.app_secret for site in settings.SITES] == ["invented", "and after"]


@pytest.fixture
def two_sites(settings: Settings) -> None:
    first = settings.SITES[0]
    second = replace(first, base_url="http://second.example")
    settings.SITES = (first, second)
    settings.ALLOWED_HOSTS = ["testserver", "second.example"]


def test_a_session_of_one_site_is_refused_on_another(db: None, logto: Logto, two_sites: None) -> None:
    ada, carried = client_of(logto, "ada"), Client()
    carried.cookies[settings.SESSION_COOKIE_NAME] = ada.cookies[settings.SESSION_COOKIE_NAME].value
    answer = carried.get("/", headers={"host": "second.example"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
    assert ada.get("/").status_code == 200


def test_a_form_of_another_site_is_refused_even_with_a_good_token(db: None, logto: Logto, two_sites: None) -> None:
    assert settings.CSRF_TRUSTED_ORIGINS == []  # else each site would take the forms of all others
    somebody = client_of(logto, "ada")
    ada = Client(enforce_csrf_checks=True)
    ada.cookies = somebody.cookies
    page = ada.get("/profile/nickname/change/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = {"csrfmiddlewaretoken": token, "nickname": "Countess"}
    other, own = {"origin": "http://second.example"}, {"origin": "http://testserver"}
    assert ada.post("/profile/nickname/change/", form, headers=other).status_code == 403
    assert ada.post("/profile/nickname/change/", form, headers=own).status_code == 302


def test_the_scheme_comes_from_the_configuration(db: None, logto: Logto, settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], base_url="https://testserver"),)
    answer = client_of(logto, "ada").get("/", headers={"x-forwarded-proto": "http"})
    assert answer.wsgi_request.scheme == "https"


def test_only_the_site_of_the_request_may_receive_forms(db: None, logto: Logto, settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], endpoint="http://localhost:3301"),)
    policy = client_of(logto, "ada").get("/")["Content-Security-Policy"]
    assert "form-action 'self' http://localhost:3301" in policy
    assert "frame-ancestors 'none'" in policy


def test_frames_are_for_the_named_origins_only(db: None, logto: Logto, settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], frame_ancestors=("https://app.example.com",)),)
    answer = client_of(logto, "ada").get("/")
    assert "frame-ancestors https://app.example.com" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer


def test_nobody_may_frame_a_site_by_default(db: None, logto: Logto) -> None:
    assert client_of(logto, "ada").get("/")["X-Frame-Options"] == "DENY"


def test_the_one_site_of_the_tests_is_the_configured_one() -> None:
    assert [site.host for site in settings.SITES] == ["testserver"]


def test_whatever_the_operator_of_one_site_may_set_is_read_from_the_environment() -> None:
    """Also what no test sets: a name that nobody reads would say nothing."""
    source = (Path(__file__).parent.parent / "accountsite" / "settings.py").read_text()
    assert set(ENVIRONMENT_NAMES) <= set(settings.ONE_SITE)
    assert [name for name in ENVIRONMENT_NAMES.values() if f'"{name}"' not in source] == []
