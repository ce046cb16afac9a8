"""Submit a planting with its photos, once and again when more was asked for; or take it back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.evidence import bind_files, files_of_subject
from app.foundation.data import after_commit, transaction
from app.foundation.proof import Actor, logger, record
from app.identity import AgencyKind, Purpose, agency_for, note_assistance, require_consent
from app.planting import queries
from app.planting.changes import claim_changed
from app.planting.errors import NoAgency, PlantingSettled, TooManyFiles
from app.planting.models import PlantingClaim
from app.planting.reviewing.doubts import doubts_of
from app.planting.rules.claims import FILES_A_CLAIM_MAX, WITHDRAWABLE, ClaimState, status_of
from app.planting.subject import SUBJECT_KIND
from app.planting.usecases.reading import Planting, whole
from app.planting.usecases.record import require_editable
from app.review import lock_case, open_case, resubmit, withdraw_case

log = logger(__name__)


def submit_planting(claim_id: UUID, file_ids: Sequence[UUID], *, person: Actor, now: datetime) -> Planting:
    """Bind the photos and put the claim before the forestry bureau of its county; after `needs_more` begin a new round.

    Raises:
        PlantingNotFound: no such claim of this resident.
        PlantingSettled: it is in review, decided or withdrawn.
        ConsentNeeded: the resident has withdrawn the consent to places since the draft was recorded. What is in review
        already goes on without it.
        NoAgency: the county has no forestry bureau here.
        TooManyFiles: with these the claim would have more photos than one may have.
        EvidenceFileNotFound, FileAlreadyBound: a photo is not the resident's, or proves something else.
    """
    with transaction() as session:
        queries.get_own(session, claim_id, person_id=person.id)
        case = lock_case(session, SUBJECT_KIND, claim_id)
        claim = queries.lock_claim(session, claim_id)
        require_editable(claim, case)
        if case is None:
            require_consent(session, person.id, Purpose.LOCATION)
        _bind(session, claim, file_ids, person, now)
        note_assistance(session, person, SUBJECT_KIND, claim.id)
        claim.state, claim.submitted_at = ClaimState.SUBMITTED, now
        claim.version += 1
        session.flush()
        claim_changed(session, claim)
        flags = doubts_of(session, claim).flags
        if case is None:
            _open_case(session, claim, flags, now)
        else:
            resubmit(session, subject_kind=SUBJECT_KIND, subject_id=claim.id, now=now, flags=flags)
        submitted = whole(session, claim)
        record(
            session,
            action="planting.claim_submitted",
            object_kind=SUBJECT_KIND,
            object_id=claim.id,
            actor=person,
            after={**submitted.content(), "files": [file.sha256 for file in submitted.files]},
        )
        after_commit(log.info, "planting.claim.submitted", claim_id=str(claim.id), flags=list(flags))
        return submitted


def _bind(session: Session, claim: PlantingClaim, file_ids: Sequence[UUID], person: Actor, now: datetime) -> None:
    bound = {file.id for file in files_of_subject(session, subject_kind=SUBJECT_KIND, subject_id=claim.id)}
    if len(bound | set(file_ids)) > FILES_A_CLAIM_MAX:
        raise TooManyFiles(files_max=FILES_A_CLAIM_MAX)
    bind_files(session, file_ids, owner=person, subject_kind=SUBJECT_KIND, subject_id=claim.id, now=now)


def _open_case(session: Session, claim: PlantingClaim, flags: Sequence[str], now: datetime) -> None:
    agency = agency_for(session, AgencyKind.FORESTRY, claim.county)
    if agency is None:
        raise NoAgency(county=claim.county)
    open_case(
        session,
        subject_kind=SUBJECT_KIND,
        subject_id=claim.id,
        agency_id=agency.id,
        county=claim.county,
        submitter_id=claim.person_id,
        now=now,
        flags=flags,
    )


def withdraw_planting(claim_id: UUID, *, person: Actor, now: datetime) -> Planting:
    """Take back a draft, or a claim that is not decided. Its photos stay bound to it.

    Raises:
        PlantingNotFound: no such claim of this resident.
        PlantingSettled: it is decided, or was taken back before.
    """
    with transaction() as session:
        queries.get_own(session, claim_id, person_id=person.id)
        case = lock_case(session, SUBJECT_KIND, claim_id)
        claim = queries.lock_claim(session, claim_id)
        if case is None and claim.state is ClaimState.SUBMITTED:  # Submitted while this waited for the claim.
            case = lock_case(session, SUBJECT_KIND, claim_id)
        status = status_of(claim.state, case.state if case is not None else None)
        if status not in WITHDRAWABLE:
            raise PlantingSettled(planting_status=str(status))
        if case is not None:
            withdraw_case(session, subject_kind=SUBJECT_KIND, subject_id=claim.id, now=now)
        claim.state = ClaimState.WITHDRAWN
        claim.version += 1
        session.flush()
        claim_changed(session, claim)
        record(
            session,
            action="planting.claim_withdrawn",
            object_kind=SUBJECT_KIND,
            object_id=claim.id,
            actor=person,
            before={"status": status},
        )
        after_commit(log.info, "planting.claim.withdrawn", claim_id=str(claim.id))
        return whole(session, claim)
