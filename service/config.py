"""Settings of one installation, read from the environment in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting; `.env.example` lists each with its meaning."""

    data_dir: Path = Path("data")
    database_url: str = ""
    redis_url: str = ""
    key_file: Path | None = None
    models_dir: Path | None = None
    bind: str = "127.0.0.1:8000"
    public_url: str = ""
    workers: int = 1
    max_upload_mb: int = 50
    lease_seconds: float = 120.0
    heartbeat_seconds: float = 30.0
    sweep_seconds: float = 10.0
    retry_seconds: float = 5.0
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12
    login_failures: int = 5
    lockout_minutes: int = 15
    secure_cookies: bool = False
    trusted_proxies: int = 0
    county_name: str = "示范县"
    report_deadline_day: int = 31
    holidays_file: Path | None = None
    transfer_days: int = 10
    handover_days: int = 3
    verify_days: int = 5
    teaching_year_lessons: int = 216
    teaching_week_visits: int = 2
    teaching_visit_lessons: int = 3
    teaching_from_age: int = 6
    teaching_until_age: int = 14
    log_level: str = "INFO"

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database: the one given, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'shibiao.sqlite3'}"

    @property
    def keys(self) -> Path:
        """The file with the encryption keys; best kept on another disk than the database."""
        return self.key_file or self.data_dir / "keys" / "keys.json"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from `SHIBIAO_*` variables; the only reader of the environment.

        Raises ValueError, naming the variable, when a value does not fit its type.
        """
        env = os.environ if environ is None else environ
        given = {f.name: _parse(f.name, str(f.type), env[_variable(f.name)])
                 for f in fields(cls) if env.get(_variable(f.name), "") != ""}
        return cls(**given)  # type: ignore[arg-type]

    def as_env(self) -> dict[str, str]:
        """The variables `from_env` reads this from: how a process hands its settings to its children."""
        given = {_variable(f.name): getattr(self, f.name) for f in fields(self)}
        return {name: str(value).lower() if isinstance(value, bool) else str(value)
                for name, value in given.items() if value not in (None, "")}


def _variable(name: str) -> str:
    return f"SHIBIAO_{name.upper()}"


def _parse(name: str, kind: str, text: str) -> object:
    try:
        if kind == "bool":
            return {"1": True, "true": True, "0": False, "false": False}[text.lower()]
        if kind in ("int", "float"):
            return {"int": int, "float": float}[kind](text)
    except (ValueError, KeyError):
        raise ValueError(f"{_variable(name)}={text!r} is not a valid {kind}") from None
    return Path(text) if kind.startswith("Path") else text
