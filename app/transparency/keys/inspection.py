"""What must hold before keys are trusted: asked at each start of a serving process, and in full by `flask keys ceremony-check`."""

from collections.abc import Iterator

from flask import current_app
from sqlalchemy.orm import Session

from app.foundation.work import NotServable
from app.transparency.canonical import canonical_json
from app.transparency.keys import queries
from app.transparency.keys.did import did_document_of
from app.transparency.keys.files import PASSPHRASE_CHARACTERS_MIN, KeyFiles, KeyFileUnusable, key_files
from app.transparency.keys.queries import Key
from app.transparency.signer import signature_fits

_PROBE = b"lintan key ceremony: this proves that the private half is here and fits"


def refuse_unsafe_keys(session: Session) -> None:
    """Refuse to serve the public with keys that others may have, or without what reads them.

    On PostgreSQL serving processes need no passphrase: only the worker that signs has it.

    Raises:
        NotServable: names every reason, and no secret.
    """
    if current_app.config["LINTAN_ENV"] != "production":
        return
    reasons = []
    made_elsewhere = [f"{key.issuer or 'log'} {key.name}" for key in queries.every_key(session) if key.is_demo]
    if made_elsewhere:
        reasons.append(f"keys made outside production: {', '.join(made_elsewhere)}")
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    if on_sqlite and len(key_files().passphrase) < PASSPHRASE_CHARACTERS_MIN:
        reasons.append(f"LINTAN_KEYS_PASSPHRASE must be set to {PASSPHRASE_CHARACTERS_MIN} characters or more")
    if reasons:
        raise NotServable("; ".join(reasons))


def ceremony_findings(session: Session) -> list[str]:
    """Return what is wrong with the keys of this machine, a sentence each; empty is good.

    A private half may well lie on another machine: it is a finding here, and the operator knows where it should be.
    """
    files, keys = key_files(), queries.every_key(session)
    findings = [*_of_folder(files, keys)]
    for key in keys:
        findings += _of_key(files, key)
    for issuer in queries.list_issuers(session):
        own = [key for key in keys if key.issuer == issuer.slug]
        if not any(key.is_active for key in own):
            findings.append(f"{issuer.slug} has no active key")
        published = queries.latest_did_document(session, issuer.slug)
        if published is None or published.content != canonical_json(did_document_of(issuer, own)):
            findings.append(f"{issuer.slug}: the published DID document is not what its keys make")
    if not any(key.is_active and key.issuer is None for key in keys):
        findings.append("the log has no active key")
    return findings


def _of_folder(files: KeyFiles, keys: list[Key]) -> Iterator[str]:
    if len(files.passphrase) < PASSPHRASE_CHARACTERS_MIN:
        yield f"LINTAN_KEYS_PASSPHRASE is not set, or shorter than {PASSPHRASE_CHARACTERS_MIN} characters"
    if not files.is_private():
        yield "LINTAN_KEYS: others can look into the folder; chmod 700"
    known = {key.file_name for key in keys}
    for file_name in files.names():
        if file_name not in known:
            yield f"{file_name}: no key of this database; left by a crash, or of another database"


def _of_key(files: KeyFiles, key: Key) -> Iterator[str]:
    label = f"{key.issuer or 'log'} {key.name}"
    if key.is_demo and current_app.config["LINTAN_ENV"] == "production":
        yield f"{label}: made outside production; add a new key and revoke this one"
    if not key.is_active:
        if files.has(key.file_name):
            yield f"{label}: ended, but its private half is still here; end it once more to destroy it"
        return
    try:
        signature = files.read(key.file_name, key.public).sign(_PROBE)
    except FileNotFoundError:
        yield f"{label}: its private half is not on this machine"
    except KeyFileUnusable as reason:
        yield f"{label}: its file cannot be used: {reason}"
    else:
        if not signature_fits(key.public, signature, _PROBE):
            yield f"{label}: what it signs does not verify"
