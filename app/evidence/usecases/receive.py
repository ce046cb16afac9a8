"""Receive a photo in two moves: clean and store the bytes, with no transaction open; then write the row, inside one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from app.evidence.errors import FileTooLarge, TooMuchUnused, UploadAbandoned
from app.evidence.models import EvidenceFile, EvidenceStray, FileState
from app.evidence.queries import StoredFile, forget_strays, is_stray, stored_file, unused_bytes
from app.evidence.rules.images import CleanImage, clean_image
from app.evidence.rules.likeness import bands_of
from app.foundation.data import after_commit, file_store, in_transaction, new_id, reading, transaction
from app.foundation.proof import Actor, ActorKind, logger, record
from app.identity import Purpose, has_consent, require_consent

FILE_BYTES_MAX = 10 * 1024 * 1024  # SECURITY C1
# Some fifty photos of a phone, or what a class plants in an afternoon. More waits until these prove something, or until
# expire.py lets go of them. Uploads of one person at the same moment are not seen by each other: a few may exceed it.
UNUSED_BYTES_MAX = 200 * 1024 * 1024
# Longer than any request lives; after it the stored bytes of an upload that never got its row are deleted.
UPLOAD_LASTS = timedelta(hours=1)

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """A photo whose cleaned bytes are in the store and whose row is still to be written."""

    store_key: str
    image: CleanImage
    received_at: datetime


def require_room(*, owner: Actor) -> None:
    """Refuse another photo of somebody who keeps too many that prove nothing; it is asked before the body is read.

    Raises:
        TooMuchUnused: their bytes have reached the limit.
    """
    with reading() as session:
        if unused_bytes(session, owner.id) >= UNUSED_BYTES_MAX:
            raise TooMuchUnused(bytes_max=UNUSED_BYTES_MAX)


def require_agreed(*, owner: Actor) -> None:
    """Refuse a photo of a resident who has not agreed to the keeping of photos; it is asked before the body is read.

    Raises:
        ConsentNeeded: so it is.
    """
    if owner.kind is ActorKind.RESIDENT:
        with reading() as session:
            require_consent(session, owner.id, Purpose.PHOTOS)


def store_upload(original: bytes, *, now: datetime) -> Upload:
    """Check and clean a photo and put it into the store, noted as a stray until `register_file` takes it.

    Raises:
        FileTooLarge: more than 10 MiB.
        FileEmpty, MediaTypeNotSupported, ImageBroken, ImageAnimated, TooManyPixels, TooManyScans, ImageDisguised: the
        content is refused. DecodingQueued: its turn did not come.
        RuntimeError: a transaction is open; nobody may wait for a lock while a photo is decoded.
    """
    if in_transaction():
        raise RuntimeError("a photo is decoded and stored before the transaction begins")
    if len(original) > FILE_BYTES_MAX:
        raise FileTooLarge(bytes_max=FILE_BYTES_MAX)
    image = clean_image(original)
    upload = Upload(store_key=f"evidence/{token_hex(16)}", image=image, received_at=now)
    with transaction() as session:
        session.add(EvidenceStray(store_key=upload.store_key, delete_after=now + UPLOAD_LASTS))
    file_store().put(upload.store_key, image.content)
    return upload


def register_file(upload: Upload, *, purpose: str, owner: Actor) -> StoredFile:
    """Make a stored upload a file of its owner; the camera's place is kept only if a resident has agreed to that.

    Raises:
        ConsentNeeded: a resident has not agreed to the keeping of photos, or has withdrawn while this one came in.
        UploadAbandoned: the stored bytes were given up in the meantime.
    """
    image, notes = upload.image, upload.image.notes
    bands = bands_of(image.perceptual_hash)
    is_resident = owner.kind is ActorKind.RESIDENT
    with transaction() as session:
        if is_resident:
            require_consent(session, owner.id, Purpose.PHOTOS)
        keeps_place = not is_resident or has_consent(session, owner.id, Purpose.LOCATION)
        place = notes.position if keeps_place else None
        if forget_strays(session, [upload.store_key]) != 1:
            raise UploadAbandoned(retry_after_s=1)
        row = EvidenceFile(
            id=new_id(),
            owner_id=owner.id,
            purpose=purpose,
            state=FileState.RECEIVED,
            media_type=image.media_type,
            byte_count=len(image.content),
            width_px=image.width_px,
            height_px=image.height_px,
            sha256=image.sha256,
            original_sha256=image.original_sha256,
            perceptual_hash=image.perceptual_hash,
            hash_band_0=bands[0],
            hash_band_1=bands[1],
            hash_band_2=bands[2],
            hash_band_3=bands[3],
            exif_lat_e7=place.lat_e7 if place is not None else None,
            exif_lon_e7=place.lon_e7 if place is not None else None,
            exif_captured_at=notes.captured_at,
            received_at=upload.received_at,
            store_key=upload.store_key,
        )
        session.add(row)
        record(
            session,
            action="evidence.file_received",
            object_kind="evidence.file",
            object_id=row.id,
            actor=owner,
            after={"sha256": image.sha256, "original_sha256": image.original_sha256},
        )
        after_commit(log.info, "evidence.file.received", file_id=str(row.id), byte_count=row.byte_count)
    return stored_file(row)


def give_up(upload: Upload) -> None:
    """Delete the stored bytes of an upload that did not become a file: of a repetition, or of a request that was refused.

    The expiry would find them an hour later, and by then one caller could fill the store.
    """
    with reading() as session:
        if not is_stray(session, upload.store_key):
            return
    file_store().delete(upload.store_key)
    with transaction() as session:
        forget_strays(session, [upload.store_key])
