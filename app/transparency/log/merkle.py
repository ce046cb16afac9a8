"""Merkle trees as RFC 6962 hashes them (section 2.1; unchanged in RFC 9162), from perfect subtrees that are stored once.

A tree of n leaves has the root of its largest perfect subtree on the left, and so on to the right. So each root and each proof
is made of O(log n) stored hashes. This module knows places and arithmetic only; whoever calls it fetches the hashes.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


class Place(NamedTuple):
    """Where a perfect subtree stands: 2**level leaves, the first of them number position * 2**level."""

    level: int
    position: int


Hashes = Mapping[Place, bytes]


class Span(NamedTuple):
    """The leaves from `start` up to, but not with, `end`; `start` is a multiple of the power of two not below the length."""

    start: int
    end: int


class HashMissing(LookupError):
    """A hash that a root or proof needs is not among those given."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf: 0x00 before its data keeps it apart from every node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def places_of(span: Span) -> list[Place]:
    """Return the perfect subtrees that a span is made of, from left to right, each smaller than the one before."""
    places, start, length = [], span.start, span.end - span.start
    while length:
        level = length.bit_length() - 1
        places.append(Place(level, start >> level))
        start, length = start + (1 << level), length - (1 << level)
    return places


def span_hash(span: Span, hashes: Hashes) -> bytes:
    """Return the tree hash MTH(D[start:end]).

    Raises:
        HashMissing: one of `places_of(span)` is not in `hashes`.
    """
    return fold(_hash_at(place, hashes) for place in places_of(span))


def fold(subtrees: Iterable[bytes]) -> bytes:
    """Return the hash over perfect subtrees given from left to right, of the empty tree when there are none."""
    found = list(subtrees)
    if not found:
        return EMPTY_ROOT
    root = found.pop()
    while found:
        root = node_hash(found.pop(), root)
    return root


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root over all leaf hashes at once, in memory."""
    edge = Edge(0, [])
    for each in leaf_hashes:
        edge.append(each)
    return edge.root()


class Edge:
    """The right edge of a growing tree: the perfect subtrees that make up its root, from left to right."""

    def __init__(self, size: int, subtrees: Sequence[bytes]) -> None:
        """Stand at a tree of `size` leaves, whose `places_of(Span(0, size))` have these hashes."""
        if len(subtrees) != size.bit_count():
            raise HashMissing(f"a tree of {size} leaves ends in {size.bit_count()} subtrees, not {len(subtrees)}")
        self.size = size
        self._subtrees = list(subtrees)

    def append(self, hash_of_leaf: bytes) -> list[tuple[Place, bytes]]:
        """Add a leaf, and return the perfect subtrees of level 1 and more that are complete with it."""
        complete, level, position, top = [], 0, self.size, hash_of_leaf
        while position & 1:
            level, position, top = level + 1, position >> 1, node_hash(self._subtrees.pop(), top)
            complete.append((Place(level, position), top))
        self._subtrees.append(top)
        self.size += 1
        return complete

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        return fold(self._subtrees)


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return whose hashes prove that leaf `index` is in a tree of `size` leaves, from the leaf upwards (PATH of RFC 6962, 2.1.1).

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    spans, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """Return whose hashes prove that the tree of `old` leaves is the beginning of that of `new` (PROOF of RFC 6962, 2.1.2).

    Raises:
        ValueError: there is no such proof; a tree of 0 leaves begins every tree and needs none.
    """
    if not 0 < old <= new:
        raise ValueError(f"no tree of {new} leaves begins with {old}")
    spans, start, end, whole = [], 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start, whole = middle, False
    return [*([] if whole else [Span(start, end)]), *spans[::-1]]


def root_from_inclusion(index: int, size: int, hash_of_leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """Return the root that an inclusion proof leads to, None when the proof has the wrong length.

    Source: RFC 9162, section 2.1.3.2, which spells out the check that RFC 6962 leaves to the reader.
    """
    if not 0 <= index < size:
        return None
    rest, last, root = index, size - 1, hash_of_leaf
    for each in proof:
        if last == 0:
            return None
        if rest & 1 or rest == last:
            root = node_hash(each, root)
            while not rest & 1 and rest:
                rest, last = rest >> 1, last >> 1
        else:
            root = node_hash(root, each)
        rest, last = rest >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that the new tree begins with the old one. Source: RFC 9162, section 2.1.4.2."""
    if not 0 < old <= new:
        return old == 0 and not proof
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    rest, last = old - 1, new - 1
    while rest & 1:
        rest, last = rest >> 1, last >> 1
    old_found = new_found = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if rest & 1 or rest == last:
            old_found, new_found = node_hash(each, old_found), node_hash(each, new_found)
            while not rest & 1 and rest:
                rest, last = rest >> 1, last >> 1
        else:
            new_found = node_hash(new_found, each)
        rest, last = rest >> 1, last >> 1
    return last == 0 and old_found == old_root and new_found == new_root


def _split(length: int) -> int:
    """Return the largest power of two below a length of two and more."""
    return 1 << (length - 1).bit_length() - 1


def _hash_at(place: Place, hashes: Hashes) -> bytes:
    try:
        return hashes[place]
    except KeyError:
        raise HashMissing(f"no hash at level {place.level}, position {place.position}") from None
