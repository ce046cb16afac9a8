"""${message}.

Why, and what the release that still runs beside it will notice.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
