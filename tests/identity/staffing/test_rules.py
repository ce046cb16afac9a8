"""Who takes part in giving a role, who counts as one, and that no random sequence ever gets around two other people."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from app.approvals import Proposal, ProposalState
from app.approvals.rules import OPEN_FOR, is_second_person
from app.foundation.proof import Actor, ActorKind
from app.identity.staffing.proposals import is_for_a_third_person
from app.identity.staffing.rules.granting import (
    Span,
    Standing,
    are_three,
    count_as_one,
    roles_problem,
    up_to,
)
from app.identity.staffing.rules.roles import Role

T0 = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WANG, LI, CHEN, ZHOU = (UUID(int=number) for number in range(1, 5))


def standing(deputy: UUID, for_staff: UUID, start: int, until: int) -> Standing:
    return Standing(deputy, for_staff, Span(T0 + start * DAY, T0 + until * DAY))


def test_a_role_comes_from_two_other_people():
    assert are_three(WANG, proposer_id=LI, approver_id=CHEN)
    assert not are_three(WANG, proposer_id=WANG, approver_id=CHEN)
    assert not are_three(WANG, proposer_id=LI, approver_id=WANG)
    assert not are_three(WANG, proposer_id=LI, approver_id=LI)


@pytest.mark.parametrize(
    ("one", "other", "standings", "are_one"),
    [
        (WANG, LI, [], False),
        (WANG, WANG, [], True),
        (WANG, LI, [(LI, WANG, 0, 5)], True),  # Li stands in for Wang.
        (LI, WANG, [(LI, WANG, 0, 5)], True),
        (LI, CHEN, [(LI, WANG, 0, 5), (CHEN, WANG, 1, 3)], True),  # Both fill Wang's place.
        (WANG, CHEN, [(LI, WANG, 0, 5), (LI, CHEN, 0, 5)], False),  # One deputy of two people makes them not one.
        (WANG, LI, [(LI, WANG, -9, 0)], False),  # Over before it began.
        (WANG, LI, [(LI, WANG, 3, 5)], False),  # Not begun by now.
        (WANG, LI, [(LI, WANG, -9, 1)], True),  # Ended since: for what was proposed before that they stay one.
    ],
)
def test_who_acts_in_somebodys_place_counts_as_that_person(one, other, standings, are_one):
    within = Span(T0, T0 + 2 * DAY)

    assert count_as_one(one, other, [standing(*each) for each in standings], within=within) is are_one


def test_a_deputyship_that_begins_this_instant_counts_already():
    assert count_as_one(WANG, LI, [standing(LI, WANG, 0, 1)], within=up_to(T0, T0))


def test_an_admin_never_decides_about_money_in_whosever_place():
    assert roles_problem([Role.ADMIN, Role.FINANCE]) is not None
    assert roles_problem([Role.AUDITOR, Role.VERIFIER]) is not None
    assert roles_problem([Role.VERIFIER, Role.REGISTRAR, Role.SUPPORT]) is None


@dataclass
class City:
    """Four admins and what they propose, without a database: the rules alone decide."""

    people: list[Actor] = field(
        default_factory=lambda: [
            Actor(each, ActorKind.STAFF, frozenset({"staff", "admin"})) for each in (WANG, LI, CHEN, ZHOU)
        ]
    )
    proposals: list[Proposal] = field(default_factory=list)
    held: dict[UUID, tuple[UUID, UUID, UUID]] = field(default_factory=dict)  # Proposal -> holder, proposer, approver.

    def propose(self, who: Actor, holder: Actor, now: datetime) -> bool:
        if who.id == holder.id:
            return False
        self.proposals.append(
            Proposal(
                id=uuid4(),
                kind="identity.role",
                title="a role",
                subject_id=holder.id,
                agency_id=None,
                county=None,
                content={},
                content_sha256="0" * 64,
                state=ProposalState.PROPOSED,
                proposer_kind=who.kind,
                proposed_by=who.id,
                proposed_at=now,
                expires_at=now + OPEN_FOR,
                decided_by=None,
                decided_at=None,
                reason=None,
                version=1,
            )
        )
        return True

    def approve(self, who: Actor, proposal: Proposal, now: datetime) -> bool:
        is_open = proposal.state_at(now) == ProposalState.PROPOSED and proposal in self.proposals
        if not is_open or not is_second_person(proposal, who, approver_role="admin"):
            return False
        if not is_for_a_third_person(who, proposal):
            return False
        self.proposals.remove(proposal)
        self.held[proposal.id] = (proposal.subject_id, proposal.proposed_by, who.id)
        return True


def test_in_a_thousand_random_sequences_no_role_is_held_without_two_other_people():
    outcomes: Counter[tuple[str, bool]] = Counter()
    for seed in range(1_000):
        chance, city, now = random.Random(seed), City(), T0
        for _ in range(30):
            now += chance.choice([timedelta(0), DAY / 4, 4 * DAY])
            act, who = chance.choice(["propose", "approve", "approve", "withdraw", "end"]), chance.choice(city.people)
            done = False
            if act == "propose":
                done = city.propose(who, chance.choice(city.people), now)
            elif act == "approve" and city.proposals:
                done = city.approve(who, chance.choice(city.proposals), now)
            elif act == "withdraw" and city.proposals:
                mine = [each for each in city.proposals if each.proposed_by == who.id]
                done = bool(mine)
                city.proposals = [each for each in city.proposals if each not in mine]
            elif act == "end" and city.held:
                city.held.pop(chance.choice(sorted(city.held)))
                done = True
            outcomes[act, done] += 1
            assert all(len(set(people)) == 3 for people in city.held.values()), seed

    # The sequences do what they are for: each act happens, and each refusal too.
    assert all(outcomes[act, done] > 500 for act in ("propose", "approve", "withdraw", "end") for done in (True, False))
