"""How the demo city comes to sign: an issuer, two keys, and the mandate that two people of its agency give."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals import approve_proposal
from app.certificates import MANDATE_KIND, RETIREMENT_RULE_VERSION, CertificateKind
from app.demo.people import ISSUER, ISSUERS
from app.foundation.data import clock, run_in_transaction
from app.foundation.proof import EVERY_COUNTY, SYSTEM, Actor, ActorKind, Grant
from app.identity import Role, make_issuer
from app.rulebook import NewDocument, Status, propose_document
from app.transparency import add_key

DAILY_LIMIT = 2_000
MANDATE_FOR = timedelta(days=365)


def open_signature(staff_ids: Mapping[str, UUID], *, now: datetime) -> None:
    """Make the agency an issuer, make its key and the log's, and let its two issuers give the mandate for LSR.

    Args:
        staff_ids: of the two issuers, by name.
    """
    issuer = make_issuer(slug=ISSUER, site=None, actor=SYSTEM, now=now)

    def add_keys(session: Session) -> None:
        for owner in (None, ISSUER):
            add_key(session, issuer=owner, actor=SYSTEM, now=now)

    run_in_transaction(add_keys)
    proposer, approver = (_issuer(staff_ids[username], issuer.agency_id) for username in ISSUERS)
    today = clock.civil_day(now)
    kind = CertificateKind.RETIREMENT
    mandate = NewDocument(
        kind=MANDATE_KIND,
        name=kind.value,
        title_zh="碳汇注销证书签发授权（演示）",
        title_en="Mandate for retirement certificates (demo)",
        content={
            "type": kind.value,
            "issuer": ISSUER,
            "rule_version": RETIREMENT_RULE_VERSION,
            "daily_limit": DAILY_LIMIT,
            "ends_on": (today + MANDATE_FOR).isoformat(),
        },
        source="The demo city's own decision.",
        status=Status.DECIDED,
        effective_from=today,
    )
    proposal = propose_document(mandate, proposer=proposer, now=now)
    approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=approver, now=now)


def _issuer(staff_id: UUID, agency_id: UUID) -> Actor:
    """Return somebody as they are once signed in."""
    return Actor(
        id=staff_id,
        kind=ActorKind.STAFF,
        roles=frozenset({Role.STAFF.value, Role.ISSUER.value}),
        grants=(Grant(Role.ISSUER, agency_id, (EVERY_COUNTY,)),),
    )
