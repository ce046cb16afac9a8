"""Issuers and keys: who may sign when, until when, and that no key changes unseen."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.foundation.data import reading, transaction
from app.foundation.proof.audit import AuditRow
from app.transparency import (
    KeysRefused,
    ProofInvalid,
    add_key,
    did_document,
    expire_key,
    find_issuer,
    issuer_of_agency,
    list_issuers,
    log_verifiers,
    open_issuer,
    revoke_key,
    verify_document,
)
from app.transparency.keys import signer_for
from app.transparency.keys.inspection import ceremony_findings
from app.transparency.keys.models import KeyRow
from app.transparency.proofs import sign_document
from app.transparency.signer import signature_fits
from tests.transparency import example
from tests.transparency.ceremony import AGENCY, DID, MORNING, SLUG, active_key, do, entries


def test_key_of_an_issuer_signs_under_its_did(issuer):
    added = do(add_key, issuer=SLUG)

    key = active_key()

    assert (key.name, key.method, key.jwk_method) == ("key-2026-1", f"{DID}#key-2026-1", f"{DID}#jwk-2026-1")
    assert (added.name, added.public) == (key.name, key.public)
    assert signature_fits(key.public, key.signer.sign(b"message"), b"message")
    content = example.content() | {"issuer": {"id": DID, "name": "x"}}
    with reading() as session:
        document = sign_document(content, signer=key.signer, method=key.method, created=MORNING)
        verify_document(document, did_document(session, SLUG))


def test_key_of_the_log_is_named_by_its_vkey(key_folder):
    do(add_key, issuer=None)

    key = active_key(None)

    with reading() as session:
        assert [verifier.vkey for verifier in log_verifiers(session)] == [key.method]
    assert key.method.startswith("localhost:8000/log+")
    assert key.jwk_method == key.method


def test_nobody_signs_without_a_key(issuer):
    assert active_key() is None
    assert active_key(None) is None
    assert active_key("nobody") is None


def test_newest_key_signs_and_the_year_is_the_citys(issuer):
    do(add_key, issuer=SLUG)
    # 2026-12-31 16:00 UTC is New Year in Lishui.
    do(add_key, issuer=SLUG, now=datetime(2026, 12, 31, 16, 0, tzinfo=UTC))

    assert active_key().name == "key-2027-1"


def test_numbers_are_counted_for_each_owner_alone(issuer):
    do(open_issuer, slug="lishui-forestry", agency_id=UUID(int=2), name_zh="林业局", name_en="Forestry", site=None)

    names = [do(add_key, issuer=owner).name for owner in (SLUG, SLUG, "lishui-forestry", None)]

    assert names == ["key-2026-1", "key-2026-2", "key-2026-1", "key-2026-1"]


def test_expired_key_signs_nothing_more_and_what_it_signed_stays_good(key_folder, issuer):
    do(add_key, issuer=SLUG)
    old = active_key()
    content = example.content() | {"issuer": {"id": DID, "name": "x"}}
    signed = sign_document(content, signer=old.signer, method=old.method, created=MORNING)
    new = do(add_key, issuer=SLUG)

    expired = do(expire_key, issuer=SLUG, name="key-2026-1")

    assert active_key().public == new.public
    assert signature_fits(new.public, active_key().signer.sign(b"message"), b"message")
    assert [path.name for path in key_folder.iterdir()] == [new.file_name]
    assert expired.expires_at == datetime(2026, 3, 13, 1, 1, tzinfo=UTC)
    with reading() as session:
        published = did_document(session, SLUG)
    verify_document(signed, published)
    late = sign_document(content, signer=old.signer, method=old.method, created=MORNING + timedelta(minutes=2))
    with pytest.raises(ProofInvalid, match="key_expired"):
        verify_document(late, published)


def test_revoked_key_proves_nothing_any_more(key_folder, issuer):
    do(add_key, issuer=SLUG)
    key = active_key()
    content = example.content() | {"issuer": {"id": DID, "name": "x"}}
    signed = sign_document(content, signer=key.signer, method=key.method, created=MORNING)

    do(revoke_key, issuer=SLUG, name="key-2026-1")

    assert active_key() is None
    assert list(key_folder.iterdir()) == []
    with reading() as session, pytest.raises(ProofInvalid, match="key_not_for_assertions"):
        verify_document(signed, did_document(session, SLUG))


def test_last_key_may_expire_and_a_revoked_one_leaves_the_logs_list(key_folder):
    do(add_key, issuer=None)
    do(expire_key, issuer=None, name="key-2026-1")
    with reading() as session:
        assert len(log_verifiers(session)) == 1

    do(revoke_key, issuer=None, name="key-2026-1")

    with reading() as session:
        assert log_verifiers(session) == []
    assert active_key(None) is None


def test_ends_said_twice_change_nothing_and_destroy_what_was_left(key_folder, issuer):
    key = do(add_key, issuer=SLUG)
    kept = (key_folder / key.file_name).read_bytes()
    for end in (expire_key, revoke_key):
        do(end, issuer=SLUG, name="key-2026-1")
        (key_folder / key.file_name).write_bytes(kept)
        with reading() as session:
            before = (did_document(session, SLUG), entries())
            assert any("still here" in finding for finding in ceremony_findings(session))

        do(end, issuer=SLUG, name="key-2026-1", now=MORNING + timedelta(days=1))

        with reading() as session:
            assert (did_document(session, SLUG), entries()) == before
        assert list(key_folder.iterdir()) == []
    with pytest.raises(KeysRefused, match="revoked"):
        do(expire_key, issuer=SLUG, name="key-2026-1")


def test_each_change_is_an_entry_of_the_log_and_an_audit_row(key_folder, issuer):
    key = do(add_key, issuer=SLUG)
    do(expire_key, issuer=SLUG, name=key.name, now=MORNING + timedelta(hours=1))
    do(revoke_key, issuer=SLUG, name=key.name, now=MORNING + timedelta(hours=2))
    log_key = do(add_key, issuer=None)

    told = [{name: entry[name] for name in ("kind", "issuer", "method", "action", "time")} for entry in entries()]

    def line(action, time, issuer=DID, method=f"{DID}#key-2026-1"):
        return {"kind": "key", "issuer": issuer, "method": method, "action": action, "time": time}

    assert sorted(told, key=lambda entry: (entry["time"], entry["issuer"])) == [
        line("add", "2026-03-13T01:00:00Z"),
        line("add", "2026-03-13T01:00:00Z", "localhost:8000/log", log_key.method),
        line("expire", "2026-03-13T02:00:00Z"),
        line("revoke", "2026-03-13T03:00:00Z"),
    ]
    with reading() as session:
        actions = sorted(session.scalars(select(AuditRow.action).where(AuditRow.action.like("transparency.%"))))
    assert actions == [
        "transparency.issuer_opened",
        "transparency.key_add",
        "transparency.key_add",
        "transparency.key_expire",
        "transparency.key_revoke",
    ]


def test_no_key_changes_while_somebody_signs(app, key_folder, issuer, engine_name):
    do(add_key, issuer=SLUG)
    ended = threading.Event()

    def end():
        with app.app_context():
            do(expire_key, issuer=SLUG, name="key-2026-1")
        ended.set()

    with transaction() as session:
        assert signer_for(session, SLUG) is not None
        command = threading.Thread(target=end)
        command.start()
        assert not ended.wait(0.5)
    command.join(10)
    assert ended.is_set()


# On SQLite one writes at a time anyway.
@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_two_may_sign_at_once_on_postgresql(app, key_folder, issuer):
    do(add_key, issuer=SLUG)
    found = []

    def sign():
        with app.app_context():
            found.append(active_key())

    with transaction() as session:
        signer_for(session, SLUG)
        other = threading.Thread(target=sign)
        other.start()
        other.join(3)
        assert len(found) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transparency_key SET public = :bytes",
        "UPDATE transparency_key SET is_demo = :no",
        "DELETE FROM transparency_key",
        "UPDATE transparency_key_end SET at = NULL",
        "DELETE FROM transparency_key_end",
        "UPDATE transparency_did_document SET content = :bytes",
        "DELETE FROM transparency_did_document",
        "UPDATE transparency_issuer SET did = 'did:web:evil.example'",
    ],
)
def test_history_of_keys_is_not_rewritten(issuer, statement):
    key = do(add_key, issuer=SLUG)
    do(revoke_key, issuer=SLUG, name=key.name)

    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(statement), {"bytes": bytes(32), "no": False})


def test_one_key_has_one_role(issuer):
    key = do(add_key, issuer=SLUG)

    with pytest.raises(DBAPIError), transaction() as session:
        session.add(
            KeyRow(id=UUID(int=1), issuer=None, year=2026, number=1, public=key.public, is_demo=True, added_at=MORNING)
        )


def test_agency_and_issuer_belong_together_for_ever(issuer):
    with reading() as session:
        assert find_issuer(session, SLUG) == issuer == issuer_of_agency(session, AGENCY)
        assert list_issuers(session) == [issuer]
        assert find_issuer(session, "nobody") is issuer_of_agency(session, UUID(int=1)) is None
    assert (issuer.did, issuer.name("zh"), issuer.name("en")) == (DID, "丽水市生态环境局", "Ecology")

    for slug, agency in ((SLUG, UUID(int=9)), ("another", AGENCY)):
        with pytest.raises(KeysRefused, match="already"):
            do(open_issuer, slug=slug, agency_id=agency, name_zh="局", name_en="Bureau", site=None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"slug": "Lishui"}, "slug"),
        ({"slug": "a:b"}, "slug"),
        ({"slug": "../x"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"slug": "a" * 41}, "slug"),
        ({"slug": "a--b"}, "slug"),
        ({"name_zh": " "}, "name"),
        ({"name_en": ""}, "name"),
        ({"site": "javascript:alert(1)"}, "site"),
    ],
)
def test_issuer_of_a_wrong_form_is_refused(key_folder, changes, reason):
    new = {"slug": "a" * 40, "agency_id": AGENCY, "name_zh": "局", "name_en": "Bureau", "site": "https://a.example"}

    with pytest.raises(KeysRefused, match=reason):
        do(open_issuer, **(new | changes))
    assert do(open_issuer, **new).slug == "a" * 40


def test_did_names_no_number_in_production(app, key_folder, monkeypatch):
    monkeypatch.setitem(app.config, "LINTAN_PUBLIC_URL", "https://192.0.2.7")
    monkeypatch.setitem(app.config, "LINTAN_ENV", "production")

    with pytest.raises(KeysRefused, match="a DID names a host"):
        do(open_issuer, slug=SLUG, agency_id=AGENCY, name_zh="局", name_en="Bureau", site=None)


def test_key_of_nobody_is_neither_made_nor_ended(key_folder, issuer):
    with pytest.raises(KeysRefused, match="no issuer nobody"):
        do(add_key, issuer="nobody")
    for end in (expire_key, revoke_key):
        with pytest.raises(KeysRefused, match="has no key key-2026-1"):
            do(end, issuer=SLUG, name="key-2026-1")
    with reading() as session, pytest.raises(KeysRefused, match="no issuer nobody"):
        did_document(session, "nobody")
    assert not key_folder.exists() or list(key_folder.iterdir()) == []
