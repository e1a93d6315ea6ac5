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
    else:
        # SQLite alters a table by making it anew; dropping the old one must not count as losing what refers to it.
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        transaction_per_migration=True,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            msg = f"the migration left {len(broken)} rows that refer to nothing, the first in {broken[0][0]}"
            raise RuntimeError(msg)
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.exec_driver_sql("BEGIN")
        connection.commit()
