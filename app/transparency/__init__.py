"""Transparency: the append-only Merkle log of what must never change unseen, and the only keys of the product that sign.

Rooms above append entries and hand documents over to be signed; the sequencer numbers, signs and publishes them.
"""

from flask import Flask

from app.foundation.work import loop, serving_check
from app.transparency.canonical import canonical_json, parse_strictly
from app.transparency.checking.audit import (
    LOG_CHECKS,
    LogCheck,
    documents_not_as_logged,
    seals_not_as_sealed,
    serials_retired_twice,
)
from app.transparency.checking.check import check_head, is_signed_by_log
from app.transparency.checking.cli import log_commands
from app.transparency.documents import DOCUMENTS, DocumentSource, Draft, Refusal, Signed
from app.transparency.errors import JsonRefused, KeysRefused, ProofInvalid
from app.transparency.keys import (
    Issuer,
    Key,
    add_key,
    did_document,
    expire_key,
    find_issuer,
    issuer_of_agency,
    keys_of,
    list_issuers,
    log_verifiers,
    open_issuer,
    register_keys,
    revoke_key,
)
from app.transparency.log import sequencer
from app.transparency.log.batch import DOCUMENT_SUBJECT
from app.transparency.log.queries import (
    Checkpoint,
    Document,
    Leaf,
    LogDamaged,
    consistency_proof,
    document_by_id,
    documents_at,
    documents_of,
    entries,
    find_leaf,
    find_leaves,
    first_checkpoint_covering,
    inclusion_proof,
    is_included,
    latest_checkpoint,
    log_proof,
    subjects_told,
)
from app.transparency.log.signing import digest_text
from app.transparency.log.waiting import append_entry, is_waiting
from app.transparency.models import EntryKind
from app.transparency.proofs import (
    base64url,
    parse_base64url,
    parse_second,
    second_text,
    verify_document,
    verify_vc_jwt,
)
from app.transparency.sealing import (
    SEAL_LATE,
    audit_seal_findings,
    register_audit_stream,
    report_findings,
    seal_findings,
    seals,
)
from app.transparency.sealing.seals import seal_streams, verify_seals
from app.transparency.serving.routes import blp
from app.transparency.serving.state import LogState, log_state
from app.transparency.streams import STREAMS, Stream

__all__ = [
    "DOCUMENTS",
    "DOCUMENT_SUBJECT",
    "LOG_CHECKS",
    "SEAL_LATE",
    "STREAMS",
    "Checkpoint",
    "Document",
    "DocumentSource",
    "Draft",
    "EntryKind",
    "Issuer",
    "JsonRefused",
    "Key",
    "KeysRefused",
    "Leaf",
    "LogCheck",
    "LogDamaged",
    "LogState",
    "ProofInvalid",
    "Refusal",
    "Signed",
    "Stream",
    "add_key",
    "append_entry",
    "audit_seal_findings",
    "base64url",
    "canonical_json",
    "consistency_proof",
    "did_document",
    "digest_text",
    "document_by_id",
    "documents_at",
    "documents_of",
    "entries",
    "expire_key",
    "find_issuer",
    "find_leaf",
    "find_leaves",
    "first_checkpoint_covering",
    "inclusion_proof",
    "is_included",
    "is_signed_by_log",
    "is_waiting",
    "issuer_of_agency",
    "keys_of",
    "latest_checkpoint",
    "list_issuers",
    "log_proof",
    "log_state",
    "log_verifiers",
    "open_issuer",
    "parse_base64url",
    "parse_second",
    "parse_strictly",
    "report_findings",
    "revoke_key",
    "seal_findings",
    "seal_streams",
    "second_text",
    "subjects_told",
    "verify_document",
    "verify_seals",
    "verify_vc_jwt",
]


def register(app: Flask) -> None:
    """Add the log's addresses, commands, loops and checks, and those of the keys."""
    register_keys(app)
    app.register_blueprint(blp)
    app.cli.add_command(log_commands)
    loop(app, name="transparency.sequencer", period=sequencer.PERIOD, run=sequencer.sequence)
    loop(app, name="transparency.seals", period=seals.PERIOD, run=seals.seal_when_due)
    register_audit_stream(app)
    serving_check(app, check_head)
    LOG_CHECKS.register(app, "documents_not_as_logged", documents_not_as_logged)
    LOG_CHECKS.register(app, "seals_not_as_sealed", seals_not_as_sealed)
    LOG_CHECKS.register(app, "serials_retired_twice", serials_retired_twice)
