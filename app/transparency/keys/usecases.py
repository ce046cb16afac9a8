"""What happens to issuers and keys: opened, added, expired, revoked. Every change of a key is an entry of the log."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, new_id
from app.foundation.proof import Actor, logger, record
from app.transparency.canonical import canonical_json
from app.transparency.errors import KeysRefused
from app.transparency.keys import queries
from app.transparency.keys.did import did_document_of
from app.transparency.keys.files import PASSPHRASE_CHARACTERS_MIN, file_name, key_files
from app.transparency.keys.models import DidDocumentRow, IssuerRow, KeyEnd, KeyEndRow, KeyRow
from app.transparency.keys.names import did_web, is_ip_address, is_slug, key_name
from app.transparency.keys.queries import Issuer, Key
from app.transparency.log.origin import log_origin
from app.transparency.log.signing import digest_text
from app.transparency.log.waiting import append_entry
from app.transparency.models import EntryKind
from app.transparency.proofs import multikey, second_text

# A signature made while an expiry waited for its lock, or on a machine whose clock is ahead, must not be later than the expiry.
EXPIRES_AFTER = timedelta(minutes=1)
_ADDED = "add"

log = logger(__name__)


def open_issuer(
    session: Session,
    *,
    slug: str,
    agency_id: UUID,
    name_zh: str,
    name_en: str,
    site: str | None,
    actor: Actor,
    now: datetime,
) -> Issuer:
    """Give an agency a DID under which it will sign, and publish its document, as yet without keys.

    Args:
        site: the address of the agency's own pages, or None.

    Raises:
        KeysRefused: the slug or the site has the wrong form, a name is empty, slug or agency have an issuer already, or the
            public address is a number, which no DID may name, in production.
    """
    public_url = str(current_app.config["LINTAN_PUBLIC_URL"])
    _refuse_issuer(slug, name_zh, name_en, site, public_url)
    queries.lock_for_change(session)
    if queries.find_issuer(session, slug) is not None or queries.issuer_of_agency(session, agency_id) is not None:
        raise KeysRefused(f"{slug} or its agency is an issuer already")
    row = IssuerRow(
        id=new_id(),
        slug=slug,
        did=did_web(public_url, slug),
        agency_id=agency_id,
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        site=site,
        opened_at=now,
    )
    session.add(row)
    session.flush()
    issuer = Issuer(row.slug, row.did, row.agency_id, row.name_zh, row.name_en, row.site)
    _publish(session, issuer, now)
    record(
        session,
        action="transparency.issuer_opened",
        object_kind="transparency.issuer",
        object_id=row.id,
        actor=actor,
        after={"slug": slug, "did": row.did, "agency_id": str(agency_id), "site": site},
    )
    after_commit(log.info, "transparency.issuer.opened", issuer=slug)
    return issuer


def add_key(session: Session, *, issuer: str | None, actor: Actor, now: datetime) -> Key:
    """Make a key pair for an issuer, or for the log itself with None; from the commit on the newest key signs.

    The private half is on this machine's disk before the row is written: a crash in between leaves a file that nothing names, and
    never a row without its file. It is the one file written inside a transaction, by an operator's command only.

    Raises:
        KeysRefused: no such issuer, or no passphrase that production accepts.
    """
    files = key_files()
    is_demo = current_app.config["LINTAN_ENV"] != "production"
    if len(files.passphrase) < PASSPHRASE_CHARACTERS_MIN:
        raise KeysRefused(f"set LINTAN_KEYS_PASSPHRASE to {PASSPHRASE_CHARACTERS_MIN} characters or more first")
    queries.lock_for_change(session)
    if issuer is not None:
        _get_issuer(session, issuer)
    year = clock.civil_day(now).year
    number = _next_number(session, issuer, year)
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    files.write(file_name(issuer, key_name(year, number), multikey(public)), private)
    row = KeyRow(id=new_id(), issuer=issuer, year=year, number=number, public=public, is_demo=is_demo, added_at=now)
    session.add(row)
    session.flush()
    return _changed(session, row.id, issuer, action=_ADDED, actor=actor, now=now)


def expire_key(session: Session, *, issuer: str | None, name: str, actor: Actor, now: datetime) -> Key:
    """Let a key sign nothing more; what it has signed stays good, and its private half is destroyed on this machine.

    Said again, it only destroys what may be left of the private half.

    Raises:
        KeysRefused: no such key, or it is revoked.
    """
    queries.lock_for_change(session)
    key = _get_key(session, issuer, name)
    if key.revoked_at is not None:
        raise KeysRefused(f"{name} is revoked; that cannot be softened")
    after_commit(_destroy, key)
    if key.expires_at is not None:
        return key
    at = now.replace(microsecond=0) + EXPIRES_AFTER
    session.add(KeyEndRow(key_id=key.id, kind=KeyEnd.EXPIRE, at=at))
    session.flush()
    return _changed(session, key.id, issuer, action=KeyEnd.EXPIRE, actor=actor, now=now)


def revoke_key(session: Session, *, issuer: str | None, name: str, actor: Actor, now: datetime) -> Key:
    """Take back a key that somebody else may have: from the commit on nothing it signed proves anything by itself.

    Said again, it only destroys what may be left of the private half.

    Raises:
        KeysRefused: no such key.
    """
    queries.lock_for_change(session)
    key = _get_key(session, issuer, name)
    after_commit(_destroy, key)
    if key.revoked_at is not None:
        return key
    session.add(KeyEndRow(key_id=key.id, kind=KeyEnd.REVOKE, at=now.replace(microsecond=0)))
    session.flush()
    return _changed(session, key.id, issuer, action=KeyEnd.REVOKE, actor=actor, now=now)


def _refuse_issuer(slug: str, name_zh: str, name_en: str, site: str | None, public_url: str) -> None:
    if not is_slug(slug):
        raise KeysRefused("the slug has lower-case letters, digits and single hyphens only, 40 at most")
    if not name_zh.strip() or not name_en.strip():
        raise KeysRefused("an issuer has a Chinese and an English name")
    if site is not None and not site.startswith(("https://", "http://")):
        raise KeysRefused("the site is an address that begins with https://")
    if is_ip_address(public_url) and current_app.config["LINTAN_ENV"] == "production":
        raise KeysRefused("LINTAN_PUBLIC_URL is a number; a DID names a host")


def _get_issuer(session: Session, slug: str) -> Issuer:
    issuer = queries.find_issuer(session, slug)
    if issuer is None:
        raise KeysRefused(f"there is no issuer {slug}")
    return issuer


def _get_key(session: Session, issuer: str | None, name: str) -> Key:
    for key in queries.keys_of(session, issuer):
        if key.name == name:
            return key
    raise KeysRefused(f"{'the log' if issuer is None else issuer} has no key {name}")


def _next_number(session: Session, issuer: str | None, year: int) -> int:
    owner = KeyRow.issuer.is_(None) if issuer is None else KeyRow.issuer == issuer
    last = session.scalar(select(func.max(KeyRow.number)).where(owner, KeyRow.year == year))
    return (last or 0) + 1


def _changed(session: Session, key_id: UUID, issuer: str | None, *, action: str, actor: Actor, now: datetime) -> Key:
    """Publish a key's change: the DID document's next version, the entry in the log, the audit row."""
    key = next(each for each in queries.keys_of(session, issuer) if each.id == key_id)
    entry = {"issuer": log_origin(), "method": key.method, "action": action, "time": second_text(now)}
    if issuer is not None:
        present = _get_issuer(session, issuer)
        entry |= {"issuer": present.did, "digest": _publish(session, present, now)}
    append_entry(
        session, kind=EntryKind.KEY, content=entry, subject_kind=f"transparency.key_{action}", subject_id=key.id
    )
    record(
        session,
        action=f"transparency.key_{action}",
        object_kind="transparency.key",
        object_id=key.id,
        actor=actor,
        after={"method": key.method},
    )
    after_commit(log.info, "transparency.key.changed", issuer=issuer, key=key.name, action=action)
    return key


def _publish(session: Session, issuer: Issuer, now: datetime) -> str:
    """Write the next version of an issuer's DID document and return its digest as the log spells it."""
    content = canonical_json(did_document_of(issuer, queries.keys_of(session, issuer.slug)))
    before = queries.latest_did_document(session, issuer.slug)
    digest = hashlib.sha256(content).digest()
    version = 1 if before is None else before.version + 1
    session.add(DidDocumentRow(issuer=issuer.slug, version=version, content=content, sha256=digest, at=now))
    session.flush()
    return digest_text(digest)


def _destroy(key: Key) -> None:
    if key_files().destroy(key.file_name):
        log.info("transparency.key.destroyed", issuer=key.issuer, key=key.name)
