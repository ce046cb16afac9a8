"""A new clerk: proposed, approved, enrolled with a code, live; and a lost factor."""

import pyotp
from sqlalchemy import select

from app.approvals.models import ProposalRow
from app.foundation.data import clock, reading
from app.foundation.proof.audit import AuditRow
from app.identity.staffing.models import StaffEnrolmentRow, StaffPendingRow, StaffRow
from tests.identity.people import PASSWORD, StaffMember, count
from tests.identity.staffing.office import said

NAME = "欧阳秋月"
NEW_PASSWORD = "ginkgo leaves over Longquan"


def propose(admin, agency=None, **changed):
    body = {
        "username": "liandu.ouyang",
        "display_name": NAME,
        "agency_id": agency,
        "roles": ["verifier"] if agency else ["support"],
        **changed,
    }
    return admin.post("/v1/staff", body)


def enrol(client, code, username="liandu.ouyang", password=NEW_PASSWORD):
    return client.post("/v1/auth/staff/enrolment", json={"code": code, "username": username, "password": password})


def confirm(client, code, uri, *, at=None):
    totp = pyotp.parse_uri(uri).at(at or clock.now())
    return client.post("/v1/auth/staff/enrolment/confirm", json={"code": code, "totp": totp})


def test_a_new_clerk_in_six_operations(client, office, admins):
    one, two, three = admins
    agency = client.get("/v1/agencies").json["items"][0]["id"]
    proposed = propose(one, agency)
    staff_path = f"/v1/staff/{proposed.json['content']['staff_id']}"
    assert said(one.post(f"{staff_path}/enrolment-codes")) == (404, "staff.enrolment_not_found")
    waiting = two.get(staff_path).json
    assert (waiting["state"], waiting["display_name"]) == ("proposed", NAME)

    assert two.approve(proposed).status_code == 200
    assert said(three.post(f"{staff_path}/enrolment-codes")) == (403, "staff.not_your_enrolment")
    made = two.post(f"{staff_path}/enrolment-codes")
    assert (made.status_code, made.json["expires_at"]) == (201, "2026-03-13T04:00:00Z")
    assert two.get(staff_path).json["state"] == "enrolling"
    chosen = enrol(client, made.json["code"])
    assert (chosen.status_code, list(chosen.json)) == (200, ["totp_uri"])
    assert said(enrol(client, made.json["code"])) == (401, "auth.enrolment_refused")  # It was shown once.
    ouyang = StaffMember("liandu.ouyang", NEW_PASSWORD, chosen.json["totp_uri"])
    assert ouyang.sign_in(client).status_code == 401  # Not live before the second factor works.
    office.later(minutes=6)  # The failure is forgotten.
    done = confirm(client, made.json["code"].lower().replace("-", ""), chosen.json["totp_uri"])

    assert (done.status_code, done.json["username"]) == (200, "liandu.ouyang")
    assert ouyang.sign_in(client).status_code == 401  # The code that confirmed is used up.
    office.later(minutes=6)
    signed_in = ouyang.sign_in(client)
    assert signed_in.json["actor"]["roles"] == ["staff", "verifier"]
    two.token = office.token_of(two.member)
    assert two.get(staff_path).json["state"] == "active"
    assert said(enrol(client, made.json["code"])) == (401, "auth.enrolment_refused")
    assert count(StaffPendingRow) == 0
    with reading() as session:
        content = str(session.scalars(select(ProposalRow.content)).all())
        actions = set(session.scalars(select(AuditRow.action)))
    assert NAME not in content
    assert "欧阳**" in content
    assert {"identity.staff_created", "identity.enrolment_code_made", "identity.staff_enrolled"} <= actions


def test_a_code_is_for_one_name_for_a_day_and_only_the_newest_holds(client, office, admins):
    one, two, _ = admins
    proposed = propose(one)
    two.approve(proposed)
    path = f"/v1/staff/{proposed.json['content']['staff_id']}/enrolment-codes"
    first, second = one.post(path).json["code"], two.post(path).json["code"]

    assert said(enrol(client, first)) == (401, "auth.enrolment_refused")
    assert said(enrol(client, second, username="admin.one")) == (401, "auth.enrolment_refused")
    weak = enrol(client, second, password="liandu.ouyang!")
    assert (said(weak), weak.json["errors"][0]["pointer"]) == ((422, "auth.password_weak"), "/password")
    assert said(enrol(client, "A" * 32)) == (401, "auth.enrolment_refused")
    office.later(hours=24)
    assert said(enrol(client, second)) == (401, "auth.enrolment_refused")


def test_a_wrong_one_time_code_leaves_the_account_as_it_was(client, office, admins):
    one, two, _ = admins
    proposed = propose(one)
    two.approve(proposed)
    code = one.post(f"/v1/staff/{proposed.json['content']['staff_id']}/enrolment-codes").json["code"]
    assert said(confirm(client, code, f"otpauth://totp/x?secret={'A' * 32}")) == (401, "auth.enrolment_refused")
    uri = enrol(client, code).json["totp_uri"]

    wrong = confirm(client, code, f"otpauth://totp/x?secret={'A' * 32}")

    assert said(wrong) == (401, "auth.second_factor_refused")
    assert confirm(client, code, uri).status_code == 200


def test_an_account_that_cannot_be_is_not_proposed(admins):
    asked = [
        ({"username": "Liandu"}, "staff.username_refused"),
        ({"username": "admin.two"}, "staff.username_taken"),
        ({"roles": ["verifier"]}, "staff.roles_refused"),
        ({"roles": ["auditor", "support"]}, "staff.roles_refused"),
        ({"roles": ["admin", "support"]}, None),
    ]

    for changed, code in asked:
        assert said(propose(admins[0], **changed))[1] == code, changed


def test_two_proposals_of_one_name_make_one_account(admins):
    one, two, three = admins
    first, second = propose(one), propose(two)

    assert two.approve(first).status_code == 200
    assert said(three.approve(second)) == (409, "staff.username_taken")


def test_a_lost_phone_is_a_reset_by_two_and_the_old_secrets_end_at_once(client, office, admins, clerk):
    one, two, _ = admins
    wang = clerk()
    assert said(one.post(f"{one.path}/resets")) == (403, "staff.own_account")
    proposed = one.post(f"{wang.path}/resets")
    assert wang.get("/v1/me").status_code == 200

    assert two.approve(proposed).status_code == 200

    assert wang.get("/v1/me").status_code == 401
    office.later(minutes=1)
    assert wang.member.sign_in(client).status_code == 401
    code = one.post(f"{wang.path}/enrolment-codes").json["code"]
    uri = enrol(client, code, username="liandu.wang").json["totp_uri"]
    assert confirm(client, code, uri).status_code == 200
    office.later(minutes=6)
    again = StaffMember("liandu.wang", NEW_PASSWORD, uri)
    assert again.sign_in(client).json["actor"]["roles"] == ["staff", "verifier"]


def test_a_password_is_changed_with_the_old_one_and_a_code_and_other_sessions_end(client, office, admins, clerk):
    wang = clerk()
    office.later(minutes=1)
    other = office.token_of(wang.member)
    office.later(minutes=1)
    body = {"old": PASSWORD, "new": NEW_PASSWORD, "totp": wang.member.code()}

    wrong = wang.post("/v1/auth/staff/password", {**body, "old": "not my password"})
    assert said(wrong) == (401, "auth.credentials_refused")
    assert said(wang.post("/v1/auth/staff/password", body)) == (429, "auth.sign_in_delayed")
    office.later(seconds=2)
    weak = wang.post("/v1/auth/staff/password", {**body, "new": "short"})
    assert (said(weak), weak.json["errors"][0]["pointer"]) == ((422, "auth.password_weak"), "/new")
    office.later(seconds=10)
    assert wang.post("/v1/auth/staff/password", body).status_code == 204

    assert wang.get("/v1/me").status_code == 200
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {other}"}).status_code == 401
    office.later(minutes=6)
    assert wang.member.sign_in(client).status_code == 401
    office.later(minutes=6)
    assert wang.member.sign_in(client, password=NEW_PASSWORD).status_code == 201


def test_only_hashes_of_codes_and_passwords_are_stored(client, office, admins):
    one, two, _ = admins
    proposed = propose(one)
    two.approve(proposed)
    code = one.post(f"/v1/staff/{proposed.json['content']['staff_id']}/enrolment-codes").json["code"]
    enrol(client, code)

    with reading() as session:
        accounts = session.scalars(select(StaffRow.password_hash)).all()
        waiting = session.scalars(select(StaffEnrolmentRow)).one()
    assert all(each.startswith("$argon2id$") for each in [*accounts, waiting.password_hash])
    assert len(waiting.code_hash) == 64
    assert waiting.code_hash != code
