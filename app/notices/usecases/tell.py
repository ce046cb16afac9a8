"""Telling somebody, in the transaction of the fact: a row in the inbox, and a message to the worker to see what leaves for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy.orm import Session

from app import identity
from app.foundation.data import after_commit, insert_once, new_id
from app.foundation.work import publish
from app.notices import queries, rules
from app.notices.kinds import NoticeKind, body_of, kinds
from app.notices.models import NoticeRow
from app.notices.outlets import TOLD
from app.notices.queries import Recipient
from app.notices.rules import Channel
from app.notices.usecases.changes import notice_changed

DELIVER = "notices.deliver"


def notify(
    session: Session,
    *,
    person_id: UUID | None = None,
    staff_id: UUID | None = None,
    organisation_id: UUID | None = None,
    kind: str,
    subject_kind: str,
    subject_id: UUID,
    params: Mapping[str, Any],
    now: datetime,
) -> None:
    """Tell a resident, a member of staff, or each owner of an organisation that something happened.

    The same (recipient, kind, subject) is told once; where it may happen again, `params["step"]` parts the times.

    Args:
        params: numbers, days and codes; never a name, a place or a number that calls somebody.

    Raises:
        HookMissing: no room has registered the kind.
        ParamNotPlain: a param could be personal data, or the kind's text names one that is missing.
    """
    handler = kinds.handler(kind)
    step = rules.step_of(params)
    said = {name: value for name, value in params.items() if name != "step"}
    rules.check_params(said)
    _check_worded(kind, said)
    fact = {"kind": kind, "subject_kind": subject_kind, "subject_id": subject_id, "step": step, "params": said}
    for recipient in _recipients(session, person_id, staff_id, organisation_id):
        _tell(session, recipient, handler, fact, now)


def _tell(session: Session, recipient: Recipient, handler: NoticeKind, fact: Mapping[str, Any], now: datetime) -> None:
    switched = queries.preferences_of(session, recipient).switched
    notice_id = new_id()
    is_new = insert_once(
        session,
        NoticeRow,
        id=notice_id,
        person_id=recipient.person_id,
        staff_id=recipient.staff_id,
        **fact,
        created_at=now,
        read_at=None if rules.is_on(handler.group, Channel.INBOX, switched) else now,
    )
    if not is_new:
        return
    notice_changed(session, recipient.person_id, notice_id)
    if handler.channels:
        publish(session, DELIVER, str(notice_id), {"notice": str(notice_id)})
    after_commit(TOLD.labels(handler.group).inc)


def _check_worded(kind: str, params: Mapping[str, Any]) -> None:
    """Raise for a text that could not be written later: reading is too late to find out."""
    with force_locale("en"):  # Any language will do, and none of the request's: its answer holds no text of ours.
        try:
            body_of(kind, params)
        except (KeyError, IndexError) as error:
            raise rules.ParamNotPlain(f"{kind} is worded with {error}") from None


def _recipients(
    session: Session, person_id: UUID | None, staff_id: UUID | None, organisation_id: UUID | None
) -> Sequence[Recipient]:
    if sum(each is not None for each in (person_id, staff_id, organisation_id)) != 1:
        raise TypeError("a notice goes to a person, a member of staff or an organisation")
    if organisation_id is not None:
        return [Recipient(person_id=each) for each in identity.owners_of(session, organisation_id)]
    # A late fact about somebody who is being forgotten is told to nobody, and leaves no row behind.
    if person_id is not None and identity.forgotten_people(session, [person_id]):
        return []
    return [Recipient(person_id=person_id, staff_id=staff_id)]
