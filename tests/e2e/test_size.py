"""What the first view of a page costs: bytes over the wire, requests, and where they go."""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession

from tests.e2e.conftest import NewPage
from tests.e2e.place import Place
from tests.pages import VISITS, Visit

MOST_BYTES = 45_000
MOST_REQUESTS = 8


class Wire:
    """Everything that a page asks for, with the bytes that came over the wire for it, headers included."""

    def __init__(self, session: CDPSession) -> None:
        self.addresses: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self.asked)
        session.on("Network.loadingFinished", self.came)

    def asked(self, event: dict[str, object]) -> None:
        request = event["request"]
        assert isinstance(request, dict)
        self.addresses[str(event["requestId"])] = str(request["url"])

    def came(self, event: dict[str, object]) -> None:
        self.sizes[str(event["requestId"])] = int(str(event["encodedDataLength"]).split(".")[0])

    def table(self) -> dict[str, int]:
        return {address: self.sizes.get(number, 0) for number, address in self.addresses.items()}


@pytest.mark.parametrize("visit", [visit for visit in VISITS if not visit.pressed], ids=lambda visit: visit.id)
def test_the_first_view_of_a_page_is_small(place: Place, new_page: NewPage, visit: Visit) -> None:
    with visit.on_its_site():
        page = new_page()
        wire = Wire(page.context.new_cdp_session(page))
        place.show(page, visit)
    asked = wire.table()
    ours = {address: size for address, size in asked.items() if address.startswith(place.site)}
    avatar = place.logto.state.person(visit.person).user["avatar"] if visit.person else None
    others = {address for address in asked if not address.startswith((place.site, "data:"))}
    assert others <= {avatar}
    assert len(asked) <= MOST_REQUESTS, asked
    assert sum(ours.values()) <= MOST_BYTES, ours
    assert all(size > 0 for address, size in ours.items()), ours
