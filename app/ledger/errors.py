"""What can go wrong with value. The database refuses by the name of a constraint; `REFUSALS` tells what that means."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class InsufficientFunds(DomainError):
    """The account has less than that free: the rest is held, due to expire, or not there."""

    code = "ledger.insufficient_funds"
    status = 422
    title = _("There is not enough on the account.")


class ReplayConflict(DomainError):
    """The same cause was posted before with another content."""

    code = "ledger.replay_conflict"
    status = 409
    title = _("This was booked before with other figures.")


class HoldResolved(DomainError):
    """The hold was posted or voided before."""

    code = "ledger.hold_resolved"
    status = 409
    title = _("This reservation has already ended.")


class HoldMismatch(DomainError):
    """There is no such hold, or not of this much."""

    code = "ledger.hold_mismatch"
    status = 422
    title = _("This does not fit the reservation.")


class AssetMismatch(DomainError):
    """The two accounts do not hold the same asset, or there is no such account."""

    code = "ledger.asset_mismatch"
    status = 422
    title = _("The two accounts do not hold the same thing.")


class AmountOutOfRange(DomainError):
    """Amounts are whole, above zero, and at most 2^53 - 1; so are balances."""

    code = "ledger.amount_out_of_range"
    status = 422
    title = _("The amount is out of range.")


class ReversalRefused(DomainError):
    """This transfer cannot be taken back in this way."""

    code = "ledger.reversal_refused"
    status = 422
    title = _("This booking cannot be taken back like this.")


class ReversalExceeds(DomainError):
    """Reversals together would be more than the original."""

    code = "ledger.reversal_exceeds"
    status = 409
    title = _("No more than the original booking can be taken back.")


class ExpiryWrong(DomainError):
    """The account and the day of expiry do not fit: points need the first of a month, other things have none."""

    code = "ledger.expiry_wrong"
    status = 422
    title = _("The day of expiry does not fit the account.")


class PurposeUnknown(DomainError):
    """There are no accounts of this purpose for this owner and asset."""

    code = "ledger.purpose_unknown"
    status = 422
    title = _("There is no account of this kind.")


class TransferNotFound(NotFound):
    """No transfer has this id."""

    code = "ledger.transfer_not_found"
    title = _("There is no booking with this id.")


REFUSALS: dict[str, type[DomainError]] = {
    "ledger_balance_funds": InsufficientFunds,
    "ledger_transfer_due": InsufficientFunds,
    "ledger_transfer_not_due": InsufficientFunds,
    "ledger_transfer_hold_resolves_once": HoldResolved,
    # SQLite names the column of a unique index, not the index.
    "ledger_transfer.hold_id": HoldResolved,
    "ledger_transfer_hold_named": HoldMismatch,
    "ledger_transfer_hold": HoldMismatch,
    "ledger_transfer_asset": AssetMismatch,
    "ledger_transfer_two_accounts": AssetMismatch,
    "ledger_transfer_amount": AmountOutOfRange,
    "ledger_balance_range": AmountOutOfRange,
    "ledger_transfer_reversal": ReversalRefused,
    "ledger_transfer_reversed": ReversalExceeds,
    "ledger_transfer_expiry": ExpiryWrong,
    "ledger_transfer_expires_on": ExpiryWrong,
    "ledger_lot_month": ExpiryWrong,
    "ledger_account_purpose": PurposeUnknown,
}
