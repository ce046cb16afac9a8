"""Tiles: the log as files that never change, 256 hashes or entries each, from which anybody computes any proof (C2SP tlog-tiles)."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.transparency.models import CheckpointRow, LeafRow, NodeRow

WIDTH = 256
_LEVEL_HEIGHT = 8  # A tile's hashes stand 8 levels of the tree above those of the tile level below.
_LENGTH_BYTES = 2
_PATH_MAX = 48
# Up to six groups of three digits: 10**18 tiles are more than a log of 2**62 leaves has, and fit in 64 bits.
_PATH = re.compile(
    r"(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/(?P<number>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile. `level` is None for a bundle of entries; a `width` below 256 names a partial tile."""

    level: int | None
    number: int
    width: int = WIDTH

    @property
    def start(self) -> int:
        """The position of its first hash on its level."""
        return self.number * WIDTH

    @property
    def end(self) -> int:
        """The position behind its last hash."""
        return self.start + self.width

    def path(self) -> str:
        """Return its address below `/log/tile/`.

        >>> Tile(0, 1234067, 8).path()
        '0/x001/x234/067.p/8'
        """
        groups = [f"{self.number % 1000:03}"]
        rest = self.number // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level is None else str(self.level)
        return "/".join([level, *groups]) + ("" if self.width == WIDTH else f".p/{self.width}")


def parse_tile(path: str) -> Tile | None:
    """Return the tile of an address below `/log/tile/`, None for every spelling but the one. No number is read before its length."""
    match = _PATH.fullmatch(path) if len(path) <= _PATH_MAX else None
    if match is None:
        return None
    width = int(match["width"] or WIDTH)
    level = None if match["level"] == "entries" else int(match["level"])
    tile = Tile(level, int(match["number"].replace("x", "").replace("/", "")), width)
    return tile if tile.path() == path else None


def tiles_of(size: int) -> list[Tile]:
    """Return the hash tiles that make up a log of `size` leaves, level by level."""
    tiles, level, count = [], 0, size
    while count:
        tiles += [Tile(level, number) for number in range(count // WIDTH)]
        if count % WIDTH:
            tiles.append(Tile(level, count // WIDTH, count % WIDTH))
        level, count = level + 1, count // WIDTH
    return tiles


def read_tile(session: Session, tile: Tile) -> bytes | None:
    """Return a tile's bytes: 32 a hash, or each entry behind its length in two bytes; None if the signed log has no such tile."""
    level = tile.level or 0
    size = session.scalar(select(CheckpointRow.size).order_by(CheckpointRow.size.desc()).limit(1)) or 0
    if tile.end > size >> _LEVEL_HEIGHT * level:
        return None
    if level:
        hashes = session.scalars(
            select(NodeRow.hash)
            .where(NodeRow.level == _LEVEL_HEIGHT * level, NodeRow.position.between(tile.start, tile.end - 1))
            .order_by(NodeRow.position)
        )
        return b"".join(hashes)
    column = LeafRow.entry if tile.level is None else LeafRow.leaf_hash
    values = session.scalars(
        select(column).where(LeafRow.leaf_index.between(tile.start, tile.end - 1)).order_by(LeafRow.leaf_index)
    )
    return b"".join(_bundled(value) if tile.level is None else value for value in values)


def _bundled(entry: bytes) -> bytes:
    return len(entry).to_bytes(_LENGTH_BYTES, "big") + entry
