"""What happens in between: impatience, the back button, a connection or a session that ends, other tabs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django import Settings

from accountsite.sandbox.seed import SITE_APP_ID
from settings_app.models import Session
from tests.e2e.conftest import NewPage, SignIn
from tests.e2e.place import Place

both_ways = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
OpenedAs = Callable[..., Page]


def nickname_of(place: Place) -> str:
    return str(place.logto.state.person("ada").user["profile"]["nickname"])


def typed_nickname(page: Page) -> Locator:
    """The nickname's row, opened, with "Countess" typed and not saved yet."""
    row = page.locator("#row-nickname")
    row.get_by_role("link").click()
    row.get_by_role("textbox").fill("Countess")
    return row


def save(row: Locator) -> None:
    row.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Saved")


@both_ways
def test_a_double_click_saves_once_and_tells_no_error(opened_as: OpenedAs, place: Place, script: bool) -> None:
    page = opened_as("ada", "profile", script=script)
    row = typed_nickname(page)
    row.get_by_role("button", name="Save").dblclick()
    expect(row.get_by_role("textbox")).to_be_hidden()
    expect(row).to_contain_text("Countess")
    expect(page).to_have_title(f"Profile – {place.brand}")
    assert nickname_of(place) == "Countess"


def test_a_click_at_the_very_moment_something_appears_is_taken_by_the_page(opened_as: OpenedAs, place: Place) -> None:
    """An element that htmx does not know yet would send the browser to a page of its own, past what is on this one."""
    page = opened_as("ada", "profile")
    page.evaluate("""() => {
        window.isThisPage = true;
        const appeared = new MutationObserver(() => {
            const save = document.querySelector("#row-nickname button[type=submit]");
            if (!save) return;
            appeared.disconnect();
            document.querySelector("#row-nickname [name=nickname]").value = "Countess";
            save.click();
        });
        appeared.observe(document.body, { childList: true, subtree: true });
    }""")
    page.locator("#row-nickname").get_by_role("link").click()
    expect(page.locator("#row-nickname")).to_contain_text("Saved")
    assert nickname_of(place) == "Countess"
    assert page.evaluate("window.isThisPage")


@both_ways
def test_the_back_button_shows_the_page_as_it_is_now(opened_as: OpenedAs, place: Place, script: bool) -> None:
    page = opened_as("ada", "profile", script=script)
    save(typed_nickname(page))
    page.get_by_role("link", name="Overview").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Winterbourne")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Profile")
    expect(page.locator("#row-nickname")).to_contain_text("Countess")
    page.wait_for_load_state()  # htmx is there again, and hears of the next step
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Winterbourne")


# The contrast (WCAG 2.2, 1.4.3) of each kind of button while it is busy, with the background it has under the pointer.
BUSY_BUTTONS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour, under) => {
    canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const linear = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const kinds = ["", "button--primary", "button--danger", "button--danger-outline", "button--quiet", "button--neutral"];
  return Object.fromEntries(kinds.map((kind) => {
    const button = document.querySelector("main").appendChild(document.createElement("button"));
    button.className = `button ${kind}`;
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
    const surface = getComputedStyle(document.body).backgroundColor;
    const text = light(getComputedStyle(button).color, surface);
    // What `:hover` sets, for a browser without a pointer.
    button.style.background = "var(--button-hover, var(--sunken))";
    button.style.transition = "none";
    const fill = light(getComputedStyle(button).backgroundColor, surface);
    button.remove();
    return [kind, (Math.max(text, fill) + 0.05) / (Math.min(text, fill) + 0.05)];
  }));
}"""


def test_a_dropped_connection_says_so_and_keeps_what_was_typed(
    opened_as: OpenedAs, place: Place, complaints: list[str]
) -> None:
    page = opened_as("ada", "profile")
    row = typed_nickname(page)
    page.context.set_offline(True)
    row.get_by_role("button", name="Save").click()
    expect(page.locator("[role=alert]")).to_contain_text("We lost the connection.")
    expect(row.get_by_role("textbox")).to_have_value("Countess")
    assert [line.split(",")[0] for line in complaints] == ["htmx:afterRequest", "htmx:sendError"]  # its own report
    complaints.clear()
    page.context.set_offline(False)
    save(row)
    expect(page.locator("[role=alert]")).to_be_empty()


def test_an_answer_that_takes_too_long_says_so_and_keeps_what_was_typed(
    opened_as: OpenedAs, place: Place, complaints: list[str]
) -> None:
    page = opened_as("ada", "profile")
    row = typed_nickname(page)
    page.evaluate("htmx.config.timeout = 300")
    place.logto.faults.add("latency", path="/api/users/*/profile", method="PATCH", seconds=1.5)
    row.get_by_role("button", name="Save").click()
    expect(page.locator("[role=alert]")).to_contain_text("This took too long, so we stopped waiting.")
    expect(row.get_by_role("textbox")).to_have_value("Countess")
    assert [line.split(",")[0] for line in complaints] == ["htmx:afterRequest", "htmx:timeout"]
    complaints.clear()


def test_a_slow_answer_shows_that_something_is_happening(opened_as: OpenedAs, place: Place) -> None:
    page = opened_as("ada", "profile")
    row = typed_nickname(page)
    place.logto.faults.add("latency", path="/api/users/*/profile", method="PATCH", seconds=1.5)
    row.get_by_role("button", name="Save").click()
    busy = row.get_by_role("button", name="Saving…")
    expect(busy).to_be_disabled()
    expect(busy).to_have_attribute("aria-busy", "true")
    expect(row).to_contain_text("Saved")


@pytest.mark.parametrize(("first", "second"), [(0.4, 1.0), (1.4, 0.2)], ids=["in turn", "overtaken"])
def test_a_link_pressed_while_another_page_is_on_its_way_leads_where_it_says(
    opened_as: OpenedAs, place: Place, first: float, second: float
) -> None:
    page = opened_as("ada", "profile")
    for seconds, name in ((first, "Activity"), (second, "Devices")):
        place.logto.faults.add("latency", path="/api/users/*", method="GET", times=1, seconds=seconds)
        page.get_by_role("link", name=name).first.click(no_wait_after=True)
        while place.logto.faults.active:
            page.wait_for_timeout(20)
    expect(page.get_by_role("heading", level=1)).to_have_text("Devices")
    page.wait_for_timeout(1000)  # for the one that was overtaken
    expect(page.get_by_role("heading", level=1)).to_have_text("Devices")
    assert page.url.endswith("/sessions/")


@both_ways
def test_an_answer_of_logto_that_got_lost_is_looked_up_again(opened_as: OpenedAs, place: Place, script: bool) -> None:
    page = opened_as("ada", "profile", script=script)
    place.logto.faults.add("reset", path="/api/users/*/profile", method="PATCH", times=1, after=True)
    save(typed_nickname(page))
    assert nickname_of(place) == "Countess"


@both_ways
def test_a_session_that_ended_in_the_middle_brings_back_what_was_typed(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/profile/")
    row = typed_nickname(page)
    Session.objects.update(last_seen=timezone.now() - timedelta(hours=2))
    row.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("You’ve been signed out. Sign in to carry on where you left off.")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{place.site}/profile/nickname/change/")
    expect(row.get_by_role("textbox")).to_have_value("Countess")
    assert nickname_of(place) == "Ad"
    save(row)
    assert nickname_of(place) == "Countess"


def test_two_tabs_at_the_sign_in_page_share_one_sign_in(new_page: NewPage, place: Place) -> None:
    """Logto keeps one for each browser: whichever tab ends it goes where the newer one was going."""
    first = new_page()
    second = first.context.new_page()
    first.goto("/profile/")
    second.goto("/")
    first.get_by_role("button", name="Sign in").click()
    second.get_by_role("button", name="Sign in").click()
    first.get_by_role("button", name="Ada Winterbourne").first.click()
    expect(first.get_by_role("heading", level=1)).to_contain_text("Ada Winterbourne")
    second.get_by_role("button", name="Ada Winterbourne").first.click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Session not found")
    second.goto(f"{place.site}/profile/")
    expect(second.get_by_role("heading", level=1)).to_have_text("Profile")


@pytest.mark.not_rehearsed
@both_ways
def test_a_session_that_another_tab_renewed_gives_no_error(opened_as: OpenedAs, place: Place, script: bool) -> None:
    """A request that left with the old id arrives after the other tab got a new one."""
    page = opened_as("ada", "profile", script=script)
    name = site_settings.SESSION_COOKIE_NAME
    old = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == name)
    other = page.context.new_page()
    other.goto("/verify/")
    other.get_by_label("Password", exact=True).fill("Larch-meadow-59")
    other.get_by_role("button", name="Continue").click()
    expect(other.get_by_role("heading", level=1)).not_to_have_text("Confirm it’s you")
    assert old not in [cookie["value"] for cookie in page.context.cookies()]

    def late(route: Route) -> None:
        headers = {**route.request.all_headers(), "cookie": f"{name}={old}"}
        route.fulfill(response=route.fetch(headers=headers, max_redirects=0))

    page.route("**/profile/", late, times=1)
    with page.expect_event("load"):  # the page is loaded anew; until then the old one looks the same
        page.get_by_role("link", name="Profile").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Profile")
    save(typed_nickname(page))


@both_ways
def test_somebody_suspended_meanwhile_is_signed_out_with_a_page_that_says_so(
    opened_as: OpenedAs, place: Place, script: bool
) -> None:
    page = opened_as("ada", "profile", script=script)
    row = typed_nickname(page)
    place.logto.state.person("ada").user["isSuspended"] = True
    row.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is suspended")
    page.goto("/profile/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert nickname_of(place) == "Ad"


@both_ways
def test_a_cancelled_consent_is_a_page_with_a_way_on(new_page: NewPage, place: Place, script: bool) -> None:
    place.logto.state.applications[SITE_APP_ID]["isThirdParty"] = True
    place.logto.state.consent_scopes.setdefault(SITE_APP_ID, {})["userScopes"] = ["roles"]
    page = new_page(script=script)
    page.goto("/profile/")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Ada Winterbourne").first.click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You didn’t finish signing in")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Winterbourne")


def test_the_end_of_an_idle_session_is_announced_without_script(opened_as: OpenedAs, settings: Settings) -> None:
    settings.SESSION_IDLE_SECONDS = 12  # the warning comes after half of it
    page = opened_as("ada", "profile", script=False)
    warning = page.locator("idle-warning .banner")
    expect(warning).to_be_hidden()
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("You’ll be signed out in a few minutes because you’ve been inactive.")


@pytest.mark.parametrize("script", [True, False])
def test_an_idle_session_leaves_nothing_of_the_person_on_the_screen(
    opened_as: OpenedAs, settings: Settings, script: bool
) -> None:
    settings.SESSION_IDLE_SECONDS = 4
    page = opened_as("ada", "profile", script=script)
    expect(page.get_by_text("Winterbourne").first).to_be_attached()
    expect(page.get_by_text("You’ve been signed out.")).to_be_visible()
    expect(page.get_by_text("Winterbourne")).to_have_count(0)


def test_a_session_that_is_used_in_another_tab_keeps_this_page(opened_as: OpenedAs, settings: Settings) -> None:
    settings.SESSION_IDLE_SECONDS = 6
    page = opened_as("ada", "profile")
    row = typed_nickname(page)
    other = page.context.new_page()
    for _ in range(3):
        other.wait_for_timeout(2500)
        other.goto("/session/")
    expect(row.get_by_role("textbox")).to_have_value("Countess")


def test_a_busy_button_can_be_read_while_the_pointer_is_on_it(opened_as: OpenedAs) -> None:
    page = opened_as("ada", "email_change", verified=True)
    shown = page.evaluate(BUSY_BUTTONS)
    assert {name: round(ratio, 1) for name, ratio in shown.items() if ratio < 4.5} == {}


def test_one_can_stay_signed_in_without_leaving_the_page(opened_as: OpenedAs) -> None:
    page = opened_as("ada", "profile")
    row = typed_nickname(page)
    soon = ":root{--session-warning-delay:0.1s}"
    page.route("**/brand.css*", lambda route: route.fulfill(body=soon, content_type="text/css"))
    page.locator("link[href*='brand.css']").evaluate("link => { link.href += '?again' }")
    warning = page.locator("idle-warning .banner")
    expect(warning).to_be_visible()
    with page.expect_response("**/session/"):
        warning.get_by_role("link", name="Stay signed in").click()
    expect(row.get_by_role("textbox")).to_have_value("Countess")
    assert len(page.context.pages) == 1
