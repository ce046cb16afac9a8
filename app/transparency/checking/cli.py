"""`flask log check` and `flask log audit`: is the log what was signed, and do the rooms say the same?"""

from collections.abc import Iterable

import click
from flask.cli import AppGroup

from app.foundation.data import reading
from app.transparency.checking.audit import audit_log
from app.transparency.checking.check import check_log
from app.transparency.log.queries import latest_checkpoint

log_commands = AppGroup("log", help="The transparency log.")


@log_commands.command("check")
def check_command() -> None:
    """Compute the log from its leaves, compare with every signed head, and exit 1 when anything does not fit."""
    with reading() as session:
        head = latest_checkpoint(session)
        click.echo(
            "the log is empty" if head is None else f"{head.size} leaves, signed at {head.signed_at:%Y-%m-%d %H:%M:%S}Z"
        )
        count = _tell(check_log(session))
    _end(count)


@log_commands.command("audit")
def audit_command() -> None:
    """Compare the log with the rooms, print the findings of each check, and exit 1 when there are any."""
    with reading() as session:
        answer = audit_log(session)
    for name, findings in answer.items():
        click.echo(f"{len(findings):>12}  {name}")
        _tell(f"{'':>14}{finding}" for finding in findings)
    _end(sum(len(findings) for findings in answer.values()))


def _tell(findings: Iterable[str]) -> int:
    count = 0
    for finding in findings:
        count += 1
        click.echo(finding)
    return count


def _end(count: int) -> None:
    click.echo(f"{count} findings")
    if count:
        raise SystemExit(1)
