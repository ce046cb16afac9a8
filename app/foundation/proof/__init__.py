"""Proof: who acts, what was done, and what the operator can see of it. Audit rows, hooks, logs and metrics."""

from app.foundation.proof import metrics
from app.foundation.proof.actor import EVERY_COUNTY, SYSTEM, Actor, ActorKind, Grant
from app.foundation.proof.audit import content_sha256, record
from app.foundation.proof.hooks import Hook, HookMissing, check_stored_kinds
from app.foundation.proof.logs import configure_logs, logger
from app.foundation.proof.request_id import remember_request_id, request_id

__all__ = [
    "EVERY_COUNTY",
    "SYSTEM",
    "Actor",
    "ActorKind",
    "Grant",
    "Hook",
    "HookMissing",
    "check_stored_kinds",
    "configure_logs",
    "content_sha256",
    "logger",
    "metrics",
    "record",
    "remember_request_id",
    "request_id",
]
