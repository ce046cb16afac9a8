"""`flask ledger audit`: does every figure follow from the transfers?"""

import click
from flask.cli import AppGroup

from app.foundation.data import reading
from app.ledger.audit import TRANSFERS, audit

ledger = AppGroup("ledger", help="The double entry of points, credits and money.")


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
