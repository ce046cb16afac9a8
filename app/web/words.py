"""What pages call things that rooms name by code."""

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from app.evidence import Agreement
from app.foundation.http import language
from app.places import find_division
from app.planting import SUBJECT_KIND as PLANTING
from app.review import CaseState, Verdict

_KINDS: dict[str, LazyString] = {PLANTING: _("Planting")}
_STATES: dict[CaseState, tuple[str, LazyString]] = {
    CaseState.OPEN: ("tag-wait", _("Waits for a decision")),
    CaseState.NEEDS_MORE: ("tag-heed", _("Waits for more evidence")),
    CaseState.APPROVED: ("tag-ok", _("Approved")),
    CaseState.REJECTED: ("tag-stop", _("Not approved")),
    CaseState.WITHDRAWN: ("", _("Withdrawn")),
}
_VERDICTS: dict[Verdict, LazyString] = {
    Verdict.APPROVE: _("approved"),
    Verdict.NEEDS_MORE: _("asked for more evidence"),
    Verdict.REJECT: _("did not approve"),
}
_AGREEMENTS: dict[Agreement, tuple[str, LazyString]] = {
    Agreement.AGREES: ("tag-ok", _("Fits")),
    Agreement.DIFFERS: ("tag-heed", _("Differs")),
    Agreement.ABSENT: ("tag-line", _("No record")),
}


def kind_name(subject_kind: str) -> str:
    """Return what a kind of case is called."""
    return str(_KINDS.get(subject_kind) or gettext("Other"))


def state_tag(state: CaseState) -> tuple[str, str]:
    """Return the class and the words of a case's state."""
    style, text = _STATES[state]
    return style, str(text)


def verdict_text(verdict: Verdict) -> str:
    """Return what somebody did, to stand after a name."""
    return str(_VERDICTS[verdict])


def agreement_tag(agreement: Agreement) -> tuple[str, str]:
    """Return the class and the words of a comparison."""
    style, text = _AGREEMENTS[agreement]
    return style, str(text)


def county_name(code: str) -> str:
    """Return the name of a county."""
    division = find_division(code)
    return division.name(language()) if division is not None else code
