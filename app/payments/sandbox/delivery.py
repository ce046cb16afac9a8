"""The sandbox's messages on their way to us: signed as Stripe signs, through the same door as the real ones."""

import json

import stripe
from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.foundation.work import Message
from app.payments.sandbox import books
from app.payments.sandbox.client import event_json
from app.payments.sandbox.models import SandboxEventRow
from app.payments.settings import sandbox_webhook_secret
from app.payments.usecases.events import receive_webhook


def deliver(session: Session, messages: list[Message]) -> None:
    """Sign and deliver messages; the worker comes again when one is refused."""
    for message in messages:
        row = session.get(SandboxEventRow, message.payload["event"], populate_existing=True)
        if row is None:
            continue
        now = clock.now()
        body = json.dumps(event_json(row))
        signature = stripe.WebhookSignature.generate_signature_header(
            body, sandbox_webhook_secret(), int(now.timestamp())
        )
        receive_webhook(body.encode(), signature, now=now)
        row.is_delivered = True
        session.flush()


def settle(session: Session, messages: list[Message]) -> None:
    """Let refunds reach their payers."""
    for message in messages:
        books.settle_refund(session, message.payload["refund"], arrives=True)
