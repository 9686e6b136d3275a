"""What a command stands on: the configuration, and a database for its length.

Decides whether the embedded database must be started: where `holdfast up` runs, its database is used; else the command
starts it, brings it up to date and stops it again.
"""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import django
from django.db import connections

from holdfast.cli import telling
from holdfast.host import lock, places, up
from holdfast.host.config import Config, load
from holdfast.host.migrate import migrate
from holdfast.host.postgres import EmbeddedPostgres


@cache
def config() -> Config:
    """The configuration of this process. Raises ConfigurationInvalid."""
    return load()


def _attach(found: Config) -> None:
    from holdfast.host import outward  # noqa: PLC0415  models exist only after django.setup()

    outward.attach(found)


@contextmanager
def database() -> Generator[Config]:
    """A database that answers and is up to date, with Django ready to use it."""
    found = config()
    with ExitStack() as stack:
        if found.database.is_embedded and lock.holder(places.lock_file(found.state)) is None:
            stack.enter_context(lock.only_one(places.lock_file(found.state)))
            stack.enter_context(up.database(found, say=telling.say))
        django.setup()
        migrate(found)
        _attach(found)
        try:
            yield found
        finally:
            connections.close_all()


def stop_leftover(directory: Path) -> None:
    """End an embedded server that a killed run left behind, so that its files may go."""
    if (directory / "data" / "PG_VERSION").exists():
        EmbeddedPostgres(directory).stop()
