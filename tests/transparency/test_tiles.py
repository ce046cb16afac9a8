"""Tiles and checkpoint over HTTP: a stranger with nothing but the key computes every root and proof from them."""

import base64
import gzip
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.data import reading, transaction
from app.transparency import latest_checkpoint, log_proof, log_state, log_verifiers
from app.transparency.log import merkle
from app.transparency.log.merkle import Edge, Place
from app.transparency.log.notes import read_checkpoint
from app.transparency.log.sequencer import sequence
from app.transparency.models import CheckpointRow, LeafRow, NodeRow
from app.transparency.serving.tiles import Tile, parse_tile, tiles_of
from tests.transparency.forest_office import append_retirement, log_lines


def grow(count: int) -> None:
    with transaction() as session:
        for _ in range(count):
            append_retirement(session, uuid4())
    sequence()


def entries_in(bundle: bytes) -> list[bytes]:
    found = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        found.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return found


def root_from_tiles(client, size: int) -> bytes:
    """Compute the root as a client does: from the tiles of one size, each once."""
    hashes = {}
    for tile in tiles_of(size):
        content = client.get(f"/log/tile/{tile.path()}").data
        assert len(content) == 32 * tile.width
        for number in range(tile.width):
            hashes[Place(8 * tile.level, tile.start + number)] = content[32 * number : 32 * number + 32]
    edge = Edge(0, [])
    for index in range(size):
        for place, found in edge.append(hashes[Place(0, index)]):
            assert hashes.get(place, found) == found
    return edge.root()


@given(st.integers(0, 10**18 - 1), st.integers(1, 256), st.one_of(st.none(), st.integers(0, 63)))
def test_every_tile_has_one_address(number, width, level):
    tile = Tile(level, number, width)

    assert parse_tile(tile.path()) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "0/1000",
        "00/000",
        "64/000",
        "-1/000",
        "0/x000/000",
        "0/x000/x001/000",
        "0/001/002",
        "0/x001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/1000",
        "0/000.p/",
        "0/000/",
        "0/٠٠٠",
        "entries",
        "entries/000.p/-1",
        "Entries/000",
        "data/000",
        "0/" + "x999/" * 6 + "999",
        "0/" + "x001/" * 4_000 + "000",
        "0/" + "9" * 8_000,
        "0/000.p/" + "9" * 8_000,
    ],
)
def test_no_other_address_names_a_tile(log, client, path):
    assert parse_tile(path) is None
    answer = client.get(f"/log/tile/{path}")
    assert answer.status_code in {404, 308}
    assert answer.status_code == 308 or answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["0/x999/x999/x999/x999/x999/999", "63/000", "63/x999/x999/x999/x999/x999/999.p/255", "entries/x001/000"]
)
def test_tiles_beyond_the_log_are_not_there(log, client, path):
    assert parse_tile(path) is not None
    answer = client.get(f"/log/tile/{path}")

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_stranger_computes_the_signed_root_from_the_tiles_of_every_size(log, client):
    grow(253)
    for more in (1, 1, 257, 20):
        head = client.get("/log/checkpoint").text
        with reading() as session:
            said = read_checkpoint(head, log_verifiers(session))
        assert root_from_tiles(client, said.size) == said.root
        grow(more)
    assert {tile.path() for tile in tiles_of(534)} == {"0/000", "0/001", "0/002.p/22", "1/000.p/2"}


def test_the_checkpoint_is_text_that_is_asked_for_again_each_time(log, client):
    answer = client.get("/log/checkpoint")

    with reading() as session:
        assert answer.text == latest_checkpoint(session).note
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client.get("/log/checkpoint", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    grow(1)
    assert client.get("/log/checkpoint", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_before_the_first_leaf_there_is_no_checkpoint_and_no_tile(alone, client):
    assert client.get("/log/checkpoint").status_code == 404
    assert client.get("/log/tile/0/000.p/1").status_code == 404
    with reading() as session:
        state = log_state(session)
    assert (state.size, state.root, state.signed_at, state.vkey) == (0, None, None, None)


def test_bundles_hold_the_entries_whose_hashes_stand_in_the_tile(log, client):
    grow(260)

    full, part = client.get("/log/tile/entries/000"), client.get("/log/tile/entries/001.p/6")
    hashes = client.get("/log/tile/0/000").data + client.get("/log/tile/0/001.p/6").data

    lines = entries_in(full.data) + entries_in(part.data)
    assert lines == log_lines()
    assert b"".join(merkle.leaf_hash(line) for line in lines) == hashes
    for answer in (full, part):
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_entries_are_compressed_for_who_can_read_it(log, client):
    plain = client.get("/log/tile/entries/000.p/2")
    small = client.get("/log/tile/entries/000.p/2", headers={"Accept-Encoding": "gzip, br"})

    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"


def test_partial_tiles_of_every_width_stay_there(log, client):
    grow(3)
    whole = client.get("/log/tile/0/000.p/5").data

    for width in range(1, 6):
        assert client.get(f"/log/tile/0/000.p/{width}").data == whole[: 32 * width]
    assert client.get("/log/tile/0/000.p/6").status_code == 404
    assert client.get("/log/tile/0/000").status_code == 404
    assert client.get("/log/tile/1/000.p/1").status_code == 404


def test_leaves_under_no_signed_head_are_not_served(log, client):
    with reading() as session:
        row = session.get(LeafRow, 1)
    with transaction() as session:
        session.add(
            LeafRow(
                leaf_index=2,
                entry=b"{}",
                leaf_hash=merkle.leaf_hash(b"{}"),
                at=row.at,
                kind=row.kind,
                subject_kind="test",
                subject_id=uuid4(),
            )
        )

    assert client.get("/log/tile/0/000.p/3").status_code == 404
    assert client.get("/log/tile/0/000.p/2").status_code == 200


def test_a_proof_shows_offline_that_a_leaf_is_in_the_log(log):
    grow(9)
    with reading() as session:
        proof, verifiers = log_proof(session, 4), log_verifiers(session)
        old = log_proof(session, 1, checkpoint_of(session, 2))

    head, _, checkpoint = proof.partition("\n\n")
    name, index, *path = head.split("\n")
    said = read_checkpoint(checkpoint, verifiers)
    assert (name, index, said.size) == ("c2sp.org/tlog-proof@v1", "index 4", 11)
    found = merkle.root_from_inclusion(
        4, 11, merkle.leaf_hash(log_lines()[4]), [base64.b64decode(each, validate=True) for each in path]
    )
    assert found == said.root
    assert read_checkpoint(old.partition("\n\n")[2], verifiers).size == 2


def checkpoint_of(session, size: int):
    return session.get(CheckpointRow, size)


@pytest.mark.parametrize("index", [2, 10**12, -1])
def test_what_no_head_covers_has_no_proof(log, index):
    with reading() as session, pytest.raises(ValueError, match="no leaf"):
        log_proof(session, index)


def test_an_empty_log_proves_nothing(alone):
    with reading() as session, pytest.raises(ValueError, match="no checkpoint"):
        log_proof(session, 0)


def test_the_state_says_whose_log_it_is_and_who_else_watches(log, engine_name):
    with reading() as session:
        state = log_state(session)
        head = latest_checkpoint(session)

    assert (state.origin, state.size, state.root) == ("localhost:8000/log", 2, head.root)
    assert state.vkey.startswith("localhost:8000/log+")
    assert state.signed_at == head.signed_at
    assert (state.has_witness, state.keys_in_web_process) == (False, engine_name == "sqlite")


def test_every_proof_needs_a_handful_of_rows_however_long_the_log(log):
    grow(300)

    with reading() as session:
        assert session.query(NodeRow).count() == 302 - (302).bit_count()
        assert len(merkle.places_of(merkle.Span(0, 302))) == 5
