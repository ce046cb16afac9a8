"""Organisations, their people and their parts in the city.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0022"
down_revision = "0021"

GRANTS = {
    "identity_organisation": "SELECT, INSERT, UPDATE",
    "identity_organisation_check": "SELECT, INSERT",
    "identity_organisation_contact": "SELECT, INSERT, UPDATE, DELETE",
    "identity_organisation_invitation": "SELECT, INSERT, UPDATE (used_at, used_by, withdrawn_at)",
    "identity_organisation_member": "SELECT, INSERT, UPDATE",
    "identity_organisation_profile": "SELECT, INSERT, UPDATE",
    "identity_organisation_waiting": "SELECT, INSERT, UPDATE, DELETE",
    "identity_station_hours": "SELECT, INSERT, DELETE",
    "identity_station_reach": "SELECT, INSERT, DELETE",
}


def upgrade() -> None:
    op.create_table(
        "identity_organisation",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("kinds", types.Document(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "needs_more",
                "verified",
                "rejected",
                "suspended",
                "closed",
                name="organisationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("agency_id", types.Identifier(), nullable=True),
        sa.Column("proposed", types.Document(), nullable=True),
        sa.Column("proposed_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("touched_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("created_by", types.Identifier(), nullable=True),
        sa.Column("entered_by", types.Identifier(), nullable=True),
        sa.Column("verified_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'closed') OR agency_id IS NOT NULL", name="identity_organisation_has_agency"
        ),
        sa.CheckConstraint(
            "state IN ('verified', 'suspended') OR proposed_at IS NULL", name="identity_organisation_proposal_later"
        ),
        sa.CheckConstraint("(proposed IS NULL) = (proposed_at IS NULL)", name="identity_organisation_proposal_whole"),
        sa.CheckConstraint("length(uscc) = 18", name="identity_organisation_code_whole"),
        sa.CheckConstraint("version >= 1", name="identity_organisation_version_positive"),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["identity_agency.id"], name=op.f("identity_organisation_agency_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_organisation_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_organisation_one_a_code",
        "identity_organisation",
        ["uscc"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'needs_more', 'verified', 'suspended')"),
        sqlite_where=sa.text("state IN ('draft', 'submitted', 'needs_more', 'verified', 'suspended')"),
    )
    op.create_table(
        "identity_organisation_check",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("organisation_id", types.Identifier(), nullable=False),
        sa.Column(
            "about",
            sa.Enum(
                "general",
                "evaluator",
                "station",
                "merchant",
                "sponsor",
                "project_owner",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "act",
            sa.Enum(
                "approve",
                "needs_more",
                "reject",
                "suspend",
                "reinstate",
                "import",
                name="checkact",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("staff_id", types.Identifier(), nullable=False),
        sa.Column("checked_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "act IN ('approve', 'import') OR reason IS NOT NULL", name="identity_organisation_check_why"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["identity_agency.id"], name=op.f("identity_organisation_check_agency_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("identity_organisation_check_organisation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["identity_staff.id"], name=op.f("identity_organisation_check_staff_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_organisation_check_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_organisation_check_listed_idx",
        "identity_organisation_check",
        ["organisation_id", "checked_at", "id"],
        unique=False,
    )
    op.create_table(
        "identity_organisation_contact",
        sa.Column("organisation_id", types.Identifier(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("identity_organisation_contact_organisation_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("identity_organisation_contact_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("identity_organisation_contact_phone_idx"), "identity_organisation_contact", ["phone"], unique=False
    )
    op.create_table(
        "identity_organisation_invitation",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("organisation_id", types.Identifier(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("owner", "member", name="memberrole", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("code_mark", sa.Text(), nullable=False),
        sa.Column("invited_by_person", types.Identifier(), nullable=True),
        sa.Column("invited_by_staff", types.Identifier(), nullable=True),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("expires_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("used_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("used_by", types.Identifier(), nullable=True),
        sa.Column("withdrawn_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(invited_by_person IS NULL) <> (invited_by_staff IS NULL)",
            name="identity_organisation_invitation_one_host",
        ),
        sa.CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="identity_organisation_invitation_used_whole"),
        sa.CheckConstraint("expires_at > created_at", name="identity_organisation_invitation_forward"),
        sa.CheckConstraint("used_at IS NULL OR withdrawn_at IS NULL", name="identity_organisation_invitation_one_end"),
        sa.ForeignKeyConstraint(
            ["invited_by_person"],
            ["identity_person.id"],
            name=op.f("identity_organisation_invitation_invited_by_person_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_staff"],
            ["identity_staff.id"],
            name=op.f("identity_organisation_invitation_invited_by_staff_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("identity_organisation_invitation_organisation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["used_by"], ["identity_person.id"], name=op.f("identity_organisation_invitation_used_by_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_organisation_invitation_pkey")),
        sa.UniqueConstraint("code_mark", name="identity_organisation_invitation_code_key"),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("identity_organisation_invitation_invited_by_person_idx"),
        "identity_organisation_invitation",
        ["invited_by_person"],
        unique=False,
    )
    op.create_index(
        "identity_organisation_invitation_open_idx",
        "identity_organisation_invitation",
        ["organisation_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("used_at IS NULL AND withdrawn_at IS NULL"),
        sqlite_where=sa.text("used_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_index(
        op.f("identity_organisation_invitation_used_by_idx"),
        "identity_organisation_invitation",
        ["used_by"],
        unique=False,
    )
    op.create_table(
        "identity_organisation_member",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("organisation_id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("owner", "member", name="memberrole", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("joined_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("left_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "ended_because",
            sa.Enum("left", "removed", name="membershipend", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(left_at IS NULL) = (ended_because IS NULL)", name="identity_organisation_member_end_has_reason"
        ),
        sa.CheckConstraint("left_at >= joined_at", name="identity_organisation_member_forward"),
        sa.CheckConstraint("version >= 1", name="identity_organisation_member_version_positive"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("identity_organisation_member_organisation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("identity_organisation_member_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_organisation_member_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_organisation_member_listed_idx",
        "identity_organisation_member",
        ["organisation_id", "joined_at", "id"],
        unique=False,
        postgresql_where=sa.text("left_at IS NULL"),
        sqlite_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "identity_organisation_member_once",
        "identity_organisation_member",
        ["person_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
        sqlite_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "identity_organisation_member_own_idx",
        "identity_organisation_member",
        ["person_id", "joined_at", "id"],
        unique=False,
        postgresql_where=sa.text("left_at IS NULL"),
        sqlite_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "identity_organisation_member_person_idx", "identity_organisation_member", ["person_id"], unique=False
    )
    op.create_table(
        "identity_organisation_profile",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("organisation_id", types.Identifier(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "general",
                "evaluator",
                "station",
                "merchant",
                "sponsor",
                "project_owner",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("facts", types.Document(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("listed_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("proposed", types.Document(), nullable=True),
        sa.Column("proposed_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint("kind <> 'general'", name="identity_organisation_profile_has_facts"),
        sa.CheckConstraint(
            "(facts IS NULL) = (listed_at IS NULL)", name="identity_organisation_profile_in_force_whole"
        ),
        sa.CheckConstraint(
            "(proposed IS NULL) = (proposed_at IS NULL)", name="identity_organisation_profile_proposal_whole"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["identity_agency.id"], name=op.f("identity_organisation_profile_agency_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("identity_organisation_profile_organisation_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_organisation_profile_pkey")),
        sa.UniqueConstraint("organisation_id", "kind", name="identity_organisation_profile_one_a_kind"),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_organisation_profile_listed_idx",
        "identity_organisation_profile",
        ["kind", "listed_at", "id"],
        unique=False,
        postgresql_where=sa.text("listed_at IS NOT NULL"),
        sqlite_where=sa.text("listed_at IS NOT NULL"),
    )
    op.create_table(
        "identity_organisation_waiting",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("organisation_id", types.Identifier(), nullable=False),
        sa.Column(
            "about",
            sa.Enum(
                "general",
                "evaluator",
                "station",
                "merchant",
                "sponsor",
                "project_owner",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("since", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["identity_agency.id"], name=op.f("identity_organisation_waiting_agency_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.id"],
            name=op.f("identity_organisation_waiting_organisation_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_organisation_waiting_pkey")),
        sa.UniqueConstraint("organisation_id", "about", name="identity_organisation_waiting_once"),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_organisation_waiting_agency_idx",
        "identity_organisation_waiting",
        ["agency_id", "since", "id"],
        unique=False,
    )
    op.create_index(
        "identity_organisation_waiting_county_idx",
        "identity_organisation_waiting",
        ["agency_id", "county_code", "since", "id"],
        unique=False,
    )
    op.create_table(
        "identity_station_hours",
        sa.Column("profile_id", types.Identifier(), nullable=False),
        sa.Column("weekday", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("opens_min", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("closes_min", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "opens_min >= 0 AND closes_min > opens_min AND closes_min <= 1440", name="identity_station_hours_forward"
        ),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="identity_station_hours_weekday"),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["identity_organisation_profile.id"], name=op.f("identity_station_hours_profile_id_fkey")
        ),
        sa.PrimaryKeyConstraint("profile_id", "weekday", "opens_min", name=op.f("identity_station_hours_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identity_station_reach",
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column(
            "species_group",
            sa.Enum(
                "small_mammal",
                "large_mammal",
                "primate",
                "bird",
                "raptor",
                "waterbird",
                "snake",
                "other_reptile",
                "amphibian",
                "fish",
                name="speciesgroup",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("profile_id", types.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["identity_organisation_profile.id"], name=op.f("identity_station_reach_profile_id_fkey")
        ),
        sa.PrimaryKeyConstraint("county_code", "species_group", "profile_id", name=op.f("identity_station_reach_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("identity_station_reach_profile_id_idx"), "identity_station_reach", ["profile_id"], unique=False
    )
    _beyond_tables()


def downgrade() -> None:
    op.drop_table("identity_station_reach")
    op.drop_table("identity_station_hours")
    op.drop_table("identity_organisation_waiting")
    op.drop_table("identity_organisation_profile")
    op.drop_table("identity_organisation_member")
    op.drop_table("identity_organisation_invitation")
    op.drop_table("identity_organisation_contact")
    op.drop_table("identity_organisation_check")
    op.drop_table("identity_organisation")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
