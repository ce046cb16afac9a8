"""What is asked of the seals, and the stream of the audit, whose rows lie below this room."""

from app.transparency.sealing.audit_stream import AUDIT_STREAM, audit_seal_findings, register_audit_stream
from app.transparency.sealing.findings import SEAL_LATE, report_findings, seal_findings

__all__ = [
    "AUDIT_STREAM",
    "SEAL_LATE",
    "audit_seal_findings",
    "register_audit_stream",
    "report_findings",
    "seal_findings",
]
