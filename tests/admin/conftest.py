"""Every test here begins with the province of ``desk_province``."""

from desk_fixtures import database, postgresql_province, province, sign_in, sqlite_province

__all__ = ["database", "postgresql_province", "province", "sign_in", "sqlite_province"]
