"""What can go wrong with files."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class EvidenceFileNotFound(NotFound):
    """No file has this id, or it belongs to somebody else."""

    code = "evidence.file_not_found"
    title = _("There is no file with this id.")


class FileAlreadyBound(DomainError):
    """The file is evidence for something else; one photo proves one thing."""

    code = "evidence.file_already_bound"
    status = 409
    title = _("This photo already belongs to another record.")


class LinkExpired(DomainError):
    """The short link was genuine, and its ten minutes are over."""

    code = "evidence.link_expired"
    status = 410
    title = _("This link has expired. Open the photo again from its record.")


class UploadAbandoned(DomainError):
    """The upload took so long that its bytes were given up; sending it again is right."""

    code = "evidence.upload_abandoned"
    status = 503
    title = _("The upload took too long. Send the photo again.")


class DecodingQueued(DomainError):
    """So many photos are being decoded that this one's turn did not come."""

    code = "evidence.decoding_queued"
    status = 503
    title = _("Many photos are arriving at once. Send yours again shortly.")


class TooMuchUnused(DomainError):
    """The person keeps so many photos that prove nothing that the next one would fill the store."""

    code = "evidence.too_much_unused"
    status = 409
    title = _(
        "You have too many photos that belong to no record yet. Use them, or wait until they are deleted after a week."
    )


class FileEmpty(DomainError):
    """The file has no bytes."""

    code = "evidence.file_empty"
    status = 422
    pointer = "/file"
    title = _("The file is empty.")


class FileTooLarge(DomainError):
    """The file has more bytes than one upload may have."""

    code = "evidence.file_too_large"
    status = 413
    pointer = "/file"
    title = _("The file is too large.")


class MediaTypeNotSupported(DomainError):
    """The content is no JPEG, PNG or WebP image, whatever its name says."""

    code = "evidence.media_type_not_supported"
    status = 415
    pointer = "/file"
    title = _("The file is not a JPEG, PNG or WebP image.")


class TooManyPixels(DomainError):
    """The image would take too much room once decoded."""

    code = "evidence.too_many_pixels"
    status = 422
    pointer = "/file"
    title = _("The image has too many pixels.")


class TooManyScans(DomainError):
    """The JPEG is built up in so many steps that decoding it would keep others waiting."""

    code = "evidence.too_many_scans"
    status = 422
    pointer = "/file"
    title = _("The image is built up in too many steps. Send it as an ordinary JPEG.")


class ImageBroken(DomainError):
    """The image ends early or is damaged."""

    code = "evidence.image_broken"
    status = 422
    pointer = "/file"
    title = _("The image is damaged or incomplete.")


class ImageAnimated(DomainError):
    """The image moves; evidence is one still picture."""

    code = "evidence.image_animated"
    status = 422
    pointer = "/file"
    title = _("The image is animated. Send a still picture.")


class ImageDisguised(DomainError):
    """The image is at the same time a page, a program, an archive or a PDF."""

    code = "evidence.image_disguised"
    status = 422
    pointer = "/file"
    title = _("The image contains another kind of file.")
