"""Asks one page again and again, over one connection, as a proxy in front of the site would."""

from __future__ import annotations

import http.client
import statistics
import time
from dataclasses import dataclass

from bench.processes import HOST, Served, Upstream

FIRST_TIMES = 12  # until what is kept in memory is there


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    person: str


PAGES = (
    Page("overview", "/", "amara"),
    Page("profile", "/profile/", "ada"),
    Page("security", "/security/", "amara"),
    Page("devices", "/sessions/", "amara"),
    Page("devices, 40 sessions", "/sessions/", "heavy"),
    Page("apps", "/apps/", "amara"),
    Page("apps, 25 apps", "/apps/", "heavy"),
    Page("activity", "/activity/", "amara"),
    Page("organisations", "/organizations/", "ada"),
    Page("check-up", "/check-up/", "amara"),
    Page("profile, a row open", "/profile/nickname/change/", "ada"),
    Page("new password", "/password/change/", "ada"),
)


class Browser:
    """One connection that is kept, with the cookie of one person."""

    def __init__(self, served: Served, page: Page) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", served.port)
        self.path = page.path
        self.headers = {"Host": HOST, "Cookie": served.cookies.get(page.person, ""), "X-Forwarded-For": "192.0.2.7"}
        self.headers |= {"Accept-Encoding": "gzip", "Accept-Language": "en", "X-Forwarded-Proto": "https"}

    def ask(self) -> bytes:
        self.connection.request("GET", self.path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{self.path} answers {answer.status}")
        return body


def cpu_milliseconds(served: Served, page: Page, times: int) -> float:
    """Of the site's own processes: the median of so many requests, one after the other."""
    browser, spent = Browser(served, page), []
    for number in range(FIRST_TIMES + times):
        before = served.cpu_seconds()
        browser.ask()
        if number >= FIRST_TIMES:
            spent.append((served.cpu_seconds() - before) * 1000)
    return statistics.median(spent)


def seconds(served: Served, page: Page, times: int) -> float:
    """From the question to the end of the answer: the median."""
    browser, spent = Browser(served, page), []
    for number in range(3 + times):
        began = time.perf_counter()
        browser.ask()
        if number >= 3:
            spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def calls(served: Served, page: Page, logto: Upstream) -> dict[str, int]:
    """What one page asks of Logto when all that a process keeps is there."""
    browser = Browser(served, page)
    for _ in range(3):
        browser.ask()
    logto.ask()
    browser.ask()
    return logto.ask()
