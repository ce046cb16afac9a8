"""Titles of certificates, and the sentences that explain how a check ended and why something waits."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.certificates.rules import CertificateKind, HeldReason, RefusedReason, RevocationReason, Verdict

# Chinese, English: both stand on the page whatever its language, and the Chinese one is signed.
TITLES = {CertificateKind.RETIREMENT: ("碳汇注销证书", "Carbon Credit Retirement Certificate")}

VERDICT_TEXTS: dict[Verdict, LazyString] = {
    Verdict.VALID: _("Valid"),
    Verdict.ISSUING: _("Being issued"),
    Verdict.EXPIRED: _("Expired"),
    Verdict.REPLACED: _("Replaced"),
    Verdict.REVOKED: _("Revoked"),
    Verdict.CHECK_FAILED: _("Check failed"),
    Verdict.CANNOT_CHECK: _("Cannot be checked now"),
    Verdict.UNKNOWN: _("No such number"),
}

REVOCATION_TEXTS: dict[RevocationReason, LazyString] = {
    RevocationReason.ERROR: _("It contained an error."),
    RevocationReason.FRAUD: _("It was obtained by fraud."),
    RevocationReason.SUPERSEDED: _("Another certificate has taken its place."),
    RevocationReason.KEY_COMPROMISE: _("The key that signed it is no longer trusted."),
    RevocationReason.HOLDER_REQUEST: _("The holder asked for it."),
    RevocationReason.PAYMENT_REVERSED: _("The payment was taken back."),
}

HELD_TEXTS: dict[HeldReason, LazyString] = {
    HeldReason.NO_MANDATE: _("The agency has not yet given its mandate. It is issued by itself once it has."),
    HeldReason.MANDATE_ENDED: _("The agency's mandate has ended. It is issued by itself once there is a new one."),
    HeldReason.MANDATE_NOT_OWN: _("The mandate was not given by two people of the agency that issues."),
    HeldReason.MANDATE_OTHER_RULE: _("The mandate was given for another version of the rule."),
    HeldReason.NO_ISSUER: _("The mandate names an issuer that does not exist."),
    HeldReason.NO_KEY: _("The agency's key is not available at the moment."),
    HeldReason.DAILY_LIMIT: _("As many as the mandate allows were issued today. It is issued by itself tomorrow."),
}

REFUSED_TEXTS: dict[RefusedReason, LazyString] = {
    RefusedReason.SCHEMA: _("Its content does not have the form of such a certificate."),
    RefusedReason.REGISTER: _("It does not say what the register says."),
    RefusedReason.QUANTITY: _("Its serials do not add up to its quantity."),
    RefusedReason.NOT_LOGGED: _("The retirement does not stand in the log."),
    RefusedReason.CLAIM: _("The retirement serves another certificate."),
    RefusedReason.SIGNING: _("It could not be signed."),
}

CHECK_TEXTS: dict[str, LazyString] = {
    "certificates.check.document.passed": _(
        "These are the very bytes that were signed; they say what the register says."
    ),
    "certificates.check.document.missing": _("The signed document is not there."),
    "certificates.check.document.digest": _("The stored document was changed after it was signed."),
    "certificates.check.document.not_canonical": _("The stored document is not spelled as it was signed."),
    "certificates.check.document.of_another": _("The stored document belongs to another certificate."),
    "certificates.check.document.not_read": _("The document could not be read, so this was not checked."),
    "certificates.check.schema.passed": _("It has just the members that such a certificate has."),
    "certificates.check.schema.failed": _("It has members that such a certificate must not have, or lacks some."),
    "certificates.check.proof.passed": _("Signed by the issuer's key %(key)s, and not changed since."),
    "certificates.check.proof.failed": _(
        "The signature is not the issuer's, or the document was changed (%(reason)s)."
    ),
    "certificates.check.proof.no_keys": _("The issuer's public keys are not there."),
    "certificates.check.status.passed": _("Not on the revocation list. The list is good until %(until)s."),
    "certificates.check.status.revoked": _("On the revocation list since %(since)s."),
    "certificates.check.status.revoked_soon": _("Revoked; the next revocation list will say so."),
    "certificates.check.status.no_list": _("The issuer has not yet signed a revocation list."),
    "certificates.check.status.list_expired": _("The revocation list expired at %(until)s."),
    "certificates.check.status.list_invalid": _("The revocation list is not what the issuer signed (%(reason)s)."),
    "certificates.check.status.disagrees": _("The revocation list and the register do not agree."),
    "certificates.check.log.passed": _("Entry %(index)s of the public log, written in the second of issue."),
    "certificates.check.log.no_entry": _("The public log has no entry for this document."),
    "certificates.check.log.other_entry": _("The public log's entry is about another document."),
    "certificates.check.log.time": _("The public log's time and the time of issue differ."),
    "certificates.check.log.no_checkpoint": _("No signed head of the log covers the entry yet."),
    "certificates.check.log.checkpoint": _("The head of the log is not signed by the log's key."),
    "certificates.check.log.not_included": _("The entry does not lead to the signed head of the log."),
    "certificates.check.claim.passed": _("Retired before it was issued; its serials serve this certificate alone."),
    "certificates.check.claim.replaced": _("Its serials serve the certificate that has taken its place."),
    "certificates.check.claim.missing": _("The register knows no such retirement for this certificate."),
    "certificates.check.claim.other": _("The retirement serves another certificate."),
    "certificates.check.claim.differs": _("The register says something else about the retirement."),
    "certificates.check.claim.quantity": _("The serials do not add up to the quantity."),
    "certificates.check.claim.not_logged": _("The public log does not tell of the retirement before the certificate."),
    "certificates.check.witness.passed": _("A body outside the operator has witnessed the log."),
    "certificates.check.witness.not_yet": _(
        "No body outside the operator witnesses the log yet, so it cannot be ruled out that the date of issue was set back."
    ),
}
