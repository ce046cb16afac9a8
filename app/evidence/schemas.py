"""Shape of uploads and of what is told about a file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_smorest.fields import Upload as UploadField
from marshmallow import fields, post_load
from werkzeug.datastructures import FileStorage

from app.evidence.models import FileState
from app.evidence.queries import StoredFile
from app.evidence.rules.containers import MediaType
from app.evidence.usecases.links import SIGNATURE_LENGTH
from app.foundation.http import Choice, Instant, PrefixedId, Schema, Text, WholeNumber
from app.foundation.proof import Actor
from app.places import Position

# The last second that a Python date can name.
_LAST_SECOND = 253_402_300_799


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file of a form, not read yet, and what it is for."""

    file: FileStorage
    purpose: str


@dataclass(frozen=True, slots=True)
class Link:
    """The two members of a short link's query."""

    expires: int
    signature: str


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as its viewer may see it."""

    id: UUID
    purpose: str
    state: FileState
    media_type: MediaType
    byte_count: int
    width_px: int
    height_px: int
    sha256: str
    exif_position: Position | None
    exif_captured_at: datetime | None
    received_at: datetime
    content_path: str


def file_view(file: StoredFile, *, viewer: Actor, content_path: str) -> FileView:
    """Return what a viewer is told about a file; the camera's place to three decimals, unless a verifier asks."""
    return FileView(
        id=file.id,
        purpose=file.purpose,
        state=file.state,
        media_type=file.media_type,
        byte_count=file.byte_count,
        width_px=file.width_px,
        height_px=file.height_px,
        sha256=file.sha256,
        exif_position=file.exif_position_for(viewer),
        exif_captured_at=file.exif_captured_at,
        received_at=file.received_at,
        content_path=content_path,
    )


class _FileField(UploadField):
    """A part of the form with a file name; the name itself is not looked at."""

    default_error_messages = {"required": "missing", "null": "null", "invalid": "invalid"}

    def __init__(self, *, description: str) -> None:
        super().__init__(required=True, metadata={"description": description})  # type: ignore[no-untyped-call]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise self.make_error("invalid")
        return value


class NewFileSchema(Schema):
    """The form of an upload."""

    file = _FileField(description="A JPEG, PNG or WebP photo of at most 10 MiB and 40 million pixels.")
    purpose = Text(
        required=True,
        max=40,
        pattern=r"^[a-z][a-z0-9.-]*$",
        metadata={"description": "What the photo is to prove.", "example": "planting"},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewFile:
        """Return the typed form."""
        return NewFile(**data)


class LinkSchema(Schema):
    """The query of a short link."""

    expires = WholeNumber(min=0, max=_LAST_SECOND, strict=False, required=True, metadata={"example": 1_773_279_600})
    signature = Text(
        required=True,
        min=SIGNATURE_LENGTH,
        max=SIGNATURE_LENGTH,
        pattern=r"^[0-9a-f]+$",
        metadata={"example": "5f" * (SIGNATURE_LENGTH // 2)},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Link:
        """Return the typed query."""
        return Link(**data)


class ExifPositionSchema(Schema):
    """Where the camera says it was, WGS-84, in whole 1e-7 degrees."""

    lat_e7 = WholeNumber(min=-900_000_000, max=900_000_000, required=True, metadata={"example": 284_520_000})
    lon_e7 = WholeNumber(min=-1_800_000_000, max=1_800_000_000, required=True, metadata={"example": 1_199_220_000})


class FileSchema(Schema):
    """A file."""

    id = PrefixedId("fil", required=True, metadata={"example": "fil_01kkz3hv6sfgctr3v9z4xq0m8n"})
    purpose = fields.String(required=True, metadata={"example": "planting"})
    state = Choice(FileState, required=True)
    media_type = Choice(MediaType, required=True)
    byte_count = WholeNumber(min=1, required=True, metadata={"example": 1_834_201})
    width_px = WholeNumber(min=1, required=True, metadata={"example": 3_000})
    height_px = WholeNumber(min=1, required=True, metadata={"example": 4_000})
    sha256 = fields.String(
        required=True, metadata={"description": "Of the stored image, in hexadecimal.", "example": "9f" * 32}
    )
    exif_position = fields.Nested(ExifPositionSchema, required=True, allow_none=True)
    exif_captured_at = Instant(required=True, allow_none=True, metadata={"example": "2026-03-12T01:30:00Z"})
    received_at = Instant(required=True, metadata={"example": "2026-03-12T01:42:07Z"})
    content_path = fields.String(
        required=True,
        metadata={
            "description": "Opens the image for ten minutes. Read the file again for a fresh one.",
            "example": "/v1/files/fil_01kkz3hv6sfgctr3v9z4xq0m8n/content?expires=1773280000&signature=" + "5f" * 32,
        },
    )
