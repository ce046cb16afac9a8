"""An agency that signs: issuer, keys and mandate by the use cases, and kilograms retired in somebody's name."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from app.approvals import approve_proposal
from app.certificates import MANDATE_KIND, RETIREMENT_RULE_VERSION, RevocationReason, draft_retirement_certificate
from app.certificates.rules import PersonalVisibility
from app.certificates.usecases.own import change_visibility
from app.certificates.usecases.revoke import propose_revocation
from app.credits import Beneficiary, BeneficiaryKind, Purpose, hold_kg, retire_held
from app.foundation.data import clock, run_in_transaction
from app.foundation.proof import EVERY_COUNTY, SYSTEM, Actor, ActorKind, Grant
from app.foundation.work import work_until_idle
from app.identity import AgencyKind, Role, make_issuer
from app.rulebook import NewDocument, Status, propose_document
from app.transparency import add_key
from tests.credits.people import Register, cause
from tests.identity.people import make_agency, make_staff

SLUG = "lishui-ecology"


@dataclass
class Bureau:
    """The city's bureau of ecology and a bamboo forest whose kilograms are retired."""

    register: Register
    agency_id: UUID
    issuers: tuple[Actor, Actor]
    holder_id: UUID | None = None  # Of the certificate drafted last.

    def draft(
        self,
        kg: int = 13,
        *,
        name: str = "张小明",
        organisation: str | None = None,
        purpose: Purpose = Purpose.SELF,
        holder_id: UUID | None = None,
        **of_batch: Any,
    ) -> str:
        """Retire kilograms and return the number of the certificate, which is not signed yet."""
        batch = self.register.batch(kg, **of_batch)
        self.holder_id = holder_id = holder_id or uuid4()
        kind = BeneficiaryKind.RESIDENT if organisation is None else BeneficiaryKind.ORGANISATION

        def run(session: Any) -> str:
            held = hold_kg(
                session, batch.id, kg, cause=cause("hold"), until=clock.now() + timedelta(minutes=15), now=clock.now()
            )
            retirement = retire_held(
                session,
                held.id,
                beneficiary=Beneficiary(
                    kind=kind,
                    id=None if purpose is Purpose.GIFT else holder_id,
                    name=name if purpose is Purpose.GIFT else organisation,
                ),
                purpose=purpose,
                cause=cause("retire"),
                actor=SYSTEM,
                now=clock.now(),
            )
            certificate = draft_retirement_certificate(
                session, retirement=retirement, holder_id=holder_id, beneficiary_name=name, now=clock.now()
            )
            assert certificate is not None
            return certificate.number

        return run_in_transaction(run)

    def issue(self, kg: int = 13, **said: Any) -> str:
        """Return the number of a signed certificate."""
        number = self.draft(kg, **said)
        work_until_idle()
        return number

    def hide(self, number: str) -> None:
        """Let the holder show the verdict alone."""
        assert self.holder_id is not None
        holder = Actor(id=self.holder_id, kind=ActorKind.RESIDENT, roles=frozenset({"resident"}))
        change_visibility(number, PersonalVisibility.OFF, seen=lambda _: True, holder=holder, now=clock.now())

    def revoke(self, number: str, reason: RevocationReason = RevocationReason.ERROR) -> None:
        """Let the two issuers revoke; the list that tells of it waits for the worker."""
        one, other = self.issuers
        proposal = propose_revocation(number, reason, proposer=one, now=clock.now())
        approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=other, now=clock.now())


def open_bureau(register: Register, *, with_keys: bool = True, with_mandate: bool = True) -> Bureau:
    agency_id = make_agency(SLUG, county=None, kind=AgencyKind.ECOLOGY)
    make_issuer(slug=SLUG, site=None, actor=SYSTEM, now=clock.now())

    def add_keys(session: Any) -> None:
        add_key(session, issuer=None, actor=SYSTEM, now=clock.now())
        add_key(session, issuer=SLUG, actor=SYSTEM, now=clock.now())

    if with_keys:
        run_in_transaction(add_keys)
    one, other = (issuer_of(agency_id, f"lishui.issuer{number}") for number in (1, 2))
    if with_mandate:
        give_mandate(one, other)
    return Bureau(register, agency_id, (one, other))


def issuer_of(agency_id: UUID, username: str, agency_slug: str = SLUG) -> Actor:
    member = make_staff(username, role=Role.ISSUER, agency_slug=agency_slug, counties=[EVERY_COUNTY])
    roles = frozenset({Role.STAFF.value, Role.ISSUER.value})
    grants = (Grant(Role.ISSUER, agency_id, (EVERY_COUNTY,)),)
    return Actor(id=member.id, kind=ActorKind.STAFF, roles=roles, grants=grants)


def give_mandate(one: Actor, other: Actor, **changed: Any) -> None:
    """Let two people put a mandate in force from today on, good in all but what is changed."""
    today = clock.civil_day(clock.now())
    mandate = NewDocument(
        kind=MANDATE_KIND,
        name="LSR",
        title_zh="授权",
        title_en="Mandate",
        content={
            "type": "LSR",
            "issuer": SLUG,
            "rule_version": RETIREMENT_RULE_VERSION,
            "daily_limit": 1_000,
            "ends_on": today.replace(year=today.year + 1).isoformat(),
            **changed,
        },
        source="A decision of the tests.",
        status=Status.DECIDED,
        effective_from=today,
    )
    proposal = propose_document(mandate, proposer=one, now=clock.now())
    approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=other, now=clock.now())
