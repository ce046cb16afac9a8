"""The operator's commands: agencies and staff, each on record, each refusal with its reason."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import identity
from app.foundation.data import reading
from app.foundation.proof.audit import AuditRow
from app.identity import AgencyKind
from app.identity.entrance.models import SessionRow
from app.identity.people.models import PersonRow
from app.identity.staffing.models import StaffRoleRow, StaffRow
from app.transparency import find_issuer
from tests.identity.people import LIANDU, LONGQUAN, PASSWORD, StaffMember, bearer, sign_in

AGENCY = [
    "agency",
    "create",
    "--slug",
    "liandu-forestry",
    "--kind",
    "forestry",
    "--county",
    LIANDU,
    "--name-zh",
    "莲都区林业局",
    "--name-en",
    "Liandu Forestry",
]
CITY = [
    "agency",
    "create",
    "--slug",
    "city-ecology",
    "--kind",
    "ecology",
    "--name-zh",
    "丽水市生态环境局",
    "--name-en",
    "Lishui Ecology",
]


@pytest.fixture
def run(app):
    def run(*words: str, typed: str = f"{PASSWORD}\n"):
        return app.test_cli_runner().invoke(args=list(words), input=typed)

    return run


def staff(run, *more: str, username: str = "zhang.san", typed: str = f"{PASSWORD}\n"):
    return run("staff", "create", "--username", username, "--name", "张三", "--password-stdin", *more, typed=typed)


def totp_uri(result) -> str:
    return re.search(r"otpauth://\S+", result.output).group()


def actions() -> list[str]:
    with reading() as session:
        ours = select(AuditRow.action).where(AuditRow.action.startswith("identity."))
        return list(session.scalars(ours.order_by(AuditRow.at)))


def test_a_verifier_made_by_command_signs_in_with_what_was_printed(run, client, hands):
    assert run(*AGENCY).exit_code == 0
    made = staff(run, "--agency", "liandu-forestry", "--role", "verifier", "--role", "issuer")
    assert made.exit_code == 0, made.output

    signed_in = StaffMember("zhang.san", PASSWORD, totp_uri(made)).sign_in(client).json

    roles = client.get("/v1/me", headers=bearer(signed_in)).json["roles"]
    assert [(role["role"], role["counties"]) for role in roles] == [("issuer", [LIANDU]), ("verifier", [LIANDU])]
    assert PASSWORD not in made.output
    assert {"identity.agency_created", "identity.staff_created"} <= set(actions())


def test_the_first_admin_needs_no_agency(run, hands):
    assert staff(run, "--role", "admin").exit_code == 0


def test_the_password_can_be_typed_twice_instead(run, hands):
    words = ("staff", "create", "--username", "zhang.san", "--name", "张三", "--role", "admin")

    assert run(*words, typed=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0


def test_a_city_agencys_staff_have_the_counties_they_are_given(run, hands):
    run(*CITY)
    assert (
        staff(run, "--agency", "city-ecology", "--role", "verifier", "--county", LONGQUAN, "--county", LIANDU).exit_code
        == 0
    )
    assert staff(run, "--agency", "city-ecology", "--role", "issuer", "--county", "*", username="li.si").exit_code == 0

    with reading() as session:
        held = session.scalars(select(StaffRoleRow).order_by(StaffRoleRow.role)).all()
    assert [(role.role, role.counties) for role in held] == [("issuer", ["*"]), ("verifier", [LIANDU, LONGQUAN])]


WITHOUT_SCOPE = [
    (["--role", "verifier"], "needs an agency"),
    (["--role", "verifier", "--agency", "city-ecology"], "needs at least one county"),
    (["--role", "verifier", "--agency", "nowhere"], "there is no agency nowhere"),
    (["--role", "verifier", "--agency", "liandu-forestry", "--county", LONGQUAN], f"works in {LIANDU} only"),
    (["--role", "verifier", "--agency", "city-ecology", "--county", "331100"], "none of the city's counties"),
    (["--role", "verifier", "--agency", "city-ecology", "--county", "110101"], "none of the city's counties"),
    (["--role", "admin", "--role", "finance", "--agency", "liandu-forestry"], "an admin holds no role"),
    (["--role", "auditor", "--role", "support"], "an auditor only reads"),
]


def test_roles_without_their_scope_are_refused_with_the_reason(run, hands):
    run(*AGENCY)
    run(*CITY)

    for more, reason in WITHOUT_SCOPE:
        result = staff(run, *more)

        assert (result.exit_code, reason in result.output) == (1, True), result.output
    with reading() as session:
        assert not session.scalars(select(StaffRow)).all()


BAD_ACCOUNTS = [
    ("Zhang San", PASSWORD, "a username has"),
    ("zhang.san", "oak trees", "too_short"),
    ("zhang.san", "1q2w3e4r5t6y", "common"),
    ("zhang.san", "my name is zhang.san", "holds_username"),
    ("zhang.san", "", "too_short"),
]


def test_a_bad_name_or_password_is_refused_with_the_reason(run, hands):
    for username, typed, reason in BAD_ACCOUNTS:
        result = staff(run, "--role", "admin", username=username, typed=f"{typed}\n")

        assert (result.exit_code, reason in result.output) == (1, True), result.output
        assert typed == "" or typed not in result.output


def test_a_name_is_given_once(run, hands):
    staff(run, "--role", "admin")

    assert "there is a zhang.san already" in staff(run, "--role", "support").output


def test_disabling_ends_every_session_at_once_and_is_on_record(run, client, hands):
    member = StaffMember("zhang.san", PASSWORD, totp_uri(staff(run, "--role", "support")))
    signed_in = member.sign_in(client).json
    hands.move(timedelta(seconds=30))

    assert run("staff", "disable", "zhang.san").exit_code == 0

    assert client.get("/v1/me", headers=bearer(signed_in)).json["code"] == "auth.session_ended"
    assert member.sign_in(client).json["code"] == "auth.credentials_refused"
    assert actions()[-1] == "identity.staff_disabled"
    with reading() as session:
        assert session.scalars(select(SessionRow.ended_because)).all() == ["disabled"]
    assert "disabled already" in run("staff", "disable", "zhang.san").output
    assert "is disabled" in run("staff", "reset", "zhang.san", "--password-stdin").output


def test_a_reset_changes_password_and_second_factor_and_ends_the_sessions(run, client, hands):
    old = StaffMember("zhang.san", PASSWORD, totp_uri(staff(run, "--role", "support")))
    signed_in = old.sign_in(client).json
    hands.move(timedelta(seconds=30))

    result = run("staff", "reset", "zhang.san", "--password-stdin", typed="firs above the clouds\n")

    new = StaffMember("zhang.san", "firs above the clouds", totp_uri(result), address="192.0.2.51")
    assert client.get("/v1/me", headers=bearer(signed_in)).status_code == 401
    assert old.sign_in(client).status_code == 401
    assert new.sign_in(client, totp=old.code()).status_code == 401
    hands.move(timedelta(seconds=30))
    assert new.sign_in(client).status_code == 201
    assert "identity.staff_reset" in actions()


def test_the_list_shows_who_holds_what(run, hands):
    run(*AGENCY)
    staff(run, "--role", "verifier", "--agency", "liandu-forestry")
    staff(run, "--role", "admin", username="li.si")
    run("staff", "disable", "li.si")

    assert run("staff", "list").output.splitlines() == [
        "li.si\tdisabled\t-\t-\t张三",
        f"zhang.san\tactive\tverifier\tliandu-forestry {LIANDU}\t张三",
    ]


BAD_AGENCIES = [
    ("--slug", "Liandu", "the slug has"),
    ("--county", "330102", "none of the city's counties"),
    ("--county", "331100", "none of the city's counties"),
    ("--name-zh", " ", "a Chinese and an English name"),
    ("--kind", "ecology", "there is an agency liandu-forestry already"),
    ("--slug", "second", "there is a forestry agency for 331102 already"),
]


def test_an_agency_that_does_not_fit_is_refused_with_the_reason(run, hands):
    run(*AGENCY)

    for option, value, reason in BAD_AGENCIES:
        words = list(AGENCY)
        words[words.index(option) + 1] = value
        result = run(*words)

        assert (result.exit_code, reason in result.output) == (1, True), result.output


def test_the_city_has_one_agency_of_a_kind(run, hands):
    run(*CITY)

    assert "for the city already" in run(*[word if word != "city-ecology" else "second" for word in CITY]).output


def test_other_rooms_find_agencies_staff_and_people(run, client, hands):
    run(*AGENCY)
    staff(run, "--role", "verifier", "--agency", "liandu-forestry")
    sign_in(client)
    with reading() as session:
        member = session.scalars(select(StaffRow)).one()
        person_id = session.scalars(select(PersonRow.id)).one()
        agency = identity.agency_for(session, AgencyKind.FORESTRY, LIANDU)

        assert (agency.slug, agency.name("en"), agency.name("zh-CN")) == (
            "liandu-forestry",
            "Liandu Forestry",
            "莲都区林业局",
        )
        assert identity.agency_by_id(session, agency.id) == agency
        assert identity.agency_for(session, AgencyKind.FORESTRY, LONGQUAN) is None
        assert identity.agency_for(session, AgencyKind.FORESTRY, None) is None
        assert identity.staff_by_ids(session, [member.id, person_id])[member.id].display_name == "张三"
        assert identity.people_by_ids(session, [member.id, person_id]).keys() == {person_id}
        assert identity.person_by_id(session, member.id) is None


def test_agency_becomes_an_issuer_under_its_own_slug_and_names(run):
    run(*CITY)

    made = run("agency", "issuer", "city-ecology", "--site", "https://sthjj.example.cn")

    did = "did:web:localhost%3A8000:issuers:city-ecology"
    assert (made.exit_code, made.output) == (0, f"agency city-ecology is the issuer {did}\n")
    with reading() as session:
        issuer = find_issuer(session, "city-ecology")
        agency = identity.agency_for(session, AgencyKind.ECOLOGY, None)
    assert (issuer.agency_id, issuer.name("zh"), issuer.name("en")) == (agency.id, agency.name_zh, agency.name_en)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nobody"], "there is no agency nobody"),
        (["city-ecology", "--site", "sthjj.example.cn"], "the site is an address"),
        (["city-ecology"], "an issuer already"),
    ],
)
def test_what_cannot_be_an_issuer_is_told_why(run, words, told):
    run(*CITY)
    if told == "an issuer already":
        run("agency", "issuer", "city-ecology")

    refused = run("agency", "issuer", *words)

    assert refused.exit_code == 1
    assert told in refused.output
