"""What can go wrong with payments, and what makes the product refuse to start."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class UnsafeSettings(Exception):
    """The product must not start with these settings for payments; the text says every reason, and no secret."""


class PaymentNotFound(NotFound):
    """There is no such payment, or it is somebody else's."""

    code = "payments.payment_not_found"
    title = _("There is no such payment that you can see.")


class PayeeNotFound(NotFound):
    """There is no such payee."""

    code = "payments.payee_not_found"
    title = _("There is no such payee.")


class RefundNotFound(NotFound):
    """There is no such refund."""

    code = "payments.refund_not_found"
    title = _("There is no such refund.")


class PaymentOpen(DomainError):
    """A payment for the same thing is open already; the payer finishes it, or it is canceled first."""

    code = "payments.payment_open"
    status = 409
    title = _("A payment for this is open already.")


class AmountOutOfRange(DomainError):
    """The payment provider does not take so little, or so much."""

    code = "payments.amount_out_of_range"
    status = 422
    title = _("This amount cannot be paid online.")


class NotPaid(DomainError):
    """Money can only leave a payment that has come in and is not disputed."""

    code = "payments.not_paid"
    status = 409
    title = _("This payment is not in a state for that.")


class MoreThanPaid(DomainError):
    """More was asked for than is left of the payment."""

    code = "payments.more_than_paid"
    status = 409
    title = _("That is more than is left of this payment.")


class NotRefundable(DomainError):
    """What was bought is used in part or whole; only the rest can be refunded."""

    code = "payments.not_refundable"
    status = 409
    title = _("What was bought has been used and cannot be refunded.")


class RefundWindowOver(DomainError):
    """Payment providers take back no payment as old as this one."""

    code = "payments.refund_window_over"
    status = 409
    title = _("This payment is too old to be refunded online.")


class RefundWaiting(DomainError):
    """A refund of this payment waits for its second person."""

    code = "payments.refund_waiting"
    status = 409
    title = _("A refund of this payment is waiting for approval.")


class PayeeTaken(DomainError):
    """Somebody else is already paid for this."""

    code = "payments.payee_taken"
    status = 409
    title = _("Another payee already receives money for this.")


class PayeeScopeUnclear(DomainError):
    """The caller keeps accounts for none, or for several agencies, of this county."""

    code = "payments.payee_scope_unclear"
    status = 422
    pointer = "/agency_id"
    title = _("Name the agency for which you keep accounts in this county.")


class WebhookRefused(DomainError):
    """The message is not a provider's: badly signed, too old, from the future, of the other mode, or not readable."""

    code = "payments.webhook_refused"
    status = 400
    title = _("This message was not accepted.")


class WebhookTooLarge(DomainError):
    """The message is larger than any a provider sends."""

    code = "payments.webhook_too_large"
    status = 413
    title = _("The body is too large.")


class SandboxRefused(DomainError):
    """The sandbox has nothing at this payment that could be done so."""

    code = "payments.sandbox_refused"
    status = 409
    title = _("The sandbox cannot do this with the payment as it stands.")
