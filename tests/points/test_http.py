"""What a resident reads of their points over HTTP."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event

from app.foundation.data import clock, db, public_id, run_in_transaction
from app.foundation.work import work_until_idle
from app.ledger import CITY_ID, Cause, ensure_account, ensure_points, expire_due, post_hold
from app.points import reverse_award
from tests.points.conftest import VERIFIER

EN = {"Accept-Language": "en"}


def get(client, path, **query):
    answer = client.get(path, query_string=query, headers=EN)
    assert answer.status_code == 200, answer.json
    return answer.json


def hold(person_id, points):
    def place(session):
        asset = ensure_points(session)
        post_hold(
            session,
            debit=ensure_account(session, "resident", person_id, asset, "points"),
            credit=ensure_account(session, "city", CITY_ID, asset, "redeemed"),
            amount=points,
            cause=Cause("test.hold", uuid4(), "main", actor_id=person_id),
            now=clock.now(),
        )

    run_in_transaction(place)


def test_new_residents_account_is_empty_and_says_so(person, signed_in):
    assert get(signed_in(person), "/v1/me/account") == {
        "free_points": 0,
        "held_points": 0,
        "debt_points": 0,
        "debt_text": None,
        "pending": [],
        "expiring": [],
    }


def test_account_tells_free_held_pending_and_expiring_points(person, decide, signed_in):
    decide(person, 5)
    work_until_idle()
    decide(person, 1)
    hold(person, 10)

    account = get(signed_in(person), "/v1/me/account")

    assert (account["free_points"], account["held_points"], account["debt_points"]) == (20, 10, 0)
    assert account["pending"] == [
        {"state": "decided", "points": 6, "next_on": None, "text": "6 points being booked"},
        {
            "state": "waiting_result",
            "points": 24,
            "next_on": "2027-03-12",
            "text": "24 points once results have been checked, the next in March 2027",
        },
    ]
    assert account["expiring"] == [
        {"points": 30, "expires_on": "2028-04-01", "text": "30 points good until the end of 31 March 2028"}
    ]


def test_account_tells_of_the_queue_for_the_budget_and_of_a_debt(person, decide, set_rules, signed_in, hands):
    award = decide(person, 5)
    work_until_idle()
    hands.move(timedelta(days=800))
    run_in_transaction(lambda session: expire_due(session, now=clock.now()))
    run_in_transaction(lambda session: reverse_award(session, award.id, actor=VERIFIER, now=clock.now()))
    set_rules(effective_from=clock.civil_day(clock.now()), budget_points_year=0)
    decide(person, 2)
    work_until_idle()

    account = get(signed_in(person), "/v1/me/account")

    assert (account["free_points"], account["debt_points"]) == (0, 30)
    assert account["debt_text"] == "30 points owed; the next points repay a debt first"
    assert account["pending"][0]["text"] == "12 points in the queue: the budget of the year is used up"


def test_entries_explain_themselves(person, decide, signed_in):
    award = decide(person, 5)
    work_until_idle()

    page = get(signed_in(person), "/v1/me/entries")

    [entry] = page["items"]
    assert page["next_cursor"] is None
    assert (entry["seq"], entry["points"], entry["balance_after"], entry["expires_on"]) == (1, 30, 30, "2028-04-01")
    assert (entry["award_id"], entry["act"]) == (public_id("awd", award.id), "planting.tree")
    assert entry["rule"]["version"] == 1
    assert entry["text"] == "Earned: tree planting on 12 March 2026"
    assert entry["lines"][0]["text"] == "5 trees × 10 points = 50 points"
    assert entry["lines"][0]["numbers"] == {"quantity": 5, "points_per_unit": 10, "points": 50}


@pytest.mark.parametrize(("number", "pages"), [(4, [[4, 3], [2, 1]]), (5, [[5, 4], [3, 2], [1]])])
def test_entries_are_paged_by_number_without_gap_or_repetition(person, decide, signed_in, number, pages):
    for _ in range(number):
        decide(person, 1)
    work_until_idle()
    client = signed_in(person)

    seen, query = [], {"limit": 2}
    while True:
        page = get(client, "/v1/me/entries", **query)
        seen.append([entry["seq"] for entry in page["items"]])
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert seen == pages


def test_reversal_expiry_and_hold_stand_in_the_entries_with_their_words(person, decide, signed_in, hands):
    award = decide(person, 5)
    decide(person, 5)
    work_until_idle()
    run_in_transaction(lambda session: reverse_award(session, award.id, actor=VERIFIER, now=clock.now()))
    hold(person, 10)
    hands.move(timedelta(days=800))
    run_in_transaction(lambda session: expire_due(session, now=clock.now()))

    items = get(signed_in(person), "/v1/me/entries")["items"]

    assert [(entry["points"], entry["text"]) for entry in items[:3]] == [
        (-20, "Expired: not used in time"),
        (0, "Set aside"),
        (-30, "Taken back: tree planting on 12 March 2026"),
    ]
    assert items[2]["award_id"] == public_id("awd", award.id)


def test_entry_says_what_of_an_award_repaid_a_debt(person, decide, signed_in, hands):
    award = decide(person, 1)
    work_until_idle()
    hands.move(timedelta(days=800))
    run_in_transaction(lambda session: expire_due(session, now=clock.now()))
    run_in_transaction(lambda session: reverse_award(session, award.id, actor=VERIFIER, now=clock.now()))
    decide(person, 5)
    work_until_idle()
    client = signed_in(person)

    [entry, *_] = get(client, "/v1/me/entries")["items"]
    [newest, *_] = get(client, "/v1/awards")["items"]

    assert (entry["points"], entry["text"]) == (
        24,
        "Earned: tree planting on 12 March 2026; 6 points more repaid a debt",
    )
    assert newest["parts"][0]["text"] == "30 points given, 6 points of them repaid a debt"


@pytest.mark.parametrize("cursor", ["x", "AAAA", "A" * 32, "\u6811"])
def test_forged_cursor_of_entries_is_refused(person, signed_in, cursor):
    answer = signed_in(person).get("/v1/me/entries", query_string={"cursor": cursor})

    assert (answer.status_code, answer.json["code"]) == (400, "request.cursor_invalid")


def test_cursor_of_another_account_is_refused(make_person, decide, signed_in):
    first, second = make_person(), make_person()
    for _ in range(2):
        decide(first, 1)
    work_until_idle()
    cursor = get(signed_in(first), "/v1/me/entries", limit=1)["next_cursor"]

    assert signed_in(second).get("/v1/me/entries", query_string={"cursor": cursor}).status_code == 400


def test_zero_award_changes_no_account_and_stands_among_the_awards_with_its_reason(person, decide, signed_in):
    for _ in range(3):
        decide(person, 10)
    decide(person, 3)
    work_until_idle()
    client = signed_in(person)

    [newest, *others] = get(client, "/v1/awards")["items"]

    assert len(get(client, "/v1/me/entries")["items"]) == len(others) == 3
    assert (newest["points"], newest["parts"]) == (0, [])
    assert newest["lines"][-1]["text"] == (
        "0 points: tree planting has earned 300 points this year, the cap of a year;"
        " the planting record still counts 3 trees"
    )


def test_awards_are_paged_newest_first(person, decide, signed_in):
    awards = [decide(person, trees) for trees in (1, 2, 3)]
    client = signed_in(person)

    first = get(client, "/v1/awards", limit=2)
    second = get(client, "/v1/awards", limit=2, cursor=first["next_cursor"])

    assert [each["id"] for each in first["items"] + second["items"]] == [
        public_id("awd", each.id) for each in reversed(awards)
    ]
    assert second["next_cursor"] is None


def test_award_is_shown_to_its_owner_with_its_parts(person, decide, signed_in):
    award = decide(person, 12)

    shown = get(signed_in(person), f"/v1/awards/{public_id('awd', award.id)}")

    assert (shown["points"], shown["points_now"], shown["points_later"], shown["later_on"]) == (
        100,
        60,
        40,
        "2027-03-12",
    )
    assert [(part["kind"], part["state"], part["text"]) for part in shown["parts"]] == [
        ("now", "decided", "60 points being booked"),
        ("later", "waiting_result", "40 points waiting until the result has been checked"),
    ]


def test_award_of_somebody_else_is_not_there(make_person, decide, signed_in):
    award = decide(make_person(), 5)

    answer = signed_in(make_person()).get(f"/v1/awards/{public_id('awd', award.id)}")

    assert (answer.status_code, answer.json["code"]) == (404, "points.award_not_found")


@pytest.mark.parametrize("name", ["awd_0", "plt_00000000000000000000000011", "x", "awd_" + "z" * 26])
def test_malformed_award_id_is_not_found(person, signed_in, name):
    assert signed_in(person).get(f"/v1/awards/{name}").status_code == 404


@pytest.mark.parametrize("path", ["/v1/me/account", "/v1/me/entries", "/v1/awards", "/v1/awards/awd_x"])
def test_points_are_read_by_who_is_signed_in_only(client, path):
    assert client.get(path).status_code == 401


def test_account_is_a_handful_of_reads_whatever_stands_on_it(person, decide, signed_in):
    for day in range(10):
        decide(person, 1, on=clock.civil_day(clock.now()) - timedelta(days=day))
    work_until_idle()
    client = signed_in(person)
    statements = []

    def note(conn, cursor, statement, parameters, context, executemany):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        get(client, "/v1/me/account")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert len([each for each in statements if each.lstrip().startswith("SELECT")]) == 3
