"""A member orders for an organisation.

A new table only: who has an order for an organisation is a row beside it, so the released table and what guards it stay as they
are. The release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0029"
down_revision = "0028"

TABLE = "offsets_order_organisation"


def upgrade() -> None:
    op.create_table(
        "offsets_order_organisation",
        sa.Column("order_id", types.Identifier(), nullable=False),
        sa.Column("organisation_id", types.Identifier(), nullable=False),
        sa.Column("created_at", types.UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["offsets_order.id"], name=op.f("offsets_order_organisation_order_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("offsets_order_organisation_organisation_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("offsets_order_organisation_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "offsets_order_organisation_listed_idx", TABLE, ["organisation_id", "created_at", "order_id"], unique=False
    )
    connection = op.get_bind()
    ddl.run(connection, ddl.grant(TABLE, "SELECT, INSERT", connection.dialect.name))


def downgrade() -> None:
    op.drop_table("offsets_order_organisation")
