"""The operator's command for payees, before there are two finance people to name them."""

import click
from flask.cli import AppGroup

from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import DomainError
from app.foundation.proof import SYSTEM
from app.payments.queries import PaidFor
from app.payments.usecases.payees import NewPayee, create_payee

payment_commands = AppGroup("payments", help="Payments: who is paid.")


@payment_commands.command("payee")
@click.option("--agency", required=True, help="The agency whose finance people look after it, agy_…")
@click.option("--county", required=True, help="The county's six-digit code.")
@click.option("--name-zh", required=True)
@click.option("--name-en", required=True)
@click.option("--for", "things", multiple=True, required=True, help="What it is paid for: credits.project=prj_…")
@click.option("--bank-name")
@click.option("--bank-account")
@click.option("--tax-number")
@click.option("--invoice-title")
def enter_payee(
    agency: str, county: str, name_zh: str, name_en: str, things: tuple[str, ...], **rest: str | None
) -> None:
    """Enter a payee."""
    try:
        new = NewPayee(
            name_zh=name_zh,
            name_en=name_en,
            county=county,
            agency_id=parse_public_id("agy", agency),
            bank_name=rest["bank_name"],
            bank_account=rest["bank_account"],
            tax_number=rest["tax_number"],
            invoice_title=rest["invoice_title"],
            paid_for=tuple(_paid_for(each) for each in things),
        )
        payee_id = create_payee(new, actor=SYSTEM, now=clock.now())
    except MalformedId:
        raise click.ClickException("the agency's id has the form agy_…") from None
    except DomainError as refusal:
        raise click.ClickException(str(refusal.title)) from None
    click.echo(public_id("pye", payee_id))


def _paid_for(text: str) -> PaidFor:
    kind, separator, reference = text.partition("=")
    if not separator or not kind or not reference:
        raise click.ClickException(f"{text}: write kind=reference")
    return PaidFor(kind=kind, reference=reference)
