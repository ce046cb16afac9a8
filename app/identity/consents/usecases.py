"""A consent is given to a text, and withdrawn: by the resident, or by the guardian of a child under 14."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, new_id, public_id, reading, transaction
from app.foundation.proof import Actor, logger, record
from app.identity.consents import events, queries
from app.identity.consents.errors import ConsentTextChanged
from app.identity.consents.models import ConsentChange, ConsentEventRow, ConsentRow
from app.identity.consents.purposes import Purpose, Standing, renewal
from app.identity.people.family.consent_age import require_guardian
from app.identity.people.family.errors import GuardianNeeded
from app.rulebook import Document

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsent:
    """What somebody agrees to. `is_14_or_over` is said by who agrees for themselves; a guardian says nothing of the kind."""

    purpose: Purpose
    document_id: UUID
    is_14_or_over: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Where a consent stands.

    Args:
        document: the text last agreed to, or None.
        current: the text in force, or None before there is one.
        is_in_effect: what it switches on works.
        is_renewal_offered, is_renewal_needed: a newer text is there; without agreeing to it the older consent counts no more.
    """

    purpose: Purpose
    state: Standing
    document: Document | None
    changed_at: datetime | None
    current: Document | None
    is_in_effect: bool
    is_renewal_offered: bool
    is_renewal_needed: bool


def list_texts(*, now: datetime) -> list[tuple[Purpose, Document]]:
    """Return the texts in force, in the order of their purposes."""
    with reading() as session:
        today = clock.civil_day(now)
        found = [(purpose, queries.text_in_force(session, purpose, today)) for purpose in Purpose]
        return [(purpose, text) for purpose, text in found if text is not None]


def consents_of(person_id: UUID, *, now: datetime) -> list[Consent]:
    """Return where all of a person's consents stand, those never given too."""
    with reading() as session:
        rows = queries.list_consents(session, person_id)
        return [_standing(session, purpose, rows.get(purpose), now) for purpose in Purpose]


def give_consent(new: NewConsent, *, person_id: UUID, actor: Actor, now: datetime) -> tuple[Consent, bool]:
    """Agree to the text in force, and return the consent with whether anything changed; twice is once.

    Args:
        person_id: whose consent it is; that the actor is this person or the guardian was looked at before.

    Raises:
        ConsentTextChanged: the text is not the one in force.
        GuardianNeeded: the person says or the birth date tells that they are under 14, and the actor is no guardian.
    """
    with transaction() as session:
        current = queries.text_in_force(session, new.purpose, clock.civil_day(now))
        if current is None or current.id != new.document_id:
            raise ConsentTextChanged(document_id=public_id("doc", current.id) if current is not None else None)
        if new.is_14_or_over is False:
            raise GuardianNeeded()
        require_guardian(session, actor, person_id)
        is_new = queries.begin_consent(session, person_id, new.purpose, current.id, now)
        row = queries.lock_consent(session, person_id, new.purpose)
        if row is None:
            raise AssertionError("a consent that was just written, or gave way to another, is there")
        has_changed = is_new or (row.state, row.document_id) != (ConsentChange.GIVEN, current.id)
        if has_changed:
            row.state, row.document_id, row.changed_at = ConsentChange.GIVEN, current.id, now
            _note(session, row, actor)
        return _standing(session, new.purpose, row, now), has_changed


def withdraw_consent(purpose: Purpose, *, person_id: UUID, actor: Actor, now: datetime) -> Consent:
    """Withdraw a consent, at once for everything that begins from now on; what is not given stays as it is.

    A child under 14 may do it too: it opens nothing, and nobody is kept to a consent by their age.
    """
    with transaction() as session:
        row = queries.lock_consent(session, person_id, purpose)
        if row is not None and row.state is ConsentChange.GIVEN:
            row.state, row.changed_at = ConsentChange.WITHDRAWN, now
            _note(session, row, actor)
        return _standing(session, purpose, row, now)


def _note(session: Session, row: ConsentRow, actor: Actor) -> None:
    event = ConsentEventRow(
        id=new_id(),
        person_id=row.person_id,
        purpose=row.purpose,
        change=row.state,
        document_id=row.document_id,
        done_by=actor.id,
        assisted_by=actor.assisted_by,
        at=row.changed_at,
    )
    session.add(event)
    session.flush()
    record(
        session,
        action=f"identity.consent_{row.state}",
        object_kind="identity.person",
        object_id=row.person_id,
        actor=actor,
        after={"event_id": str(event.id), "purpose": row.purpose, "document_id": str(row.document_id)},
    )
    events.tell_of_change(session, event)
    after_commit(log.info, f"identity.consent.{row.state}", person_id=str(row.person_id), purpose=str(row.purpose))


def _standing(session: Session, purpose: Purpose, row: ConsentRow | None, now: datetime) -> Consent:
    today = clock.civil_day(now)
    versions = queries.texts_so_far(session, purpose, today)
    current = versions[-1] if versions else None
    if row is None:
        return Consent(
            purpose=purpose,
            state=Standing.NEVER,
            document=None,
            changed_at=None,
            current=current,
            is_in_effect=False,
            is_renewal_offered=False,
            is_renewal_needed=False,
        )
    is_given = row.state is ConsentChange.GIVEN
    asked = renewal(row.document_id, versions)
    return Consent(
        purpose=purpose,
        state=Standing(row.state),
        document=next((each for each in versions if each.id == row.document_id), None),
        changed_at=row.changed_at,
        current=current,
        is_in_effect=is_given and not asked.is_needed,
        is_renewal_offered=is_given and asked.is_offered,
        is_renewal_needed=is_given and asked.is_needed,
    )
