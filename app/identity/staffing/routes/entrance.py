"""What staff do for themselves at the entrance: enrol with a code, and change the password."""

from typing import Any

from app.foundation.data import clock
from app.foundation.http import (
    ANYONE,
    Blueprint,
    caller_address,
    current_actor,
    limited,
    no_idempotency,
    requires,
)
from app.identity.entrance.errors import CredentialsRefused, SignInDelayed
from app.identity.staffing import examples
from app.identity.staffing.errors import EnrolmentRefused, PasswordWeak, SecondFactorRefused
from app.identity.staffing.models import StaffRow
from app.identity.staffing.rules.roles import Role
from app.identity.staffing.schemas import (
    EnrolledSchema,
    EnrolmentChoiceSchema,
    EnrolmentConfirmationSchema,
    PasswordChangeSchema,
    SecondFactorSchema,
)
from app.identity.staffing.usecases import enrolment
from app.identity.staffing.usecases.enrolment import Choice, PasswordChange

_NO_KEY = "A stored answer would keep a password or a second factor."

entrance = Blueprint("staff_entrance", __name__, description="How staff get into their accounts.")


@entrance.post("/auth/staff/enrolment")
@requires(ANYONE)
@no_idempotency(_NO_KEY)
@limited("60 per minute")  # Each try may cost the processor an argon2 hash.
@entrance.arguments(EnrolmentChoiceSchema, example=examples.CHOICE)
@entrance.response(200, SecondFactorSchema, example=examples.SECOND_FACTOR)
@entrance.problems(EnrolmentRefused, PasswordWeak)
def choose_credentials(chosen: Choice) -> dict[str, str]:
    """Choose your password with the code that an admin gave you; the answer has your second factor, once."""
    return {"totp_uri": enrolment.choose_credentials(chosen, now=clock.now())}


@entrance.post("/auth/staff/enrolment/confirm")
@requires(ANYONE)
@no_idempotency(_NO_KEY)
@limited("60 per minute")
@entrance.arguments(EnrolmentConfirmationSchema, example=examples.CONFIRMATION)
@entrance.response(200, EnrolledSchema, example=examples.ENROLLED)
@entrance.problems(EnrolmentRefused, SecondFactorRefused)
def confirm_enrolment(given: dict[str, Any]) -> StaffRow:
    """Show that the second factor works; the account is live and you can sign in."""
    return enrolment.confirm_enrolment(given["code"], given["totp"], now=clock.now())


@entrance.post("/auth/staff/password")
@requires(Role.STAFF)
@no_idempotency(_NO_KEY)
@limited("60 per minute")
@entrance.arguments(PasswordChangeSchema, example=examples.PASSWORD)
@entrance.response(204)
@entrance.problems(CredentialsRefused, SignInDelayed, PasswordWeak)
def change_password(change: PasswordChange) -> None:
    """Change your password; your other sessions end."""
    enrolment.change_password(change, actor=current_actor(), address=caller_address(), now=clock.now())
