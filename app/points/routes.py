"""A resident's points over HTTP."""

from typing import Any

from app.foundation.data import MalformedId, clock, parse_public_id
from app.foundation.http import (
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    current_actor,
    mapped,
    next_link,
    page_schema,
    requires,
)
from app.identity import Role
from app.points.errors import AwardNotFound
from app.points.examples import ACCOUNT, AWARD, ENTRY
from app.points.schemas import AccountSchema, AwardSchema, EntrySchema
from app.points.usecases import reading
from app.points.views import AccountView, AwardView, EntryView, account_view, award_view, entry_view

blp = Blueprint("points", __name__, description="A resident's points: what there is, what changed, and why.")


@blp.get("/me/account")
@requires(Role.RESIDENT, assisted=True)
@blp.response(200, AccountSchema, example=ACCOUNT)
def show_account() -> AccountView:
    """Show one's points: free, held, owed, still to come, and what expires when."""
    return account_view(reading.my_account(current_actor(), today=clock.civil_day(clock.now())))


@blp.get("/me/entries")
@requires(Role.RESIDENT, assisted=True)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(EntrySchema), example={"items": [ENTRY], "next_cursor": None})
def list_entries(query: dict[str, Any]) -> tuple[Page[EntryView], dict[str, str]]:
    """List the lines of one's account, newest first. Awards of 0 points change no account: they stand under /v1/awards."""
    today = clock.civil_day(clock.now())
    page = reading.my_entries(current_actor(), PageQuery(**query))
    return mapped(page, lambda told: entry_view(told, today=today)), next_link(page)


@blp.get("/awards")
@requires(Role.RESIDENT, assisted=True)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(AwardSchema), example={"items": [AWARD], "next_cursor": None})
def list_awards(query: dict[str, Any]) -> tuple[Page[AwardView], dict[str, str]]:
    """List what one's acts earned, zero included, newest first."""
    today = clock.civil_day(clock.now())
    page = reading.my_awards(current_actor(), PageQuery(**query))
    return mapped(page, lambda award: award_view(award, today=today)), next_link(page)


@blp.get("/awards/<string:award_id>")
@requires(Role.RESIDENT, assisted=True)
@blp.response(200, AwardSchema, example=AWARD)
@blp.problems(AwardNotFound)
def show_award(award_id: str) -> AwardView:
    """Show what an act earned, step by step."""
    try:
        parsed = parse_public_id("awd", award_id)
    except MalformedId:
        raise AwardNotFound() from None
    award = reading.my_award(current_actor(), parsed)
    return award_view(award, today=clock.civil_day(clock.now()))
