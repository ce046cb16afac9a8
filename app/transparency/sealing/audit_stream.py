"""The audit is sealed: its stream, and `flask audit verify`. The rows themselves are foundation's business."""

from collections.abc import Iterator

from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.foundation.data import clock, reading
from app.foundation.proof import (
    audit_findings,
    audit_leaves_of,
    audit_overdue,
    select_sealed_audit_count,
    take_audit,
)
from app.transparency.sealing.findings import SEAL_LATE, report_findings, seal_findings
from app.transparency.streams import STREAMS, Stream

AUDIT_STREAM = "audit"

audit = AppGroup("audit", help="Who did what to which thing.")


def register_audit_stream(app: Flask) -> None:
    """Let the audit be sealed, and add the command that looks whether its seals still hold."""
    STREAMS.register(app, AUDIT_STREAM, Stream(take=take_audit, leaves_of=audit_leaves_of))
    app.cli.add_command(audit)


def audit_seal_findings(session: Session) -> Iterator[str]:
    """Yield what does not fit in the audit and its seals, one line a finding. Reads the whole audit, in pages."""
    yield from seal_findings(session, AUDIT_STREAM, rows_sealed=select_sealed_audit_count())
    yield from audit_findings(session)


@audit.command("verify")
def verify_command() -> None:
    """Compare every audit row with the seal that covers it, and each seal with the log; exit 1 if anything differs."""
    with reading() as session:
        count = session.scalar(select_sealed_audit_count())
        report_findings(_all_findings(session), sound=f"{count} sealed audit rows are what was sealed")


def _all_findings(session: Session) -> Iterator[str]:
    yield from audit_seal_findings(session)
    late = audit_overdue(session, since=clock.now() - SEAL_LATE)
    if late:
        yield f"{late} audit rows wait longer than {SEAL_LATE}: does the sequencer run?"
