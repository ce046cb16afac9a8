"""A hashed row has one spelling, which no later release changes."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import rfc8785

from app.foundation.data import new_id, reading, transaction
from app.foundation.proof import ActorKind, audit_leaves_of, audit_seal, spelled, take_audit
from app.foundation.proof.audit import AuditRow

NOON = datetime(2026, 11, 24, 4, 0, 0, 123456, tzinfo=UTC)


def test_row_is_spelled_with_all_its_columns_and_as_the_standard_spells_json():
    row = [getattr(AuditRow, column.name).key for column in AuditRow.__table__.columns]
    values = (None, "", "null", 'a "b" \\ \x1f\n 林', 2**53 - 1, -1, {"2027-01-01": 5, "2026-12-01": 7})

    assert [column.key for column in audit_seal.COLUMNS] == row
    assert spelled("test/1", *values) == rfc8785.dumps(["test/1", *values])


@pytest.mark.parametrize("value", [1.5, True, b"x", [1], {"a": True}, {"a": None}])
def test_value_without_a_fixed_spelling_is_refused(value):
    with pytest.raises(TypeError):
        spelled("test/1", value)


def test_day_is_no_instant():
    assert spelled("test/1", date(2026, 11, 24), NOON) == b'["test/1","2026-11-24",1795492800123456]'


def test_time_without_a_zone_is_refused():
    with pytest.raises(TypeError):
        spelled("test/1", NOON.replace(tzinfo=None))


def test_same_row_has_the_same_leaf_in_both_databases_and_for_ever(app):
    seal = new_id()
    with transaction() as session:
        session.add(
            AuditRow(
                id=UUID("019ab4b8-0000-7000-8000-000000000001"),
                at=NOON,
                actor_kind=ActorKind.STAFF,
                actor_id=UUID(int=7),
                roles="auditor,verifier",
                session_id=None,
                action="test.acted",
                object_kind="test.tree",
                object_id=UUID(int=100),
                before_sha256=None,
                after_sha256="a" * 64,
                request_id="",
            )
        )
        session.flush()
        take_audit(session, seal, 100)

    with reading() as session:
        (leaf,) = (each for each in audit_leaves_of(session, seal) if b"019ab4b8-0000" in each)
    assert leaf.decode() == (
        '["foundation.audit/1","019ab4b8-0000-7000-8000-000000000001",1795492800123456,"staff",'
        '"00000000-0000-0000-0000-000000000007","auditor,verifier",null,"test.acted","test.tree",'
        '"00000000-0000-0000-0000-000000000064",null,"' + "a" * 64 + '",""]'
    )
