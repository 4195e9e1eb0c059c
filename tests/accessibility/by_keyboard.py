"""Plays the journeys of tests/e2e with the keyboard alone: a plugin, `pytest -p tests.accessibility.by_keyboard`.

What a journey clicks, fills, ticks or chooses is gone to by Tab and worked with keys. On the way every stop has to show
that it has the focus, with nothing over it (WCAG 2.1.1, 2.4.7, 2.4.11).
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator

from tests.accessibility.looking import HERE, MOST_STOPS

# What is pressed in place of a text or a label: the thing that it belongs to.
IS_AT = """one => (one.closest("a, button, input, select, textarea, summary") ?? one.closest("label")?.control)
    === document.activeElement"""
KIND = "one => { const own = one.closest('label')?.control ?? one; return own.type ?? own.localName; }"
SETTLE_MS = 150  # an answer may be on its way


def reach(target: Locator) -> None:
    target.wait_for(state="visible")
    page = target.page
    for _stop in range(MOST_STOPS):
        if target.evaluate(IS_AT):
            if page.locator("#page").count():  # Logto's own pages show the focus as they please
                assert target.evaluate(f"() => ({HERE})()") == []
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"cannot be reached by Tab: {target.evaluate('one => one.outerHTML')[:200]}")


def click(target: Locator, **_how: Any) -> None:
    kind = target.evaluate(KIND)
    if kind in ("checkbox", "radio"):
        tick(target)
        return
    reach(target)
    target.page.keyboard.press("Enter")
    target.page.wait_for_timeout(SETTLE_MS)


def fill(target: Locator, value: str, **_how: Any) -> None:
    reach(target)
    target.page.keyboard.press("ControlOrMeta+A")
    target.page.keyboard.press("Backspace")
    target.page.keyboard.type(value)


def tick(target: Locator, **_how: Any) -> None:
    target.wait_for(state="visible")
    if target.is_checked():
        return
    if target.evaluate(KIND) != "radio":
        reach(target)
        target.page.keyboard.press("Space")
        return
    group = target.page.locator(f"input[type=radio][name='{target.get_attribute('name')}']")
    reach(next((one for one in group.all() if one.is_checked()), group.first))
    for _one in group.all():
        if target.is_checked():
            return
        target.page.keyboard.press("Space" if target.evaluate(IS_AT) else "ArrowDown")
    assert target.is_checked()


def untick(target: Locator, **_how: Any) -> None:
    if target.is_checked():
        reach(target)
        target.page.keyboard.press("Space")


def choose(target: Locator, value: str = "", *, label: str = "", **_how: Any) -> list[str]:
    reach(target)
    find = (
        "(one, [value, label]) => [...one.options].find(o => o.value === value || o.label === (label || value)).label"
    )
    # Opened first, as people do: while it is closed each letter is a choice of its own, and asks the site anew.
    target.page.keyboard.press("Alt+ArrowDown")
    target.page.keyboard.type(target.evaluate(find, [value, label]))
    target.page.keyboard.press("Enter")
    return [target.input_value()]


for name, way in {
    "click": click, "fill": fill, "check": tick, "uncheck": untick, "select_option": choose,
}.items():  # fmt: skip
    setattr(Locator, name, way)
