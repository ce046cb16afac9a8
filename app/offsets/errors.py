"""What can go wrong with quotes and orders."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class QuoteNotFound(NotFound):
    """There is no such quote, or it was made for somebody else."""

    code = "offsets.quote_not_found"
    title = _("There is no such quote that you can see.")


class OrderNotFound(NotFound):
    """There is no such order, or it is somebody else's."""

    code = "offsets.order_not_found"
    title = _("There is no such order that you can see.")


class AskForOne(DomainError):
    """A quote is for kilograms, for an amount of money, or for a footprint: exactly one of them."""

    code = "offsets.ask_for_one"
    status = 422
    title = _("Give kilograms, an amount of money or a footprint: exactly one of them.")


class NothingToOffset(DomainError):
    """The footprint emits nothing."""

    code = "offsets.nothing_to_offset"
    status = 422
    pointer = "/footprint_id"
    title = _("This footprint has nothing to offset.")


class AmountTooSmall(DomainError):
    """The money does not buy one kilogram."""

    code = "offsets.amount_too_small"
    status = 422
    pointer = "/amount_fen"
    title = _("This amount does not buy one kilogram.")


class NotForSale(DomainError):
    """The batch has no price now, nobody is named who is paid for it, or there is no batch at all."""

    code = "offsets.not_for_sale"
    status = 409
    title = _("There is nothing for sale like this at the moment.")


class QuoteExpired(DomainError):
    """The price of the quote holds no longer; a new quote is free."""

    code = "offsets.quote_expired"
    status = 409
    pointer = "/quote_id"
    title = _("This quote has expired. Ask for a new one.")


class QuoteUsed(DomainError):
    """The quote has its order already, which `order_id` names."""

    code = "offsets.quote_used"
    status = 409
    pointer = "/quote_id"
    title = _("This quote has been used for an order.")


class TooManyUnpaidOrders(DomainError):
    """The buyer has other orders that wait for their payment."""

    code = "offsets.too_many_unpaid"
    status = 409
    title = _("Pay or cancel your other orders first.")


class BeneficiaryMissing(DomainError):
    """A gift names whom it is for."""

    code = "offsets.beneficiary_missing"
    status = 422
    pointer = "/beneficiary_name"
    title = _("Say for whom the gift is.")


class BeneficiaryNotPrintable(DomainError):
    """The name has characters that no certificate can show on paper."""

    code = "offsets.beneficiary_not_printable"
    status = 422
    pointer = "/beneficiary_name"
    title = _("This name has characters that cannot be printed on a certificate.")


class BeneficiaryNotNeeded(DomainError):
    """Who buys for themselves is the beneficiary."""

    code = "offsets.beneficiary_not_needed"
    status = 422
    pointer = "/beneficiary_name"
    title = _("A name can only be given with a gift.")


class OrganisationGives(DomainError):
    """What is bought for an organisation is the organisation's own."""

    code = "offsets.organisation_gives"
    status = 422
    pointer = "/organisation_id"
    title = _("For an organisation the kilograms are retired in its own name. Leave the gift or the organisation out.")


class OrderPaid(DomainError):
    """What is paid is not canceled; as long as it is not retired it can be refunded."""

    code = "offsets.order_paid"
    status = 409
    title = _("This order has been paid and can no longer be canceled.")


class OrderRetired(DomainError):
    """The kilograms are retired, which nobody can undo."""

    code = "offsets.order_retired"
    status = 409
    title = _("These kilograms have been retired, so they cannot be refunded.")


class OrderNotPaid(DomainError):
    """Nothing was paid, or it is on its way back already."""

    code = "offsets.order_not_paid"
    status = 409
    title = _("There is no payment to refund for this order.")
