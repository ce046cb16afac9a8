"""Certificates over HTTP: one's own, anybody's by its number, and what an agency does with those it has issued."""

from typing import Any

from app.approvals import APPROVAL_EXAMPLE, ApprovalSchema, ApprovalView, approval_view, get_proposal
from app.certificates import examples
from app.certificates.answers import certificate_view, own_certificate_view, verification_view
from app.certificates.errors import CertificateNotFound, NothingToForget, NotListed, NotRevocable
from app.certificates.schemas import (
    CertificateSchema,
    NewRevocation,
    NewRevocationSchema,
    OwnCertificateSchema,
    VerificationSchema,
    VisibilityChange,
    VisibilityChangeSchema,
)
from app.certificates.usecases import own, revoke, verify
from app.foundation.data import MalformedId, clock, parse_public_id, public_id, reading
from app.foundation.http import (
    ANYONE,
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    atomic,
    current_actor,
    idempotent,
    limited,
    mapped,
    must_find,
    needs_if_match,
    next_link,
    page_schema,
    requires,
    version_seen,
    with_etag,
)
from app.identity import OrganisationNotFound, Role

blp = Blueprint("certificates", __name__, description="Certificates: one's own, and anybody's by its number.")

_CERTIFICATES = page_schema(CertificateSchema)
_APPROVAL_LINKS = {
    operation: {"operationId": operation, "parameters": {"approval_id": "$response.body#/id"}}
    for operation in ("approvals_get_approval", "approvals_approve")
}
_OWN_LINKS = {
    operation: {"operationId": operation, "parameters": {"number": "$response.body#/number"}}
    for operation in ("certificates_show_own", "certificates_verify_certificate")
}


def _own(number: str) -> None:
    own.require_own(number, reader=current_actor())


def _issued_by_own(number: str) -> None:
    revoke.require_issued_by_own(number, actor=current_actor())


@blp.get("/certificates")
@requires(Role.RESIDENT, assisted=True)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, _CERTIFICATES, example={"items": [examples.SUMMARY], "next_cursor": None})
def list_own(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List one's certificates, newest first; of a gift, the giver's."""
    page = own.list_own(PageQuery(**query), reader=current_actor())
    return mapped(page, certificate_view), next_link(page)


@blp.get("/organisations/<string:organisation_id>/certificates")
@requires(Role.RESIDENT)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, _CERTIFICATES, example={"items": [examples.SUMMARY], "next_cursor": None})
@blp.problems(OrganisationNotFound)
def list_of_organisation(query: dict[str, Any], organisation_id: str) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List to a member the certificates that an organisation holds, newest first."""
    try:
        parsed = parse_public_id("org", organisation_id)
    except MalformedId:
        raise OrganisationNotFound() from None
    page = own.list_of_organisation(parsed, PageQuery(**query), reader=current_actor())
    return mapped(page, certificate_view), next_link(page)


@blp.get("/certificates/<string:number>")
@requires(Role.RESIDENT, assisted=True)
@blp.response(200, OwnCertificateSchema, example=examples.OWN)
@blp.problems(CertificateNotFound)
@blp.doc(responses={200: {"links": _OWN_LINKS}})
def show_own(number: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Show one's own certificate, checked now, with the salt and the name that prove whose it is."""
    shown = own.show_own(number, reader=current_actor(), now=clock.now())
    return with_etag(own_certificate_view(shown), shown.row.version)


@blp.patch("/certificates/<string:number>")
@requires(Role.RESIDENT)
@must_find(_own)
@needs_if_match
@atomic
@blp.arguments(VisibilityChangeSchema, example={"visibility": "off"})
@blp.response(200, OwnCertificateSchema, example=examples.OWN)
@blp.problems(CertificateNotFound, NotListed)
def change_visibility(change: VisibilityChange, number: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Say how much others see: the page for who has the number, or the verdict alone."""
    shown = own.change_visibility(
        number, change.visibility, seen=version_seen(), holder=current_actor(), now=clock.now()
    )
    return with_etag(own_certificate_view(shown), shown.row.version)


@blp.delete("/certificates/<string:number>/commitment")
@requires(Role.RESIDENT)
@atomic
@blp.response(204)
@blp.problems(CertificateNotFound, NothingToForget)
def forget_holder(number: str) -> None:
    """Delete salt and name for good: nobody, you included, can then prove by the certificate whose it is. It stays valid."""
    own.forget_holder(number, holder=current_actor())


@blp.post("/certificates/<string:number>/revoke")
@requires(Role.ISSUER)
@must_find(_issued_by_own)
@idempotent
@blp.arguments(NewRevocationSchema, example={"reason": "error"})
@blp.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@blp.problems(CertificateNotFound, NotRevocable)
@blp.doc(responses={202: {"links": _APPROVAL_LINKS}})
def propose_revocation(new: NewRevocation, number: str) -> tuple[ApprovalView, int, dict[str, str]]:
    """Propose to revoke a certificate of one's agency. It is revoked, for good, when a second issuer approves."""
    proposer = current_actor()
    proposal = revoke.propose_revocation(number, new.reason, proposer=proposer, now=clock.now())
    shown = approval_view(get_proposal(proposal.id, viewer=proposer, now=clock.now()))
    return shown, 202, {"Location": f"/v1/approvals/{public_id('apv', proposal.id)}"}


@blp.get("/verify/<string:number>")
@requires(ANYONE)
@limited("60 per minute")
@blp.response(200, VerificationSchema, example=examples.VERIFICATION)
@blp.problems(CertificateNotFound)
def verify_certificate(number: str) -> dict[str, Any]:
    """Check a certificate by its number, however it is spelled: signature, revocation list, log, retirement, all made anew."""
    with reading() as session:
        page = verify.page_of(session, number, clock.now())
    if page is None:
        raise CertificateNotFound()
    return verification_view(page)
