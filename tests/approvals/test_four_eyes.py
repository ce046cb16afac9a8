"""However people try, nothing takes effect with one person (SECURITY B4)."""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.approvals import approve_proposal, refuse_proposal, withdraw_proposal
from app.foundation.http import DomainError
from tests.approvals.conftest import NOW, registrar

PEOPLE = 3
people = st.integers(0, PEOPLE - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("propose"), people),
        # Approval is what the test is about, so it comes more often; one in four with a hash that is not the proposal's.
        st.tuples(st.just("approve"), people, st.integers(0, 2), st.integers(0, 3)),
        st.tuples(st.just("approve"), people, st.integers(0, 2), st.integers(0, 3)),
        st.tuples(st.just("refuse"), people, st.integers(0, 2)),
        st.tuples(st.just("withdraw"), people, st.integers(0, 2)),
        st.tuples(st.just("wait"), st.integers(1, 4)),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_no_sequence_of_steps_has_an_effect_with_one_person(make_proposal, prices, steps):
    prices.effects.clear()
    staff = [registrar() for _ in range(PEOPLE)]
    now, proposals, expected = NOW, [make_proposal(staff[0])], {}
    closed = set()
    for step in steps:
        match step:
            case ("propose", who):
                proposals.append(make_proposal(staff[who], now=now))
            case ("wait", days):
                now += timedelta(days=days)
            case (verb, who, back, *hash_choice):
                proposal = proposals[-1 - back % len(proposals)]
                actor, own = staff[who], proposal.proposed_by == staff[who].id
                is_open = proposal.id not in closed and now < proposal.expires_at
                wrong = hash_choice == [0]
                done = attempt(verb, proposal, actor, now, wrong)
                may = is_open and (own if verb == "withdraw" else not own) and not wrong
                assert done == may
                if done:
                    closed.add(proposal.id)
                if done and verb == "approve":
                    expected[proposal.id] = actor.id

    by_id = {proposal.id: proposal for proposal in proposals}
    assert dict(prices.effects) == expected
    assert max(Counter(proposal for proposal, _ in prices.effects).values(), default=1) == 1
    assert all(by_id[proposal].proposed_by != approver for proposal, approver in prices.effects)


def attempt(verb, proposal, actor, now, wrong):
    try:
        if verb == "approve":
            sha256 = "0" * 64 if wrong else proposal.content_sha256
            approve_proposal(proposal.id, content_sha256=sha256, approver=actor, now=now)
        elif verb == "refuse":
            refuse_proposal(proposal.id, reason="no", approver=actor, now=now)
        else:
            withdraw_proposal(proposal.id, proposer=actor, now=now)
    except DomainError:
        return False
    return True
