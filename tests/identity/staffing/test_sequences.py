"""Random sequences on the database: what the rules promise, the tables hold."""

import random

from sqlalchemy import select

from app.approvals import approve_proposal, withdraw_proposal
from app.approvals.models import ProposalRow
from app.foundation.data import clock, parse_public_id, reading
from app.foundation.http import DomainError
from app.foundation.proof import Actor, ActorKind
from app.identity import Role
from app.identity.staffing.models import StaffRoleRow
from app.identity.staffing.usecases.granting import NewRole, end_role, propose_role
from tests.identity.people import make_staff


def test_no_role_in_the_tables_came_without_two_other_people(office):
    chance = random.Random(1)
    people = [make_staff(f"admin.{number}", role=Role.ADMIN).id for number in range(4)]
    actors = [Actor(each, ActorKind.STAFF, frozenset({"staff", "admin"})) for each in people]
    proposals, refused = [], 0

    for _ in range(120):
        who, holder = chance.choice(actors), chance.choice(people)
        act = chance.choice(["propose", "propose", "approve", "approve", "approve", "withdraw", "end"])
        office.later(hours=chance.choice([0, 7]))
        try:
            if act == "propose":
                new = NewRole(role=Role.SUPPORT, agency_id=None)
                proposals.append(propose_role(holder, new, proposer=who, now=clock.now()))
            elif act == "approve" and proposals:
                chosen = chance.choice(proposals)
                approve_proposal(chosen.id, content_sha256=chosen.content_sha256, approver=who, now=clock.now())
            elif act == "withdraw" and proposals:
                withdraw_proposal(chance.choice(proposals).id, proposer=who, now=clock.now())
            elif act == "end" and proposals:
                chosen = chance.choice(proposals)
                role_id = parse_public_id("rol", chosen.content["role_id"])
                end_role(chosen.subject_id, role_id, reason="over", actor=who, now=clock.now())
        except DomainError:
            refused += 1

    with reading() as session:
        given = session.scalars(select(StaffRoleRow).where(StaffRoleRow.granted_by.is_not(None))).all()
        rows = session.scalars(select(ProposalRow)).all()
    proposer_of = {parse_public_id("rol", row.content["role_id"]): row.proposed_by for row in rows}
    assert len(given) > 3
    assert refused > 10
    for role in given:
        assert len({role.staff_id, role.granted_by, proposer_of[role.id]}) == 3
