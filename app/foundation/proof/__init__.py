"""Proof: who acts, what was done, and what the operator can see of it. Audit rows, hooks, logs and metrics."""

from app.foundation.proof import metrics
from app.foundation.proof.actor import EVERY_COUNTY, SYSTEM, Actor, ActorKind, Grant
from app.foundation.proof.audit import content_sha256, record
from app.foundation.proof.audit_seal import (
    audit_findings,
    audit_leaves_of,
    audit_overdue,
    select_sealed_audit_count,
    take_audit,
)
from app.foundation.proof.audit_search import AuditSearch, audit_query
from app.foundation.proof.hooks import Hook, HookMissing, check_stored_kinds
from app.foundation.proof.logs import configure_logs, json_formatter, logger
from app.foundation.proof.request_id import remember_request_id, request_id
from app.foundation.proof.spelling import UNREADABLE, spelled

__all__ = [
    "EVERY_COUNTY",
    "SYSTEM",
    "UNREADABLE",
    "Actor",
    "ActorKind",
    "AuditSearch",
    "Grant",
    "Hook",
    "HookMissing",
    "audit_findings",
    "audit_leaves_of",
    "audit_overdue",
    "audit_query",
    "check_stored_kinds",
    "configure_logs",
    "content_sha256",
    "json_formatter",
    "logger",
    "metrics",
    "record",
    "remember_request_id",
    "request_id",
    "select_sealed_audit_count",
    "spelled",
    "take_audit",
]
