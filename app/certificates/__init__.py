"""Certificates: what a retirement is proved with, signed by an agency under a standing mandate, and checked on every view.

The signed bytes and the log lie in transparency; here is whose a certificate is, how it stands, and how it is revoked.
"""

from flask import Flask

from app.approvals import ProposalKind
from app.approvals import kinds as proposal_kinds
from app.certificates.answers import check_text, page_href
from app.certificates.changes import COLLECTION
from app.certificates.checking.log_audit import (
    bits_not_as_revoked,
    certificates_not_as_logged,
    certificates_side_by_side,
    entries_not_as_registered,
    revocations_not_as_logged,
)
from app.certificates.issuing.mandates import MANDATE_KIND, RETIREMENT_RULE_VERSION, mandate_schema
from app.certificates.person_data import register_person_data
from app.certificates.routes import certificates as routes
from app.certificates.routes import files as file_routes
from app.certificates.routes import public as public_routes
from app.certificates.rules import SOURCE, CertificateState, forgiven_number, printable_name
from app.certificates.synced import CERTIFICATES
from app.certificates.texts import CHECK_TEXTS, REVOCATION_TEXTS, VERDICT_TEXTS
from app.certificates.usecases import issue
from app.certificates.usecases.draft import CertificateRef, certificates_of, draft_retirement_certificate
from app.certificates.usecases.revoke import REVOCATION_KIND, apply_revocation, revocation_difference
from app.certificates.usecases.telling import register_telling
from app.certificates.usecases.verify import page_of
from app.certificates.views import (
    CertificateKind,
    CertificatePage,
    Check,
    CheckName,
    CheckResult,
    IssuerShown,
    LogPlace,
    RetirementShown,
    RevocationReason,
    SerialsShown,
    SourceCancellation,
    TimelineEvent,
    Verdict,
    Visibility,
)
from app.foundation.http import add_operations
from app.foundation.sync import collections
from app.identity import Role
from app.rulebook import declare
from app.transparency import DOCUMENTS, LOG_CHECKS, DocumentSource

__all__ = [
    "CHECK_TEXTS",
    "MANDATE_KIND",
    "RETIREMENT_RULE_VERSION",
    "REVOCATION_TEXTS",
    "VERDICT_TEXTS",
    "CertificateKind",
    "CertificatePage",
    "CertificateRef",
    "CertificateState",
    "Check",
    "CheckName",
    "CheckResult",
    "IssuerShown",
    "LogPlace",
    "RetirementShown",
    "RevocationReason",
    "SerialsShown",
    "SourceCancellation",
    "TimelineEvent",
    "Verdict",
    "Visibility",
    "certificates_of",
    "check_text",
    "draft_retirement_certificate",
    "forgiven_number",
    "page_href",
    "page_of",
    "printable_name",
    "register",
]


def register(app: Flask) -> None:
    """Open the room: mandates in the rulebook, revocations in approvals, what the sequencer signs, what the log's audit asks."""
    issuer = Role.ISSUER
    declare(app, kind=MANDATE_KIND, schema=mandate_schema(), proposer_role=issuer, approver_role=issuer)
    revocation = ProposalKind(approver_role=issuer, difference=revocation_difference, apply=apply_revocation)
    proposal_kinds.register(app, REVOCATION_KIND, revocation)
    source = DocumentSource(waiting=issue.waiting, place=issue.place, refuse=issue.refuse)
    DOCUMENTS.register(app, SOURCE, source)
    LOG_CHECKS.register(app, "certificates_not_as_logged", certificates_not_as_logged)
    LOG_CHECKS.register(app, "revocations_not_as_logged", revocations_not_as_logged)
    LOG_CHECKS.register(app, "entries_not_as_registered", entries_not_as_registered)
    LOG_CHECKS.register(app, "certificates_side_by_side", certificates_side_by_side)
    LOG_CHECKS.register(app, "bits_not_as_revoked", bits_not_as_revoked)
    register_telling(app)
    app.register_blueprint(public_routes.blp)
    app.register_blueprint(file_routes.blp)
    collections.register(app, COLLECTION, CERTIFICATES)
    add_operations(app, routes.blp)
    register_person_data(app)
