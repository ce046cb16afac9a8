"""What a member of staff enters for a resident says so in the audit, under the seal; rows without it are spelled as ever."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.foundation.data import clock, new_id, reading, transaction
from app.foundation.proof import Actor, ActorKind, audit_findings, audit_leaves_of, record, take_audit
from app.foundation.proof.audit import AuditRow
from app.foundation.proof.audit_seal import audit_guards_missing
from tests.insider import insider

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
RESIDENT = Actor(id=UUID(int=7), kind=ActorKind.RESIDENT, roles=frozenset({"resident"}), session_id=UUID(int=8))
CLERK_ID = UUID(int=9)


@pytest.fixture
def sealed(app):
    """A seal of two rows: one that the resident wrote, one that a member of staff entered for them."""
    seal = new_id()
    with transaction() as session, clock.standing_at(NOON):
        take_audit(session, new_id(), 10_000)
        for number, actor in enumerate((RESIDENT, replace(RESIDENT, assisted_by=CLERK_ID))):
            record(session, action="test.acted", object_kind="test.tree", object_id=UUID(int=number), actor=actor)
            session.flush()
        leaves = take_audit(session, seal, 10)
    return seal, leaves


def test_only_a_row_that_was_entered_for_somebody_is_spelled_in_the_second_form(sealed):
    seal, leaves = sealed

    forms = sorted((leaf.split(b",")[0], leaf.count(b",")) for leaf in leaves)

    assert forms == [(b'["foundation.audit/1"', 12), (b'["foundation.audit/2"', 13)]
    assert [leaf.endswith(b',"00000000-0000-0000-0000-000000000009"]') for leaf in sorted(leaves)] == [False, True]
    with reading() as session:
        assert audit_leaves_of(session, seal) == leaves
        assert list(audit_findings(session)) == []


@pytest.mark.parametrize("assisted_by", [None, UUID(int=10)])
def test_neither_taking_the_name_out_nor_another_one_goes_unseen(sealed, server, engine_name, assisted_by):
    value = (
        "NULL"
        if assisted_by is None
        else f"'{assisted_by}'"
        if engine_name == "postgresql"
        else f"x'{assisted_by.hex}'"
    )
    with insider(server, engine_name) as owner:
        owner.execute(text(f"UPDATE foundation_audit SET assisted_by = {value} WHERE assisted_by IS NOT NULL"))

    with reading() as session:
        (finding,) = audit_findings(session)
    assert finding.endswith("is not what was sealed")


def test_the_new_column_has_left_the_guards_of_the_audit_standing(sealed):
    with reading() as session:
        assert audit_guards_missing(session) == []
        assert session.scalars(select(AuditRow.assisted_by).where(AuditRow.assisted_by.is_not(None))).all() == [
            CLERK_ID
        ]
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text("UPDATE foundation_audit SET assisted_by = NULL"))
