"""Points that come to residents. A grant first repays what its owner owes (LEDGER 3, Debt)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import queries, rules
from app.ledger.errors import AmountOutOfRange, ReplayConflict
from app.ledger.models import AssetKind, BalanceRow, TransferKind
from app.ledger.queries import Account, AccountName, Asset, Transfer
from app.ledger.usecases.accounts import CITY_ID, ensure_accounts, ensure_asset, lock_balances
from app.ledger.usecases.transfers import AMOUNT_MAX, Cause, insert_transfers, transfer_row

POINTS_CODE = "points"
_REPAYMENT = "repayment"


@dataclass(frozen=True, slots=True)
class PointsGrant:
    """Points for one resident, good until the day before `expires_on`, which is the first of a month."""

    resident_id: UUID
    points: int
    expires_on: date
    cause: Cause


@dataclass(frozen=True, slots=True)
class Granted:
    """What became of a grant: `points` reached the account, `repaid_points` went to debt."""

    points: int
    repaid_points: int
    transfer_ids: tuple[UUID, ...]


def ensure_points(session: Session) -> Asset:
    """Return the asset of the city's points."""
    return ensure_asset(session, POINTS_CODE, AssetKind.POINTS, "point")


def grant_points(
    session: Session, *, resident_id: UUID, points: int, expires_on: date, cause: Cause, now: datetime
) -> Granted:
    """Give points to a resident; what they owe is repaid first. The same cause again returns the first answer.

    Raises:
        AmountOutOfRange: not between 1 and 2^53 - 1 points.
        ReplayConflict: the cause gave another amount before, to somebody else, or for another time.
        ExpiryWrong: `expires_on` is not the first of a month.
    """
    return grant_many(session, [PointsGrant(resident_id, points, expires_on, cause)], now=now)[0]


def grant_many(session: Session, grants: Sequence[PointsGrant], *, now: datetime) -> list[Granted]:
    """Give points to many residents together, all or none, in a handful of statements. For batches of the worker.

    Raises:
        The same as `grant_points`.
    """
    if any(not 1 <= grant.points <= AMOUNT_MAX for grant in grants):
        raise AmountOutOfRange(amount_max=AMOUNT_MAX)
    asset = ensure_points(session)
    issuer_name = AccountName("city", CITY_ID, asset.id, "issuer")
    names = {grant.resident_id: AccountName("resident", grant.resident_id, asset.id, "points") for grant in grants}
    accounts = ensure_accounts(session, [issuer_name, *names.values()])
    issuer = accounts[issuer_name]
    owned = {resident: accounts[name] for resident, name in names.items()}
    debts = _lock_and_read_debts(session, issuer, owned, asset)
    standing = queries.transfers_by_ids(session, [id_ for grant in grants for id_ in _ids(grant)])
    rows: list[Transfer] = []
    answers = []
    for grant in grants:
        first = [standing[id_] for id_ in _ids(grant) if id_ in standing]
        legs = first or _legs(grant, issuer=issuer, to=owned[grant.resident_id], debts=debts, now=now)
        answers.append(_answer(grant, legs, to=owned[grant.resident_id], debt=debts.get(grant.resident_id)))
        if not first:
            rows += legs
            standing |= {leg.id: leg for leg in legs}
    insert_transfers(session, rows)
    return answers


@dataclass
class _Debt:
    account: Account
    owed: int


def _ids(grant: PointsGrant) -> tuple[UUID, UUID]:
    return grant.cause.transfer_id(), grant.cause.with_leg(_REPAYMENT).transfer_id()


def _legs(
    grant: PointsGrant, *, issuer: Account, to: Account, debts: dict[UUID, _Debt], now: datetime
) -> list[Transfer]:
    debt = debts.get(grant.resident_id)
    repaid, rest = rules.split_grant(grant.points, debt=debt.owed if debt else 0)
    legs: list[tuple[Account, int, Cause, date | None]] = []
    if debt is not None and repaid:
        debt.owed -= repaid  # The next grant of this batch sees it.
        legs.append((debt.account, repaid, grant.cause.with_leg(_REPAYMENT), None))
    if rest:
        legs.append((to, rest, grant.cause, grant.expires_on))
    return [
        transfer_row(
            TransferKind.MOVE,
            debit=(issuer.id, _issuer_bucket(issuer, to)),
            credit=(account.id, 0),
            asset_id=issuer.name.asset_id,
            amount=points,
            cause=cause,
            now=now,
            expires_on=expires_on,
        )
        for account, points, cause, expires_on in legs
    ]


def _answer(grant: PointsGrant, legs: list[Transfer], *, to: Account, debt: _Debt | None) -> Granted:
    """Return what became of a grant, whether its transfers are new or stand from before."""
    reached = sum(leg.amount for leg in legs if leg.leg == grant.cause.leg)
    repaid = sum(leg.amount for leg in legs if leg.leg != grant.cause.leg)
    expected = {(to.id, grant.expires_on), (debt.account.id if debt else to.id, None)}
    if reached + repaid != grant.points or {(leg.credit_account, leg.expires_on) for leg in legs} - expected:
        raise ReplayConflict(transfer_id=str(grant.cause.transfer_id()))
    # The leg that reaches the account comes first: its name is the beginning of the other.
    return Granted(reached, repaid, tuple(leg.id for leg in sorted(legs, key=lambda leg: leg.leg)))


def _lock_and_read_debts(
    session: Session, issuer: Account, owned: dict[UUID, Account], asset: Asset
) -> dict[UUID, _Debt]:
    """Lock all accounts that the grants will touch, and return what their owners owe.

    Debt accounts come last, here and in a reversal: nobody touches one without the lock on its owner's points, so nobody
    waits for one in the wrong order, even when a reversal opened it a moment ago.
    """
    own = [(account.id, 0) for account in owned.values()]
    lock_balances(session, [*own, *((issuer.id, _issuer_bucket(issuer, account)) for account in owned.values())])
    names = [AccountName("resident", resident, asset.id, "debt") for resident in owned]
    found = {account.id: account for account in queries.find_accounts(session, names).values()}
    lock_balances(session, [(id_, 0) for id_ in found])
    rows = session.execute(
        select(BalanceRow.account_id, BalanceRow.posted).where(BalanceRow.account_id.in_(list(found)))
    )
    return {found[id_].name.owner_id: _Debt(found[id_], owed=-posted) for id_, posted in rows}


def _issuer_bucket(issuer: Account, points_account: Account) -> int:
    """Return the issuer's bucket for a resident. Their debt uses it too, so that it is locked before the debt is known."""
    return rules.bucket_of(points_account.id, buckets=issuer.buckets)
