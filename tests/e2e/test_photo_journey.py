"""The photo in a real browser: chosen, cut, refused, removed; and one field in two tabs."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.place import Place

OpenedAs = Callable[..., Page]
both_ways = pytest.mark.parametrize(("script", "phone"), [(True, False), (False, True)], ids=["script", "no-script"])


def photo() -> FilePayload:
    """Red to the left, blue to the right."""
    image = Image.new("RGB", (1200, 600), "red")
    image.paste("blue", (600, 0, 1200, 600))
    content = io.BytesIO()
    image.save(content, "JPEG")
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


@both_ways
def test_a_photo_is_uploaded_cut_shown_and_removed(
    opened_as: OpenedAs, place: Place, script: bool, phone: bool
) -> None:
    lost = {"avatar": "https://pictures.example/nobody-is-there.png"}
    place.logto.state.person("heavy").user["identities"]["google"] = {"userId": "1", "details": lost}
    page = opened_as("heavy", "profile_photo", script=script, phone=phone)

    expect(page.get_by_role("heading", name="Use a photo from a connected account")).to_be_visible(visible=not script)
    expect(page.get_by_label("Zoom")).to_be_hidden()
    page.get_by_label("Photo", exact=True).set_input_files(photo())
    page.get_by_text("Move it without dragging" if script else "Choose which part to show").click()
    page.get_by_label("Zoom").fill("200")
    page.get_by_label("Left to right").press("End")
    page.get_by_role("button", name="Save photo").click()
    expect(page.locator("#row-photo")).to_contain_text("Saved")

    ((_kind, content),) = place.logto.state.assets.values()
    stored = Image.open(io.BytesIO(content)).convert("RGB")
    red, _green, blue = stored.getpixel((256, 256))  # type: ignore[misc]  # three bands, as converted
    assert (stored.size, blue > red) == ((512, 512), True)
    expect(page.locator("#row-photo img")).to_have_js_property("naturalWidth", 512)

    page.locator("#row-photo").get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove photo").click()
    expect(page.locator("#row-photo")).to_contain_text("Saved")
    assert place.logto.state.person("heavy").user["avatar"] is None


def test_a_photo_is_dragged_to_the_part_that_counts(opened_as: OpenedAs, place: Place) -> None:
    page = opened_as("heavy", "profile_photo")
    page.get_by_label("Photo", exact=True).set_input_files(photo())
    expect(page.locator("canvas")).to_be_visible()  # once the picture is read
    frame = page.locator("canvas").bounding_box()
    assert frame
    middle = (frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 50, middle[1], steps=5)
    page.mouse.up()
    expect(page.get_by_label("Left to right")).to_have_value("25")
    page.mouse.move(middle[0] + 90, middle[1], steps=3)
    expect(page.get_by_label("Left to right")).to_have_value("25")
    page.get_by_role("button", name="Save photo").click()
    expect(page.locator("#row-photo")).to_contain_text("Saved")
    ((_kind, content),) = place.logto.state.assets.values()
    stored = Image.open(io.BytesIO(content)).convert("RGB")
    assert stored.getpixel((320, 256))[0] > 200  # type: ignore[index]  # red reaches to three quarters


@both_ways
def test_what_is_no_photo_gets_a_sentence(opened_as: OpenedAs, place: Place, script: bool, phone: bool) -> None:
    page = opened_as("heavy", "profile_photo", script=script, phone=phone)
    large: FilePayload = {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": b"x" * (9 << 20)}
    drawing: FilePayload = {"name": "me.png", "mimeType": "image/png", "buffer": b"<svg xmlns='x'/>"}

    page.get_by_label("Photo", exact=True).set_input_files(large)
    page.get_by_role("button", name="Save photo").click()
    expect(page.get_by_text("That file is larger than 8 MB.").first).to_be_visible()

    page.get_by_label("Photo", exact=True).set_input_files(drawing)
    page.get_by_role("button", name="Save photo").click()
    expect(page.get_by_text("Choose a JPEG, PNG or WebP file.")).to_be_visible()
    assert place.logto.state.person("heavy").user["avatar"] is None


def test_a_connection_that_drops_during_the_upload_is_told(
    opened_as: OpenedAs, place: Place, complaints: list[str]
) -> None:
    page = opened_as("heavy", "profile_photo")
    page.route("**/profile/photo/upload/", lambda route: route.abort("connectionreset"))

    page.get_by_label("Photo", exact=True).set_input_files(photo())
    page.get_by_role("button", name="Save photo").click()

    expect(page.locator(".connection")).to_contain_text("We lost the connection")
    complaints.clear()  # htmx says so on the console, too
    assert place.logto.state.person("heavy").user["avatar"] is None


@both_ways
def test_two_tabs_on_one_field(opened_as: OpenedAs, place: Place, script: bool, phone: bool) -> None:
    one = opened_as("heavy", "profile", script=script, phone=phone)
    other = one.context.new_page()
    for tab in (one, other):
        tab.goto("/profile/nickname/change/")

    for tab, nickname, told in ((one, "First", "Saved"), (other, "Second", "is now “First”")):
        tab.locator("#id_nickname").fill(nickname)
        tab.get_by_role("button", name="Save").click()
        expect(tab.locator("#row-nickname")).to_contain_text(told)

    other.get_by_role("button", name="Save").click()
    expect(other.locator("#row-nickname")).to_contain_text("Saved")
    assert place.logto.state.person("heavy").user["profile"]["nickname"] == "Second"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_photo_that_cannot_be_loaded_gives_way_to_the_initials(opened_as: OpenedAs, script: bool) -> None:
    page = opened_as("ada", "profile", script=script)  # hers is at an address that nobody has
    avatar = page.locator("#row-photo avatar-picture")
    expect(avatar).to_contain_text("AW")
    beside_the_letters = Image.open(io.BytesIO(avatar.screenshot())).convert("RGB").crop((3, 16, 6, 24))
    assert len(beside_the_letters.getcolors(999) or ()) == 1, "the browser's sign for a broken picture has several"
