"""A certificate as it should be is accepted, in all the ways it may come; and what the verifier says of itself is true."""

import ast
from datetime import timedelta
from pathlib import Path

import rfc8785

import verifier
from tests.verifier.forge import ISSUED_AT, Presented, did_document, log_proof, status_list, token
from verifier.answers import MEANINGS, Name

GOOD = Presented()


def test_a_certificate_is_accepted():
    assert GOOD.reasons() == {}


def test_a_certificate_without_its_own_did_json_is_accepted():
    assert GOOD.but(did=None).reasons() == {}


def test_both_forms_of_a_certificate_are_accepted():
    assert GOOD.but(jwt=token(GOOD.document)).reasons() == {}
    assert GOOD.but(jwt=token(GOOD.document, alg="Ed25519")).reasons() == {}


def test_what_was_logged_within_ten_minutes_is_accepted_on_either_side():
    for minutes in (-10, 10):
        proof = log_proof(GOOD.document, at=ISSUED_AT + timedelta(minutes=minutes))
        assert GOOD.but(log_proof=proof).reasons() == {}


def test_a_checkers_clock_may_be_five_minutes_behind():
    assert GOOD.but(at=ISSUED_AT - timedelta(minutes=5)).reasons() == {}


def test_a_key_that_was_retired_later_keeps_its_certificates():
    assert GOOD.but(trusted_did=rfc8785.dumps(did_document(expires="2026-06-01T00:00:00Z"))).reasons() == {}


def test_a_newer_list_takes_the_place_of_the_attached_one():
    year_later = ISSUED_AT + timedelta(days=365)

    assert GOOD.but(at=year_later, fresh_status=status_list(made=year_later)).reasons() == {}


def test_thousands_on_the_paper_may_have_commas():
    printed = GOOD.printed.replace("120001", "120,001").replace("120023", "120,023")

    assert GOOD.but(printed=printed).reasons() == {}


def test_signatures_of_strangers_beside_the_logs_own_are_passed_over():
    proof = (
        log_proof(GOOD.document)
        + "\u2014 witness.example/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dl\n"
    )

    assert GOOD.but(log_proof=proof).reasons() == {}


def test_what_a_proof_says_unsigned_is_not_believed():
    assert GOOD.but(log_proof=log_proof(GOOD.document, extra="extra aGVsbG8=\n")).reasons() == {}


def test_each_check_says_what_it_proves_and_what_it_leaves_open():
    assert set(MEANINGS) == set(Name)
    assert all(meaning.proves and meaning.leaves_open for meaning in MEANINGS.values())


def test_the_verifier_takes_nothing_from_the_product():
    folder = Path(verifier.__file__).parent
    imported = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).partition(".")[0])
    assert imported & {"app", "config", "bench", "checks", "tests"} == set()
    assert {"verifier", "rfc8785", "pypdf"} <= imported
