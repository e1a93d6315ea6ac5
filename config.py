"""Settings: the environment, checked once, as one frozen value.  See docs/operating.md for each of them."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT: Final = Path(__file__).resolve().parent
SECRET_BYTES: Final = 32
ROLES: Final = frozenset({"viewer", "agency_manager", "survey_manager", "administrator", "auditor"})


class Config(BaseSettings):
    """Everything an operator can set, by environment variable or in the file ``.env`` beside this one."""

    model_config = SettingsConfigDict(env_file=PROJECT / ".env", env_prefix="HAILONG_", frozen=True, extra="ignore")

    data_dir: Path = Field(default=PROJECT / "data", description="folder of the database, keys and documents")
    database_url: str = Field(default="", description="PostgreSQL address; empty: SQLite in the data folder")
    secret_key: str = Field(default="", description="signing key; empty: made once and kept in the data folder")
    public_url: str = Field(
        default="http://127.0.0.1:8000", validation_alias="PUBLIC_URL", description="address that posters carry"
    )
    behind_proxies: int = Field(default=0, ge=0, le=5, description="trusted reverse proxies in front")
    session_minutes: int = Field(default=30, ge=1, description="minutes of idleness that end a session")
    session_hours: int = Field(default=12, ge=1, description="hours after which a session ends, idle or not")
    two_factor: str = Field(
        default="survey_manager,administrator,auditor",
        description='roles that need a second factor outside the demo; "everyone", "nobody"',
    )
    keep_responses_months: int = Field(default=60, ge=1, description="months an answer is kept")
    keep_comments_months: int = Field(default=24, ge=1, description="months a comment is kept")
    keep_meters_days: int = Field(default=90, ge=1, description="days the intake meters are kept")
    keep_codes_days: int = Field(default=365, ge=1, description="days a retired counter code is kept")
    poster_months: int = Field(default=24, ge=1, description="months after which a poster is told to be due")
    keep_logs_days: int = Field(default=30, ge=1, description="days of jobs, failed sign-ins and logs")
    languages: str = Field(default="", description="languages of citizens' pages beside those that offer themselves")
    smtp_url: str = Field(
        default="", description="mail server, smtp(s)://[user:password@]host[:port]?from=address; empty: no mail"
    )
    fold_hour: int = Field(default=2, ge=0, le=23, description="local hour of the nightly fold")

    open_data_licence: Literal["CC-BY-4.0", "CC0-1.0", "ODC-BY-1.0"] = Field(
        default="CC-BY-4.0", description="licence of released results as open data"
    )
    opening_hours: str = Field(
        default="Mon-Fri 07:00-18:00, Sat 07:00-12:00", description="when counters without hours of their own are open"
    )

    @field_validator("opening_hours")
    @classmethod
    def _can_be_read(cls, text: str) -> str:
        from survey.models.opening_hours import read_opening_hours  # noqa: PLC0415 -- only where somebody sets it

        read_opening_hours(text)
        return text

    @field_validator("two_factor")
    @classmethod
    def _names_roles(cls, text: str) -> str:
        """Refuse a role that does not exist: a slip of the pen must not leave accounts less safe."""
        named = {name.strip() for name in text.split(",")}
        if text not in {"everyone", "nobody"} and not named <= ROLES:
            msg = f"everyone, nobody, or some of {', '.join(sorted(ROLES))}, with commas between"
            raise ValueError(msg)
        return text

    @field_validator("data_dir")
    @classmethod
    def _from_the_root(cls, folder: Path) -> Path:
        """Make a relative folder absolute, so that every process means the same one."""
        return folder.absolute()

    @property
    def sqlalchemy_url(self) -> str:
        """Return the address SQLAlchemy opens."""
        if not self.database_url:
            return f"sqlite:///{self.sqlite_path}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def sqlite_path(self) -> Path:
        """Return the file of the embedded database."""
        return self.data_dir / "hailong.sqlite3"

    @property
    def is_embedded(self) -> bool:
        """Return whether the database is our own SQLite file."""
        return not self.database_url

    @property
    def two_factor_roles(self) -> frozenset[str]:
        """Return the roles that need a second factor."""
        if self.two_factor == "everyone":
            return ROLES
        return ROLES & {name.strip() for name in self.two_factor.split(",")}

    def signing_key(self) -> str:
        """Return the key of all signatures; made in the data folder, readable by the owner only, when first asked."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret.key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(SECRET_BYTES), encoding="ascii")
        return path.read_text(encoding="ascii").strip()
