"""A quote fixes the price of kilograms for a while, and reserves nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.credits import NotEnoughKilograms, Offer, available_kg, batches_for_sale, offer_of, price_fen
from app.footprint import FootprintNotFound, footprint_by_id
from app.foundation.data import after_commit, clock, new_id, public_id, transaction
from app.foundation.proof import Actor, logger
from app.offsets import rules
from app.offsets.errors import AmountTooSmall, AskForOne, NotForSale, NothingToOffset
from app.offsets.fee import Fee, fee_on
from app.offsets.models import QuoteRow
from app.offsets.queries import Quote, quote_of
from app.payments import AMOUNT_FEN_MAX, AmountOutOfRange, Payee, amount_fen_min, payee_for

FOOTPRINT_OWNER = "resident"
PAID_FOR = "credits.project"

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuote:
    """What a price is asked for: one of kilograms, money and a footprint; of one batch, or of the cheapest."""

    kg: int | None
    amount_fen: int | None
    footprint_id: UUID | None
    batch_id: UUID | None


def make_quote(new: NewQuote, *, buyer: Actor, now: datetime) -> Quote:
    """Quote a price for kilograms, and keep it for a while.

    Raises:
        AskForOne: none or several of kilograms, money and footprint.
        FootprintNotFound, NothingToOffset: about the footprint.
        BatchNotFound, NotForSale, NotEnoughKilograms: about what there is.
        AmountTooSmall, AmountOutOfRange: it cannot be bought, or not paid online.
    """
    if sum(each is not None for each in (new.kg, new.amount_fen, new.footprint_id)) != 1:
        raise AskForOne()
    with transaction() as session:
        wanted_kg = new.kg if new.footprint_id is None else _kg_of(session, new.footprint_id, buyer)
        fee = fee_on(session, clock.civil_day(now))
        offer, kg = _choose(session, new, wanted_kg, fee, now=now)
        credits_fen = price_fen(kg, price_fen_per_t=offer.price_fen_per_t)
        fee_fen = rules.fee_fen(credits_fen, per_mille=fee.per_mille)
        if not amount_fen_min() <= credits_fen + fee_fen <= AMOUNT_FEN_MAX:
            raise AmountOutOfRange(amount_fen_min=amount_fen_min(), amount_fen_max=AMOUNT_FEN_MAX)
        row = QuoteRow(
            id=new_id(),
            buyer_id=buyer.id,
            batch_id=offer.batch.id,
            footprint_id=new.footprint_id,
            kg=kg,
            price_version=offer.price_version,
            price_fen_per_t=offer.price_fen_per_t,
            credits_fen=credits_fen,
            fee_fen=fee_fen,
            fee_per_mille=fee.per_mille,
            fee_document_id=fee.document_id,
            total_fen=credits_fen + fee_fen,
            created_at=now,
            expires_at=now + rules.QUOTE_VALID_FOR,
            ordered_at=None,
        )
        session.add(row)
        session.flush()
        after_commit(log.info, "offsets.quoted", quote_id=str(row.id), kg=kg, total_fen=row.total_fen)
    return quote_of(row)


def payee_of(session: Session, project_id: UUID) -> Payee | None:
    """Return who is paid for a project's credits, or None."""
    return payee_for(session, PAID_FOR, public_id("prj", project_id))


def get_offer(session: Session, batch_id: UUID, *, now: datetime) -> Offer:
    """Return a batch as it can be bought now.

    Raises:
        BatchNotFound: there is none of this id.
        NotEnoughKilograms: nothing is left of it.
        NotForSale: it has no price.
    """
    offer = offer_of(session, batch_id, now=now)
    if offer is None:
        raise NotForSale() if available_kg(session, batch_id, now=now) else NotEnoughKilograms(available_kg=0)
    return offer


def _kg_of(session: Session, footprint_id: UUID, buyer: Actor) -> int:
    footprint = footprint_by_id(session, footprint_id)
    if (footprint.owner_kind, footprint.owner_id) != (FOOTPRINT_OWNER, buyer.id):
        raise FootprintNotFound()
    if footprint.calculation.kg_to_cover == 0:
        raise NothingToOffset()
    return footprint.calculation.kg_to_cover


def _choose(session: Session, new: NewQuote, wanted_kg: int | None, fee: Fee, *, now: datetime) -> tuple[Offer, int]:
    """Return the batch named, or the cheapest that has enough and somebody who is paid for it; with the kilograms."""
    offers = batches_for_sale(session, now=now) if new.batch_id is None else [get_offer(session, new.batch_id, now=now)]
    largest_kg = 0
    for offer in _cheapest_first(offers):
        if payee_of(session, offer.project.id) is None:
            continue
        kg = wanted_kg
        if kg is None:
            kg = rules.most_kg(new.amount_fen or 0, price_fen_per_t=offer.price_fen_per_t, per_mille=fee.per_mille)
        if kg == 0:
            raise AmountTooSmall()  # The cheapest comes first.
        if kg <= offer.available_kg:
            return offer, kg
        largest_kg = max(largest_kg, offer.available_kg)
    raise NotEnoughKilograms(available_kg=largest_kg) if largest_kg else NotForSale()


def _cheapest_first(offers: Iterable[Offer]) -> list[Offer]:
    """Return offers by price; of one price the batch issued first is sold first."""
    return sorted(offers, key=lambda offer: (offer.price_fen_per_t, offer.batch.issued_at, offer.batch.id))
