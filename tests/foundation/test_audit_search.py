"""The audit can be searched by the thing and by the person, by those whose part it is to look."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.foundation.data import clock, crockford, new_id, public_id, transaction
from app.foundation.data.clock import FixedClock
from app.foundation.proof import SYSTEM, Actor, ActorKind, AuditSearch, audit_query, record
from app.identity import Role
from tests.identity.people import LIANDU, bearer, make_agency, make_staff, sign_in, statements_asked

CLERK = Actor(id=new_id(), kind=ActorKind.STAFF, roles=frozenset({"verifier"}))


def note(action: str, thing, actor: Actor = CLERK) -> None:
    with transaction() as session:
        record(session, action=action, object_kind="tests.thing", object_id=thing, actor=actor, after={"n": 1})


def search(client, token, **query):
    return client.get("/v1/audit", query_string=query, headers=bearer(token))


def test_an_auditor_finds_what_was_done_to_a_thing_and_by_whom(client):
    hands = FixedClock(clock.now())
    auditor = make_staff("only.auditor", role=Role.AUDITOR).sign_in(client).json
    thing, other = new_id(), new_id()
    with clock.standing_at(hands.now()):
        note("tests.made", thing)
        clock.use(FixedClock(hands.now() + timedelta(minutes=5)))
        note("tests.changed", thing)
        note("tests.made", other, SYSTEM)
        since = clock.now().isoformat()

        by_thing = search(client, auditor, object=public_id("plt", thing)).json["items"]
        by_actor = search(client, auditor, actor=public_id("stf", CLERK.id)).json["items"]
        narrowed = search(client, auditor, object=crockford(thing), action="tests.made").json["items"]
        later = search(client, auditor, object=crockford(thing), since=since).json["items"]
        first = search(client, auditor, object=crockford(thing), limit=1)

    assert [each["action"] for each in by_thing] == ["tests.changed", "tests.made"]
    assert by_thing == by_actor
    assert [each["action"] for each in narrowed] == ["tests.made"]
    assert [each["action"] for each in later] == ["tests.changed"]
    assert by_thing[0]["actor_id"] == public_id("stf", CLERK.id)
    assert (by_thing[0]["roles"], by_thing[0]["object_id"]) == ("verifier", crockford(thing))
    assert 'rel="next"' in first.headers["Link"]
    cursor = first.json["next_cursor"]
    assert search(client, auditor, object=crockford(thing), limit=1, cursor=cursor).json["items"] == [by_thing[1]]
    assert search(client, auditor, object=crockford(other), limit=1, cursor=cursor).status_code == 400


def test_a_search_of_the_whole_city_is_refused_and_an_odd_id_finds_nothing(client):
    auditor = make_staff("only.auditor", role=Role.AUDITOR).sign_in(client).json

    refused = search(client, auditor)
    assert (refused.status_code, refused.json["code"]) == (422, "audit.too_wide")
    assert search(client, auditor, object="z" * 26).json["items"] == []
    assert search(client, auditor, object="zz_" + "0" * 26).json["items"] == []
    assert search(client, auditor, object="plt").status_code == 422


def test_nobody_else_searches_the_audit(client):
    make_agency()
    verifier = make_staff("only.verifier", role=Role.VERIFIER, agency_slug="liandu-forestry", counties=[LIANDU])
    for token in (sign_in(client), verifier.sign_in(client).json):
        assert search(client, token, object="0" * 26).status_code == 403
    assert client.get("/v1/audit").status_code == 401


@pytest.mark.parametrize(
    ("search_for", "index"),
    [
        (AuditSearch(object_id=new_id()), "foundation_audit_object_idx"),
        (AuditSearch(actor_id=new_id()), "foundation_audit_actor_idx"),
    ],
)
def test_an_index_answers_a_search(app, engine_name, search_for, index):
    with transaction() as session, statements_asked() as asked:
        session.scalars(audit_query(search_for).select).all()
        statement, parameters = next(each for each in asked if "foundation_audit" in each[0])
        if engine_name == "postgresql":
            session.execute(text("SET LOCAL enable_seqscan = off"))  # An empty table would be read whole.
        explain = "EXPLAIN QUERY PLAN " if engine_name == "sqlite" else "EXPLAIN "
        plan = session.connection().exec_driver_sql(explain + statement, parameters).all()

    assert index in str(plan)
