"""Moves, agencies, hours, facts and tables, without a database."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from app.identity.organisations.rules.facts import fault_in, hours_of, reach_of
from app.identity.organisations.rules.hours import OpenHours, hours_overlap, moment_of
from app.identity.organisations.rules.import_rows import COLUMNS, LINES_MAX, Fault, ImportKind, read_rows
from app.identity.organisations.rules.kinds import AGENCY_KIND_OF, PROFILED, OrganisationKind, leading_kind, whole_kinds
from app.identity.organisations.rules.states import (
    ACTIVE,
    HELD_FOR,
    STATE_AFTER,
    CheckVerdict,
    OrganisationState,
    is_abandoned,
    may_move,
)
from app.identity.organisations.schemas.profiles import FACTS_SCHEMA
from app.identity.staffing.rules.roles import AgencyKind

S, K = OrganisationState, OrganisationKind
NOW = datetime(2026, 3, 12, 4, tzinfo=UTC)
ALLOWED = {
    (S.DRAFT, S.SUBMITTED),
    (S.DRAFT, S.CLOSED),
    (S.SUBMITTED, S.NEEDS_MORE),
    (S.SUBMITTED, S.VERIFIED),
    (S.SUBMITTED, S.REJECTED),
    (S.SUBMITTED, S.CLOSED),
    (S.NEEDS_MORE, S.SUBMITTED),
    (S.NEEDS_MORE, S.CLOSED),
    (S.VERIFIED, S.SUSPENDED),
    (S.VERIFIED, S.CLOSED),
    (S.SUSPENDED, S.VERIFIED),
    (S.SUSPENDED, S.CLOSED),
    (S.REJECTED, S.CLOSED),
}
STATION = {
    "groups": ["bird", "bird", "snake"],
    "hours": [{"weekday": 1, "opens": "08:30", "closes": "17:30"}],
    "county_codes": ["331102", "331181"],
    "phone": "0578-2000000",
    "duty_phone": None,
    "capacity": 3,
}
COUNTIES = frozenset({"331102", "331181"})


@pytest.mark.parametrize(("before", "after"), list(product(S, S)))
def test_an_organisation_goes_only_where_the_table_leads(before, after):
    assert may_move(before, after) == ((before, after) in ALLOWED)


def test_verdicts_lead_from_submitted_and_rejected_codes_are_free():
    assert set(STATE_AFTER) == set(CheckVerdict)
    assert all(may_move(S.SUBMITTED, state) for state in STATE_AFTER.values())
    assert {S.REJECTED, S.CLOSED}.isdisjoint(ACTIVE)


@pytest.mark.parametrize("state", S)
def test_only_what_lies_with_its_owner_is_ever_abandoned(state):
    held_for = HELD_FOR.get(state, timedelta(days=3650))

    assert not is_abandoned(state, NOW - held_for + timedelta(seconds=1), NOW)
    assert is_abandoned(state, NOW - held_for, NOW) == (state in {S.DRAFT, S.NEEDS_MORE})


def test_every_kind_has_an_agency_and_the_leading_one_does_not_depend_on_order():
    assert set(AGENCY_KIND_OF) == set(K)
    assert set(PROFILED) == set(FACTS_SCHEMA) == set(K) - {K.GENERAL}
    assert leading_kind([K.GENERAL, K.EVALUATOR]) is leading_kind([K.EVALUATOR, K.GENERAL]) is K.EVALUATOR
    assert AGENCY_KIND_OF[leading_kind([K.EVALUATOR, K.STATION])] is AgencyKind.FORESTRY
    assert whole_kinds([K.SPONSOR, K.GENERAL, K.SPONSOR]) == [K.GENERAL, K.SPONSOR]


def test_hours_are_the_citys_and_touch_without_overlapping():
    assert moment_of(datetime(2026, 3, 15, 16, 0, tzinfo=UTC)) == (1, 0)  # Monday in Lishui
    assert not hours_overlap([OpenHours(1, 0, 720), OpenHours(1, 720, 1440), OpenHours(2, 0, 720)])
    assert hours_overlap([OpenHours(1, 600, 600)])


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({}, None),
        ({"county_codes": ["331102", "330102"]}, "/county_codes/1"),
        ({"hours": [{"weekday": 1, "opens": "09:00", "closes": "09:00"}]}, "/hours"),
        ({"hours": [{"weekday": 1, "opens": "09:00", "closes": "24:30"}]}, "/hours/0"),
        ({"hours": [*STATION["hours"], {"weekday": 1, "opens": "17:00", "closes": "18:00"}]}, "/hours"),
    ],
)
def test_a_stations_facts_fit_together(changed, pointer):
    assert fault_in(K.STATION, {**STATION, **changed}, counties=COUNTIES, today=date(2026, 3, 12)) == pointer


def test_an_accreditation_may_end_today_and_not_yesterday():
    def fault(valid_until):
        facts = {"valid_until": valid_until}
        return fault_in(K.EVALUATOR, facts, counties=COUNTIES, today=date(2026, 3, 12))

    assert (fault("2026-03-12"), fault("2026-03-11")) == (None, "/valid_until")


def test_a_stations_look_ups_hold_each_pair_once():
    assert len(reach_of(STATION)) == 4
    assert hours_of({"hours": STATION["hours"] * 2}) == [OpenHours(1, 510, 1050)]


HEAD = "uscc,name,county_code,groups,hours,counties,phone,duty_phone,capacity\n"
LINE = "91331102EXAMPLE01N,站,331102,bird;raptor,1-5 08:30-12:00;6 09:00-12:00,331102,0578-2000000,,12\n"


def test_a_stations_line_becomes_the_facts_that_the_api_would_be_sent():
    (row,) = read_rows(ImportKind.STATION, "\ufeff" + HEAD + "\n" + LINE + ",,,,,,,,\n")

    assert (row.number, row.faults, row.facts["groups"], row.facts["duty_phone"]) == (3, (), ["bird", "raptor"], None)
    assert [each["weekday"] for each in row.facts["hours"]] == [1, 2, 3, 4, 5, 6]
    assert FACTS_SCHEMA[K.STATION]().validate(row.facts) == {}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (LINE.replace("站", "=1+1"), Fault("name", "formula")),
        (LINE.replace("站", "@SUM(A1)"), Fault("name", "formula")),
        (LINE.replace("12\n", "twelve\n"), Fault("capacity", "not_whole")),
        (LINE.replace("1-5 08", "5-1 08"), Fault("hours", "not_hours")),
        (LINE.replace("1-5 08:30", "8 8:30"), Fault("hours", "not_hours")),
        ("91331102EXAMPLE01N,站\n", Fault("", "bad_length")),
    ],
)
def test_a_line_says_in_which_column_it_is_wrong(line, fault):
    (row,) = read_rows(ImportKind.STATION, HEAD + line)

    assert row.faults == (fault,)


def test_a_disarmed_formula_and_a_telephone_number_are_read_as_they_are_meant():
    (row,) = read_rows(ImportKind.STATION, HEAD + LINE.replace("0578-2000000", "'+86 578 2000000"))

    assert row.facts["phone"] == "+86 578 2000000"
    (row,) = read_rows(ImportKind.STATION, HEAD + LINE.replace("站", "'=站"))
    assert row.faults == (Fault("name", "formula"),)


@pytest.mark.parametrize(
    "text", ["", "uscc,name\n", HEAD.replace("phone,", "telephone,"), HEAD + '"open\n', HEAD + LINE * (LINES_MAX + 1)]
)
def test_what_is_no_table_of_the_kind_is_not_read(text):
    assert read_rows(ImportKind.STATION, text) is None


@pytest.mark.parametrize("kind", ImportKind)
def test_every_kind_that_is_imported_has_columns_of_its_own(kind):
    assert COLUMNS[kind]
    assert kind.part in PROFILED
