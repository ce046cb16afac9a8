"""Working days: the shipped years against the notices, counting, the operator's own files, and what asks for a missing year."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.foundation.data import clock, reading, run_in_transaction
from app.foundation.work.models import TaskRow
from app.places import (
    CalendarInvalid,
    CalendarMissing,
    ask_for_calendar,
    calendar,
    count_working_days,
    end_of,
    is_working_day,
    upkeep,
    working_days_after,
)
from app.places.calendar import SHIPPED, ShiftKind, read_calendar

# The two notices as they are worded, typed apart from the data files: days off from-to, then the days worked instead.
NOTICES = {
    2025: (
        ["01-01/01-01", "01-28/02-04", "04-04/04-06", "05-01/05-05", "05-31/06-02", "10-01/10-08"],
        ["01-26", "02-08", "04-27", "09-28", "10-11"],
    ),
    2026: (
        [
            "01-01/01-03",
            "02-15/02-23",
            "04-04/04-06",
            "05-01/05-05",
            "06-19/06-21",
            "09-25/09-27",
            "10-01/10-07",
        ],
        ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
    ),
}
LAW = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]


def looking_in(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the calendar look in a folder without an application."""
    patch.setattr(calendar, "current_app", SimpleNamespace(config={"LINTAN_CALENDARS": str(folder)}))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The operator's folder."""
    looking_in(tmp_path, monkeypatch)
    return tmp_path


def write(folder: Path, year: int, *more: str, left_out: tuple[int, int] | None = None) -> Path:
    """Write a calendar of the holidays that the law fixes, and more rows."""
    path = folder / f"working_days_{year}.csv"
    rows = [f"{date(year, *day)},holiday,假,Holiday,a notice,RECALLED" for day in LAW if day != left_out]
    path.write_text("\n".join(["date,kind,name_zh,name_en,source,status", *rows, *more, ""]), encoding="utf-8")
    return path


def days_of(year: int, kind: ShiftKind) -> set[date]:
    shifts = read_calendar(SHIPPED / f"working_days_{year}.csv").shifts
    return {shift.day for shift in shifts if shift.kind is kind}


@pytest.mark.parametrize("year", NOTICES)
def test_the_shipped_years_are_the_notices_word_for_word(year):
    spans, worked = NOTICES[year]
    off = set()
    for span in spans:
        first, last = (date.fromisoformat(f"{year}-{day}") for day in span.split("/"))
        off |= {first + timedelta(days=n) for n in range((last - first).days + 1)}

    assert days_of(year, ShiftKind.HOLIDAY) == off
    assert days_of(year, ShiftKind.SHIFTED_WORKDAY) == {date.fromisoformat(f"{year}-{day}") for day in worked}
    for shift in read_calendar(SHIPPED / f"working_days_{year}.csv").shifts:
        assert shift.status == "VERIFIED"
        assert shift.source.startswith(f"国办发明电〔{year - 1}〕")
        assert "https://www.gov.cn/" in shift.source


def test_a_saturday_may_be_worked_and_a_monday_be_off(folder):
    worked = {day: is_working_day(date.fromisoformat(day)) for day in ("2026-02-14", "2026-02-23", "2026-03-14")}

    assert worked == {"2026-02-14": True, "2026-02-23": False, "2026-03-14": False}
    with pytest.raises(CalendarMissing) as missing:
        is_working_day(date(2031, 3, 3))
    assert missing.value.params == {"year": 2031}


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-03-12", 5, "2026-03-19"),  # Over a plain weekend.
        ("2026-03-14", 1, "2026-03-16"),  # From a Saturday.
        ("2026-02-13", 1, "2026-02-14"),  # The next day is a shifted working Saturday,
        ("2026-02-13", 2, "2026-02-24"),  # and then come nine days of Spring Festival.
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-13", 6, "2026-02-28"),  # The other shifted Saturday.
        ("2025-12-31", 1, "2026-01-04"),  # Over the turn of a year, to a Sunday that is worked.
        ("2026-03-12", 0, "2026-03-12"),
    ],
)
def test_working_days_are_counted_from_the_day_after(folder, day, count, expected):
    assert working_days_after(date.fromisoformat(day), count) == date.fromisoformat(expected)


@given(start=st.dates(date(2025, 1, 1), date(2026, 6, 30)), count=st.integers(1, 120))
def test_a_count_ends_on_a_working_day_with_just_as_many_after_the_start(start, count):
    with pytest.MonkeyPatch.context() as patch:
        looking_in(SHIPPED / "no such folder", patch)
        end = working_days_after(start, count)
        between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]

        assert is_working_day(end)
        assert sum(map(is_working_day, between)) == count


def test_a_count_into_a_missing_year_is_refused_or_labelled(folder):
    with pytest.raises(CalendarMissing) as missing:
        working_days_after(date(2026, 12, 29), 5)
    labelled = count_working_days(date(2026, 12, 29), 5)

    assert missing.value.params == {"year": 2027}
    # 30 and 31 December are known; Friday 1 January would be a holiday, but nobody has said so yet.
    assert (labelled.day, labelled.missing_years) == (date(2027, 1, 5), (2027,))
    assert count_working_days(date(2026, 12, 24), 5).missing_years == ()
    for count in (-1, 367):
        with pytest.raises(ValueError, match="not counted"):
            count_working_days(date(2026, 1, 5), count)


def test_a_deadline_is_the_last_second_of_the_citys_day():
    assert end_of(date(2026, 3, 19)) == datetime(2026, 3, 19, 15, 59, 59, tzinfo=UTC)
    assert clock.civil_day(end_of(date(2026, 3, 19))) == date(2026, 3, 19)


def test_a_year_is_added_changed_and_replaced_by_a_file_without_a_new_start(folder):
    with pytest.raises(CalendarMissing):
        is_working_day(date(2027, 1, 4))

    write(folder, 2027, "2026-12-30,holiday,元旦,New Year's Day,a notice,VERIFIED")
    assert is_working_day(date(2027, 1, 4))
    # 30 December is off, so the 31st is the first of two.
    assert working_days_after(date(2026, 12, 29), 2) == date(2027, 1, 4)
    write(folder, 2027, "2027-01-04,holiday,元旦,New Year's Day,a later notice,VERIFIED")
    assert not is_working_day(date(2027, 1, 4))
    write(folder, 2026)
    assert is_working_day(date(2026, 2, 23))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2027-02-06,holiday,春节,Spring Festival,a notice", "6 values"),
        ("2027-02-06,holiday,春节,Spring Festival,a notice,VERIFIED,more", "6 values"),
        ("2027-02-06,holiday,春节,Spring Festival,,VERIFIED", "filled in"),
        (f"2027-02-06,holiday,春节,Spring Festival,{'x' * 301},VERIFIED", "300 characters"),
        ("2027-02-30,holiday,春节,Spring Festival,a notice,VERIFIED", "day is out of range"),
        ("2027-02-06,off,春节,Spring Festival,a notice,VERIFIED", "not a valid ShiftKind"),
        ("2027-02-06,holiday,春节,Spring Festival,a notice,GUESSED", "not a valid ShiftStatus"),
        ("2028-02-06,holiday,春节,Spring Festival,a notice,VERIFIED", "not in 2027"),
        ("2026-12-24,holiday,元旦,New Year's Day,a notice,VERIFIED", "not in 2027"),
        ("2027-02-05,shifted_workday,春节,Spring Festival,a notice,VERIFIED", "no Saturday or Sunday"),
        ("2027-01-01,holiday,元旦,New Year's Day,a notice,VERIFIED", "stands there once"),
    ],
)
def test_a_file_with_a_wrong_line_is_refused_with_its_place(tmp_path, row, why):
    write(tmp_path, 2027, row)

    with pytest.raises(CalendarInvalid, match=why) as refused:
        calendar.refuse_invalid(tmp_path)

    assert str(refused.value).startswith("working_days_2027.csv")


def test_a_file_that_is_no_whole_calendar_is_refused(tmp_path):
    good = write(tmp_path, 2027).read_text()
    calendar.refuse_invalid(tmp_path)

    for name, text, why in [
        ("2028.csv", good, "is called"),
        ("working_days_2027.csv", good.replace("name_zh,", ""), "first line"),
        ("working_days_2027.csv", good.encode().replace("假".encode(), b"\xff"), "UTF-8"),
    ]:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(CalendarInvalid, match=why):
            calendar.refuse_invalid(tmp_path)
        path.unlink()
    write(tmp_path, 2027, left_out=(10, 3))
    with pytest.raises(CalendarInvalid, match="2027-10-03 is a holiday by law"):
        calendar.refuse_invalid(tmp_path)
    calendar.refuse_invalid(tmp_path / "not made yet")


def test_a_file_that_turns_out_wrong_while_the_product_runs_is_left_out(folder):
    write(folder, 2027, "nonsense")
    write(folder, 2028)

    assert is_working_day(date(2028, 3, 6))
    assert is_working_day(date(2026, 3, 12))
    with pytest.raises(CalendarMissing):
        is_working_day(date(2027, 3, 8))


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 11, 1), None),
        (date(2026, 11, 2), 2027),  # 60 days before the first day without a calendar.
        (date(2024, 6, 1), 2024),
        (date(2030, 6, 1), 2030),
    ],
)
def test_a_year_is_asked_for_sixty_days_ahead(folder, today, missing):
    assert upkeep.soon_missing(today) == missing


def tasks():
    with reading() as session:
        return list(session.scalars(select(TaskRow).where(TaskRow.kind == upkeep.CALENDAR_TASK)))


def test_one_task_asks_for_a_year_and_ends_when_the_file_is_there(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "LINTAN_CALENDARS", str(tmp_path))
    with clock.standing_at(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        for _ in range(2):
            run_in_transaction(lambda session: ask_for_calendar(session, 2027))
            run_in_transaction(lambda session: upkeep.look_after_calendars(session, clock.now()))
        (asked,) = tasks()
        write(tmp_path, 2027)
        run_in_transaction(lambda session: upkeep.look_after_calendars(session, clock.now()))

    assert asked.role == "admin"
    assert tasks() == []


def test_the_calendar_is_public_and_a_year_without_one_is_not_there(client):
    answer = client.get("/v1/calendar/2026", headers={"Accept-Language": "en"})
    missing = client.get("/v1/calendar/2050")

    assert answer.status_code == 200
    assert (answer.json["year"], answer.json["status"], len(answer.json["shifts"])) == (2026, "VERIFIED", 39)
    assert answer.json["shifts"][3] == {
        "date": "2026-01-04",
        "kind": "shifted_workday",
        "name": "New Year's Day",
        "name_zh": "元旦",
        "name_en": "New Year's Day",
        "source": "国办发明电〔2025〕7号 https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm",
        "status": "VERIFIED",
    }
    assert (missing.status_code, missing.json["code"], missing.json["year"]) == (404, "places.calendar_missing", 2050)


def test_the_command_tells_what_is_known_and_what_is_wrong_with_a_file(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "LINTAN_CALENDARS", str(tmp_path))
    run = app.test_cli_runner().invoke
    with clock.standing_at(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        known = run(args=["places", "calendar", "check"])
        write(tmp_path, 2027, "nonsense")
        broken = run(args=["places", "calendar", "check"])
        ready = run(args=["places", "calendar", "check", str(SHIPPED / "working_days_2025.csv")])

    assert known.output.splitlines() == [
        "2025: 28 holidays, 5 shifted working days, VERIFIED",
        "2026: 33 holidays, 6 shifted working days, VERIFIED",
        f"2027 is missing: put working_days_2027.csv in {tmp_path}",
    ]
    assert (broken.exit_code, ready.exit_code) == (1, 1)
    assert "working_days_2027.csv, line 8" in broken.output
