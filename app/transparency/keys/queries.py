"""Reads of issuers, keys and DID documents, and the lock between those who sign and those who change keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.transparency.canonical import parse_strictly
from app.transparency.errors import KeysRefused
from app.transparency.keys.files import file_name
from app.transparency.keys.models import DidDocumentRow, IssuerRow, KeyEnd, KeyEndRow, KeyRow
from app.transparency.keys.names import jwk_name, key_name
from app.transparency.log.notes import Verifier
from app.transparency.log.origin import log_origin
from app.transparency.proofs import multikey

# "keys" in ASCII: one number of PostgreSQL's advisory locks for all keys.
_LOCK = 0x6B657973


@dataclass(frozen=True, slots=True)
class Issuer:
    """An agency that signs."""

    slug: str
    did: str
    agency_id: UUID
    name_zh: str
    name_en: str
    site: str | None

    def name(self, language: str) -> str:
        """Return the name in `en`, or in Chinese for every other language."""
        return self.name_en if language == "en" else self.name_zh


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, its names and its fate.

    Args:
        issuer: None for the log's own key.
        name: `key-2026-1`.
        method: `DID#key-2026-1`; of the log's key its vkey.
        jwk_method: `DID#jwk-2026-1`; of the log's key its vkey too.
        file_name: where its private half lies in `LINTAN_KEYS`, if it lies on this machine.
    """

    id: UUID
    issuer: str | None
    name: str
    method: str
    jwk_method: str
    public: bytes
    is_demo: bool
    added_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    file_name: str

    @property
    def is_active(self) -> bool:
        """Whether it may sign: neither expired nor revoked."""
        return self.expires_at is None and self.revoked_at is None

    @property
    def multikey(self) -> str:
        """The public key as a Multikey."""
        return multikey(self.public)


def find_issuer(session: Session, slug: str) -> Issuer | None:
    """Return an issuer, or None."""
    row = session.scalar(select(IssuerRow).where(IssuerRow.slug == slug))
    return _issuer(row) if row is not None else None


def issuer_of_agency(session: Session, agency_id: UUID) -> Issuer | None:
    """Return the issuer that an agency is, or None: most agencies sign nothing."""
    row = session.scalar(select(IssuerRow).where(IssuerRow.agency_id == agency_id))
    return _issuer(row) if row is not None else None


def list_issuers(session: Session) -> list[Issuer]:
    """Return all issuers by slug. The list is closed: only an operator opens one."""
    return [_issuer(row) for row in session.scalars(select(IssuerRow).order_by(IssuerRow.slug))]


def keys_of(session: Session, issuer: str | None) -> list[Key]:
    """Return every key of an issuer, or of the log itself for None, oldest first; the ended ones too."""
    owner = KeyRow.issuer.is_(None) if issuer is None else KeyRow.issuer == issuer
    return _keys(session, session.scalars(select(KeyRow).where(owner)).all())


def every_key(session: Session) -> list[Key]:
    """Return the keys of all issuers and of the log, oldest first."""
    return _keys(session, session.scalars(select(KeyRow)).all())


def latest_did_document(session: Session, slug: str) -> DidDocumentRow | None:
    """Return the present version of an issuer's DID document, or None for no issuer."""
    versions = select(DidDocumentRow).where(DidDocumentRow.issuer == slug).order_by(DidDocumentRow.version.desc())
    return session.scalar(versions.limit(1))


def did_document(session: Session, slug: str) -> dict[str, Any]:
    """Return an issuer's present DID document.

    Raises:
        KeysRefused: there is no such issuer.
    """
    latest = latest_did_document(session, slug)
    if latest is None:
        raise KeysRefused(f"there is no issuer {slug}")
    return parse_strictly(latest.content)


def log_verifiers(session: Session) -> list[Verifier]:
    """Return the log's public keys with which its checkpoints can be checked, newest first: expired ones too, revoked ones not."""
    return [Verifier(log_origin(), key.public) for key in reversed(keys_of(session, None)) if key.revoked_at is None]


def lock_for_signing(session: Session) -> None:
    """Keep keys as they are until this transaction ends, so that none signs after its end. Others may sign beside us.

    On SQLite whoever writes is alone anyway.
    """
    _lock(session, "SELECT pg_advisory_xact_lock_shared(:lock)")


def lock_for_change(session: Session) -> None:
    """Wait until nobody signs, and let nobody sign or change keys until this transaction ends."""
    _lock(session, "SELECT pg_advisory_xact_lock(:lock)")


def _lock(session: Session, statement: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(statement), {"lock": _LOCK})


def _keys(session: Session, rows: Sequence[KeyRow]) -> list[Key]:
    ends = {
        (end.key_id, end.kind): end.at
        for end in session.scalars(select(KeyEndRow).where(KeyEndRow.key_id.in_([row.id for row in rows])))
    }
    slugs = {row.issuer for row in rows if row.issuer is not None}
    dids = {
        row.slug: row.did
        for row in session.execute(select(IssuerRow.slug, IssuerRow.did).where(IssuerRow.slug.in_(slugs)))
    }
    ordered = sorted(rows, key=lambda row: (row.issuer or "", row.year, row.number))
    return [_key(row, dids, ends) for row in ordered]


def _key(row: KeyRow, dids: dict[str, str], ends: dict[tuple[UUID, KeyEnd], datetime]) -> Key:
    name = key_name(row.year, row.number)
    if row.issuer is None:
        method = jwk_method = Verifier(log_origin(), row.public).vkey
    else:
        did = dids[row.issuer]
        method, jwk_method = f"{did}#{name}", f"{did}#{jwk_name(row.year, row.number)}"
    return Key(
        id=row.id,
        issuer=row.issuer,
        name=name,
        method=method,
        jwk_method=jwk_method,
        public=row.public,
        is_demo=row.is_demo,
        added_at=row.added_at,
        expires_at=ends.get((row.id, KeyEnd.EXPIRE)),
        revoked_at=ends.get((row.id, KeyEnd.REVOKE)),
        file_name=file_name(row.issuer, name, multikey(row.public)),
    )


def _issuer(row: IssuerRow) -> Issuer:
    return Issuer(row.slug, row.did, row.agency_id, row.name_zh, row.name_en, row.site)
