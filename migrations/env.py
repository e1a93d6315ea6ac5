"""How Alembic reaches the database: through the application's own engine, one transaction a migration."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import text

migrate = current_app.extensions["migrate"]
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "10min"

with migrate.db.engine.connect() as connection:
    if connection.dialect.name == "postgresql":
        # A migration that cannot have its lock soon gives up instead of stopping every citizen behind it.
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        transaction_per_migration=True,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
