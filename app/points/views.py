"""What a resident is shown of points: the facts with their sentences, in the language of the request."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from app.ledger import Entry, Lot, TransferKind
from app.points import texts
from app.points.models import PartKind, PartState
from app.points.queries import Award, Part, PendingSum
from app.points.usecases.reading import AccountEntry, PointsAccount
from app.points.usecases.reverse import REVERSAL_SOURCE

EXPIRY_SOURCE = "ledger.expiry"


@dataclass(frozen=True, slots=True)
class PendingView:
    """Points that are still to come."""

    state: PartState
    points: int
    next_on: date | None
    text: str


@dataclass(frozen=True, slots=True)
class ExpiringView:
    """Points that expire together."""

    points: int
    expires_on: date
    text: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """A resident's account."""

    free_points: int
    held_points: int
    debt_points: int
    debt_text: str | None
    pending: list[PendingView]
    expiring: list[ExpiringView]


@dataclass(frozen=True, slots=True)
class LineView:
    """A step of the arithmetic."""

    code: str
    text: str
    points: int | None
    numbers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RuleView:
    """Which rule set counted."""

    document_id: UUID
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of an award."""

    kind: PartKind
    points: int
    state: PartState
    posted_at: datetime | None
    repaid_points: int
    text: str


@dataclass(frozen=True, slots=True)
class AwardView:
    """An award as its owner sees it."""

    award: Award
    rule: RuleView
    lines: list[LineView]
    parts: list[PartView]


@dataclass(frozen=True, slots=True)
class EntryView:
    """A line of the account as its owner sees it."""

    entry: Entry
    award: Award | None
    rule: RuleView | None
    text: str
    lines: list[LineView]


def account_view(account: PointsAccount) -> AccountView:
    """Return an account with its sentences."""
    debt = texts.points_text(account.debt_points)
    return AccountView(
        free_points=account.free_points,
        held_points=account.held_points,
        debt_points=account.debt_points,
        debt_text=_("%(points)s owed; the next points repay a debt first", points=debt)
        if account.debt_points
        else None,
        pending=[_pending_view(each) for each in account.pending],
        expiring=[_expiring_view(each) for each in account.expiring],
    )


def award_view(award: Award, *, today: date) -> AwardView:
    """Return an award with its sentences."""
    return AwardView(award, _rule_view(award), _lines(award, today), [_part_view(each) for each in award.parts])


def entry_view(told: AccountEntry, *, today: date) -> EntryView:
    """Return a line of the account with its sentences."""
    award = told.award
    if award is None:
        return EntryView(told.entry, None, None, _text_of(told.entry), [])
    act = {"act": texts.act_name(award.act), "date": texts.day_text(award.acted_on)}
    if told.entry.source_kind == REVERSAL_SOURCE:
        return EntryView(told.entry, award, _rule_view(award), _("Taken back: %(act)s on %(date)s", **act), [])
    repaid = sum(part.repaid_points for part in award.parts if part.transfer_id == told.entry.transfer_id)
    text = _("Earned: %(act)s on %(date)s", **act)
    if repaid:
        text = _("%(earned)s; %(points)s more repaid a debt", earned=text, points=texts.points_text(repaid))
    return EntryView(told.entry, award, _rule_view(award), text, _lines(award, today))


def _pending_view(sum_: PendingSum) -> PendingView:
    points = texts.points_text(sum_.points)
    if sum_.next_on is not None:
        month = texts.month_text(sum_.next_on)
        text = _("%(points)s once results have been checked, the next in %(month)s", points=points, month=month)
    elif sum_.state is PartState.WAITING_BUDGET:
        text = _("%(points)s in the queue: the budget of the year is used up", points=points)
    else:
        text = _("%(points)s being booked", points=points)
    return PendingView(sum_.state, sum_.points, sum_.next_on, text)


def _expiring_view(lot: Lot) -> ExpiringView:
    last = texts.day_text(lot.expires_on - timedelta(days=1))
    text = _("%(points)s good until the end of %(date)s", points=texts.points_text(lot.remaining), date=last)
    return ExpiringView(lot.remaining, lot.expires_on, text)


def _rule_view(award: Award) -> RuleView:
    text = _("Points of Lishui, version %(version)s", version=award.rule_version)
    return RuleView(award.document_id, award.rule_version, text)


def _lines(award: Award, today: date) -> list[LineView]:
    said = texts.explain(award.arithmetic, act=award.act, acted_on=award.acted_on, today=today)
    return [
        LineView(each.code, each.text, each.points, {name: line[name] for name in line if name != "code"})
        for each, line in zip(said, award.arithmetic, strict=True)
    ]


def _part_view(part: Part) -> PartView:
    return PartView(part.kind, part.points, part.state, part.posted_at, part.repaid_points, _state_text(part))


def _state_text(part: Part) -> str:
    points = texts.points_text(part.points)
    if part.state is PartState.POSTED and part.repaid_points:
        repaid = texts.points_text(part.repaid_points)
        return _("%(points)s given, %(repaid)s of them repaid a debt", points=points, repaid=repaid)
    return {
        PartState.WAITING_RESULT: _("%(points)s waiting until the result has been checked", points=points),
        PartState.DECIDED: _("%(points)s being booked", points=points),
        PartState.WAITING_BUDGET: _("%(points)s in the queue: the budget of the year is used up", points=points),
        PartState.POSTED: _("%(points)s given", points=points),
        PartState.FORFEITED: _("%(points)s not given: the result fell short", points=points),
        PartState.REVERSED: _("%(points)s taken back", points=points),
    }[part.state]


def _text_of(entry: Entry) -> str:
    """Return a sentence for a line that no award stands behind."""
    if entry.source_kind == EXPIRY_SOURCE:
        return _("Expired: not used in time")
    if entry.kind is TransferKind.HOLD:
        return _("Set aside")
    if entry.kind is TransferKind.VOID:
        return _("No longer set aside")
    return _("Received") if entry.amount > 0 else _("Spent")
