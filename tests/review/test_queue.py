"""The queue: one's own agency and counties, due first, in pages, at a cost that does not grow with the table."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from app.foundation.data import clock, db, new_id, transaction
from app.foundation.http import PageQuery
from app.foundation.proof import EVERY_COUNTY, Actor, ActorKind, Grant
from app.identity import AgencyKind
from app.review import (
    CaseState,
    NewDecision,
    QueueFilter,
    Verdict,
    count_queue,
    decide_case,
    get_case_line,
    list_queue,
    next_in_queue,
)
from app.review.models import ReviewCase
from app.review.queries import stored_kinds
from tests.identity.people import LIANDU, LONGQUAN, make_agency
from tests.review.conftest import KIND

AUDITOR = Actor(new_id(), ActorKind.STAFF, frozenset({"staff", "auditor"}))


@pytest.fixture
def queue(app):
    def read(viewer, *, limit=20, cursor=None, **narrowed):
        with app.test_request_context("/v1/reviews"):
            return list_queue(QueueFilter(**narrowed), PageQuery(limit, cursor), viewer=viewer)

    return read


def ids(page):
    return [line.id for line in page.items]


def test_due_first_and_only_of_ones_own_agency_and_counties(make_case, make_verifier, queue, hands, agency):
    other_agency = make_agency("liandu-ecology", kind=AgencyKind.ECOLOGY)
    late = make_case()
    hands.move(timedelta(hours=-1))
    early = make_case()
    elsewhere = make_case(county=LONGQUAN)
    foreign = make_case(agency_id=other_agency)

    assert ids(queue(make_verifier())) == [early.id, late.id]
    assert ids(queue(make_verifier(LONGQUAN))) == [elsewhere.id]
    assert ids(queue(make_verifier(agency_id=other_agency))) == [foreign.id]
    assert ids(queue(make_verifier(role="issuer"))) == []
    assert set(ids(queue(AUDITOR))) == {early.id, late.id, elsewhere.id, foreign.id}


def test_several_counties_and_agencies_make_one_queue_in_order(make_case, make_verifier, queue, hands, agency):
    other_agency = make_agency("liandu-ecology", kind=AgencyKind.ECOLOGY)
    opened = []
    for county, agency_id in ((LIANDU, agency), (LONGQUAN, agency), (LIANDU, other_agency), (LIANDU, agency)) * 2:
        opened.append(make_case(county=county, agency_id=agency_id).id)
        hands.move(timedelta(minutes=1))
    grants = (Grant("verifier", agency, (EVERY_COUNTY,)), Grant("verifier", other_agency, (LIANDU, LIANDU)))
    verifier = Actor(new_id(), ActorKind.STAFF, frozenset({"staff", "verifier"}), grants=grants)

    found, cursor = [], None
    while True:
        page = queue(verifier, limit=3, cursor=cursor)
        found += ids(page)
        cursor = page.next_cursor
        if cursor is None:
            break

    assert found == opened


def test_filters_narrow_by_state_kind_and_flag(make_case, make_verifier, queue):
    verifier = make_verifier()
    odd, both, plain = make_case(flags=["odd"]), make_case(flags=["odd", "rare"]), make_case()
    decide_case(plain.id, NewDecision(Verdict.APPROVE), verifier=verifier, now=clock.now())

    assert set(ids(queue(verifier))) == {odd.id, both.id}
    assert ids(queue(verifier, state=CaseState.APPROVED)) == [plain.id]
    assert set(ids(queue(verifier, flag="odd"))) == {odd.id, both.id}
    assert ids(queue(verifier, flag="rare")) == [both.id]
    assert set(ids(queue(verifier, flag="any"))) == {odd.id, both.id}
    assert ids(queue(verifier, state=CaseState.APPROVED, flag="any")) == []
    assert set(ids(queue(verifier, subject_kind=KIND))) == {odd.id, both.id}
    assert ids(queue(verifier, subject_kind="planting.claim")) == []
    line = next(line for line in queue(verifier).items if line.id == both.id)
    assert [(flag.code, flag.text) for flag in line.flags] == [("odd", "Odd"), ("rare", "Rare")]


def test_the_queue_over_http_is_for_verifiers_and_auditors_alone(city, resident, client):
    verifier, claim = city.verifier(), resident.claim()

    line = verifier.queue(state="open", subject_kind="planting.claim")[0]

    assert (line["id"], line["submitter"], line["due_at"]) == (
        claim["review"]["case_id"],
        "张**",
        "2026-03-19T15:59:59Z",
    )
    assert resident.get("/v1/reviews").status_code == 403
    assert client.get("/v1/reviews").status_code == 401
    assert verifier.get("/v1/reviews", query_string={"flag": "a b"}).status_code == 422
    assert verifier.get("/v1/reviews?agency_id=x").json["errors"][0]["code"] == "unknown"
    assert verifier.get("/v1/reviews?cursor=abc").status_code == 400


def test_a_case_of_another_county_is_not_there_whatever_is_sent(city, resident):
    city.agency(LIANDU)
    path = f"/v1/reviews/{resident.claim()['review']['case_id']}/decisions"
    foreign, auditor = city.verifier(LONGQUAN), city.auditor()

    assert foreign.post(path, {"nonsense": 1}).json["code"] == "review.case_not_found"
    assert foreign.post(path, {"verdict": "approve"}).json["code"] == "review.case_not_found"
    assert auditor.post(path, {"nonsense": 1}).json["code"] == "auth.role_missing"


def test_an_auditor_reads_every_case_decides_none_and_sees_no_exact_place(city, resident):
    verifier, auditor, claim = city.verifier(), city.auditor(), resident.claim()

    seen, exact = auditor.case(claim), verifier.case(claim)

    assert [line["id"] for line in auditor.queue()] == [seen["id"]]
    assert exact["subject"]["position"] == {"lat_e7": 284_517_000, "lon_e7": 1_199_219_000}
    assert seen["subject"]["position"] == {"lat_e7": 284_520_000, "lon_e7": 1_199_220_000}
    assert seen["subject"]["cell"] != exact["subject"]["cell"]
    assert (seen["can_decide"], exact["can_decide"]) == (False, True)
    assert auditor.decide(claim).status_code == 403


def test_a_case_shows_what_has_been_decided_and_by_whom(city, resident):
    verifier, claim = city.verifier(), resident.claim()
    verifier.decide(claim, "needs_more", reason_code="count_unclear", note="再近一点")

    made = verifier.case(claim)

    assert (made["state"], made["can_decide"]) == ("needs_more", False)
    assert [(each["verifier"], each["reason_code"], each["note"]) for each in made["decisions"]] == [
        ("张小明", "count_unclear", "再近一点")
    ]
    assert "看不清株数" in made["decisions"][0]["reason_text"]
    assert {reason["verdict"] for reason in made["reasons"]} == {"needs_more", "reject"}


def test_the_next_case_is_the_first_that_the_verifier_has_not_decided(make_case, make_verifier, things, hands):
    things.needs_second = True
    verifier, colleague = make_verifier(), make_verifier()
    cases = []
    for _ in range(3):
        cases.append(make_case())
        hands.move(timedelta(minutes=1))
    decide_case(cases[0].id, NewDecision(Verdict.APPROVE), verifier=verifier, now=clock.now())

    def following(line, viewer):
        return next_in_queue(QueueFilter(), after=line, viewer=viewer)

    assert following(None, verifier) == cases[1].id
    assert following(None, colleague) == cases[0].id
    assert following(get_case_line(cases[1].id, viewer=verifier), verifier) == cases[2].id
    assert following(get_case_line(cases[2].id, viewer=verifier), verifier) is None
    assert following(None, make_verifier(LONGQUAN)) is None


def test_the_queue_is_counted_within_ones_scope_and_filters(make_case, make_verifier, hands):
    make_case(flags=["odd"])
    hands.move(timedelta(days=1))
    make_case(), make_case(county=LONGQUAN)

    def counted(**more):
        return count_queue(QueueFilter(**more.pop("narrowed", {})), viewer=make_verifier(), **more)

    assert counted() == 2
    assert counted(narrowed={"flag": "odd"}) == 1
    assert counted(due_before=clock.now() + timedelta(days=6, hours=12)) == 1
    assert count_queue(QueueFilter(), viewer=AUDITOR) == 3


def test_foreign_and_malformed_case_ids_are_not_there(city, resident):
    city.verifier(), resident.claim()
    stranger = city.verifier(LONGQUAN)

    for case_id in (resident.claim()["review"]["case_id"], "cas_00000000000000000000000000", "cas_1", "plt_1"):
        assert stranger.get(f"/v1/reviews/{case_id}").json["code"] == "review.case_not_found"
        answer = stranger.post(f"/v1/reviews/{case_id}/decisions", {"verdict": "approve"})
        assert (answer.status_code, answer.json["code"]) == (404, "review.case_not_found")


def _plan_of(engine_name, read) -> str:
    """The plan of the statement that reads a page of the queue."""
    seen = []

    def remember(_, __, statement, parameters, ___, ____):
        if "review_case" in statement and "LIMIT" in statement:
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", remember)
    try:
        read()
    finally:
        event.remove(db.engine, "before_cursor_execute", remember)
    explain = "EXPLAIN QUERY PLAN " if engine_name == "sqlite" else "EXPLAIN "
    with db.engine.connect() as connection:
        if engine_name == "postgresql":
            # In a table of three rows sorting is cheapest; what is asked is whether the index can do without.
            for way in ("seqscan", "bitmapscan", "sort"):
                connection.exec_driver_sql(f"SET enable_{way} = off")
        return "\n".join(str(row) for row in connection.exec_driver_sql(explain + seen[0][0], seen[0][1]))


@pytest.mark.parametrize(
    ("counties", "index"),
    [
        ((LIANDU,), "review_case_queue_idx"),
        ((LIANDU, LONGQUAN), "review_case_agency_idx"),
        ((EVERY_COUNTY,), "review_case_agency_idx"),
    ],
)
def test_the_queue_is_read_in_order_from_an_index_without_sorting(
    make_case, make_verifier, queue, engine_name, counties, index
):
    make_case()

    for narrowed in ({}, {"flag": "any"}, {"flag": "odd", "subject_kind": KIND}):
        plan = _plan_of(engine_name, lambda narrowed=narrowed: queue(make_verifier(*counties), **narrowed))

        # Without statistics PostgreSQL may prefer the wider of two indexes that are both in order.
        assert index in plan or (engine_name == "postgresql" and "review_case_everywhere_idx" in plan), plan
        assert "->  Sort" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan
        assert "SCAN review_case" not in plan, plan


def test_an_auditors_queue_has_an_index_too(make_case, queue, engine_name):
    make_case()

    plan = _plan_of(engine_name, lambda: queue(AUDITOR))

    assert "review_case_everywhere_idx" in plan
    assert "->  Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_stored_kinds_are_found_by_skipping_through_the_index(make_case, agency, things):
    make_case(), make_case()
    with transaction() as session:
        row = session.query(ReviewCase).first()
        row.subject_kind = "aaa.first"
        session.flush()
        assert stored_kinds(session) == ["aaa.first", KIND]
