"""Taking awards back, and settling what is settled."""

from uuid import uuid4

import pytest

from app.foundation.data import clock, run_in_transaction
from app.foundation.work import work_until_idle
from app.ledger import CITY_ID, Cause, ensure_account, ensure_points, post_move
from app.points import AwardNotFound, AwardReversed, LaterPartSettled, reverse_award, settle_later
from app.points.models import PartState
from tests.points.conftest import VERIFIER, balance, ledger_findings


def reverse(award_id):
    return run_in_transaction(lambda session: reverse_award(session, award_id, actor=VERIFIER, now=clock.now()))


def settle(award_id, points):
    return run_in_transaction(
        lambda session: settle_later(session, award_id, points=points, actor=VERIFIER, now=clock.now())
    )


def spend(person_id, points):
    def move(session):
        asset = ensure_points(session)
        post_move(
            session,
            debit=ensure_account(session, "resident", person_id, asset, "points"),
            credit=ensure_account(session, "city", CITY_ID, asset, "redeemed"),
            amount=points,
            cause=Cause("test.spend", uuid4(), "main", actor_id=person_id),
            now=clock.now(),
        )

    run_in_transaction(move)


def test_reversal_takes_the_points_back_and_ends_what_was_to_come(person, decide):
    award = decide(person, 5)
    work_until_idle()

    reversed_ = reverse(award.id)
    work_until_idle()

    assert [part.state for part in reversed_.parts] == [PartState.REVERSED, PartState.REVERSED]
    assert (balance(person).free, balance(person, "debt").posted) == (0, 0)
    assert ledger_findings() == {}


def test_reversal_before_posting_posts_nothing(person, decide):
    award = decide(person, 5)

    reverse(award.id)
    work_until_idle()

    assert balance(person).posted == 0


def test_spent_points_become_a_debt_that_the_next_award_repays(person, decide):
    award = decide(person, 5)
    work_until_idle()
    spend(person, 20)

    reverse(award.id)

    assert (balance(person).free, balance(person, "debt").posted) == (0, -20)
    next_ = decide(person, 5)
    work_until_idle()
    assert (balance(person).free, balance(person, "debt").posted) == (10, 0)
    assert ledger_findings() == {}
    reverse(next_.id)
    assert (balance(person).free, balance(person, "debt").posted) == (0, -20)
    assert ledger_findings() == {}


def test_award_that_only_repaid_a_debt_is_taken_back_as_debt(person, decide):
    award = decide(person, 5)
    work_until_idle()
    spend(person, 30)
    reverse(award.id)
    small = decide(person, 2)
    work_until_idle()
    assert (balance(person).free, balance(person, "debt").posted) == (0, -18)

    reverse(small.id)

    assert balance(person, "debt").posted == -30
    assert ledger_findings() == {}


def test_reversal_gives_the_caps_their_room_back(person, decide):
    awards = [decide(person, 10) for _ in range(3)]
    assert decide(person, 10).points == 0

    reverse(awards[0].id)

    assert decide(person, 12).points == 100


def test_reversal_ends_the_cool_down_that_the_act_began(person, decide, set_rules):
    set_rules(act={"cool_down_days": 7})
    award = decide(person, 5)
    assert decide(person, 5).points == 0

    reverse(award.id)

    assert decide(person, 5).points == 50


def test_second_reversal_is_refused(person, decide):
    award = decide(person, 5)
    work_until_idle()
    reverse(award.id)

    with pytest.raises(AwardReversed):
        reverse(award.id)
    assert (balance(person).free, balance(person, "debt").posted) == (0, 0)


def test_zero_award_has_nothing_to_take_back(person, decide):
    award = decide(person, 0)

    with pytest.raises(AwardReversed):
        reverse(award.id)


def test_unknown_award_can_be_neither_reversed_nor_settled(app):
    with pytest.raises(AwardNotFound):
        reverse(uuid4())
    with pytest.raises(AwardNotFound):
        settle(uuid4(), 1)


def test_later_part_is_settled_once(person, decide):
    award = decide(person, 5)
    settle(award.id, 20)

    with pytest.raises(LaterPartSettled):
        settle(award.id, 20)
    work_until_idle()
    assert balance(person).free == 50


@pytest.mark.parametrize("points", [-1, 21])
def test_later_part_is_never_settled_beyond_what_was_awarded(person, decide, points):
    award = decide(person, 5)

    with pytest.raises(ValueError, match="of 20 points"):
        settle(award.id, points)


def test_reversal_after_settling_takes_both_parts_back(person, decide):
    award = decide(person, 5)
    settle(award.id, 15)
    work_until_idle()
    assert balance(person).free == 45

    reverse(award.id)

    assert balance(person).free == 0
    assert ledger_findings() == {}
