"""What a verifier wrote with a decision moves beside it, so that it can be erased; what is a person's is found by an index.

A decision is append-only and may hold words about a person. From now on they stand in review_decision_note; this moves those of
before. The guards of review_decision are lifted for the move and put back as they were, by the owner of the tables: the serving
role never could, and cannot, change a decision. Under a reason that asks for words, "" stays in their place.

Quotes may be cut from their buyer. Payments, quotes and cases get an index by person; on PostgreSQL they are built beside the
writers.

The release before reads no note of decisions made before or after, and shows none; everything else of a decision it reads as it
was. It can be upgraded while the old one serves. The space of the moved words is freed as docs/privacy-rights.md says.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl

revision = "0031"
down_revision = "0030"

DECISIONS = "review_decision"
TRIGGERS = {
    "postgresql": (f"{DECISIONS}_append_only", f"{DECISIONS}_no_truncate"),
    "sqlite": (f"{DECISIONS}_no_update", f"{DECISIONS}_no_delete"),
}
INDEXES = (
    ("payments_payment_payer_idx", "payments_payment", "payer_id"),
    ("offsets_quote_buyer_idx", "offsets_quote", "buyer_id"),
    ("review_case_submitter_idx", "review_case", "submitter_id"),
    # Asked whenever a photo is deleted, by the foreign key.
    ("credits_batch_source_proof_file_id_idx", "credits_batch", "source_proof_file_id"),
    ("credits_cancellation_proof_file_id_idx", "credits_cancellation", "proof_file_id"),
)


def upgrade() -> None:
    _index()
    _moved(
        "INSERT INTO review_decision_note (decision_id, note)"
        " SELECT id, note FROM review_decision WHERE note IS NOT NULL AND note <> ''",
        "UPDATE review_decision SET note = CASE WHEN reason_code = 'other' THEN '' END WHERE note IS NOT NULL",
    )
    _grant("GRANT")


def downgrade() -> None:
    _grant("REVOKE")
    _moved(
        "UPDATE review_decision SET note = ("
        "SELECT moved.note FROM review_decision_note moved WHERE moved.decision_id = review_decision.id"
        ") WHERE id IN (SELECT decision_id FROM review_decision_note)",
        "DELETE FROM review_decision_note",
    )
    for name, _, _ in INDEXES:
        op.drop_index(name)


def _index() -> None:
    if op.get_bind().dialect.name != "postgresql":
        for name, table, column in INDEXES:
            op.create_index(name, table, [column])
        return
    with op.get_context().autocommit_block():
        for name, table, column in INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # What an attempt cut short leaves.
            op.create_index(name, table, [column], postgresql_concurrently=True)


def _moved(*statements: str) -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for trigger in TRIGGERS[dialect]:
        op.execute(f"DROP TRIGGER {trigger}" + (f" ON {DECISIONS}" if dialect == "postgresql" else ""))
    for statement in statements:
        connection.execute(sa.text(statement))
    ddl.run(connection, ddl.append_only(DECISIONS, dialect))


def _grant(verb: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        side = "TO" if verb == "GRANT" else "FROM"
        op.execute(f"{verb} UPDATE (buyer_id) ON offsets_quote {side} {ddl.APP_ROLE}")
