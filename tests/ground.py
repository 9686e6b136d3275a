"""One migrated PostgreSQL for one process: of a test run, of a world run, of a measurement.

`HOLDFAST_TEST_POSTGRES=/usr/lib/postgresql/15/bin` chooses another server's programs. Durability is off: what is tested
here is never the power cut of the machine itself.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import psycopg

from holdfast.host.postgres import OWNER, SUPERUSER, EmbeddedPostgres

_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # statistics that come at a moment of their own would change plans between two runs
}
_EMPTY = r"""
DO $$ DECLARE t record; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR t IN SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
             WHERE relkind = 'r' AND nspname = 'public' AND relname NOT LIKE 'django\_migrations'
             AND relname NOT LIKE 'django\_content\_type' AND relname NOT LIKE 'auth\_permission'
    LOOP EXECUTE format('DELETE FROM %I', t.relname); END LOOP;
    -- Numbers begin anew as well: the same seed meets the same ids, whatever ran before it.
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename NOT LIKE 'auth\_%'
          AND sequencename NOT LIKE 'django\_%';
END $$
"""


def lay() -> EmbeddedPostgres:
    """A cluster that is removed with the process, and Django set up to use it; not started yet."""
    directory = Path(tempfile.mkdtemp(prefix="holdfast-tests-"))
    binaries = os.environ.get("HOLDFAST_TEST_POSTGRES")
    cluster = EmbeddedPostgres(directory, binaries=Path(binaries) if binaries else None, settings=_FAST)

    def discard() -> None:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)
        shutil.rmtree(cluster.socket_directory, ignore_errors=True)

    atexit.register(discard)
    announce(cluster)
    return cluster


def announce(cluster: EmbeddedPostgres) -> None:
    """Set Django of this process up to use a cluster."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "holdfast.host.settings"
    os.environ["DATABASE_URL"] = cluster.url()
    os.environ["DATABASE_OWNER_URL"] = cluster.url(OWNER)
    os.environ["HOLDFAST_STATE"] = str(cluster.directory / "state")
    os.environ.setdefault("HOLDFAST_WEB_ALLOWED_HOSTS", "testserver")
    import django

    django.setup()


def migrate(cluster: EmbeddedPostgres) -> EmbeddedPostgres:
    """Start the server and bring its tables up to date, as the owner."""
    from django.core.management import call_command
    from django.db import connections

    cluster.start()
    call_command("migrate", database="owner", verbosity=0)
    connections["owner"].close()
    return cluster


def empty(cluster: EmbeddedPostgres) -> None:
    """Delete every row, as the next test expects to find none."""
    from django.db import connections

    connections.close_all()
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
        connection.execute(_EMPTY)
