"""The steps of the rehearsal: each says what it did and saw, and raises AssertionError where that is not right."""

from __future__ import annotations

import random
import re
import signal
import time
from collections import Counter
from collections.abc import Callable

from django.utils.html import escape

from accountsite.sandbox.faults import FaultKind
from accountsite.sandbox.webhooks import Webhooks
from settings_app.models import AuditEntry, Notice
from settings_app.sites import Site
from tests.rehearsal.deployment import Deployment, Process, killed, wait_until
from tests.rehearsal.visitors import COOKIE, Record, Visitors, arrived, ask

BUSY = 6  # visitors at a time
KILLS = 6
SECONDS_TO_BE_SEEN = 5  # by a proxy that asks every 2
LANGUAGE = re.compile(r'<html[^>]* lang="([^"]+)"')
BRAND_STYLE = re.compile(r'href="([^"]*brand\.css[^"]*)"')
LETTERS_SECONDS = 240  # a mail that was claimed by a process that is gone waits for two minutes

Sites = tuple[Site, ...]


def a_stolen_cookie_opens_nothing_elsewhere(deployment: Deployment, sites: Sites) -> str:
    first, second = deployment.customers
    asked = 0
    for home, other in ((first, second), (second, first)):
        person = arrived(home, sites)
        assert ask(deployment, home.host, "GET", "/profile/", cookie=person.cookie).status == 200
        for _time in range(4):  # each process is met
            answer = ask(deployment, other.host, "GET", "/profile/", cookie=person.cookie)
            assert (answer.status, "/sign-in/" in answer.location) == (302, True), answer
            assert person.handle not in answer.body
            asked += 1
        assert ask(deployment, home.host, "GET", "/profile/", cookie=person.cookie).status == 200
    return f"the cookie {COOKIE} of either site shown to the other {asked} times: sign-in each time; it goes on at home"


def each_site_has_its_own_looks(deployment: Deployment, sites: Sites) -> str:
    languages, styles = [], set()
    for customer in deployment.customers:
        page = ask(deployment, customer.host, "GET", "/sign-in/").body
        languages.append(LANGUAGE.findall(page)[0])
        styles.add(ask(deployment, customer.host, "GET", BRAND_STYLE.findall(page)[0]).body)
        assert escape(customer.name) in page
        assert not any(escape(one.name) in page for one in deployment.customers if one is not customer)
    assert languages == ["en", "de"], languages
    assert len(styles) == 2, "both sites have the same colours"
    return f"to a browser that names no language they speak {' and '.join(languages)}; each has its name and colours"


def what_logto_tells_arrives(deployment: Deployment, sites: Sites) -> str:
    """Its webhooks, through the proxy and under TLS."""
    visitors = Visitors(deployment, sites)
    with visitors.busy(2) as record:
        wait_until(lambda: len(record.done) >= BUSY, "usernames are changed")
    told = [one for customer in deployment.customers for one in customer.logto.state.part(Webhooks).deliveries]
    wait_until(lambda: all(one.status != "waiting" for one in told), "each webhook is sent", 60)
    ends = Counter((one.status, one.answer) for one in told)
    assert set(ends) == {("sent", 204)}, ends
    return f"{len(told)} webhooks of both tenants: each was answered with 204"


def a_third_site_is_added(deployment: Deployment, sites: Sites) -> str:
    visitors = Visitors(deployment, sites)
    assert deployment.status(deployment.newcomer.host) in (404, 0)  # Caddy has no certificate for it
    with visitors.busy(BUSY) as record:
        time.sleep(3)
        deployment.write_sites(*deployment.customers, deployment.newcomer)
        for site in deployment.sites:
            reloaded(site)
        assert all(deployment.status(deployment.newcomer.host) == 200 for _time in range(6))
        time.sleep(3)
    return whole(record, "a third site was written, each process reloaded; it answers")


def a_rolling_reload(deployment: Deployment, sites: Sites) -> str:
    visitors = Visitors(deployment, sites)
    with visitors.busy(BUSY) as record:
        for _round in range(2):
            for site in deployment.sites:
                time.sleep(2)
                reloaded(site)
    return whole(record, f"each of {len(deployment.sites)} processes reloaded twice, one after the other (HUP)")


def a_rolling_restart(deployment: Deployment, sites: Sites) -> str:
    """TERM and a new start, as `systemctl restart` and a new container do it, once the proxy leads past it."""
    visitors = Visitors(deployment, sites)
    with visitors.busy(BUSY) as record:
        for site in deployment.sites:
            time.sleep(2)
            deployment.led_past(site)
            site.stop()
            site.start()
            ready(site)
            deployment.led_past(None)
            time.sleep(SECONDS_TO_BE_SEEN)
    return whole(record, f"each of {len(deployment.sites)} processes ended (TERM) and started, one after the other")


def site_processes_are_killed(deployment: Deployment, sites: Sites) -> str:
    """-9, the master's children and the master itself, while Logto takes its time with writes."""
    visitors = Visitors(deployment, sites)
    for customer in deployment.customers:
        customer.logto.faults.add(FaultKind.LATENCY, "/api/users/*", method="PATCH", seconds=0.2)
    rng = random.Random(1)  # noqa: S311  # the same moments each time
    with visitors.busy(BUSY) as record:
        for number in range(KILLS):
            time.sleep(1 + rng.random())
            site = deployment.sites[number % len(deployment.sites)]
            if number == KILLS - 1:
                assert site.running
                children = site.workers()
                site.send(signal.SIGKILL)
                for child in children:
                    killed(child)
                site.running.wait(10)
                site.start()
            else:
                killed(rng.choice(site.workers()))
            ready(site)
    for customer in deployment.customers:
        customer.logto.faults.clear()
    assert record.not_so == [], record.not_so
    assert record.done
    cut_off = AuditEntry.objects.exclude(outcome__in=("done", "refused")).count()
    return (
        f"{KILLS} kills -9: {len(record.done)} changes were told as done and all are so at Logto; {record.lost} of "
        f"{record.asked} requests got no answer of the site; {cut_off} rows of the trail were cut off before their "
        f"outcome; slowest answer {record.slowest:.1f} s"
    )


def the_mail_loop_is_killed(deployment: Deployment, sites: Sites) -> str:
    """-9 while mails leave; every change that was told as done is mailed in the end."""
    visitors = Visitors(deployment, sites, pause=0.5)
    rng = random.Random(2)  # noqa: S311  # as above
    with visitors.busy(BUSY) as record:
        for _number in range(KILLS):
            time.sleep(2 + 3 * rng.random())
            deployment.notices.send(signal.SIGKILL)
            assert deployment.notices.running
            deployment.notices.running.wait(10)
            deployment.notices.start()
    assert record.not_so == [], record.not_so
    wanted = Counter(person.email for person, _username in record.done)
    began = time.monotonic()

    def missing() -> int:
        there = Counter(one.address for customer in deployment.customers for one in customer.logto.state.inbox)
        return sum(max(count - there[email], 0) for email, count in wanted.items())

    wait_until(lambda: missing() == 0, "the mail about each change left", LETTERS_SECONDS)
    seconds = time.monotonic() - began
    letters = [one for customer in deployment.customers for one in customer.logto.state.inbox if one.address in wanted]
    waiting = Notice.objects.filter(state__in=(Notice.State.DONE, Notice.State.HELD)).count()
    return (
        f"the mail loop was killed -9 {KILLS} times: {len(record.done)} changes were told as done, {len(letters)} "
        f"letters about them arrived, the last one {seconds:.0f} s after the last change; {waiting} more wait"
    )


def reloaded(site: Process) -> None:
    """Until the old processes have ended."""
    before = set(site.workers())
    site.send(signal.SIGHUP)
    wait_until(lambda: not before & set(site.workers()), f"{site.name} is reloaded")


def ready(site: Process) -> None:
    wait_until(lambda: site.answers() == 200, f"{site.name} is ready again")


def whole(record: Record, told: str) -> str:
    assert record.not_so == [], record.not_so
    assert record.lost == 0, f"{record.lost} of {record.asked} requests were lost: {record.reads} {record.writes}"
    assert record.done
    return f"{told}: {record.asked} requests meanwhile, none lost, slowest {record.slowest:.1f} s"


STEPS: tuple[Callable[[Deployment, Sites], str], ...] = (
    each_site_has_its_own_looks,
    a_stolen_cookie_opens_nothing_elsewhere,
    what_logto_tells_arrives,
    a_third_site_is_added,
    a_rolling_reload,
    a_rolling_restart,
    site_processes_are_killed,
    the_mail_loop_is_killed,
)
