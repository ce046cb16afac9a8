"""What the page of a certificate calls checks, results, purposes and events, and the three questions it answers."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.certificates import CheckName, CheckResult, Verdict

# The colour of a verdict's band. The words, and the sentences of checks and revocations, are certificates' own.
STYLES: dict[Verdict, str] = {
    Verdict.VALID: "verdict-ok",
    Verdict.ISSUING: "verdict-wait",
    Verdict.EXPIRED: "verdict-past",
    Verdict.REPLACED: "verdict-past",
    Verdict.REVOKED: "verdict-stop",
    Verdict.CHECK_FAILED: "verdict-stop",
    Verdict.CANNOT_CHECK: "verdict-heed",
    Verdict.UNKNOWN: "verdict-past",
}
RESULTS: dict[CheckResult, tuple[str, LazyString]] = {
    CheckResult.PASSED: ("tag-ok", _("passed")),
    CheckResult.FAILED: ("tag-stop", _("failed")),
    CheckResult.NOT_YET: ("tag-heed", _("none yet")),
    CheckResult.NOT_DONE: ("tag-heed", _("not done")),
}
PURPOSES: dict[str, LazyString] = {
    "self": _("Own emissions"),
    "gift": _("A gift"),
    "household": _("Emissions of a household"),
    "event": _("Emissions of an event"),
    "office": _("Emissions of an office"),
    "place": _("Emissions of a village or township"),
    "sponsor": _("Thanks of a sponsor; it counts for nobody's certificate"),
}
CHECKS: dict[CheckName, LazyString] = {
    CheckName.DOCUMENT: _("Signed file"),
    CheckName.SCHEMA: _("Form"),
    CheckName.PROOF: _("Signature"),
    CheckName.STATUS: _("List of revocations"),
    CheckName.LOG: _("Public log"),
    CheckName.CLAIM: _("Carbon credits retired"),
    CheckName.WITNESS: _("Outside witness"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One of the three things that somebody wants to know of a certificate, and the checks that answer it."""

    text: LazyString
    checks: tuple[CheckName, ...]


QUESTIONS = (
    Question(_("Is it unchanged?"), (CheckName.DOCUMENT, CheckName.SCHEMA)),
    Question(_("Is it still in force?"), (CheckName.STATUS, CheckName.CLAIM)),
    Question(
        _("Is the issuing office who it says, and since when?"), (CheckName.PROOF, CheckName.LOG, CheckName.WITNESS)
    ),
)
EVENTS: dict[str, LazyString] = {
    "retired": _("%(kg)s retired"),
    "issued": _("Signed and issued"),
    "revoked": _("Revoked by two people"),
    "replaced": _("Replaced by %(number)s"),
}
