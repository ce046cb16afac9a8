"""What identity tells by its events, as notices: identity stands below and knows nothing of them.

A row here is all that one more event needs. Payloads hold ids; the words are the kind's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.foundation.work import Message, subscribe
from app.notices.kinds import NoticeKind, at, kinds, links
from app.notices.rules import Channel, NoticeGroup
from app.notices.usecases.addresses import forget_addresses
from app.notices.usecases.tell import notify

_ME, _HOUSEHOLD, _ORGANISATION = "identity.person", "identity.household", "identity.organisation"
# Members of the payloads: as whom `notify` knows who is told, and what kind of thing is told of.
_RECIPIENTS: Mapping[str, str] = {
    "person_id": "person_id",
    "guardian_id": "person_id",
    "head_id": "person_id",
    "organisation_id": "organisation_id",
}
_SUBJECTS: Mapping[str, str] = {
    "person_id": _ME,
    "guardian_id": _ME,
    "household_id": _HOUSEHOLD,
    "organisation_id": _ORGANISATION,
}
_ALARM = frozenset({Channel.PUSH, Channel.WECHAT, Channel.SMS})
_INBOX_ALONE: frozenset[Channel] = frozenset()


@dataclass(frozen=True, slots=True)
class _Told:
    """Who is told of an event, and as what.

    Args:
        to: the member of the payload with the recipient's id.
        of: the member with the id of the thing; the recipient's own where none is named.
        unless: the member with an id that, when it is the recipient's, makes the notice needless.
        params: members that the words need; codes.
    """

    kind: str
    to: str = "person_id"
    of: str | None = None
    unless: str | None = None
    params: tuple[str, ...] = ()


_EVENTS: Mapping[str, tuple[_Told, ...]] = {
    "identity.phone_changed": (_Told("identity.phone_changed"),),
    "identity.phone_recovered": (_Told("identity.phone_recovered"),),
    "identity.new_device": (_Told("identity.new_device"),),
    "identity.outside_linked": (_Told("identity.outside_linked"),),
    "identity.assisted": (_Told("identity.assisted"),),
    "identity.guardian_linked": (_Told("identity.guardian_linked"), _Told("identity.ward_linked", "guardian_id")),
    "identity.guardian_ended": (_Told("identity.guardian_ended"), _Told("identity.ward_ended", "guardian_id")),
    "identity.consent_given": (_Told("identity.consent_given", params=("purpose",)),),
    "identity.consent_withdrawn": (_Told("identity.consent_withdrawn", params=("purpose",)),),
    "identity.household_joined": (
        _Told("identity.household_joined", of="household_id"),
        _Told("identity.household_grew", "head_id", "household_id", unless="person_id"),
    ),
    "identity.household_left": (
        _Told("identity.household_left", of="household_id"),
        _Told("identity.household_shrank", "head_id", "household_id", unless="person_id"),
    ),
    "identity.household_invited": (_Told("identity.household_invited", of="household_id"),),
    "identity.organisation_checked": (
        _Told("identity.organisation_checked", "organisation_id", params=("about", "act")),
    ),
    "identity.organisation_member_joined": (
        _Told("identity.organisation_joined", of="organisation_id"),
        _Told("identity.organisation_grew", "organisation_id"),
    ),
    "identity.organisation_member_removed": (
        _Told("identity.organisation_left", of="organisation_id"),
        _Told("identity.organisation_shrank", "organisation_id"),
    ),
}

# After these the telephone is somebody else's for all that is known.
_LOST_TELEPHONE = frozenset({"identity.phone_recovered"})

_PURPOSES: Mapping[str, LazyString] = {
    "location": _("place and time of your records"),
    "photos": _("photos"),
    "public_name": _("your name in public"),
    "cross_border_payment": _("payment through a provider abroad"),
}
_ACTS: Mapping[str, LazyString] = {
    "approve": _("confirmed"),
    "needs_more": _("more papers needed"),
    "reject": _("not confirmed"),
    "suspend": _("stopped"),
    "reinstate": _("active again"),
    "import": _("entered by the agency"),
}
_PARTS: Mapping[str, LazyString] = {
    "general": _("organisation"),
    "evaluator": _("technical body"),
    "station": _("wildlife station"),
    "merchant": _("merchant"),
    "sponsor": _("sponsor"),
    "project_owner": _("project owner"),
}


def _security(title: LazyString, body: LazyString) -> NoticeKind:
    return NoticeKind(NoticeGroup.SECURITY, title, body, is_urgent=True, channels=_ALARM)


def _account(title: LazyString, body: LazyString, **more: Any) -> NoticeKind:
    return NoticeKind(NoticeGroup.ACCOUNT, title, body, **more)


def _household(title: LazyString, body: LazyString, **more: Any) -> NoticeKind:
    return NoticeKind(NoticeGroup.HOUSEHOLD, title, body, **more)


def _organisation(title: LazyString, body: LazyString, **more: Any) -> NoticeKind:
    return NoticeKind(NoticeGroup.ORGANISATION, title, body, **more)


def _purpose(params: Mapping[str, Any]) -> dict[str, str]:
    return {"purpose": str(_PURPOSES.get(params["purpose"], params["purpose"]))}


def _check(params: Mapping[str, Any]) -> dict[str, str]:
    about, act = params["about"], params["act"]
    return {"about": str(_PARTS.get(about, about)), "act": str(_ACTS.get(act, act))}


_KINDS: Mapping[str, NoticeKind] = {
    "identity.phone_changed": _security(
        _("Your phone number was changed"),
        _("A new phone number opens your account now. If it was not you, call the help desk today."),
    ),
    "identity.phone_recovered": _security(
        _("Your account has a new phone number"),
        _(
            "Two members of staff gave your account a new number at a desk. If it was not you, call the help desk today."
        ),
    ),
    "identity.new_device": _security(
        _("Sign-in on a new device"),
        _(
            "Somebody signed in to your account on a new device. If it was not you, end that session and call the help desk."
        ),
    ),
    "identity.outside_linked": _security(
        _("Another app can sign in to your account"),
        _(
            "An account of WeChat or 浙里办 was linked to yours. If it was not you, unlink it and call the help desk today."
        ),
    ),
    "identity.assisted": _security(
        _("A desk entered something for you"),
        _(
            "A member of staff acts in your account with your signed paper. If you signed none, call the help desk today."
        ),
    ),
    "identity.guardian_linked": _account(
        _("A guardian is on record"), _("Your guardian answers for your account until you are 14.")
    ),
    "identity.ward_linked": _account(
        _("You are on record as a guardian"), _("You answer for a child's account until the child is 14.")
    ),
    "identity.guardian_ended": _account(
        _("A guardianship has ended"), _("Your guardian does not answer for your account any more.")
    ),
    "identity.ward_ended": _account(
        _("A guardianship has ended"), _("You do not answer for the child's account any more.")
    ),
    "identity.consent_given": _account(
        _("A consent is on record"),
        _("You agreed: {purpose}. You can withdraw it at any time."),
        words=_purpose,
        channels=_INBOX_ALONE,
    ),
    "identity.consent_withdrawn": _account(
        _("A consent was withdrawn"),
        _("From now on without your consent: {purpose}. What needs it is off."),
        words=_purpose,
    ),
    "identity.household_joined": _household(_("You joined a household"), _("You are a member of a household now.")),
    "identity.household_grew": _household(_("Somebody joined your household"), _("Your household has a new member.")),
    "identity.household_left": _household(
        _("Your membership of a household has ended"), _("You are not a member of that household any more.")
    ),
    "identity.household_shrank": _household(
        _("Somebody left your household"), _("A member of your household has left it.")
    ),
    "identity.household_invited": _household(
        _("An invitation to your household is open"),
        _("Whoever has the invitation code can join your household. Withdraw the invitation if you made none."),
        channels=_INBOX_ALONE,
    ),
    "identity.organisation_checked": _organisation(
        _("An agency has looked at your organisation"),
        _("As {about}: {act}. The reason stands with the organisation."),
        words=_check,
    ),
    "identity.organisation_joined": _organisation(
        _("You joined an organisation"), _("You can act for the organisation now, as far as your role goes.")
    ),
    "identity.organisation_grew": _organisation(
        _("Somebody joined your organisation"), _("Your organisation has a new member.")
    ),
    "identity.organisation_left": _organisation(
        _("Your membership of an organisation has ended"), _("You do not act for that organisation any more.")
    ),
    "identity.organisation_shrank": _organisation(
        _("Somebody left your organisation"), _("A member of your organisation has left it.")
    ),
}


def register_identity(app: Flask) -> None:
    """Listen to identity, with the words for what it tells and the ways to what it tells of."""
    for kind, words in _KINDS.items():
        kinds.register(app, kind, words)
    for topic, told in _EVENTS.items():
        subscribe(app, topic=topic, name=f"notices.{topic}", handle=partial(_tell, told, topic in _LOST_TELEPHONE))
    links.register(app, _ME, lambda _, ids: dict.fromkeys(ids, "/v1/me"))
    links.register(app, _HOUSEHOLD, at("hh", "/v1/households/{id}"))
    links.register(app, _ORGANISATION, at("org", "/v1/organisations/{id}"))


def _tell(told: tuple[_Told, ...], is_telephone_lost: bool, session: Session, messages: list[Message]) -> None:
    for message in messages:
        if is_telephone_lost:  # Before anything is told, so that nothing is told to the lost telephone.
            forget_addresses(session, UUID(message.payload["person_id"]), message.created_at)
        for each in told:
            _tell_one(session, each, message)


def _tell_one(session: Session, told: _Told, message: Message) -> None:
    payload, of = message.payload, told.of or told.to
    if told.unless is not None and payload[told.to] == payload[told.unless]:
        return
    notify(
        session,
        kind=told.kind,
        subject_kind=_SUBJECTS[of],
        subject_id=UUID(payload[of]),
        params={**{name: payload[name] for name in told.params}, "step": message.key},
        now=clock.now(),
        **{_RECIPIENTS[told.to]: UUID(payload[told.to])},
    )
