"""The checks of a certificate, made anew on every view from stored bytes, public keys, the status list and the log.

Nothing here decides what a stranger is told; it says what was found. An outsider makes the same checks with other software.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.certificates import queries
from app.certificates.bitstring import ListUnreadable, set_bits
from app.certificates.checking import invariants
from app.certificates.checking.stored import Stored, proof_fault, read_stored
from app.certificates.documents import keeps_schema, list_url, public_url
from app.certificates.issuing.retirement import register_members
from app.certificates.models import CertificateRow, RevocationRow
from app.certificates.rules import CERTIFICATE, CheckName, CheckResult, RevocationReason
from app.certificates.views import Check, LogPlace
from app.credits import retirements_by_ids
from app.transparency import (
    Checkpoint,
    EntryKind,
    Issuer,
    KeysRefused,
    Leaf,
    LogDamaged,
    canonical_json,
    did_document,
    document_by_id,
    entries,
    find_leaf,
    is_included,
    is_signed_by_log,
    latest_checkpoint,
    log_state,
    parse_second,
    second_text,
)

# The log is written in the second of issue; more would mean that somebody set a date back or forth.
TIME_APART_MAX = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Findings:
    """How every check ended, in the order of `CheckName`."""

    checks: tuple[Check, ...]
    log: LogPlace | None


def check(session: Session, row: CertificateRow, stored: Stored, issuer: Issuer, *, now: datetime) -> Findings:
    """Make every check of a certificate that was signed."""
    keys = _keys(session, issuer.slug)
    document = _document(row, stored, issuer)
    leaf = next(iter(entries(session, stored.document.leaf_index, stored.document.leaf_index)), None)
    checkpoint = latest_checkpoint(session)
    content = stored.content
    if content is None:
        unread = [_unread(name) for name in (CheckName.SCHEMA, CheckName.PROOF)]
        claim = _unread(CheckName.CLAIM)
    else:
        unread = [_schema(row, content), _proof(content, keys)]
        claim = _claim(session, row, content, leaf)
    checks = (
        document,
        *unread,
        _status(session, row, keys, now=now),
        _log(session, stored, issuer, leaf, checkpoint),
        claim,
        _witness(session),
    )
    is_covered = leaf is not None and checkpoint is not None and leaf.index < checkpoint.size
    place = LogPlace(index=leaf.index, size=checkpoint.size, checkpoint_at=checkpoint.signed_at) if is_covered else None  # type: ignore[union-attr]
    return Findings(checks, place)


def missing_document() -> tuple[Check, ...]:
    """Return the checks of a certificate whose signed document is gone."""
    rest = [name for name in CheckName if name not in (CheckName.DOCUMENT, CheckName.WITNESS)]
    return (_failed(CheckName.DOCUMENT, "missing"), *(_unread(name) for name in rest))


def _document(row: CertificateRow, stored: Stored, issuer: Issuer) -> Check:
    if stored.fault is not None:
        return _failed(CheckName.DOCUMENT, stored.fault)
    content = stored.content or {}
    named = content.get("issuer")
    is_own = (
        content.get("id") == public_url(f"/v/{row.number}")
        and isinstance(named, dict)
        and named.get("id") == issuer.did
        and stored.document.subject_id == row.id
        and row.valid_from is not None
        and content.get("validFrom") == second_text(row.valid_from)
    )
    return _passed(CheckName.DOCUMENT) if is_own else _failed(CheckName.DOCUMENT, "of_another")


def _schema(row: CertificateRow, content: dict[str, Any]) -> Check:
    return _passed(CheckName.SCHEMA) if keeps_schema(row.kind, content) else _failed(CheckName.SCHEMA, "failed")


def _proof(content: dict[str, Any], keys: dict[str, Any] | None) -> Check:
    if keys is None:
        return _not_done(CheckName.PROOF, "no_keys")
    fault = proof_fault(content, keys)
    if fault is not None:
        return _failed(CheckName.PROOF, "failed", reason=fault)
    return _passed(CheckName.PROOF, key=str(content["proof"]["verificationMethod"]).partition("#")[2])


def _status(session: Session, row: CertificateRow, keys: dict[str, Any] | None, *, now: datetime) -> Check:
    """Read the bit from the signed list itself, and compare it with the revocation that two people made and the log tells of."""
    revocation = queries.find_revocation(session, row.id)
    if revocation is None and find_leaf(session, kind=EntryKind.REVOKE, subject_kind=CERTIFICATE, subject_id=row.id):
        return _failed(CheckName.STATUS, "disagrees")
    status_list = queries.find_list(session, row.issuer or "", row.list_number or 0)
    document = (
        document_by_id(session, status_list.document_id)
        if status_list is not None and status_list.document_id is not None
        else None
    )
    if document is None or status_list is None or status_list.signed_at is None or keys is None:
        return _not_done(CheckName.STATUS, "no_list" if keys is not None else "no_keys")
    content = read_stored(document)
    fault = content.fault or _list_fault(content.content or {}, row, keys)
    if fault is not None:
        return _failed(CheckName.STATUS, "list_invalid", reason=fault)
    subject: Mapping[str, Any] = content.content["credentialSubject"] if content.content is not None else {}
    try:
        bits = set_bits(str(subject.get("encodedList")))
    except ListUnreadable:
        return _failed(CheckName.STATUS, "list_invalid", reason="unreadable")
    until = parse_second((content.content or {}).get("validUntil"), reason="valid_until")
    return _status_of(
        row, revocation, is_set=row.list_index in bits, signed_at=status_list.signed_at, until=until, now=now
    )


def _list_fault(content: Mapping[str, Any], row: CertificateRow, keys: dict[str, Any]) -> str | None:
    """Return why a list is not the issuer's own signed list of this place, or None."""
    subject = content.get("credentialSubject")
    if content.get("id") != list_url(row.issuer or "", row.list_number or 0) or not isinstance(subject, dict):
        return "of_another"
    if subject.get("statusPurpose") != "revocation":
        return "of_another"
    return proof_fault(dict(content), keys)


def _status_of(
    row: CertificateRow,
    revocation: RevocationRow | None,
    *,
    is_set: bool,
    signed_at: datetime,
    until: datetime,
    now: datetime,
) -> Check:
    if revocation is None:
        if is_set:
            return _failed(CheckName.STATUS, "disagrees")
        if now >= until:
            return _not_done(CheckName.STATUS, "list_expired", until=until)
        return _passed(CheckName.STATUS, until=until)
    place = (revocation.issuer, revocation.list_number, revocation.list_index)
    if place != (row.issuer, row.list_number, row.list_index):
        return _failed(CheckName.STATUS, "disagrees")
    if is_set:
        return _failed(CheckName.STATUS, "revoked", since=revocation.revoked_at)
    if signed_at <= revocation.revoked_at:
        return _failed(CheckName.STATUS, "revoked_soon")
    return _failed(CheckName.STATUS, "disagrees")


def _log(session: Session, stored: Stored, issuer: Issuer, leaf: Leaf | None, checkpoint: Checkpoint | None) -> Check:
    if leaf is None:
        return _failed(CheckName.LOG, "no_entry")
    valid_from = str((stored.content or {}).get("validFrom"))
    expected = {
        "digest": stored.digest,
        "issuer": issuer.did,
        "kind": EntryKind.ISSUE.value,
        "time": valid_from,
    }
    if leaf.entry != canonical_json(expected):
        return _failed(CheckName.LOG, "other_entry")
    if abs(leaf.at - parse_second(valid_from, reason="valid_from")) > TIME_APART_MAX:
        return _failed(CheckName.LOG, "time")
    if checkpoint is None or leaf.index >= checkpoint.size:
        return _not_done(CheckName.LOG, "no_checkpoint")
    if not is_signed_by_log(session, checkpoint):
        return _failed(CheckName.LOG, "checkpoint")
    try:
        is_there = is_included(session, leaf, checkpoint)
    except LogDamaged:
        is_there = False
    return _passed(CheckName.LOG, index=leaf.index) if is_there else _failed(CheckName.LOG, "not_included")


def _claim(session: Session, row: CertificateRow, content: Mapping[str, Any], leaf: Leaf | None) -> Check:
    """Work out again what had to hold before it was signed."""
    subject = content.get("credentialSubject")
    retirement = retirements_by_ids(session, [row.subject_id]).get(row.subject_id)
    if retirement is None or not isinstance(subject, dict):
        return _failed(CheckName.CLAIM, "missing")
    if not invariants.says_what_register_says(subject, register_members(session, retirement)):
        return _failed(CheckName.CLAIM, "differs")
    if not invariants.adds_up(subject):
        return _failed(CheckName.CLAIM, "quantity")
    before = invariants.retirement_leaves(session, [retirement.id]).get(retirement.id)
    if before is None or leaf is None or before.index >= leaf.index or not invariants.tells_of(before, subject):
        return _failed(CheckName.CLAIM, "not_logged")
    if queries.claim_of(session, retirement.id) == row.id:
        return _passed(CheckName.CLAIM)
    # What was replaced has handed its claim on, however often: it is revoked, and its successor is checked on its own page.
    revocation = queries.find_revocation(session, row.id)
    is_replaced = revocation is not None and revocation.reason is RevocationReason.SUPERSEDED
    return _passed(CheckName.CLAIM, "replaced") if is_replaced else _failed(CheckName.CLAIM, "other")


def _witness(session: Session) -> Check:
    if log_state(session).has_witness:
        return _passed(CheckName.WITNESS)
    return Check(
        name=CheckName.WITNESS, result=CheckResult.NOT_YET, code=f"certificates.check.{CheckName.WITNESS.value}.not_yet"
    )


def _keys(session: Session, slug: str) -> dict[str, Any] | None:
    try:
        return did_document(session, slug)
    except KeysRefused:
        return None


def _passed(name: CheckName, word: str = "passed", **params: str | int | datetime) -> Check:
    return Check(name=name, result=CheckResult.PASSED, code=f"certificates.check.{name.value}.{word}", params=params)


def _failed(name: CheckName, word: str, **params: str | int | datetime) -> Check:
    return Check(name=name, result=CheckResult.FAILED, code=f"certificates.check.{name.value}.{word}", params=params)


def _not_done(name: CheckName, word: str, **params: str | int | datetime) -> Check:
    return Check(name=name, result=CheckResult.NOT_DONE, code=f"certificates.check.{name.value}.{word}", params=params)


def _unread(name: CheckName) -> Check:
    return Check(name=name, result=CheckResult.NOT_DONE, code="certificates.check.document.not_read")
