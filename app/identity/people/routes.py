"""Operations on one's own profile."""

from typing import Any

from app.foundation.http import (
    Blueprint,
    atomic,
    current_actor,
    needs_if_match,
    not_modified,
    requires,
    version_seen,
    with_etag,
)
from app.identity.people.schemas import ProfileSchema, RenameSchema
from app.identity.people.usecases import me
from app.identity.staffing.rules.roles import Role

profile = Blueprint("me", __name__, description="The caller's own profile.")


@profile.get("/me")
@requires(Role.RESIDENT, Role.STAFF)
@not_modified
@profile.response(200, ProfileSchema)
def show() -> tuple[me.Profile, dict[str, str]]:
    """Show one's own profile; staff see the roles they hold."""
    mine = me.my_profile(current_actor())
    return with_etag(mine, mine.version)


@profile.patch("/me")
@requires(Role.RESIDENT, Role.STAFF)
@needs_if_match
@atomic
@profile.arguments(RenameSchema)
@profile.response(200, ProfileSchema)
def rename(change: dict[str, Any]) -> tuple[me.Profile, dict[str, str]]:
    """Change the name one appears under."""
    mine = me.rename_me(change["display_name"], actor=current_actor(), seen=version_seen())
    return with_etag(mine, mine.version)
