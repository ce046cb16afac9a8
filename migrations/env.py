"""How migrations run: as the owner of the schema, each in its own transaction."""

import importlib
import pkgutil

from alembic import context
from flask import current_app
from sqlalchemy import Connection, create_engine

import app as house
from app.foundation.data import Base, db

# Models register themselves when they are imported; a model that nobody imports would look like a dropped table.
for room in pkgutil.walk_packages(house.__path__, "app."):
    if room.name.rpartition(".")[2] in {"models", "audit", "memory"}:
        importlib.import_module(room.name)


def run(connection: Connection) -> None:
    """Run the migrations on a connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_type=True,
        user_module_prefix="types.",
    )
    with context.begin_transaction():
        context.run_migrations()


owner_url = current_app.config["LINTAN_OWNER_DATABASE_URL"]
if owner_url:
    engine = create_engine(owner_url, hide_parameters=True)
    try:
        with engine.connect() as opened:
            run(opened)
    finally:
        engine.dispose()
else:
    with db.engine.connect() as opened:
        run(opened)
