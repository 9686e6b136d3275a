"""The ground of all tests: one PostgreSQL for each test process, migrated once, emptied after each test that used it.

`HOLDFAST_TEST_POSTGRES=/usr/lib/postgresql/15/bin` runs the database tests on another server's programs.
Everything runs as the app role, as in production; only the emptying is a superuser's.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from holdfast.host.postgres import OWNER, SUPERUSER, EmbeddedPostgres

if TYPE_CHECKING:
    from tests.cast import Cast

_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_EMPTY = r"""
DO $$ DECLARE t record; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR t IN SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
             WHERE relkind = 'r' AND nspname = 'public' AND relname NOT LIKE 'django\_migrations'
             AND relname NOT LIKE 'django\_content\_type' AND relname NOT LIKE 'auth\_permission'
    LOOP EXECUTE format('DELETE FROM %I', t.relname); END LOOP;
END $$
"""


def _make_cluster() -> EmbeddedPostgres:
    directory = Path(tempfile.mkdtemp(prefix="holdfast-tests-"))
    binaries = os.environ.get("HOLDFAST_TEST_POSTGRES")
    cluster = EmbeddedPostgres(directory, binaries=Path(binaries) if binaries else None, settings=_FAST)

    def discard() -> None:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)
        shutil.rmtree(cluster.socket_directory, ignore_errors=True)

    atexit.register(discard)
    return cluster


_CLUSTER = _make_cluster()


def pytest_configure() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "holdfast.host.settings"
    os.environ["DATABASE_URL"] = _CLUSTER.url()
    os.environ["DATABASE_OWNER_URL"] = _CLUSTER.url(OWNER)
    os.environ["HOLDFAST_STATE"] = str(_CLUSTER.directory / "state")
    os.environ["HOLDFAST_WEB_ALLOWED_HOSTS"] = "testserver"
    import django

    django.setup()


@pytest.fixture(scope="session")
def cluster() -> EmbeddedPostgres:
    """The migrated server of this test process."""
    from django.core.management import call_command
    from django.db import connections

    _CLUSTER.start()
    call_command("migrate", database="owner", verbosity=0)
    connections["owner"].close()
    return _CLUSTER


@pytest.fixture
def database(cluster: EmbeddedPostgres) -> Iterator[EmbeddedPostgres]:
    """A migrated, empty database, seen as the app role."""
    yield cluster
    from django.db import connections

    connections.close_all()
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
        connection.execute(_EMPTY)


@pytest.fixture
def cast(database: EmbeddedPostgres) -> "Cast":
    """One company with people, rooms, a van and a pool of desks."""
    from tests.cast import furnished

    return furnished()


@pytest.fixture
def neighbours(database: EmbeddedPostgres) -> "Cast":
    """Another company in the same installation, with the same names throughout."""
    from tests.cast import furnished

    return furnished("Harbour Works Two")
