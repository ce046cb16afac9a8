"""RFC 6962 hashing: the vectors that logs and their clients share, a second implementation, and proofs that cannot be bent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from app.transparency.log import merkle
from app.transparency.log.merkle import Edge, HashMissing, Place, Span

# The test data of the Certificate Transparency project (transparency-dev/merkle, testonly/constants.go).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def tree_of(count: int) -> tuple[list[bytes], dict[Place, bytes]]:
    """Return leaf hashes, and every node as the sequencer stores them."""
    hashes = [merkle.leaf_hash(b"%d" % number) for number in range(count)]
    edge = Edge(0, [])
    nodes = {Place(0, index): each for index, each in enumerate(hashes)}
    for each in hashes:
        nodes.update(edge.append(each))
    return hashes, nodes


def plain_root(hashes: list[bytes]) -> bytes:
    """Say MTH of RFC 6962, section 2.1, as it is written there."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return merkle.node_hash(plain_root(hashes[:split]), plain_root(hashes[split:]))


def proof_of(spans: list[Span], nodes: dict[Place, bytes]) -> list[bytes]:
    return [merkle.span_hash(span, nodes) for span in spans]


sizes = st.integers(1, 300)


def test_the_roots_are_those_of_the_shared_vectors():
    hashes = [merkle.leaf_hash(data) for data in LEAVES]

    assert [merkle.root_of(hashes[: size + 1]).hex() for size in range(8)] == list(ROOTS)
    assert merkle.root_of([]).hex() == EMPTY == merkle.EMPTY_ROOT.hex()


def test_an_inclusion_proof_is_the_shared_vector_from_the_leaf_upwards():
    edge, nodes = Edge(0, []), {}
    for index, data in enumerate(LEAVES):
        nodes[Place(0, index)] = merkle.leaf_hash(data)
        nodes.update(edge.append(merkle.leaf_hash(data)))

    assert [each.hex() for each in proof_of(merkle.inclusion_spans(0, 8), nodes)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [each.hex() for each in proof_of(merkle.consistency_spans(6, 8), nodes)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(sizes)
def test_the_edge_of_a_growing_tree_has_the_root_of_the_whole(size):
    hashes, nodes = tree_of(size)

    edge = Edge(size, [nodes[place] for place in merkle.places_of(Span(0, size))])

    assert edge.root() == merkle.root_of(hashes) == plain_root(hashes)
    assert len(nodes) == 2 * size - size.bit_count()


@given(st.integers(1, 40), st.data())
def test_another_implementation_finds_the_same_roots_and_paths(size, data):
    index = data.draw(st.integers(0, size - 1))
    theirs = InmemoryTree(algorithm="sha256")
    for number in range(size):
        theirs.append_entry(b"%d" % number)
    hashes, nodes = tree_of(size)

    path = [bytes.fromhex(each) for each in theirs.prove_inclusion(index + 1).serialize()["path"]]

    assert theirs.get_root() == merkle.root_of(hashes)
    assert path == [hashes[index], *proof_of(merkle.inclusion_spans(index, size), nodes)]


@given(sizes, st.data())
def test_every_leaf_proves_itself_and_no_other(size, data):
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    hashes, nodes = tree_of(size)
    proof = proof_of(merkle.inclusion_spans(index, size), nodes)

    found = merkle.root_from_inclusion(index, size, hashes[index], proof)

    assert found == merkle.root_of(hashes)
    assert (merkle.root_from_inclusion(other, size, hashes[index], proof) == found) is (other == index)
    assert merkle.root_from_inclusion(index, size, hashes[other], proof) == found or other != index
    assert merkle.root_from_inclusion(index, size, hashes[index], [*proof, hashes[index]]) is None
    assert not proof or merkle.root_from_inclusion(index, size, hashes[index], proof[:-1]) is None


@given(sizes, st.data())
def test_each_smaller_tree_proves_that_the_larger_begins_with_it(size, data):
    old = data.draw(st.integers(1, size))
    hashes, nodes = tree_of(size)
    old_root, root = merkle.root_of(hashes[:old]), merkle.root_of(hashes)
    proof = proof_of(merkle.consistency_spans(old, size), nodes)

    assert merkle.is_consistent(old, size, old_root, root, proof)
    assert not merkle.is_consistent(old, size, root if old < size else merkle.EMPTY_ROOT, root, proof)
    assert not merkle.is_consistent(old, size, old_root, merkle.EMPTY_ROOT, proof)
    assert not merkle.is_consistent(old, size, old_root, root, [*proof, root])
    assert not proof or not merkle.is_consistent(old, size, old_root, root, proof[1:])


@given(sizes, st.data())
def test_a_tree_with_one_leaf_changed_is_consistent_with_no_older_one(size, data):
    old = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old - 1))
    hashes, _ = tree_of(size)
    old_root = merkle.root_of(hashes[:old])
    forged = [*hashes[:changed], merkle.leaf_hash(b"forged"), *hashes[changed + 1 :]]
    edge = Edge(0, [])
    nodes = {Place(0, index): each for index, each in enumerate(forged)}
    for each in forged:
        nodes.update(edge.append(each))

    proof = proof_of(merkle.consistency_spans(old, size), nodes)

    assert not merkle.is_consistent(old, size, old_root, merkle.root_of(forged), proof)


def test_proofs_need_no_more_hashes_than_the_tree_is_high():
    size, index = 2**40 + 12_345, 2**39 + 7

    places = {place for span in merkle.inclusion_spans(index, size) for place in merkle.places_of(span)}

    assert len(merkle.inclusion_spans(index, size)) == 41
    assert len(places) <= 2 * 41


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_what_is_not_in_the_tree_has_no_proof(index, size):
    with pytest.raises(ValueError, match="has no leaf"):
        merkle.inclusion_spans(index, size)
    assert merkle.root_from_inclusion(index, size, merkle.EMPTY_ROOT, []) is None


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_no_tree_begins_with_a_larger_or_an_empty_one(old, new):
    with pytest.raises(ValueError, match="begins with"):
        merkle.consistency_spans(old, new)


def test_every_tree_begins_with_the_empty_one_without_a_proof():
    assert merkle.is_consistent(0, 3, merkle.EMPTY_ROOT, merkle.EMPTY_ROOT, [])
    assert not merkle.is_consistent(0, 3, merkle.EMPTY_ROOT, merkle.EMPTY_ROOT, [merkle.EMPTY_ROOT])


def test_a_missing_hash_is_named_and_not_guessed():
    _, nodes = tree_of(7)
    del nodes[Place(1, 2)]

    with pytest.raises(HashMissing, match="level 1, position 2"):
        merkle.span_hash(Span(0, 7), nodes)
    with pytest.raises(HashMissing, match="ends in 3 subtrees"):
        Edge(7, [merkle.EMPTY_ROOT])
