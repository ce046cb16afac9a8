"""The seals of the audit from the row to the signed log, and what somebody who owns the database cannot hide from them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import literal, select, text

from app.foundation.data import clock, new_id, reading, transaction
from app.foundation.proof import SYSTEM, record
from app.foundation.work import work_until_idle
from app.ledger import audit
from app.transparency import EntryKind, add_key, audit_seal_findings, report_findings, seal_findings
from app.transparency.log.waiting import entry_line
from app.transparency.models import LeafRow, SealRow, WaitingRow
from app.transparency.sealing import findings as sealing
from app.transparency.sealing.seals import SEAL_SUBJECT, _content
from tests.insider import insider

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
NEWEST = "(SELECT id FROM transparency_seal WHERE stream = 'audit' ORDER BY first DESC LIMIT 1)"


def act(count: int = 1) -> None:
    with transaction() as session:
        for _ in range(count):
            record(session, action="test.acted", object_kind="test.tree", object_id=new_id(), actor=SYSTEM, after=1)


@pytest.fixture
def city(app):
    """A log that runs, with two seals of the audit in it."""
    with clock.standing_at(NOON):
        with transaction() as session:
            add_key(session, issuer=None, actor=SYSTEM, now=clock.now())
        act(3)
        work_until_idle()
    with clock.standing_at(NOON + timedelta(minutes=1)):
        act(2)
        work_until_idle()
    with clock.standing_at(NOON + timedelta(minutes=2)):
        yield app


def seals() -> list[SealRow]:
    with reading() as session:
        return list(session.scalars(select(SealRow).where(SealRow.stream == "audit").order_by(SealRow.first)))


def name_of(seal: SealRow) -> str:
    return f"audit {seal.first}-{seal.last}"


def findings() -> list[str]:
    with reading() as session:
        return list(audit_seal_findings(session))


def verify(app) -> tuple[int, list[str]]:
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    return result.exit_code, result.output.splitlines()


def sql_bytes(value: bytes, engine_name: str) -> str:
    return f"x'{value.hex()}'" if engine_name == "sqlite" else f"decode('{value.hex()}', 'hex')"


def sql_id(identifier: UUID, engine_name: str) -> str:
    return f"x'{identifier.hex}'" if engine_name == "sqlite" else f"'{identifier}'"


def test_worker_seals_the_audit_and_the_log_signs_the_seal(city):
    first, second = seals()

    assert (first.first, second.first, second.last) == (1, first.last + 1, first.last + 2)
    assert findings() == []
    assert verify(city) == (0, [f"{second.last} sealed audit rows are what was sealed"])
    with reading() as session:
        kept = session.scalars(select(LeafRow.subject_id).where(LeafRow.kind == EntryKind.SEAL)).all()
    assert {first.id, second.id} <= set(kept)


def test_changed_rows_are_found_by_name_by_their_seals_and_by_the_audit_of_the_ledger(city, server, engine_name):
    second_of_each = "SELECT audit_id FROM foundation_audit_sealed WHERE place = 1"
    with insider(server, engine_name) as owner:
        ids = [row[0] for row in owner.exec_driver_sql(f"{second_of_each} ORDER BY seal_id")]
        owner.exec_driver_sql(f"UPDATE foundation_audit SET action = 'test.other' WHERE id IN ({second_of_each})")
    told = [UUID(bytes=each) if isinstance(each, bytes) else each for each in ids]

    code, lines = verify(city)

    assert code == 1
    assert lines == [
        *(f"{name_of(seal)}: the rows are not those that were sealed" for seal in seals()),
        *(f"audit row {each} is not what was sealed" for each in told),
        "4 findings",
    ]
    with reading() as session:
        assert audit(session)["audit_seals_do_not_recompute"] == 4


def test_rows_of_one_seal_that_changed_places_are_found_by_its_root_alone(city, server, engine_name):
    with insider(server, engine_name) as owner:
        for old, new in ((0, 99), (1, 0), (99, 1)):
            owner.exec_driver_sql(
                f"UPDATE foundation_audit_sealed SET place = {new} WHERE place = {old} AND seal_id = {NEWEST}"
            )

    assert findings() == [f"{name_of(seals()[1])}: the rows are not those that were sealed"]


def test_insider_who_adjusts_the_kept_hash_too_is_found_by_the_root(city, server, engine_name):
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(
            "UPDATE foundation_audit SET action = 'test.other'"
            f" WHERE id = (SELECT audit_id FROM foundation_audit_sealed WHERE place = 0 AND seal_id = {NEWEST})"
        )
    (_, told) = findings()
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(
            f"UPDATE foundation_audit_sealed SET sha256 = {sql_bytes(bytes(32), engine_name)}"
            f" WHERE place = 0 AND seal_id = {NEWEST}"
        )

    assert told.endswith("is not what was sealed")
    assert findings()[0] == f"{name_of(seals()[1])}: the rows are not those that were sealed"


def test_row_slipped_into_an_old_seal_breaks_its_numbers(city, server, engine_name):
    act()
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(
            f"INSERT INTO foundation_audit_sealed SELECT {NEWEST}, 2, audit_id, {sql_bytes(bytes(32), engine_name)}"
            " FROM foundation_audit_waiting"
        )
        assert owner.exec_driver_sql("DELETE FROM foundation_audit_waiting").rowcount == 1

    second = seals()[1]
    assert findings()[:2] == [
        f"{name_of(second)}: 3 rows are there, 2 were sealed",
        f"audit: {second.last + 1} rows are said to be sealed, the seals end at {second.last}",
    ]


def test_seal_that_went_with_all_its_rows_is_missed_by_the_log(city, server, engine_name):
    second = seals()[1]
    with insider(server, engine_name) as owner:
        which = sql_id(second.id, engine_name)
        owner.exec_driver_sql(
            "DELETE FROM foundation_audit WHERE id IN"
            f" (SELECT audit_id FROM foundation_audit_sealed WHERE seal_id = {which})"
        )
        owner.exec_driver_sql(f"DELETE FROM foundation_audit_sealed WHERE seal_id = {which}")
        owner.exec_driver_sql(f"DELETE FROM transparency_seal WHERE id = {which}")

    (told,) = findings()
    assert told.startswith(f"{name_of(second)} (log entry ")
    assert told.endswith(f"the log tells of a seal {second.id} that is gone")


def test_seal_and_log_entry_that_were_rewritten_together_are_not_in_the_signed_log(city, server, engine_name):
    """Whoever rewrites rows, their seal and the seal's entry still cannot rewrite the signed head."""
    second = seals()[1]
    which, zone = sql_id(second.id, engine_name), "" if engine_name == "sqlite" else "+00"
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(
            f"UPDATE transparency_seal SET sealed_at = '2026-11-24 05:00:00.000000{zone}' WHERE id = {which}"
        )
    with reading() as session:
        line = entry_line(EntryKind.SEAL, _content(session.get(SealRow, second.id)))
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(
            f"UPDATE transparency_leaf SET entry = {sql_bytes(line, engine_name)} WHERE subject_id = {which}"
        )

    (told,) = findings()
    assert told.startswith(f"{name_of(second)} (log entry ")
    assert told.endswith("the signed log does not hold this entry")


def test_forged_entry_in_the_queue_does_not_hide_the_one_in_the_log(city, server, engine_name):
    second = seals()[1]
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(
            f"UPDATE transparency_seal SET root = {sql_bytes(bytes(32), engine_name)}"
            f" WHERE id = {sql_id(second.id, engine_name)}"
        )
    with reading() as session:
        line = entry_line(EntryKind.SEAL, _content(session.get(SealRow, second.id)))
    with transaction() as session:
        session.add(
            WaitingRow(
                id=new_id(),
                kind=EntryKind.SEAL,
                subject_kind=SEAL_SUBJECT,
                subject_id=second.id,
                entry=line,
                created_at=NOON,
            )
        )

    assert findings() == [
        f"{name_of(second)}: the rows are not those that were sealed",
        f"{name_of(second)}: the log says something else of this seal",
    ]


@pytest.mark.parametrize("entry", [b"{}", b"[]", b"\xff\xfe"])
def test_seal_entry_that_says_nothing_readable_is_told_of(city, server, engine_name, entry):
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(
            f"UPDATE transparency_leaf SET entry = {sql_bytes(entry, engine_name)} WHERE kind = 'seal'"
        )
        owner.exec_driver_sql("DELETE FROM transparency_seal")

    assert sum("the log tells of a seal" in line for line in findings()) >= 2


def test_entries_of_the_log_are_read_in_pages(city, monkeypatch):
    monkeypatch.setattr(sealing, "PAGE", 1)

    assert findings() == []
    with reading() as session:
        logged = session.scalars(select(LeafRow.leaf_index).where(LeafRow.subject_kind == SEAL_SUBJECT)).all()
        assert sorted(leaf.index for _, leaf, _, _ in sealing._seal_entries(session)) == sorted(logged)


def test_stream_without_seals_has_nothing_wrong(app):
    with reading() as session:
        assert list(seal_findings(session, "audit", rows_sealed=select(literal(0)))) == []


@pytest.mark.parametrize(("minutes", "code"), [(4, 0), (6, 1)])
def test_command_fails_when_nobody_seals(city, minutes, code):
    act()

    with clock.standing_at(NOON + timedelta(minutes=2 + minutes)):
        answer, lines = verify(city)

    assert answer == code
    assert ("1 audit rows wait longer than 0:05:00: does the sequencer run?" in lines) == bool(code)


def test_audit_of_the_ledger_does_not_mind_what_waits(city):
    act()
    with transaction() as session:
        assert session.execute(text("SELECT count(*) FROM foundation_audit_waiting")).scalar_one() == 1

    with clock.standing_at(NOON + timedelta(days=1)), reading() as session:
        answer = audit(session)
    assert (answer["audit_seals_do_not_recompute"], answer["ledger_seals_do_not_recompute"]) == (0, 0)


def test_report_of_very_many_findings_shows_a_hundred(capsys):
    with pytest.raises(SystemExit) as ended:
        report_findings((f"row {number}" for number in range(250)), sound="all well")

    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert (len(lines), lines[99], lines[100]) == (101, "row 99", "250 findings, 100 of them shown")
