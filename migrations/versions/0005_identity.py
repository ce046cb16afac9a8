"""Residents, agencies, staff, their roles, sessions, devices, codes and failed sign-ins."""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0005"
down_revision = "0004"

GRANTS = {
    "identity_agency": "SELECT, INSERT, UPDATE, DELETE",
    "identity_device": "SELECT, INSERT, UPDATE, DELETE",
    "identity_otp_challenge": "SELECT, INSERT, UPDATE, DELETE",
    "identity_person": "SELECT, INSERT, UPDATE, DELETE",
    "identity_phone": "SELECT, INSERT, UPDATE, DELETE",
    "identity_session": "SELECT, INSERT, UPDATE, DELETE",
    "identity_sign_in_attempt": "SELECT, INSERT, UPDATE, DELETE",
    "identity_sms_count": "SELECT, INSERT, UPDATE, DELETE",
    "identity_sms_pace": "SELECT, INSERT, UPDATE, DELETE",
    "identity_staff": "SELECT, INSERT, UPDATE, DELETE",
    "identity_staff_role": "SELECT, INSERT, UPDATE, DELETE",
}


def upgrade() -> None:
    op.create_table(
        "identity_agency",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "forestry",
                "ecology",
                "office-affairs",
                "park",
                name="agencykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("county_code", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_agency_pkey")),
        sa.UniqueConstraint("slug", name="identity_agency_slug_key"),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_agency_one_for_the_city",
        "identity_agency",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("county_code IS NULL"),
        sqlite_where=sa.text("county_code IS NULL"),
    )
    op.create_index(
        "identity_agency_one_per_county",
        "identity_agency",
        ["kind", "county_code"],
        unique=True,
        postgresql_where=sa.text("county_code IS NOT NULL"),
        sqlite_where=sa.text("county_code IS NOT NULL"),
    )
    op.create_table(
        "identity_otp_challenge",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "sign_in", "change_phone", name="codepurpose", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("code_mac", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("expires_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("sent_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("used_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("voided_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("wrong_tries", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("expires_at > created_at", name="identity_otp_challenge_forward"),
        sa.CheckConstraint("used_at IS NULL OR sent_at IS NOT NULL", name="identity_otp_challenge_sent_before_use"),
        sa.CheckConstraint("used_at IS NULL OR voided_at IS NULL", name="identity_otp_challenge_one_end"),
        sa.CheckConstraint("wrong_tries BETWEEN 0 AND 5", name="identity_otp_challenge_tries_few"),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_otp_challenge_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("identity_otp_challenge_created_at_idx"), "identity_otp_challenge", ["created_at"], unique=False
    )
    op.create_table(
        "identity_person",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=True),
        sa.Column("opened_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("version >= 1", name="identity_person_version_positive"),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_person_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "identity_sign_in_attempt",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_failed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("held_until", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("failures >= 0", name="identity_sign_in_attempt_not_negative"),
        sa.PrimaryKeyConstraint("account", "address", name=op.f("identity_sign_in_attempt_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("identity_sign_in_attempt_last_failed_at_idx"),
        "identity_sign_in_attempt",
        ["last_failed_at"],
        unique=False,
    )
    op.create_table(
        "identity_sms_count",
        sa.Column(
            "scope",
            sa.Enum(
                "phone",
                "device",
                "address",
                "city",
                name="sendscope",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("hour", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("sent >= 0", name="identity_sms_count_not_negative"),
        sa.PrimaryKeyConstraint("scope", "subject", "hour", name=op.f("identity_sms_count_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("identity_sms_count_hour_idx"), "identity_sms_count", ["hour"], unique=False)
    op.create_table(
        "identity_sms_pace",
        sa.Column(
            "scope",
            sa.Enum(
                "phone",
                "device",
                "address",
                "city",
                name="sendscope",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sent_at", types.Document(), nullable=False),
        sa.Column("updated_at", types.UtcInstant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "subject", name=op.f("identity_sms_pace_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("identity_sms_pace_updated_at_idx"), "identity_sms_pace", ["updated_at"], unique=False)
    op.create_table(
        "identity_phone",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("held_from", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("held_until", types.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "ended_because",
            sa.Enum("reassigned", "changed", name="phoneend", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("last_code_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("(held_until IS NULL) = (ended_because IS NULL)", name="identity_phone_end_has_reason"),
        sa.CheckConstraint("held_until >= held_from", name="identity_phone_forward"),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("identity_phone_person_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_phone_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_phone_one_holder",
        "identity_phone",
        ["phone"],
        unique=True,
        postgresql_where=sa.text("held_until IS NULL"),
        sqlite_where=sa.text("held_until IS NULL"),
    )
    op.create_index(
        "identity_phone_one_number",
        "identity_phone",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("held_until IS NULL"),
        sqlite_where=sa.text("held_until IS NULL"),
    )
    op.create_index(op.f("identity_phone_person_id_idx"), "identity_phone", ["person_id"], unique=False)
    op.create_table(
        "identity_staff",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=True),
        sa.Column("agency_id", types.Identifier(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_salt", sa.Text(), nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("disabled_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("version >= 1", name="identity_staff_version_positive"),
        sa.ForeignKeyConstraint(["agency_id"], ["identity_agency.id"], name=op.f("identity_staff_agency_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_staff_pkey")),
        sa.UniqueConstraint("username", name="identity_staff_username_key"),
        sqlite_strict=True,
    )
    op.create_index(op.f("identity_staff_agency_id_idx"), "identity_staff", ["agency_id"], unique=False)
    op.create_table(
        "identity_device",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=True),
        sa.Column("staff_id", types.Identifier(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("first_seen_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("last_seen_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (staff_id IS NULL)", name="identity_device_one_holder"),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("identity_device_person_id_fkey")),
        sa.ForeignKeyConstraint(["staff_id"], ["identity_staff.id"], name=op.f("identity_device_staff_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_device_pkey")),
        sa.UniqueConstraint("person_id", "fingerprint", name="identity_device_once_a_person"),
        sa.UniqueConstraint("staff_id", "fingerprint", name="identity_device_once_a_staff_member"),
        sqlite_strict=True,
    )
    op.create_table(
        "identity_staff_role",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("staff_id", types.Identifier(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "resident",
                "household_head",
                "organisation_owner",
                "organisation_member",
                "evaluator",
                "station",
                "merchant",
                "sponsor",
                "staff",
                "verifier",
                "registrar",
                "issuer",
                "finance",
                "auditor",
                "support",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("agency_id", types.Identifier(), nullable=True),
        sa.Column("counties", types.Document(), nullable=False),
        sa.Column("held_from", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("held_until", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("granted_by", types.Identifier(), nullable=True),
        sa.CheckConstraint(
            "agency_id IS NOT NULL OR role IN ('auditor', 'support', 'admin')", name="identity_staff_role_has_scope"
        ),
        sa.CheckConstraint("held_until > held_from", name="identity_staff_role_forward"),
        sa.ForeignKeyConstraint(["agency_id"], ["identity_agency.id"], name=op.f("identity_staff_role_agency_id_fkey")),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["identity_staff.id"], name=op.f("identity_staff_role_granted_by_fkey")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["identity_staff.id"], name=op.f("identity_staff_role_staff_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_staff_role_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("identity_staff_role_agency_id_idx"), "identity_staff_role", ["agency_id"], unique=False)
    op.create_index(op.f("identity_staff_role_staff_id_idx"), "identity_staff_role", ["staff_id"], unique=False)
    op.create_table(
        "identity_session",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=True),
        sa.Column("staff_id", types.Identifier(), nullable=True),
        sa.Column("device_id", types.Identifier(), nullable=True),
        sa.Column("opened_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("expires_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("refresh_salt", sa.Text(), nullable=False),
        sa.Column("refresh_number", sa.BigInteger(), nullable=False),
        sa.Column("refresh_hash", sa.Text(), nullable=False),
        sa.Column("refreshed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("refresh_expires_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("ended_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "ended_because",
            sa.Enum(
                "signed_out",
                "signed_out_remotely",
                "replaced",
                "token_reused",
                "credentials_changed",
                "disabled",
                name="sessionend",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="identity_session_end_has_reason"),
        sa.CheckConstraint("(person_id IS NULL) <> (staff_id IS NULL)", name="identity_session_one_holder"),
        sa.CheckConstraint("expires_at > opened_at", name="identity_session_forward"),
        sa.CheckConstraint("refresh_expires_at <= expires_at", name="identity_session_refresh_within"),
        sa.CheckConstraint("refresh_number >= 1", name="identity_session_refresh_number_positive"),
        sa.ForeignKeyConstraint(["device_id"], ["identity_device.id"], name=op.f("identity_session_device_id_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("identity_session_person_id_fkey")),
        sa.ForeignKeyConstraint(["staff_id"], ["identity_staff.id"], name=op.f("identity_session_staff_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_session_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("identity_session_device_id_idx"), "identity_session", ["device_id"], unique=False)
    op.create_index(op.f("identity_session_expires_at_idx"), "identity_session", ["expires_at"], unique=False)
    op.create_index("identity_session_person_idx", "identity_session", ["person_id", "opened_at", "id"], unique=False)
    op.create_index("identity_session_staff_idx", "identity_session", ["staff_id", "opened_at", "id"], unique=False)
    _beyond_tables()


def downgrade() -> None:
    op.drop_table("identity_session")
    op.drop_table("identity_staff_role")
    op.drop_table("identity_device")
    op.drop_table("identity_staff")
    op.drop_table("identity_phone")
    op.drop_table("identity_sms_pace")
    op.drop_table("identity_sms_count")
    op.drop_table("identity_sign_in_attempt")
    op.drop_table("identity_person")
    op.drop_table("identity_otp_challenge")
    op.drop_table("identity_agency")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
