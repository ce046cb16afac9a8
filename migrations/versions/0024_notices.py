"""Notices, preferences and their delivery.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0024"
down_revision = "0023"

GRANTS = {
    "notices_delivery": "SELECT, INSERT, UPDATE (state, next_at, tries, reason, provider_ref, settled_at), DELETE",
    "notices_notice": "SELECT, INSERT, UPDATE (read_at), DELETE",
    "notices_preferences": "SELECT, INSERT, UPDATE, DELETE",
    "notices_push_target": "SELECT, INSERT, DELETE",
    "notices_webhook_delivery": "SELECT, INSERT, UPDATE, DELETE",
    "notices_webhook_endpoint": "SELECT, INSERT, UPDATE, DELETE",
    "notices_webhook_message": "SELECT, INSERT, DELETE",
    "notices_wechat_account": "SELECT, INSERT, UPDATE, DELETE",
    "notices_wechat_grant": "SELECT, INSERT, UPDATE, DELETE",
}


def upgrade() -> None:
    op.create_table(
        "notices_notice",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=True),
        sa.Column("staff_id", types.Identifier(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", types.Identifier(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("params", types.Document(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("read_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) <> (staff_id IS NULL)", name="notices_notice_one_recipient"),
        sa.PrimaryKeyConstraint("id", name=op.f("notices_notice_pkey")),
        sa.UniqueConstraint("person_id", "kind", "subject_id", "step", name="notices_notice_once_a_person"),
        sa.UniqueConstraint("staff_id", "kind", "subject_id", "step", name="notices_notice_once_a_staff_member"),
        sqlite_strict=True,
    )
    op.create_index("notices_notice_kind_idx", "notices_notice", ["kind"], unique=False)
    op.create_index(
        "notices_notice_old_read_idx",
        "notices_notice",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("read_at IS NOT NULL"),
        postgresql_where=sa.text("read_at IS NOT NULL"),
    )
    op.create_index(
        "notices_notice_old_unread_idx",
        "notices_notice",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index("notices_notice_person_idx", "notices_notice", ["person_id", "created_at", "id"], unique=False)
    op.create_index(
        "notices_notice_person_unread_idx",
        "notices_notice",
        ["person_id", "created_at", "id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index("notices_notice_staff_idx", "notices_notice", ["staff_id", "created_at", "id"], unique=False)
    op.create_index(
        "notices_notice_staff_unread_idx",
        "notices_notice",
        ["staff_id", "created_at", "id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "notices_webhook_message",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("organisation_id", types.Identifier(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("notices_webhook_message_pkey")),
        sa.UniqueConstraint("topic", "key", name="notices_webhook_message_once"),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("notices_webhook_message_created_at_idx"), "notices_webhook_message", ["created_at"], unique=False
    )
    op.create_table(
        "notices_delivery",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=True),
        sa.Column("staff_id", types.Identifier(), nullable=True),
        sa.Column("notice_id", types.Identifier(), nullable=True),
        sa.Column("digest_on", sa.Date(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "inbox", "push", "wechat", "sms", name="channel", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sent",
                "failed",
                "given_up",
                "dropped",
                name="deliverystate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("next_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("settled_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="notices_delivery_settled"),
        sa.CheckConstraint("channel <> 'inbox'", name="notices_delivery_leaves"),
        sa.CheckConstraint("(notice_id IS NULL) <> (digest_on IS NULL)", name="notices_delivery_notice_or_digest"),
        sa.CheckConstraint("(person_id IS NULL) <> (staff_id IS NULL)", name="notices_delivery_one_recipient"),
        sa.CheckConstraint("tries >= 0", name="notices_delivery_tries_not_negative"),
        sa.ForeignKeyConstraint(["notice_id"], ["notices_notice.id"], name=op.f("notices_delivery_notice_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("notices_delivery_pkey")),
        sa.UniqueConstraint("notice_id", "channel", "target", name="notices_delivery_once"),
        sa.UniqueConstraint(
            "person_id", "digest_on", "channel", "target", name="notices_delivery_digest_once_a_person"
        ),
        sa.UniqueConstraint(
            "staff_id", "digest_on", "channel", "target", name="notices_delivery_digest_once_a_staff_member"
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "notices_delivery_due_idx",
        "notices_delivery",
        ["next_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "notices_delivery_settled_idx",
        "notices_delivery",
        ["settled_at"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NOT NULL"),
        postgresql_where=sa.text("settled_at IS NOT NULL"),
    )
    op.create_table(
        "notices_wechat_account",
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("openid", sa.Text(), nullable=False),
        sa.Column("proved_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("notices_wechat_account_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("notices_wechat_account_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "notices_wechat_grant",
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column(
            "group",
            sa.Enum(
                "security",
                "account",
                "household",
                "organisation",
                "records",
                "points",
                "offsets",
                "certificates",
                "help",
                "work",
                name="noticegroup",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("left_count", sa.BigInteger(), nullable=False),
        sa.Column("granted_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("left_count >= 0", name="notices_wechat_grant_not_negative"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("notices_wechat_grant_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("person_id", "group", name=op.f("notices_wechat_grant_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notices_preferences",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=True),
        sa.Column("staff_id", types.Identifier(), nullable=True),
        sa.Column("switched", types.Document(), nullable=False),
        sa.Column("quiet_from_min", sa.BigInteger(), nullable=False),
        sa.Column("quiet_until_min", sa.BigInteger(), nullable=False),
        sa.Column("digest_hour", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (staff_id IS NULL)", name="notices_preferences_one_holder"),
        sa.CheckConstraint("digest_hour BETWEEN 0 AND 23", name="notices_preferences_digest_in_day"),
        sa.CheckConstraint(
            "quiet_from_min BETWEEN 0 AND 1439 AND quiet_until_min BETWEEN 0 AND 1439",
            name="notices_preferences_quiet_in_day",
        ),
        sa.CheckConstraint("version >= 1", name="notices_preferences_version_positive"),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("notices_preferences_person_id_fkey")),
        sa.ForeignKeyConstraint(["staff_id"], ["identity_staff.id"], name=op.f("notices_preferences_staff_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("notices_preferences_pkey")),
        sa.UniqueConstraint("person_id", name="notices_preferences_person_key"),
        sa.UniqueConstraint("staff_id", name="notices_preferences_staff_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "notices_push_target",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=True),
        sa.Column("staff_id", types.Identifier(), nullable=True),
        sa.Column("device_id", types.Identifier(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("renewed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (staff_id IS NULL)", name="notices_push_target_one_holder"),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("notices_push_target_person_id_fkey")),
        sa.ForeignKeyConstraint(["staff_id"], ["identity_staff.id"], name=op.f("notices_push_target_staff_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("notices_push_target_pkey")),
        sa.UniqueConstraint("device_id", name="notices_push_target_device_key"),
        sa.UniqueConstraint("platform", "token_sha256", name="notices_push_target_token_key"),
        sqlite_strict=True,
    )
    op.create_index("notices_push_target_person_idx", "notices_push_target", ["person_id"], unique=False)
    op.create_index(op.f("notices_push_target_renewed_at_idx"), "notices_push_target", ["renewed_at"], unique=False)
    op.create_index("notices_push_target_staff_idx", "notices_push_target", ["staff_id"], unique=False)
    op.create_table(
        "notices_webhook_endpoint",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("organisation_id", types.Identifier(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("topics", types.Document(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("old_salt", sa.Text(), nullable=True),
        sa.Column("old_until", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("enabled_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("disabled_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "disabled_because",
            sa.Enum(
                "owner",
                "failing",
                "gone",
                "left",
                name="disabledbecause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("delivered_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(disabled_at IS NULL) = (disabled_because IS NULL)", name="notices_webhook_endpoint_disabled_with_reason"
        ),
        sa.CheckConstraint("(old_salt IS NULL) = (old_until IS NULL)", name="notices_webhook_endpoint_old_secret_ends"),
        sa.CheckConstraint("length(url) BETWEEN 1 AND 500", name="notices_webhook_endpoint_url_length"),
        sa.CheckConstraint("version >= 1", name="notices_webhook_endpoint_version_positive"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("notices_webhook_endpoint_organisation_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("notices_webhook_endpoint_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "notices_webhook_endpoint_organisation_idx",
        "notices_webhook_endpoint",
        ["organisation_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "notices_webhook_delivery",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("endpoint_id", types.Identifier(), nullable=False),
        sa.Column("message_id", types.Identifier(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "delivered",
                "failed",
                name="webhookstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("next_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("tried_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("settled_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="notices_webhook_delivery_settled"),
        sa.CheckConstraint("tries >= 0", name="notices_webhook_delivery_tries_not_negative"),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["notices_webhook_endpoint.id"], name=op.f("notices_webhook_delivery_endpoint_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["notices_webhook_message.id"], name=op.f("notices_webhook_delivery_message_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("notices_webhook_delivery_pkey")),
        sa.UniqueConstraint("message_id", "endpoint_id", name="notices_webhook_delivery_once"),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("notices_webhook_delivery_created_at_idx"), "notices_webhook_delivery", ["created_at"], unique=False
    )
    op.create_index(
        "notices_webhook_delivery_due_idx",
        "notices_webhook_delivery",
        ["next_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "notices_webhook_delivery_listed_idx",
        "notices_webhook_delivery",
        ["endpoint_id", "created_at", "id"],
        unique=False,
    )
    _beyond_tables()


def downgrade() -> None:
    op.drop_table("notices_webhook_delivery")
    op.drop_table("notices_webhook_endpoint")
    op.drop_table("notices_push_target")
    op.drop_table("notices_preferences")
    op.drop_table("notices_wechat_grant")
    op.drop_table("notices_wechat_account")
    op.drop_table("notices_delivery")
    op.drop_table("notices_webhook_message")
    op.drop_table("notices_notice")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
