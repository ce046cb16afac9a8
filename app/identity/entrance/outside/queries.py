"""Reads of linked accounts."""

from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.foundation.data import rows_written
from app.identity.entrance.outside.models import OutsideAccountRow
from app.identity.entrance.outside.port import OutsideProvider


def find_person_linked(session: Session, provider: OutsideProvider, subject_mark: str) -> UUID | None:
    """Return the person whom an account of the provider signs in, or None."""
    return session.scalar(
        select(OutsideAccountRow.person_id).where(
            OutsideAccountRow.provider == provider, OutsideAccountRow.subject_mark == subject_mark
        )
    )


def accounts_of(person_id: UUID) -> Select[OutsideAccountRow]:
    """Return the statement that lists a person's linked accounts."""
    return select(OutsideAccountRow).where(OutsideAccountRow.person_id == person_id)


def delete_account(session: Session, account_id: UUID, person_id: UUID) -> bool:
    """Delete a person's linked account, and return whether there was one."""
    ours = (OutsideAccountRow.id == account_id, OutsideAccountRow.person_id == person_id)
    return rows_written(session, delete(OutsideAccountRow).where(*ours)) == 1
