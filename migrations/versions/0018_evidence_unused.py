"""The bytes of a person's photos that prove nothing are counted before another is taken.

An index for that sum, over unbound photos alone, which are few. On PostgreSQL it is built beside the writers; the release
before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

UNBOUND = sa.text("subject_id IS NULL")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.create_index("evidence_file_unused_idx", "evidence_file", ["owner_id", "byte_count"], sqlite_where=UNBOUND)
        return
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS evidence_file_unused_idx")  # What an attempt cut short leaves.
        op.create_index(
            "evidence_file_unused_idx",
            "evidence_file",
            ["owner_id", "byte_count"],
            postgresql_where=UNBOUND,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("evidence_file_unused_idx", table_name="evidence_file")
