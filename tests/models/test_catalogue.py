"""The schema keeps the rules of docs/architecture.md: a national installation is a switch, not a rewrite."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint, inspect
from sqlalchemy.orm import Session

from survey.db import Base

KINDS = {"reference", "distributed", "local"}
GROWING = [table for table in Base.metadata.sorted_tables if table.info.get("kind") == "distributed"]


def test_every_table_says_what_it_is() -> None:
    assert {
        table.name: table.info.get("kind")
        for table in Base.metadata.sorted_tables
        if table.info.get("kind") not in KINDS
    } == {}


def test_the_agency_comes_first_in_the_key_of_every_growing_table() -> None:
    assert GROWING
    for table in GROWING:
        assert next(iter(table.primary_key.columns)).name == "agency_id", table.name
        assert not table.c.agency_id.nullable, table.name


def test_the_agency_is_in_every_unique_rule_of_a_growing_table() -> None:
    for table in GROWING:
        rules = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
        rules_and_indexes = [*rules, *(index for index in table.indexes if index.unique)]
        for rule in rules_and_indexes:
            assert "agency_id" in rule.columns, f"{table.name}: {rule.name}"


def test_growing_tables_refer_to_each_other_with_the_agency() -> None:
    for table in GROWING:
        for key in table.foreign_key_constraints:
            if key.referred_table.info["kind"] == "distributed":
                assert "agency_id" in key.column_keys, f"{table.name}: {key.name}"
            assert key.ondelete != "SET NULL", f"{table.name}: {key.name}"


def test_nothing_else_refers_to_a_growing_table() -> None:
    for table in Base.metadata.sorted_tables:
        if table not in GROWING:
            referred = {key.referred_table.info["kind"] for key in table.foreign_key_constraints}
            assert "distributed" not in referred, table.name


def test_sqlite_keeps_no_order_of_arrival(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        # PostgreSQL hides its row position from every query and export of ours; there is nothing to look at.
        return
    for table in ("responses", "comments", "transaction_codes"):
        created = (
            session.connection()
            .exec_driver_sql(
                f"SELECT sql FROM sqlite_master WHERE name = '{table}'"  # noqa: S608 -- fixed words
            )
            .scalar_one()
        )
        assert "WITHOUT ROWID" in created


def test_the_migrated_database_has_the_tables_of_the_models(session: Session) -> None:
    names = set(inspect(session.get_bind()).get_table_names()) - {"alembic_version"}
    assert names == {table.name for table in Base.metadata.sorted_tables}
