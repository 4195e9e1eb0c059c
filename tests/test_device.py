"""Who is asking: the client's address behind proxies, its network, and the name of its device."""

from __future__ import annotations

import pytest
from django.test import RequestFactory, override_settings

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


@pytest.mark.parametrize("agent", ["", "x", "\x00" * 10_000])
def test_an_unknown_device_has_no_name(agent: str) -> None:
    assert name_of_agent(agent) == ""
