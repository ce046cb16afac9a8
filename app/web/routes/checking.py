"""What the log's entries and certificates point at: one retirement, and how to check all of it."""

import base64
import re

from flask import Response, make_response, render_template

from app.certificates import SerialsShown
from app.credits import (
    RETIREMENT_PATTERN,
    RETIREMENT_SUBJECT,
    BeneficiaryKind,
    RetirementNotFound,
    get_retirement,
    joined,
)
from app.foundation.data import reading
from app.foundation.http import limited
from app.transparency import EntryKind, find_leaf, list_issuers, log_state
from app.web.blueprints import front
from app.web.certificate import PURPOSES

_BUNDLE = 256  # Entries in a full bundle.
_PEOPLE = {BeneficiaryKind.RESIDENT, BeneficiaryKind.HOUSEHOLD}


@front.get("/log")
def log() -> str:
    """Show the state of the public log, and how anybody can check it and us."""
    with reading() as session:
        state, issuers = log_state(session), list_issuers(session)
    root = base64.b64encode(state.root).decode() if state.root is not None else None
    # A bundle that is not full is named with its width (C2SP tlog-tiles).
    first_tile = "000" if state.size >= _BUNDLE else f"000.p/{state.size}"
    return render_template("web/log.html", log=state, root=root, first_tile=first_tile, issuers=issuers)


@front.get("/retirements/<string:retirement_id>")
@limited("60 per minute")
def retirement(retirement_id: str) -> Response:
    """Show which kilograms left circulation, and where the log says so. A person's name is masked, and no certificate named."""
    if not re.fullmatch(RETIREMENT_PATTERN, retirement_id):
        raise RetirementNotFound()
    named = get_retirement(retirement_id)
    with reading() as session:
        leaf = find_leaf(
            session, kind=EntryKind.RETIRE, subject_kind=RETIREMENT_SUBJECT, subject_id=named.retirement.id
        )
    is_personal = named.retirement.beneficiary_kind in _PEOPLE
    page = render_template(
        "web/retirement.html",
        retirement=named.retirement,
        batch=named.batch,
        project=named.project,
        holder=named.shown_name,
        purpose=str(PURPOSES[named.retirement.purpose]),
        serials=[SerialsShown(named.batch.code, each.first, each.last) for each in joined(named.retirement.serials)],
        leaf=leaf,
        is_personal=is_personal,
    )
    answer = make_response(page)
    if is_personal:
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
