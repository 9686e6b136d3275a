"""Wake-ups that a worker's own threads give: part of their transaction, whatever the worker's reading side does."""

import asyncio

import pytest
from django.db import connection, connections, transaction

from holdfast.host.worker import reading_app
from holdfast.mirror import tasks

pytestmark = pytest.mark.database


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return cursor.fetchone()[0]


def wake_and_think_better() -> None:
    with transaction.atomic():
        tasks.wake(7)
        transaction.set_rollback(True)
    connections.close_all()


def wake() -> None:
    try:
        tasks.wake(7)
    finally:
        connections.close_all()


def while_reading(work) -> None:
    async def read() -> None:
        async with reading_app().open_async():
            await asyncio.to_thread(work)

    asyncio.run(read())


@pytest.mark.invariant("I13")
def test_a_wake_up_that_is_rolled_back_wakes_nobody(database):
    """I13: a change and its wake-up commit together or not at all, in a worker as anywhere."""
    while_reading(wake_and_think_better)

    assert jobs() == 0


def test_a_wake_up_that_is_committed_waits_for_a_worker(database):
    while_reading(wake)

    assert jobs() == 1
