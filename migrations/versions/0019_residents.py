"""Residents: birth dates, guardians, changes of number, recovery at a desk, sign-in through other apps, help by staff.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0019"
down_revision = "0018"

GRANTS = {
    "identity_assistance": "SELECT, INSERT, DELETE",
    "identity_assisted_person": "SELECT, INSERT, DELETE",
    "identity_assisted_record": "SELECT, INSERT, DELETE",
    "identity_birth_date": "SELECT, INSERT, UPDATE, DELETE",
    "identity_code_binding": "SELECT, INSERT, UPDATE, DELETE",
    "identity_guardian_invitation": "SELECT, INSERT, UPDATE, DELETE",
    "identity_guardianship": "SELECT, INSERT, UPDATE, DELETE",
    "identity_language": "SELECT, INSERT, UPDATE, DELETE",
    "identity_lookup": "SELECT, INSERT, DELETE",
    "identity_outside_account": "SELECT, INSERT, DELETE",
    "identity_recovery": "SELECT, INSERT, UPDATE, DELETE",
}


def upgrade() -> None:
    op.create_table(
        "identity_birth_date",
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("first_given_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("given_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("given_by", types.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("identity_birth_date_person_id_fkey")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("identity_birth_date_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "identity_code_binding",
        sa.Column("challenge_id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("asked_by", types.Identifier(), nullable=False),
        sa.Column(
            "use",
            sa.Enum(
                "new_number",
                "old_number",
                "childs_number",
                "at_a_desk",
                name="codeuse",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("identity_code_binding_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("identity_code_binding_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("identity_code_binding_created_at_idx"), "identity_code_binding", ["created_at"], unique=False)
    op.create_index(op.f("identity_code_binding_person_id_idx"), "identity_code_binding", ["person_id"], unique=False)
    op.create_table(
        "identity_guardian_invitation",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("child_id", types.Identifier(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("invited_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("expires_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("closed_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "closed_because",
            sa.Enum(
                "accepted",
                "declined",
                "replaced",
                "withdrawn",
                "expired",
                name="invitationend",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_because IS NULL)", name="identity_guardian_invitation_end_has_reason"
        ),
        sa.CheckConstraint(
            "(phone IS NULL) = (closed_at IS NOT NULL)", name="identity_guardian_invitation_phone_while_open"
        ),
        sa.CheckConstraint("expires_at > invited_at", name="identity_guardian_invitation_forward"),
        sa.ForeignKeyConstraint(
            ["child_id"], ["identity_person.id"], name=op.f("identity_guardian_invitation_child_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_guardian_invitation_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_guardian_invitation_child_idx",
        "identity_guardian_invitation",
        ["child_id", "invited_at"],
        unique=False,
    )
    op.create_index(
        "identity_guardian_invitation_due_idx",
        "identity_guardian_invitation",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "identity_guardian_invitation_one_open",
        "identity_guardian_invitation",
        ["child_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "identity_guardian_invitation_phone_idx", "identity_guardian_invitation", ["phone", "invited_at"], unique=False
    )
    op.create_table(
        "identity_guardianship",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("child_id", types.Identifier(), nullable=False),
        sa.Column("guardian_id", types.Identifier(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "parent",
                "grandparent",
                "sibling",
                "other_guardian",
                name="relation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("declared_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("began_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("ended_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "ended_because",
            sa.Enum(
                "came_of_age",
                "ended_by_guardian",
                name="guardianshipend",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="identity_guardianship_end_has_reason"),
        sa.CheckConstraint("child_id <> guardian_id", name="identity_guardianship_two_people"),
        sa.CheckConstraint("ended_at >= began_at", name="identity_guardianship_forward"),
        sa.ForeignKeyConstraint(["child_id"], ["identity_person.id"], name=op.f("identity_guardianship_child_id_fkey")),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["identity_person.id"], name=op.f("identity_guardianship_guardian_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_guardianship_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("identity_guardianship_child_id_idx"), "identity_guardianship", ["child_id"], unique=False)
    op.create_index(
        "identity_guardianship_due_idx",
        "identity_guardianship",
        ["until_on"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        op.f("identity_guardianship_guardian_id_idx"), "identity_guardianship", ["guardian_id"], unique=False
    )
    op.create_index(
        "identity_guardianship_one_at_a_time",
        "identity_guardianship",
        ["child_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "identity_language",
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column(
            "language",
            sa.Enum("zh-CN", "en", name="language", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("chosen_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("identity_language_person_id_fkey")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("identity_language_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "identity_outside_account",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column(
            "provider",
            sa.Enum("wechat", "zheliban", name="outsideprovider", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("subject_mark", sa.Text(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("linked_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("identity_outside_account_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_outside_account_pkey")),
        sa.UniqueConstraint("provider", "subject_mark", name="identity_outside_account_once"),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_outside_account_person_idx",
        "identity_outside_account",
        ["person_id", "linked_at", "id"],
        unique=False,
    )
    op.create_table(
        "identity_assistance",
        sa.Column("session_id", types.Identifier(), nullable=False),
        sa.Column("staff_id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paper_ref", sa.Text(), nullable=False),
        sa.Column("opened_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("identity_assistance_person_id_fkey")),
        sa.ForeignKeyConstraint(["staff_id"], ["identity_staff.id"], name=op.f("identity_assistance_staff_id_fkey")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("identity_assistance_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("identity_assistance_person_id_idx"), "identity_assistance", ["person_id"], unique=False)
    op.create_index(op.f("identity_assistance_staff_id_idx"), "identity_assistance", ["staff_id"], unique=False)
    op.create_table(
        "identity_assisted_person",
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("staff_id", types.Identifier(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("identity_assisted_person_person_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["identity_staff.id"], name=op.f("identity_assisted_person_staff_id_fkey")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("identity_assisted_person_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("identity_assisted_person_staff_id_idx"), "identity_assisted_person", ["staff_id"], unique=False
    )
    op.create_table(
        "identity_assisted_record",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", types.Identifier(), nullable=False),
        sa.Column("staff_id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("noted_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("identity_assisted_record_person_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["identity_staff.id"], name=op.f("identity_assisted_record_staff_id_fkey")
        ),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "staff_id", name=op.f("identity_assisted_record_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("identity_assisted_record_person_id_idx"), "identity_assisted_record", ["person_id"], unique=False
    )
    op.create_table(
        "identity_lookup",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("staff_id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("identity_lookup_person_id_fkey")),
        sa.ForeignKeyConstraint(["staff_id"], ["identity_staff.id"], name=op.f("identity_lookup_staff_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_lookup_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("identity_lookup_person_id_idx"), "identity_lookup", ["person_id"], unique=False)
    op.create_index(op.f("identity_lookup_staff_id_idx"), "identity_lookup", ["staff_id"], unique=False)
    op.create_table(
        "identity_recovery",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("proposal_id", types.Identifier(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_salt", sa.Text(), nullable=True),
        sa.Column("old_phone_masked", sa.Text(), nullable=True),
        sa.Column("new_phone_masked", sa.Text(), nullable=False),
        sa.Column("old_phone_id", types.Identifier(), nullable=True),
        sa.Column("person_version", sa.BigInteger(), nullable=False),
        sa.Column(
            "document_kind",
            sa.Enum(
                "resident_card",
                "temporary_card",
                "household_register",
                "passport",
                "travel_permit",
                "foreigners_card",
                name="identitydocument",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_by", types.Identifier(), nullable=False),
        sa.Column("opened_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("applied_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint("(phone IS NULL) = (phone_salt IS NULL)", name="identity_recovery_salt_with_phone"),
        sa.CheckConstraint("applied_at IS NULL OR phone IS NULL", name="identity_recovery_phone_until_applied"),
        sa.ForeignKeyConstraint(["opened_by"], ["identity_staff.id"], name=op.f("identity_recovery_opened_by_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("identity_recovery_person_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_recovery_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("identity_recovery_opened_by_idx"), "identity_recovery", ["opened_by"], unique=False)
    op.create_index("identity_recovery_opened_idx", "identity_recovery", ["opened_at"], unique=False)
    op.create_index(op.f("identity_recovery_person_id_idx"), "identity_recovery", ["person_id"], unique=False)
    _beyond_tables()


def downgrade() -> None:
    op.drop_table("identity_recovery")
    op.drop_table("identity_lookup")
    op.drop_table("identity_assisted_record")
    op.drop_table("identity_assisted_person")
    op.drop_table("identity_assistance")
    op.drop_table("identity_outside_account")
    op.drop_table("identity_language")
    op.drop_table("identity_guardianship")
    op.drop_table("identity_guardian_invitation")
    op.drop_table("identity_code_binding")
    op.drop_table("identity_birth_date")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
