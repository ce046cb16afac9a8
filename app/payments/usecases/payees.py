"""Payees: two finance people enter who is paid for what; the operator's command may, before there are any."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals import Change, Proposal, changes_between, propose
from app.foundation.data import insert_once, new_id, parse_public_id, public_id, reading, transaction
from app.foundation.http import Page, PageQuery, page_of
from app.foundation.proof import EVERY_COUNTY, Actor, record
from app.identity import Role
from app.payments import queries
from app.payments.errors import PayeeScopeUnclear, PayeeTaken
from app.payments.models import PayeeRow, PayeeSubjectRow
from app.payments.queries import PaidFor

PAYEE_KIND = "payments.payee"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPayee:
    """What is said about a payee."""

    name_zh: str
    name_en: str
    county: str
    agency_id: UUID | None
    bank_name: str | None
    bank_account: str | None
    tax_number: str | None
    invoice_title: str | None
    paid_for: tuple[PaidFor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPayee:
    """A payee with what it is paid for."""

    id: UUID
    name_zh: str
    name_en: str
    paid_for: tuple[PaidFor, ...]


def propose_payee(new: NewPayee, *, proposer: Actor, now: datetime) -> Proposal:
    """Propose a payee in the name of an agency whose accounts the proposer keeps.

    Raises:
        PayeeScopeUnclear: of none, or of several agencies of that county.
        PayeeTaken: somebody else is paid for one of these things.
    """
    agency_id = _agency_of(proposer, new)
    with transaction() as session:
        payee_id = new_id()
        _require_free(session, new.paid_for)
        content = {
            "id": public_id("pye", payee_id),
            "agency_id": public_id("agy", agency_id),
            **{name: getattr(new, name) for name in _PLAIN},
            "paid_for": [{"kind": each.kind, "reference": each.reference} for each in new.paid_for],
        }
        return propose(
            session,
            kind=PAYEE_KIND,
            content=content,
            title=new.name_zh,
            proposer=proposer,
            now=now,
            subject_id=payee_id,
            agency_id=agency_id,
            county=new.county,
        )


_PLAIN = ("name_zh", "name_en", "county", "bank_name", "bank_account", "tax_number", "invoice_title")


def payee_difference(_: Session, proposal: Proposal) -> list[Change]:
    """Return every member of a proposed payee: all of it is new."""
    return changes_between(None, proposal.content)


def apply_payee(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Enter an approved payee.

    Raises:
        PayeeTaken: somebody else was entered for one of these things since.
    """
    said = proposal.content
    _enter(
        session,
        payee_id=parse_public_id("pye", said["id"]),
        agency_id=parse_public_id("agy", said["agency_id"]),
        plain={name: said[name] for name in _PLAIN},
        paid_for=tuple(PaidFor(kind=each["kind"], reference=each["reference"]) for each in said["paid_for"]),
        approval_id=proposal.id,
        actor=approver,
        now=now,
    )


def create_payee(new: NewPayee, *, actor: Actor, now: datetime) -> UUID:
    """Enter a payee by the operator's command, and return its id.

    Raises:
        PayeeTaken: somebody else is paid for one of these things.
        ValueError: no agency is named.
    """
    if new.agency_id is None:
        raise ValueError("a payee belongs to an agency")
    with transaction() as session:
        payee_id = new_id()
        _enter(
            session,
            payee_id=payee_id,
            agency_id=new.agency_id,
            plain={name: getattr(new, name) for name in _PLAIN},
            paid_for=new.paid_for,
            approval_id=None,
            actor=actor,
            now=now,
        )
    return payee_id


def list_payees(query: PageQuery) -> Page[ListedPayee]:
    """List who is paid for what, newest first. Accounts and tax numbers are not for everybody."""
    with reading() as session:
        page = page_of(
            session, select(PayeeRow), at=PayeeRow.created_at, id=PayeeRow.id, limit=query.limit, cursor=query.cursor
        )
        paid_for = queries.paid_for_by_payees(session, [row.id for row in page.items])
    items = [
        ListedPayee(id=row.id, name_zh=row.name_zh, name_en=row.name_en, paid_for=tuple(paid_for[row.id]))
        for row in page.items
    ]
    return Page(items, page.next_cursor)


def _agency_of(proposer: Actor, new: NewPayee) -> UUID:
    reach = {
        grant.agency_id
        for grant in proposer.grants
        if grant.role == Role.FINANCE
        and grant.agency_id is not None
        and (new.county in grant.counties or EVERY_COUNTY in grant.counties)
    }
    if new.agency_id is not None:
        reach &= {new.agency_id}
    if len(reach) != 1:
        raise PayeeScopeUnclear()
    return reach.pop()


def _require_free(session: Session, paid_for: tuple[PaidFor, ...]) -> None:
    for each in paid_for:
        if queries.payee_for(session, each.kind, each.reference) is not None:
            raise PayeeTaken(reference=each.reference)


def _enter(
    session: Session,
    *,
    payee_id: UUID,
    agency_id: UUID,
    plain: dict[str, Any],
    paid_for: tuple[PaidFor, ...],
    approval_id: UUID | None,
    actor: Actor,
    now: datetime,
) -> None:
    session.add(PayeeRow(id=payee_id, agency_id=agency_id, approval_id=approval_id, created_at=now, **plain))
    session.flush()
    for each in paid_for:
        if not insert_once(session, PayeeSubjectRow, kind=each.kind, reference=each.reference, payee_id=payee_id):
            raise PayeeTaken(reference=each.reference)
    record(
        session,
        action="payments.payee_entered",
        object_kind="payments.payee",
        object_id=payee_id,
        actor=actor,
        after={**plain, "paid_for": [[each.kind, each.reference] for each in paid_for]},
    )
