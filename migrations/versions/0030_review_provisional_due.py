"""Due dates of review are counted in working days; where a year has no calendar, the case says so.

Old rows keep their dates and stay without a missing year. Safe beside the previous release: it neither reads nor writes it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("review_case", sa.Column("due_missing_year", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("review_case", "due_missing_year")
