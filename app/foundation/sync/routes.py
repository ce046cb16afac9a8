"""The operation of sync."""

from typing import Any

from app.foundation.data import clock
from app.foundation.http import Blueprint, CursorInvalid, current_actor, requires
from app.foundation.sync import reading
from app.foundation.sync.errors import SyncCursorTooOld
from app.foundation.sync.schemas import SyncPageSchema, SyncQuerySchema

blp = Blueprint("sync", __name__, description="Keep a true copy of what is the caller's.")

_EXAMPLE = {
    "items": [
        {
            "collection": "plantings",
            "id": "plt_01m869pkw9ef58pjjqagfgmtsp",
            "is_gone": False,
            "object": {"id": "plt_01m869pkw9ef58pjjqagfgmtsp", "status": "approved"},
        },
        {"collection": "notices", "id": "not_01m869pkw4f7nt1pedbvrqbjfw", "is_gone": True, "object": None},
    ],
    "next_cursor": "3nF0aGUgY2hhbmdlcyBvZiBhIHJlc2lkZW50",
    "has_more": False,
}


@blp.get("/sync")
@requires("resident")
@blp.arguments(SyncQuerySchema, location="query")
@blp.response(200, SyncPageSchema, example=_EXAMPLE)
@blp.problems(CursorInvalid, SyncCursorTooOld)
def list_changes(query: dict[str, Any]) -> reading.SyncPage:
    """List what changed for the caller since the cursor; without one, everything that is there."""
    return reading.changes_since(current_actor().id, query["cursor"], limit=query["limit"], now=clock.now())
