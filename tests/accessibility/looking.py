"""What a browser is asked about the page it shows; each answer is a list of what is wrong, in words."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import CDPSession, Page

MOST_STOPS = 400
PRESSED = {
    "button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "listbox", "slider", "spinbutton",
    "switch", "menuitem", "DisclosureTriangle", "Date", "image", "img", "navigation", "region", "dialog",
}  # fmt: skip
NAMED_ALIKE = {"link"}
# What is said of an element that is named in a fault.
TOLD = """
    const told = one => one.outerHTML.replace(/\\s+/g, " ").slice(0, 160);
    const seen = one => one.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
    const hidden = one => one.closest(".visually-hidden, .skip") !== null;
"""
# WCAG 1.4.4, 1.4.10, 1.4.12: nothing runs out of the page sideways, out of its box, or over something else.
MISPLACED = (
    "() => {"
    + TOLD
    + """
    const faults = [];
    if (document.documentElement.scrollWidth > innerWidth) {
        faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
    }
    const drawn = "input, select, textarea, svg, svg *, canvas, img, .code"; // a code's field is wider than its cells
    const isCutBy = (overflow, content, room) => ["hidden", "clip"].includes(overflow) && content > room + 1;
    for (const one of document.querySelectorAll("#page *")) {
        if (!seen(one) || hidden(one) || one.matches(drawn)) continue;
        const style = getComputedStyle(one);
        const isCut = isCutBy(style.overflowX, one.scrollWidth, one.clientWidth)
            || isCutBy(style.overflowY, one.scrollHeight, one.clientHeight);
        if (isCut && style.clipPath === "none" && style.textOverflow !== "ellipsis") {
            faults.push(`cut off: ${told(one)}`);
        }
    }
    // What opens over the page or stays in view is meant to lie over others; a password makes room for its button.
    const floating = ".menu__list, .idle-warning, .connection, .preview, .reveal, .tile__link";
    const floats = one => one.closest(floating) !== null;
    const pressed = "#page :is(a, button, input:not([type=hidden]), select, textarea, summary)";
    const boxes = [...document.querySelectorAll(pressed)]
        .filter(one => seen(one) && !hidden(one) && !floats(one) && !one.closest(".matrix-frame"))
        .filter(one => one.getClientRects().length === 1) // a link within a sentence may go on in the next line
        .map(one => ({one, box: one.getBoundingClientRect()}));
    boxes.forEach((a, place) => boxes.slice(place + 1).forEach(b => {
        if (a.one.contains(b.one) || b.one.contains(a.one)) return;
        const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (wide > 4 && high > 4) faults.push(`${told(a.one)} lies over ${told(b.one)}`);
    }));
    return faults;
}"""
)
# WCAG 2.4.7, 2.4.11: what has the focus shows it, and some of it is in view and under nothing else.
HERE = (
    "() => {"
    + TOLD
    + """
    const one = document.activeElement;
    const drawn = [one, one.closest(".code")].filter(Boolean).map(of => getComputedStyle(of));
    const hasRing = drawn.some(of => of.outlineStyle !== "none" && parseFloat(of.outlineWidth) >= 2);
    const box = one.getBoundingClientRect();
    const parts = [0.1, 0.3, 0.5, 0.7, 0.9];
    const shows = parts.some(x => parts.some(y => {
        const hit = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
        return hit && (one.contains(hit) || hit.contains(one));
    }));
    return [...(hasRing ? [] : [`no ring: ${told(one)}`]), ...(shows ? [] : [`out of sight: ${told(one)}`])];
}"""
)
STOP = f"""() => {{
    const one = document.activeElement;
    if (!one || one === document.body || one === document.documentElement) return null;
    if (window.stops.has(one) && one !== window.stopped) return null;
    window.stopped = one; // a date has several stops
    window.stops.add(one);
    return ({HERE})();
}}"""
UNREACHED = (
    "() => {"
    + TOLD
    + """
    const stops = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
    return [...document.querySelectorAll(stops)]
        .filter(one => seen(one) && !one.disabled && one.tabIndex >= 0 && !window.stops.has(one))
        .filter(one => one.type !== "radio").map(one => `not reached: ${told(one)}`);
}"""
)
# From before the first stop, or from behind the last one.
BEGIN = """key => {
    window.stops = new Set();
    const every = document.querySelectorAll(key === "Tab" ? "a" : "footer a, footer summary");
    const edge = every[key === "Tab" ? 0 : every.length - 1];
    window.stops.add(edge);
    edge.focus();
    edge.blur();
}"""
SPACED = """
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-block-end: 2em !important }
"""


def misplaced(page: Page) -> list[str]:
    found: list[str] = page.evaluate(MISPLACED)
    return found


def walked(page: Page, *, key: str = "Tab") -> list[str]:
    """Presses Tab from one end of the page to the other; what is wrong with the stops."""
    page.evaluate(BEGIN, key)
    faults: list[str] = []
    for _stop in range(MOST_STOPS):
        page.keyboard.press(key)
        seen = page.evaluate(STOP)
        if seen is None:
            return faults + (page.evaluate(UNREACHED) if key == "Tab" else [])
        faults += seen
    return [*faults, "there is no end to it"]


def told_to_a_screen_reader(session: CDPSession) -> list[str]:
    """By the accessibility tree: what can be used has a name, and links of one name lead to one place."""
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    faults: list[str] = []
    places: dict[str, set[str]] = {}
    for node in nodes:
        role = value_of(node, "role")
        if node.get("ignored") or role not in PRESSED:
            continue
        name = value_of(node, "name").strip()
        if not name and role not in ("navigation", "region"):
            faults.append(f"{role} without a name: {value_of(node, 'description')}")
        if role in NAMED_ALIKE:
            urls = [one["value"].get("value") for one in node.get("properties", ()) if one["name"] == "url"]
            places.setdefault(name, set()).update(map(str, urls))
    return faults + [f"{name} leads to {sorted(to)}" for name, to in places.items() if len(to) > 1]


def value_of(node: dict[str, Any], part: str) -> str:
    return str(node.get(part, {}).get("value", ""))
