"""Who is asking: the client's address behind proxies, its network, and the name of its device."""

from __future__ import annotations

import pytest
from django.test import RequestFactory, override_settings
from django.utils import translation

from settings_app.device import name_of_agent, network
from settings_app.shell.http import client_address

FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Firefox/128.0"
PROXY = "10.0.0.1"


def address_of(forwarded: str) -> str:
    return client_address(RequestFactory().get("/", REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": forwarded}))


def test_without_trusted_proxies_the_header_is_not_believed() -> None:
    assert address_of("203.0.113.7") == PROXY


@override_settings(TRUSTED_PROXIES=1)
def test_with_one_proxy_only_its_own_entry_counts() -> None:
    assert address_of("198.51.100.1, 203.0.113.7") == "203.0.113.7"


@override_settings(TRUSTED_PROXIES=1)
@pytest.mark.parametrize("read", ["::ffff:203.0.113.7", "::FFFF:cb00:7107", "203.0.113.7"])
def test_an_ipv4_address_is_one_also_where_the_server_listens_for_both_families(read: str) -> None:
    assert address_of(read) == "203.0.113.7"


@override_settings(TRUSTED_PROXIES=2)
def test_with_two_proxies_the_second_entry_from_the_right_counts() -> None:
    assert address_of("198.51.100.1, 203.0.113.7, 10.0.0.2") == "203.0.113.7"


@override_settings(TRUSTED_PROXIES=2)
def test_a_request_that_did_not_pass_all_proxies_has_the_address_it_came_from() -> None:
    assert address_of("203.0.113.7") == PROXY


@override_settings(TRUSTED_PROXIES=1)
@pytest.mark.parametrize("made_up", ["unknown", "<script>", "999.1.1.1"])
def test_what_is_no_address_is_none(made_up: str) -> None:
    assert address_of(made_up) == ""


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
    ],
)
def test_what_limits_count_as_one_network(address: str, counted_as: str) -> None:
    assert network(address) == counted_as


def test_a_device_is_named_in_words() -> None:
    assert name_of_agent(FIREFOX) == "Firefox on macOS"


def test_a_device_is_named_from_right_to_left_where_the_page_runs_so() -> None:
    with translation.override("ar"):
        assert name_of_agent(FIREFOX).startswith("\N{RIGHT-TO-LEFT MARK}Firefox")


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko)"
NAMED = {
    f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1": "Safari on iPhone",
    f"{IPHONE.replace('iPhone', 'iPad', 1)} Version/17.5 Mobile/15E148 Safari/604.1": "Safari on iPad",
    f"{IPHONE} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1": "Chrome on iPhone",
    f"{IPHONE} FxiOS/127.0 Mobile/15E148 Safari/605.1.15": "Firefox on iPhone",
    f"{IPHONE} Version/17.0 EdgiOS/126.0 Mobile/15E148 Safari/605.1.15": "Edge on iPhone",
    f"{IPHONE} Mobile/15E148": "iPhone",
    f"{ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36": "Chrome on Android phone",
    f"{ANDROID} Chrome/126.0.0.0 Safari/537.36": "Chrome on Android tablet",
    f"{ANDROID} SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36": "Samsung Internet on Android phone",
    "Mozilla/5.0 (Android 14; Tablet; rv:127.0) Gecko/127.0 Firefox/127.0": "Firefox on Android tablet",
    f"{ANDROID.replace('K)', 'Pixel 8; wv)')} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36": "Android phone",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36": "Chrome on ChromeOS",
    "curl/8.5.0": "curl",
}


def test_a_device_is_called_what_its_owner_calls_it() -> None:
    assert {agent: name_of_agent(agent) for agent in NAMED} == NAMED


@pytest.mark.parametrize("agent", ["", "x", "\x00" * 10_000])
def test_an_unknown_device_has_no_name(agent: str) -> None:
    assert name_of_agent(agent) == ""
