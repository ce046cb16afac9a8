"""`flask ledger audit`: does every figure follow from the transfers? `flask ledger seal verify`: are they what was sealed?"""

from collections.abc import Iterator

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.foundation.data import clock, reading
from app.ledger.audit import TRANSFERS, audit, ledger_seal_findings
from app.ledger.seals import count_overdue, select_part_count
from app.transparency import SEAL_LATE, report_findings

ledger = AppGroup("ledger", help="The double entry of points, credits and money.")
seal = AppGroup("seal", help="What the transparency log keeps of the ledger.")
ledger.add_command(seal)


@ledger.command("audit")
def audit_command() -> None:
    """Check the whole ledger, print the findings of each check, and exit 1 when there are any."""
    with reading() as session:
        answer = audit(session)
    for name, count in answer.items():
        click.echo(f"{count:>12}  {name}")
    findings = sum(count for name, count in answer.items() if name != TRANSFERS)
    if findings:
        click.echo(f"{findings} findings")
        raise SystemExit(1)


@seal.command("verify")
def verify_command() -> None:
    """Compare entries, transfers and accounts with their seals, and each seal with the log; exit 1 if anything differs."""
    with reading() as session:
        count = session.scalar(select_part_count())
        report_findings(_findings(session), sound=f"{count} sealed parts are what was sealed")


def _findings(session: Session) -> Iterator[str]:
    yield from ledger_seal_findings(session)
    late = count_overdue(session, since=clock.now() - SEAL_LATE)
    if late:
        yield f"{late} balances wait longer than {SEAL_LATE}: does the sequencer run?"
