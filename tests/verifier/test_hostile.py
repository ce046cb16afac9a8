"""Whatever stands in the files of a stranger, the verifier answers: it never breaks, and never accepts."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import rfc8785

from tests.verifier.forge import Presented, did_document, log_proof, status_list
from verifier import certificate
from verifier.answers import Refused, Result
from verifier.canonical import DEPTH_MAX, DOCUMENT_BYTES_MAX, read_strictly
from verifier.certificate import Evidence, check_certificate
from verifier.issuer import read_issuer
from verifier.pdf import Paper
from verifier.translog import read_vkeys

GOOD = Presented()
ODD = (None, True, 0, -1, 2**53 - 1, "", "z", "2026-13-40T00:00:00Z", [], [None], {}, {"id": {}})
DEEP = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at:
        yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from paths(each, (*at, name))


def with_odd_parts(good: dict[str, Any]) -> Iterator[bytes]:
    """Yield the document with each of its parts in turn replaced by something odd."""
    for path in paths(good):
        for odd in ODD:
            changed = copy.deepcopy(good)
            holder = changed
            for step in path[:-1]:
                holder = holder[step]
            if holder[path[-1]] != odd:
                holder[path[-1]] = odd
                yield rfc8785.dumps(changed)


@pytest.fixture
def accepted(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Answers whether attachments are accepted, with a paper that says what it should."""
    given = Evidence(b"", read_issuer(GOOD.trusted_did), read_vkeys(GOOD.trusted_vkeys), GOOD.at)
    good = {"credential.json": GOOD.document, "did.json": GOOD.trusted_did, "status.json": status_list()}
    good["log-proof"] = log_proof(GOOD.document).encode()

    def answer(**changed: bytes) -> bool:
        attachments = good | {name.replace("__", "-").replace("_", "."): content for name, content in changed.items()}
        paper = Paper(attachments, (str(GOOD.code),), GOOD.printed)
        monkeypatch.setattr(certificate, "read_apart", lambda _: paper)
        return all(check.result is Result.PASSED for check in check_certificate(given)[0])

    return answer


def test_no_odd_part_of_a_document_is_accepted(accepted):
    assert accepted()
    assert not any(accepted(credential_json=odd) for odd in with_odd_parts(read_strictly(GOOD.document)))


def test_no_odd_part_of_a_status_list_is_accepted(accepted):
    assert not any(accepted(status_json=odd) for odd in with_odd_parts(read_strictly(status_list())))


def test_an_odd_did_json_inside_changes_nothing_about_whom_one_trusts(accepted):
    for odd in with_odd_parts(did_document()):
        accepted(did_json=odd)  # Accepted or not: it answers.


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b'{"a":1.5}', b'{"a":NaN}', b'{"a":1e400}', b"\xff", DEEP])
def test_what_is_no_strict_json_object_is_refused(accepted, content):
    assert not accepted(credential_json=content)
    assert not accepted(status_json=content)
    assert not accepted(did_json=content)


def test_no_part_of_a_log_proof_is_accepted(accepted):
    proof = log_proof(GOOD.document).encode()

    # All but the newline at its end, which nobody signed.
    assert not any(accepted(log__proof=proof[:cut]) for cut in range(0, len(proof) - 1, 5))


def test_depth_and_length_have_a_limit():
    def nested(depth: int) -> bytes:
        return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)

    assert read_strictly(nested(DEPTH_MAX))
    assert read_strictly(b'{"a":"' + b"x" * (DOCUMENT_BYTES_MAX - 8) + b'"}')
    for content in (nested(DEPTH_MAX + 1), b'{"a":"' + b"x" * (DOCUMENT_BYTES_MAX - 7) + b'"}'):
        with pytest.raises(Refused):
            read_strictly(content)
