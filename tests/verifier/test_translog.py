"""The walk up the tree against pymerkle's, and the forms of C2SP against their own examples."""

from hashlib import sha256

import pymerkle
import pytest

from verifier.answers import Refused
from verifier.translog import read_proof, read_vkeys, root_above

# The example of C2SP signed-note.
EXAMPLE_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


def test_each_leaf_of_each_small_tree_leads_to_its_root_and_by_no_other_path():
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for size in range(1, 34):
        tree.append_entry(b"%d" % size)
        for index in range(size):
            path = tuple(tree.prove_inclusion(index + 1, size).path[1:])
            leaf = sha256(b"\x00%d" % (index + 1)).digest()

            assert root_above(leaf, index, size, path) == tree.get_root()
            assert root_above(leaf, index, size, path[:-1]) is None or not path
            assert root_above(leaf, index, size, (*path, leaf)) is None
            assert root_above(leaf, size, size, path) is None
            assert root_above(leaf, index ^ 1, size, path) != tree.get_root() or not path


def test_a_published_key_is_read():
    (key,) = read_vkeys(f"\n{EXAMPLE_VKEY}\n")

    assert (key.name, key.key_id.hex(), len(key.key)) == ("example.com/foo", "530d903a", 32)


@pytest.mark.parametrize(
    "text",
    [
        EXAMPLE_VKEY.replace("530d903a", "530d903b"),  # An id that is not of this key.
        EXAMPLE_VKEY.replace("example.com/foo", "example.com/bar"),
        EXAMPLE_VKEY.replace("+Aek", "+BOk"),  # A witness's type of signature.
        "example.com/foo+530d903a",
        "",
    ],
)
def test_what_is_no_key_of_a_log_is_refused(text):
    with pytest.raises(Refused) as refused:
        read_vkeys(text)
    assert refused.value.reason == "log.vkeys"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nnote",
        "c2sp.org/tlog-proof@v1\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex 0\n" + ("A" * 43 + "=\n") * 64 + "\nnote",
    ],
)
def test_what_is_no_proof_is_refused(text):
    with pytest.raises(Refused) as refused:
        read_proof(text)
    assert refused.value.reason == "log.unreadable"
