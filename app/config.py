"""Settings. This module is the only reader of the environment; every name begins with WEEKLINE_."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """All settings with their defaults. `*_FILE` variants name a file that holds the value."""

    model_config = SettingsConfigDict(env_prefix="WEEKLINE_", extra="ignore")

    data_dir: Path = Field(Path("data"), description="Folder of the SQLite database.")
    database_url: SecretStr | None = Field(
        None,
        description="SQLAlchemy address of the database; SQLite in the data folder where it is not set. "
        "PostgreSQL: postgresql://user:password@host/name",
    )
    database_url_file: Path | None = Field(None, description="A file that holds the database address.")
    public_url: str = Field(
        "http://127.0.0.1:8000", description="The address people open; links, cookies and CSRF checks use it."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Server processes; one on SQLite.")
    trusted_proxies: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="Proxies whose X-Forwarded-* headers are believed, comma-separated."
    )
    session_idle_minutes: int = Field(7 * 24 * 60, ge=5, description="Sign-in ends after this long unused.")
    session_days: int = Field(30, ge=1, description="Sign-in ends after this many days at the latest.")
    log_format: Literal["text", "json"] = Field("text", description="Form of the log lines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")
    max_body_bytes: int = Field(4 * 1024 * 1024, ge=64 * 1024, description="Largest request body taken.")

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _from_file(self) -> Settings:
        if self.database_url is None and self.database_url_file is not None:
            self.database_url = SecretStr(self.database_url_file.read_text(encoding="utf-8").strip())
        return self

    @cached_property
    def database(self) -> str:
        """The database address, with the PostgreSQL driver named."""
        if self.database_url is None:
            return f"sqlite:///{(self.data_dir / 'weekline.sqlite3').resolve()}"
        url = self.database_url.get_secret_value()
        for plain in ("postgresql://", "postgres://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        return url

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")
