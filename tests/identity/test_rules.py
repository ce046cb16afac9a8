"""The decisions of identity, each limit from both sides."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.entrance.rules import codes, delays, refresh
from app.identity.entrance.rules.refresh import Presented, Verdict
from app.identity.people.rules import phones
from app.identity.staffing.queries import common_passwords
from app.identity.staffing.rules import passwords, roles
from app.identity.staffing.rules.roles import Role

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)  # In Lishui.
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("text", ["13800138000", "138 0013 8000", "138-0013-8000", "+8613800138000", "008613800138000"])
def test_a_mainland_mobile_number_has_one_spelling_inside(text):
    assert phones.e164_of(text) == "+8613800138000"


@pytest.mark.parametrize(
    "text",
    ["", "12800138000", "1380013800", "138001380000", "+85251234567", "+1 202 555 0100", "1380013800a", "１3800138000"],
)
def test_other_numbers_are_not_supported(text):
    assert phones.e164_of(text) is None


def test_the_second_code_waits_a_minute():
    assert codes.may_send_at([NOON], NOON + 59 * SECOND) == NOON + 60 * SECOND
    assert codes.may_send_at([NOON], NOON + 60 * SECOND) is None


def test_the_sixth_code_waits_until_the_first_is_an_hour_old():
    sent = [NOON + minutes * timedelta(minutes=2) for minutes in range(5)]

    assert codes.may_send_at(sent, NOON + timedelta(minutes=59)) == NOON + timedelta(hours=1)
    assert codes.may_send_at(sent, NOON + timedelta(hours=1)) is None


def test_the_eleventh_code_of_a_day_waits_for_midnight_in_lishui():
    morning = datetime(2026, 3, 11, 22, 0, tzinfo=UTC)  # 06:00 in Lishui, on the 12th.
    sent = [morning + hours * timedelta(hours=1) for hours in range(10)]
    midnight = datetime(2026, 3, 12, 16, 0, tzinfo=UTC)

    assert codes.may_send_at(sent[1:], midnight - SECOND) is None
    assert codes.may_send_at(sent, midnight - SECOND) == midnight
    assert codes.may_send_at(sent, midnight) is None


@given(waits_s=st.lists(st.integers(0, 7_200), min_size=1, max_size=60))
def test_no_pattern_of_asking_gets_more_codes_than_the_limits_allow(waits_s):
    now, remembered, everything = NOON, [], []
    for wait_s in waits_s:
        now += timedelta(seconds=wait_s)
        if codes.may_send_at(remembered, now) is None:
            remembered = codes.sends_to_remember(remembered, now)
            everything.append(now)

    for limit, within in codes.PACES:
        assert all(later - earlier >= within for earlier, later in zip(everything, everything[limit:], strict=False))
    days = [(each + timedelta(hours=8)).date() for each in everything]
    assert all(days.count(day) <= codes.SENDS_PER_DAY_MAX for day in days)


def test_a_number_is_taken_as_reassigned_only_after_six_months_and_only_for_an_unknown_device():
    last, long_after = NOON, NOON + codes.REASSIGNED_AFTER + SECOND

    def is_reassigned(*, knows_device=False, now=long_after):
        return codes.is_reassigned(last, knows_device=knows_device, now=now)

    assert is_reassigned()
    assert not is_reassigned(knows_device=True)
    assert not is_reassigned(now=NOON + codes.REASSIGNED_AFTER)


@pytest.mark.parametrize("address", ["", "nonsense", "999.1.1.1"])
def test_what_is_no_address_counts_as_one(address):
    assert codes.address_group(address) == "unknown"


def test_a_household_with_ipv6_counts_as_one_address():
    assert codes.address_group("2001:db8::1") == codes.address_group("2001:db8::ffff:1")
    assert codes.address_group("2001:db8::1") != codes.address_group("2001:db8:0:1::1")


@given(failures=st.integers(1, 10**9))
def test_a_delay_grows_and_never_passes_five_minutes(failures):
    assert timedelta(0) < delays.delay_after(failures) <= delays.delay_after(failures + 1) <= timedelta(minutes=5)


def test_failures_are_forgotten_after_a_day():
    assert delays.failures_still_counted(7, NOON, NOON + timedelta(days=1) - SECOND) == 7
    assert delays.failures_still_counted(7, NOON, NOON + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("a2345678901", "too_short"),
        ("x" * 257, "too_long"),
        ("abababababab", "too_uniform"),
        ("1Q2W3E4R5T6Y", "common"),
        ("i-am-liandu.verifier", "holds_username"),
        ("camphor-tree", None),
        ("樟树柳杉银杏枫香榧树红豆", None),
    ],
)
def test_a_password_is_long_and_not_a_common_one(password, weakness):
    assert passwords.weakness_of(password, username="liandu.verifier", common=common_passwords()) == weakness


def test_every_common_password_on_the_list_would_pass_without_it():
    for password in common_passwords():
        assert passwords.weakness_of(password, username="", common=()) is None
    assert len(common_passwords()) > 300


def token(**changed):
    usual = {
        "number": 7,
        "newest_number": 7,
        "newest_issued_at": NOON,
        "newest_expires_at": NOON + timedelta(days=60),
        "session_is_open": True,
        "is_same_device": True,
    }
    return Presented(**{**usual, **changed})


@pytest.mark.parametrize(
    ("presented", "seconds", "verdict"),
    [
        (token(), 600, Verdict.ROTATE),
        (token(number=6), 10, Verdict.REPEAT),
        (token(number=6), 11, Verdict.END_SESSION),
        (token(number=5), 1, Verdict.END_SESSION),
        (token(number=6, is_same_device=False), 1, Verdict.END_SESSION),
        (token(is_same_device=False), 600, Verdict.END_SESSION),
        (token(session_is_open=False), 1, Verdict.REFUSE),
        (token(), 60 * 86_400, Verdict.REFUSE),
        (token(), 60 * 86_400 - 1, Verdict.ROTATE),
    ],
)
def test_a_refresh_token_is_worth_one_successor_and_a_copied_one_ends_the_session(presented, seconds, verdict):
    assert refresh.verdict_on(presented, NOON + timedelta(seconds=seconds)) is verdict


@pytest.mark.parametrize("role", sorted(roles.SCOPED_ROLES))
def test_a_role_that_decides_needs_an_agency_and_a_county(role):
    assert roles.scope_problem([role], has_agency=True, counties=["331102"]) is None
    assert roles.scope_problem([role], has_agency=False, counties=["331102"]).reason == "needs an agency"
    assert roles.scope_problem([role], has_agency=True, counties=[]).reason == "needs at least one county"


@pytest.mark.parametrize("beside", sorted(roles.SCOPED_ROLES))
def test_an_admin_decides_about_nothing_of_value(beside):
    assert roles.scope_problem([Role.ADMIN, beside], has_agency=True, counties=["331102"]).role == Role.ADMIN
    assert roles.scope_problem([Role.ADMIN, Role.SUPPORT], has_agency=False, counties=[]) is None


@pytest.mark.parametrize("beside", sorted(roles.GRANTABLE_ROLES - {Role.AUDITOR}))
def test_an_auditor_holds_no_other_role(beside):
    assert roles.scope_problem([beside, Role.AUDITOR], has_agency=True, counties=["331102"]) is not None


@pytest.mark.parametrize("role", sorted(set(Role) - roles.GRANTABLE_ROLES))
def test_roles_of_residents_and_organisations_are_not_granted_to_staff(role):
    assert roles.scope_problem([role], has_agency=True, counties=["331102"]).reason == "not a role of staff"


@pytest.mark.parametrize(
    ("name", "good"), [("zhang.san", True), ("ab", False), ("Zhang", False), ("a..b", False), ("a" * 41, False)]
)
def test_usernames_have_one_plain_form(name, good):
    assert roles.is_username(name) is good


@pytest.mark.parametrize(
    ("slug", "good"), [("liandu-forestry", True), ("Liandu", False), ("a--b", False), ("", False), ("a" * 41, False)]
)
def test_slugs_have_one_plain_form(slug, good):
    assert roles.is_slug(slug) is good
