"""What can go wrong, as classes: a stable code, the status, where in the body, and the numbers the caller needs (RFC 9457)."""

from dataclasses import dataclass
from typing import ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

# RFC 9457, section 3.1, and ours; a refusal's own members have other names.
STANDARD_MEMBERS = frozenset({"type", "title", "status", "code", "instance", "request_id", "errors"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One member of a request that is not as it should be.

    Args:
        pointer: where it stands (RFC 6901), `/trees/0/count`.
        code: what is wrong with it, in one word for machines.
        detail: the same for people, in their language.
    """

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """A refusal with a name. Subclasses set the class attributes; keyword arguments become members of the answer."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[LazyString]
    pointer: ClassVar[str | None] = None

    def __init__(
        self, *, faults: tuple[Fault, ...] = (), retry_after_s: int | None = None, **params: int | str | None
    ) -> None:
        """Refuse.

        Args:
            faults: the members that are wrong, when more than `pointer` can say.
            retry_after_s: when it makes sense to try again.
            params: numbers and ids for the caller; never personal data.
        """
        if STANDARD_MEMBERS & params.keys():
            raise TypeError(f"{self.code}: {sorted(STANDARD_MEMBERS & params.keys())} are members of every problem")
        super().__init__(self.code)
        self.faults = faults
        self.retry_after_s = retry_after_s
        self.params = params


class NotFound(DomainError):
    """There is no such thing, or it is not for this caller; the answer is the same."""

    code = "request.not_found"
    status = 404
    title = _("There is nothing here that you can see.")


class Unauthenticated(DomainError):
    """Nobody is signed in."""

    code = "auth.required"
    status = 401
    title = _("Sign in to do this.")


class RoleMissing(DomainError):
    """The caller's role does not allow it."""

    code = "auth.role_missing"
    status = 403
    title = _("Your role does not allow this.")


class NotAssisted(DomainError):
    """A member of staff who enters for a resident does not do this for them."""

    code = "auth.not_assisted"
    status = 403
    title = _("Residents do this themselves; a member of staff cannot do it for them.")


class MalformedRequest(DomainError):
    """The body is not JSON as the product reads it."""

    code = "request.malformed"
    status = 400
    title = _("The request cannot be read.")


class InvalidRequest(DomainError):
    """The request can be read, but members are missing, unknown or out of bounds."""

    code = "request.invalid"
    status = 422
    title = _("The request has members to correct.")


class UnsupportedMediaType(DomainError):
    """The body is of a kind that this operation does not read."""

    code = "request.unsupported_media_type"
    status = 415
    title = _("This operation does not read bodies of this type.")


class MethodNotAllowed(DomainError):
    """The address exists, but not with this method; `Allow` says which."""

    code = "request.method_not_allowed"
    status = 405
    title = _("This address does not take that method.")


class NotAcceptable(DomainError):
    """The caller accepts no form in which there is an answer."""

    code = "request.not_acceptable"
    status = 406
    title = _("There is no answer in the form you ask for.")


class RequestTimeout(DomainError):
    """The body came too slowly."""

    code = "request.timeout"
    status = 408
    title = _("The request took too long to arrive.")


class TooLarge(DomainError):
    """The body is larger than this operation reads."""

    code = "request.too_large"
    status = 413
    title = _("The body is too large.")


class AddressTooLong(DomainError):
    """The address with its query is longer than any that the product makes."""

    code = "request.address_too_long"
    status = 414
    title = _("The address is too long.")


class HeadersTooLarge(DomainError):
    """The headers are larger than any that the product needs."""

    code = "request.headers_too_large"
    status = 431
    title = _("The headers are too large.")


class CursorInvalid(DomainError):
    """The cursor was not made by this product for this list and these filters."""

    code = "request.cursor_invalid"
    status = 400
    title = _("The cursor does not belong to this list.")
    pointer = "/cursor"


class KeyMissing(DomainError):
    """A POST with an effect came without its Idempotency-Key."""

    code = "idempotency.key_missing"
    status = 400
    title = _("Send an Idempotency-Key with this request.")


class KeyReused(DomainError):
    """The Idempotency-Key was used with another request."""

    code = "idempotency.key_reused"
    status = 422
    title = _("This Idempotency-Key was used for another request.")


class KeyInProgress(DomainError):
    """The first request with this key is still being answered."""

    code = "idempotency.in_progress"
    status = 409
    title = _("The first request with this Idempotency-Key is not finished.")


class IfMatchMissing(DomainError):
    """A shared thing can only be changed by who says which version they saw."""

    code = "request.if_match_missing"
    status = 428
    title = _("Send If-Match with the ETag that you read.")


class VersionStale(DomainError):
    """Somebody else changed the thing in the meantime."""

    code = "request.version_stale"
    status = 412
    title = _("This was changed by somebody else. Read it again.")


class Busy(DomainError):
    """The database did not give a turn in time, or is away."""

    code = "server.busy"
    status = 503
    title = _("The service is busy. Try again shortly.")


class TooManyRequests(DomainError):
    """The caller has asked too often."""

    code = "request.too_many"
    status = 429
    title = _("Too many requests. Wait a little.")


class ServerFault(DomainError):
    """Something broke inside; the request id finds it in the log."""

    code = "server.fault"
    status = 500
    title = _("Something went wrong on our side.")
