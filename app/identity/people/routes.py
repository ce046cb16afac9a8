"""Operations on one's own profile, birth date and number."""

from typing import Any

from app.foundation.data import clock
from app.foundation.http import (
    Blueprint,
    atomic,
    caller_address,
    current_actor,
    needs_if_match,
    no_idempotency,
    not_modified,
    requires,
    version_seen,
    with_etag,
)
from app.identity.entrance.errors import (
    AddressTooBusy,
    CaptchaNeeded,
    CodeNotSent,
    CodeRefused,
    CodesPaused,
    CodeTooSoon,
    PhoneNotSupported,
)
from app.identity.entrance.schemas import SentCodeSchema
from app.identity.entrance.usecases.codes import SentCode
from app.identity.people.errors import (
    LanguageOfResidents,
    NoPhone,
    OldCodeNeeded,
    PhoneMissing,
    PhoneTaken,
    SamePhone,
)
from app.identity.people.family import birth_dates
from app.identity.people.family.errors import BirthDateImplausible, BirthDateLocked, GuardianOfFullAge
from app.identity.people.schemas import (
    BirthDateSchema,
    ChangeCodeSchema,
    PhoneChangeSchema,
    ProfileChangeSchema,
    ProfileSchema,
)
from app.identity.people.usecases import me, phone_change
from app.identity.staffing.rules.roles import Role

profile = Blueprint("me", __name__, description="The caller's own profile.")

# What can go wrong with every code by text message.
CODE_PROBLEMS = (PhoneNotSupported, CaptchaNeeded, CodeTooSoon, AddressTooBusy, CodesPaused, CodeNotSent)
NO_KEY = "A stored answer would keep live codes or tokens."
_CODE_SENT = {"responses": {201: {"links": {"change_phone": {"operationId": "me_change_phone"}}}}}
Shown = tuple[me.Profile, dict[str, str]]


@profile.get("/me")
@requires(Role.RESIDENT, Role.STAFF, assisted=True)
@not_modified
@profile.response(200, ProfileSchema)
def show() -> Shown:
    """Show one's own profile; staff see the roles they hold."""
    return _shown()


@profile.patch("/me")
@requires(Role.RESIDENT, Role.STAFF)
@needs_if_match
@atomic
@profile.arguments(ProfileChangeSchema)
@profile.response(200, ProfileSchema)
@profile.problems(LanguageOfResidents)
def rename(change: dict[str, Any]) -> Shown:
    """Change the name one appears under, or the language one reads."""
    mine = me.change_me(change, actor=current_actor(), seen=version_seen(), now=clock.now())
    return with_etag(mine, mine.version)


@profile.put("/me/birth-date")
@requires(Role.RESIDENT)
@needs_if_match
@atomic
@profile.arguments(BirthDateSchema)
@profile.response(200, ProfileSchema)
@profile.problems(BirthDateImplausible, BirthDateLocked, GuardianOfFullAge)
def give_birth_date(given: dict[str, Any]) -> Shown:
    """Say or correct when one was born. It is optional: consent under 14 and the ages of the planting duty use it."""
    birth_dates.give_birth_date(given["birth_date"], actor=current_actor(), seen=version_seen(), now=clock.now())
    return _shown()


@profile.delete("/me/birth-date")
@requires(Role.RESIDENT)
@needs_if_match
@atomic
@profile.response(204)
@profile.problems(BirthDateLocked)
def forget_birth_date() -> None:
    """Take one's birth date back. A child's, on which a guardian's consent rests, stays until they are 14."""
    birth_dates.forget_birth_date(actor=current_actor(), seen=version_seen(), now=clock.now())


@profile.post("/me/phone/codes")
@requires(Role.RESIDENT)
@no_idempotency(NO_KEY)
@profile.doc(**_CODE_SENT)
@profile.arguments(ChangeCodeSchema, example={"which": "new", "phone": "13900139000"})
@profile.response(201, SentCodeSchema, description="The code is on its way.")
@profile.problems(NoPhone, PhoneMissing, SamePhone, *CODE_PROBLEMS)
def request_phone_code(asked: phone_change.ChangeCode) -> SentCode:
    """Send a code to the new number, or to the present one: a change needs both. One device gets one code a minute."""
    return phone_change.request_change_code(asked, actor=current_actor(), address=caller_address(), now=clock.now())


@profile.put("/me/phone")
@requires(Role.RESIDENT)
@profile.arguments(PhoneChangeSchema)
@profile.response(200, ProfileSchema)
@profile.problems(OldCodeNeeded, CodeRefused, PhoneTaken)
def change_phone(change: phone_change.PhoneChange) -> Shown:
    """Change one's number with the codes of both. The other sessions end."""
    phone_change.change_phone(change, actor=current_actor(), now=clock.now())
    return _shown()


def _shown() -> Shown:
    mine = me.my_profile(current_actor())
    return with_etag(mine, mine.version)
