"""The settings, from the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

HOST = "127.0.0.1"
"""Everything is served on loopback."""
HARBOR = Path(__file__).parents[1] / "knowledge" / "harbor"


class Settings(BaseSettings):
    """The contract's settings, from the environment."""

    model_config = SettingsConfigDict(env_prefix="DESKHAND_", populate_by_name=True, extra="ignore")

    port: int = Field(default=8000, validation_alias="PORT", ge=1, le=65535)
    home: Path = Path(".deskhand")
    playbook: Path = HARBOR
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    backoffice_url: str | None = None
    """The company's systems (their API is under `/api`); by default the embedded ones, over HTTP like any other."""
    connections: Path | None = None
    """A file that names other systems, whose tools stand beside the back office's or in their place."""
    chromium: str | None = Field(default=None, validation_alias="CHROMIUM")
    """The browser for pages without an API; by default the system's own, if it has one."""
    embedder: str | None = None
    """MODULE:CALLABLE of an embedder for all languages but English, in the place of the one that is installed; `none`:
    English alone is read."""
    model: str | None = None
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    openai_api_key: str | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    turn_timeout_s: float = Field(default=30, gt=0)
    approval_ttl_s: float = Field(default=86_400, gt=0)
    confirm_ttl_s: float = Field(default=900, gt=0)
    retry_s: float = Field(default=30, gt=0)
    clock_offset_s: float = 0
    rate_limit: int | None = Field(default=None, gt=0)
    """Requests a minute from one address; off by default, since the default address is loopback."""
    data: Path = Path(__file__).parents[2] / "shared" / "data"
    """The folder of the data sets that the suites of `deskhand eval` run on."""

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"http://{HOST}:{self.port}"

    @property
    def backoffice(self) -> str:
        """Where the company's systems are."""
        return self.backoffice_url or f"{self.address}/backoffice"

    @property
    def store(self) -> str:
        """The database of the case files."""
        return self.database_url or f"sqlite+aiosqlite:///{self.home / 'cases.db'}"
