"""Links that need no token: the signature is the permission, for one thing and one time (SECURITY B1)."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from app.foundation.work import work_until_idle
from tests.journeys.matrix.world import World


@pytest.fixture(scope="module")
def links(world: World) -> dict[str, str]:
    """Alice's photo and her copy of everything, as she is told to open them."""
    work_until_idle()
    file = world.cast.ask(200, "alice", "GET", f"/files/{world.things['file']}")
    export = world.cast.ask(200, "alice", "GET", f"/me/exports/{world.things['export']}")
    return {"file": file["content_path"], "export": export["files"][0]["content_path"]}


@pytest.mark.parametrize("thing", ["file", "export"])
def test_a_signed_link_opens_what_it_was_made_for_and_nothing_else(world, links, thing):
    own = world.things["export"]
    others = {"file": world.things["licence"], "export": own[:-1] + ("0" if own[-1] != "0" else "1")}
    address = urlsplit(links[thing])
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    forged = {
        "another thing": (address.path.replace(world.things[thing], others[thing]), query),
        "another signature": (address.path, query | {"signature": query["signature"][::-1]}),
        "a longer time": (address.path, query | {"expires": str(int(query["expires"]) + 60)}),
    }

    assert world.cast.client.get(links[thing]).status_code == 200
    for what, (path, sent) in forged.items():
        answer = world.cast.client.get(f"{path}?{urlencode(sent)}")
        assert answer.status_code in {403, 404}, (what, answer.status_code)
        assert answer.mimetype == "application/problem+json", what
