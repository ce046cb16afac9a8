"""Audit rows say which member of staff entered something for a resident, and numbers are found in their history.

Earlier rows were entered by residents themselves, so the column stays nullable and nothing is filled in. Added plainly, never in
batch mode: SQLite would rebuild the table and drop the triggers that guard it. Safe beside the previous release: it neither reads
nor writes the column, and its seals of rows without it stay good.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import types

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("foundation_audit", sa.Column("assisted_by", types.Identifier(), nullable=True))
    op.create_index("identity_phone_history_idx", "identity_phone", ["phone", "held_from"])


def downgrade() -> None:
    op.drop_index("identity_phone_history_idx", table_name="identity_phone")
    connection = op.get_bind()
    told = sa.text("SELECT 1 FROM foundation_audit WHERE assisted_by IS NOT NULL LIMIT 1")
    if connection.execute(told).first() is not None:
        raise RuntimeError("foundation_audit tells who entered something for a resident: this downgrade is refused")
    op.execute("ALTER TABLE foundation_audit DROP COLUMN assisted_by")
