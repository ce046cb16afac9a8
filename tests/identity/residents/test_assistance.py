"""A member of staff enters for a resident at a desk: said on every record, never beyond what is opened for it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.footprint.examples import PERSON_YEAR
from app.foundation.data import new_id, parse_public_id, run_in_transaction, transaction
from app.foundation.proof import SYSTEM
from app.identity import Role, assistants_of
from app.identity.entrance.models import AssistanceRow
from app.identity.people.desk.models import AssistedPersonRow, AssistedRecordRow
from app.identity.staffing.models import StaffRoleRow
from app.identity.staffing.usecases.staff import disable_staff
from tests.identity.people import (
    LIANDU,
    OTHER_DEVICE,
    OTHER_PHONE,
    bearer,
    count,
    give_all_consents,
    make_agency,
    make_staff,
    only,
    sign_in,
)
from tests.identity.residents.desk import audited, get, post, supporter
from tests.planting.people import Resident, Verifier

PAPER = {"reason": "本人到窗口申报植树", "paper_ref": "莲都-2026-0312-07"}
GRANDFATHER = {"display_name": "李大爷", "county": LIANDU, "reason": "没有手机，到镇窗口登记"}


@pytest.fixture
def at_the_desk(client, hands):
    """A resident without a telephone, and a clerk who enters for them and also verifies in their county."""
    make_agency()
    clerk = make_staff("desk.one", role=Role.SUPPORT)
    staff = clerk.sign_in(client).json
    opened = post(client, staff, "/v1/assisted-people", GRANDFATHER)
    assert opened.status_code == 201, opened.json
    entered = post(client, staff, "/v1/assisted-sessions", {"person_id": opened.json["id"], **PAPER})
    assert entered.status_code == 201, entered.json
    return SimpleNamespace(
        clerk=clerk, staff=staff, person=opened.json, session=entered.json, who=entered.json["access_token"]
    )


def test_a_clerk_opens_an_account_without_a_telephone_and_enters_for_half_an_hour(client, hands, at_the_desk):
    me = get(client, at_the_desk.who, "/v1/me")
    sessions_of = only(AssistanceRow)
    read = get(client, at_the_desk.staff, f"/v1/assisted-people/{at_the_desk.person['id']}")

    assert (me.json["id"], me.json["phone_masked"]) == (at_the_desk.person["id"], None)
    assert (sessions_of.staff_id, sessions_of.paper_ref) == (at_the_desk.clerk.id, "莲都-2026-0312-07")
    assert read.json == at_the_desk.person
    assert only(AssistedPersonRow).county == LIANDU
    assert set(at_the_desk.session) == {"id", "person_id", "access_token", "expires_at"}
    assert audited("identity.assisted_session_opened")[0].actor_id == at_the_desk.clerk.id

    hands.move(timedelta(minutes=30))

    assert get(client, at_the_desk.who, "/v1/me").status_code == 401


def test_an_assisted_session_ends_with_the_clerks_work_at_the_desk_whatever_else_they_are(client, hands, at_the_desk):
    with transaction() as session:
        for role in session.scalars(select(StaffRoleRow).where(StaffRoleRow.staff_id == at_the_desk.clerk.id)):
            role.held_until = hands.now() + timedelta(minutes=10)
            other = {"agency_id": None, "counties": [], "held_from": hands.now(), "granted_by": None}
            session.add(StaffRoleRow(id=new_id(), staff_id=role.staff_id, role=Role.AUDITOR, held_until=None, **other))

    hands.move(timedelta(minutes=10) - timedelta(seconds=1))
    before = get(client, at_the_desk.who, "/v1/me").status_code
    hands.move(timedelta(seconds=1))

    assert (before, get(client, at_the_desk.who, "/v1/me").status_code) == (200, 401)
    assert get(client, at_the_desk.staff, "/v1/me").status_code == 200


def test_only_what_the_document_opens_for_it_lets_an_assisted_caller_in(client, at_the_desk):
    document = client.get("/openapi.json").json["paths"]
    wrong, opened = [], set()
    for path, item in document.items():
        for method, operation in item.items():
            if method == "parameters" or Role.RESIDENT not in operation["x-roles"]:
                continue
            address = path.replace("{", "").replace("}", "")
            answer = client.open(
                address, method=method.upper(), json={}, headers={**bearer(at_the_desk.who), "If-Match": '"1"'}
            )
            refused = (answer.get_json(silent=True) or {}).get("code") == "auth.not_assisted"
            if refused == operation["x-assisted"]:
                wrong.append(f"{method} {path}: {answer.status_code}")
            if operation["x-assisted"]:
                opened.add(f"{method} {path}")

    assert wrong == []
    assert {"post /v1/plantings", "post /v1/footprints", "post /v1/files", "get /v1/me/account"} <= opened
    never = ("/v1/me/phone", "/v1/auth/", "/v1/offset-", "/v1/payments", "/v1/me/devices")
    assert [each for each in opened if each.split()[1].startswith(never)] == []


def test_a_claim_entered_at_a_desk_says_so_to_everybody_and_is_not_decided_by_who_entered_it(client, at_the_desk):
    clerk = make_staff("desk.two", role=Role.VERIFIER, agency_slug="liandu-forestry")
    other = make_staff("liandu.verifier", role=Role.VERIFIER, agency_slug="liandu-forestry")
    clerk.address, other.address = "192.0.2.60", "192.0.2.61"
    person = parse_public_id("per", at_the_desk.person["id"])
    run_in_transaction(lambda session: give_all_consents(session, person))
    resident = Resident(client, bearer(at_the_desk.who))
    claim = resident.claim()
    _make_assistant(claim["id"], clerk.id, person)

    entered_it = Verifier(client, bearer(clerk.sign_in(client).json))
    judges_it = Verifier(client, bearer(other.sign_in(client).json))
    case = entered_it.case(claim)
    refused = entered_it.decide(claim, "reject", reason_code="not_planting")

    assert claim["assisted"] is True
    assert [each["assisted"] for each in resident.get("/v1/plantings").json["items"]] == [True]
    assert (case["assisted"], case["can_decide"]) == (True, False)
    assert (refused.status_code, refused.json["code"]) == (403, "review.own_submission")
    assert judges_it.case(claim)["can_decide"] is True
    assert judges_it.approve(claim).status_code == 200
    for action in ("planting.claim_recorded", "planting.claim_submitted"):
        assert [row.assisted_by for row in audited(action)] == [at_the_desk.clerk.id]
    assert [row.assisted_by for row in audited("review.decision_made")] == [None]


def test_a_clerk_enters_households_questions_copies_and_erasures_and_each_names_them(client, hands, at_the_desk):
    who, clerk = at_the_desk.who, at_the_desk.clerk.id
    head = sign_in(client)
    home = post(client, head, "/v1/households", {"name": "小林一家"}).json
    code = post(client, head, f"/v1/households/{home['id']}/invitations").json["code"]
    joined = post(client, who, "/v1/household-memberships", {"code": code})
    where = f"/v1/households/{home['id']}"
    seen = get(client, who, where)
    left = post(client, who, f"{where}/members/{joined.json['id']}/leave", {"left_on": "2026-03-12"})
    own = post(client, who, "/v1/households", {"name": "李家"})
    assert [each.status_code for each in (joined, seen, left, own)] == [201, 200, 200, 201]
    path = f"/v1/households/{own.json['id']}"
    invited = post(client, who, f"{path}/invitations")
    named = client.patch(path, json={"name": "李大爷家"}, headers={**bearer(who), "If-Match": own.headers["ETag"]})
    son = sign_in(client, OTHER_PHONE, device=OTHER_DEVICE)
    came = post(client, son, "/v1/household-memberships", {"code": invited.json["code"]})
    spare = post(client, who, f"{path}/invitations").json["id"]
    gone = client.delete(f"{path}/invitations/{spare}", headers=bearer(who))
    lines = {each["is_me"]: each for each in get(client, who, path).json["members"]}
    handed = post(client, who, f"{path}/head", {"membership_id": came.json["id"]})
    done = (invited, named, came, gone, handed)
    assert [each.status_code for each in done] == [201, 200, 201, 204, 200], [each.json for each in done]
    assert (lines[True]["is_assisted"], lines[False]["is_assisted"]) == (True, False)
    assert {each["is_me"]: each["is_assisted"] for each in seen.json["members"]} == {True: True, False: False}

    asked = post(client, who, "/v1/tickets", {"topic": "planting", "text": "还没有结果"})
    ticket = f"/v1/tickets/{asked.json['id']}"
    written = post(client, who, f"{ticket}/messages", {"text": "补充一句"})
    closed = post(client, who, f"{ticket}/close")
    assert (asked.status_code, written.status_code, closed.status_code) == (201, 201, 200)
    assert get(client, who, "/v1/tickets").json["items"][0]["is_assisted"] is True
    assert [each["is_assisted"] for each in get(client, who, ticket).json["messages"]] == [True, True]

    copy = post(client, who, "/v1/me/exports", {"person_id": None})
    assert get(client, who, copy.headers["Location"]).json["id"] == copy.json["id"]
    erasure = post(client, who, "/v1/me/erasure", {"confirmation": "erase my account"})
    assert erasure.status_code == 201
    assert get(client, who, "/v1/me/erasure").json["id"] == erasure.json["id"]
    assert client.delete("/v1/me/erasure", headers=bearer(who)).status_code == 204

    for action in (
        "identity.household_left",
        "identity.household_renamed",
        "identity.household_head_changed",
        "identity.household_invitation_withdrawn",
        "help.ticket_opened",
        "help.ticket_written",
        "help.ticket_ended",
        "identity.export_asked",
        "identity.export_shown_at_desk",
        "identity.erasure_asked",
    ):
        assert [row.assisted_by for row in audited(action)] == [clerk], action
    assert [row.assisted_by for row in audited("identity.household_opened")] == [None, clerk]
    assert {row.assisted_by for row in audited("identity.household_joined")} == {None, clerk}


def _make_assistant(claim_id, staff_id, person):
    """One person may hold both roles; the test's helper gives an account one role only, so the other account is named too."""

    def work(session):
        subject_id = parse_public_id("plt", claim_id)
        session.add(
            AssistedRecordRow(
                subject_kind="planting.claim",
                subject_id=subject_id,
                staff_id=staff_id,
                person_id=person,
                noted_at=only(AssistanceRow).opened_at,
            )
        )
        session.flush()
        return assistants_of(session, "planting.claim", subject_id)

    assert len(run_in_transaction(work)) == 2


def test_a_resident_with_the_app_sees_that_somebody_entered_and_signs_them_out(client, hands):
    me = sign_in(client)
    staff = supporter(client)
    entered = post(client, staff, "/v1/assisted-sessions", {"person_id": me["actor"]["id"], **PAPER}).json
    own_claim = post(client, me, "/v1/footprints", PERSON_YEAR)
    theirs = post(client, entered["access_token"], "/v1/footprints", PERSON_YEAR)

    listed = get(client, me, "/v1/auth/sessions").json["items"]
    shown = {each["id"]: each["assisted"] for each in get(client, me, "/v1/footprints").json["items"]}
    ended = client.delete("/v1/auth/sessions", headers=bearer(me))

    assert sorted(each["is_assisted"] for each in listed) == [False, True]
    assert shown == {own_claim.json["id"]: False, theirs.json["id"]: True}
    assert ended.status_code == 204
    assert get(client, entered["access_token"], "/v1/me").json["code"] == "auth.session_ended"


def test_a_clerk_who_has_left_enters_for_nobody(client, hands, at_the_desk):
    disable_staff("desk.one", actor=SYSTEM, now=hands.now())

    assert get(client, at_the_desk.who, "/v1/me").json["code"] == "auth.session_ended"


def test_who_may_not_or_does_not_exist_is_refused(client, hands, at_the_desk):
    child = {**GRANDFATHER, "birth_date": "2016-09-01"}
    stranger = sign_in(client)

    answers = [
        post(client, at_the_desk.staff, "/v1/assisted-people", child).json["code"],
        post(client, at_the_desk.staff, "/v1/assisted-people", {**GRANDFATHER, "county": "330100"}).json["code"],
        post(client, at_the_desk.staff, "/v1/assisted-sessions", {"person_id": "per_" + "0" * 26, **PAPER}).json[
            "code"
        ],
        post(client, stranger, "/v1/assisted-people", GRANDFATHER).json["code"],
        post(client, at_the_desk.who, "/v1/assisted-sessions", {"person_id": "per_" + "0" * 26, **PAPER}).json["code"],
    ]

    assert answers == [
        "identity.guardian_needed",
        "identity.county_unknown",
        "identity.person_not_found",
        "auth.role_missing",
        "auth.role_missing",
    ]
    assert count(AssistedPersonRow) == 1
