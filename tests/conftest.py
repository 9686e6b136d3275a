"""The ground of all tests: one PostgreSQL for each test process, migrated once, emptied after each test that used it.

`HOLDFAST_TEST_POSTGRES=/usr/lib/postgresql/15/bin` runs the database tests on another server's programs.
Everything runs as the app role, as in production; only the emptying is a superuser's.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from holdfast.host.postgres import EmbeddedPostgres
from sim365 import conformity
from tests import ground

if TYPE_CHECKING:
    from tests.cast import Cast

_CLUSTER = ground.lay()
conformity.watch_everything()


@pytest.fixture(autouse=True)
def every_answer_fits_the_types() -> Iterator[None]:
    """A violation of Microsoft's types fails the test in which sim365 answered so, whatever Holdfast made of it."""
    yield
    conformity.raise_violations()


@pytest.fixture(scope="session")
def cluster() -> EmbeddedPostgres:
    """The migrated server of this test process."""
    return ground.migrate(_CLUSTER)


@pytest.fixture
def database(cluster: EmbeddedPostgres) -> Iterator[EmbeddedPostgres]:
    """A migrated, empty database, seen as the app role."""
    yield cluster
    ground.empty(cluster)


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
