"""Files over HTTP: in as a form, out through short links."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, Request, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.evidence.errors import (
    DecodingQueued,
    EvidenceFileNotFound,
    FileEmpty,
    FileTooLarge,
    ImageAnimated,
    ImageBroken,
    ImageDisguised,
    LinkExpired,
    MediaTypeNotSupported,
    TooManyPixels,
    TooManyScans,
    TooMuchUnused,
    UploadAbandoned,
)
from app.evidence.person_data import register_person_data
from app.evidence.queries import StoredFile
from app.evidence.rules.containers import MediaType
from app.evidence.schemas import FileSchema, FileView, Link, LinkSchema, NewFile, NewFileSchema, file_view
from app.evidence.usecases.expire import JOB_PERIOD, expire_files
from app.evidence.usecases.links import get_file, link_again, link_for, open_link
from app.evidence.usecases.organisation_documents import bind_organisation_documents, list_organisation_documents
from app.evidence.usecases.receive import (
    FILE_BYTES_MAX,
    Upload,
    give_up,
    register_file,
    require_agreed,
    require_room,
    store_upload,
)
from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import (
    ANYONE,
    Blueprint,
    InvalidRequest,
    TooLarge,
    UnsupportedMediaType,
    Withheld,
    add_operations,
    current_actor,
    idempotent,
    requires,
)
from app.foundation.work import schedule
from app.identity import ConsentNeeded, OrganisationDocuments, organisation_documents

View = TypeVar("View", bound=Callable[..., Any])

# The form around the file: borders, names, the purpose.
FORM_BYTES_MAX = 16 * 1024
_FORM = "multipart/form-data"
_ENDINGS = {MediaType.JPEG: "jpg", MediaType.PNG: "png", MediaType.WEBP: "webp"}
# Shown as a picture, never run as a page, whatever a browser may think it is.
_CONTENT_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"

_BYTES = {"type": "string", "format": "binary"}
_AFTER_UPLOAD = {
    "file": {
        "operationRef": "#/paths/~1v1~1files~1{file_id}/get",
        "parameters": {"file_id": "$response.body#/id"},
        "description": "Read the file again, for a fresh link to the image.",
    }
}

blp = Blueprint(
    "files", __name__, description="Photos as evidence: checked, stripped of metadata, and bound to one subject."
)


@blp.ARGUMENTS_PARSER.location_loader("form_with_file")
def _read_form(req: Request, _: Any) -> dict[str, Any]:
    """Return texts and files of a form by name; a name sent twice gives a list, which no field accepts."""
    texts: dict[str, list[Any]] = req.form.to_dict(flat=False)
    files: dict[str, list[Any]] = req.files.to_dict(flat=False)
    return {name: values[0] if len(values) == 1 else values for name, values in [*texts.items(), *files.items()]}


def takes_upload(view: View) -> View:
    """Read, check and store the photo before `@idempotent` opens its transaction: a slow sender never holds a lock."""

    @wraps(view)
    def before_the_transaction(*args: Any, **kwargs: Any) -> Any:
        if request.mimetype != _FORM:
            raise UnsupportedMediaType(expected=_FORM)
        require_agreed(owner=current_actor())
        require_room(owner=current_actor())
        # Nothing beyond is read: a declared length is refused at once, an undeclared one where it goes over.
        request.max_content_length = FILE_BYTES_MAX + FORM_BYTES_MAX
        try:
            form: NewFile = blp.ARGUMENTS_PARSER.parse(NewFileSchema(), request, location="form_with_file")
        except RequestEntityTooLarge:
            if _is_too_large_in_all(request):
                raise FileTooLarge(bytes_max=FILE_BYTES_MAX) from None
            raise TooLarge(bytes_max=request.max_form_memory_size) from None
        g.evidence_purpose = form.purpose
        g.evidence_upload = store_upload(form.file.stream.read(FILE_BYTES_MAX + 1), now=clock.now())
        try:
            return view(*args, **kwargs)
        finally:
            give_up(_upload())

    return before_the_transaction  # type: ignore[return-value]


def _is_too_large_in_all(req: Request) -> bool:
    """Return whether a form is too large because of its file, and not of its texts or the number of its parts."""
    most = req.max_content_length or 0
    return (req.content_length or 0) > most or req.stream.tell() >= most


def withheld_links(*path: str) -> Withheld:
    """Return what keeps short links out of a stored answer, and puts fresh ones into it when it is given again.

    Args:
        path: the members that lead to the objects with an `id` and a `content_path`; none for the answer itself.
    """
    return Withheld((*path, "content_path"), _link_again)


def _link_again(holder: dict[str, Any]) -> str:
    return link_again(parse_public_id("fil", holder["id"]), current_actor(), clock.now())


def _upload() -> Upload:
    upload: Upload = g.evidence_upload
    return upload


def _fingerprint() -> str:
    return f"{_upload().image.original_sha256} {g.evidence_purpose}"


def _shown(file: StoredFile) -> FileView:
    actor = current_actor()
    return file_view(file, viewer=actor, content_path=link_for(file, actor, clock.now()))


def _file_id(text: str) -> UUID:
    try:
        return parse_public_id("fil", text)
    except MalformedId:
        raise EvidenceFileNotFound from None


@blp.post("/files")
@requires("resident", "staff", assisted=True)
@takes_upload
@idempotent(fingerprint=_fingerprint, withheld=withheld_links())
@blp.response(201, FileSchema)
@blp.problems(
    FileEmpty,
    FileTooLarge,
    TooLarge,
    MediaTypeNotSupported,
    UnsupportedMediaType,
    InvalidRequest,
    ImageBroken,
    ImageAnimated,
    TooManyPixels,
    TooManyScans,
    ImageDisguised,
    TooMuchUnused,
    DecodingQueued,
    UploadAbandoned,
    ConsentNeeded,
)
@blp.doc(
    requestBody={"required": True, "content": {_FORM: {"schema": NewFileSchema}}},
    responses={201: {"links": _AFTER_UPLOAD}},
)
def upload_file() -> tuple[FileView, int, dict[str, str]]:
    """Upload a photo.

    What it is is read from its content. It is kept upright, without any metadata; place and time of the camera are
    noted first. A photo that nothing uses within seven days is deleted. A resident needs to have agreed to `photos`;
    without `location` the camera's place is dropped.
    """
    file = register_file(_upload(), purpose=g.evidence_purpose, owner=current_actor())
    return _shown(file), 201, {"Location": f"/v1/files/{public_id('fil', file.id)}"}


@blp.get("/files/<file_id>")
@requires("resident", "staff", assisted=True)
@blp.response(200, FileSchema)
@blp.problems(EvidenceFileNotFound)
def read_file(file_id: str) -> FileView:
    """Read one of your files.

    Answers what is known of the photo, with a fresh link to the image. Reviewers see photos through the case they belong
    to.
    """
    return _shown(get_file(_file_id(file_id), owner=current_actor()))


@blp.get("/files/<file_id>/content")
@requires(ANYONE)
@blp.arguments(LinkSchema, location="query")
@blp.response(200, description="The image.")
@blp.problems(EvidenceFileNotFound, LinkExpired)
@blp.doc(responses={200: {"content": {kind.value: {"schema": _BYTES} for kind in MediaType}}})
def open_file(link: Link, file_id: str) -> Response:
    """Open an image through its short link.

    The signature in the address is the permission, for ten minutes; no token is asked for, so that a page can show it.
    """
    found = open_link(_file_id(file_id), expires=link.expires, signature=link.signature, now=clock.now())
    answer = Response(found.content, content_type=found.media_type.value)
    name = f"{public_id('fil', found.id)}.{_ENDINGS[found.media_type]}"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = _CONTENT_POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def register(app: Flask) -> None:
    """Serve the room's operations, and let go of unused photos."""
    add_operations(app, blp)
    register_person_data(app)
    documents = OrganisationDocuments(bind=bind_organisation_documents, list=list_organisation_documents)
    organisation_documents.register(app, "evidence.files", documents)
    schedule(app, name="evidence.expire_files", period=JOB_PERIOD, run=expire_files)
