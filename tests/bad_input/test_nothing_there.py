"""A database that is gone or full: every door says so with what to do, nothing is lost, and work goes on afterwards."""

import json
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client

from holdfast.directory import tokens
from holdfast.directory.roles import Permission
from holdfast.host.postgres import SUPERUSER
from holdfast.mirror import sweep
from holdfast.mirror.models import Lease
from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, standing

pytestmark = pytest.mark.database


@contextmanager
def without_a_database():
    """Every new connection of this process is refused, as by a server that is gone."""
    real = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "gone"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real


def token(cast):
    scopes = [Permission.VIEW, Permission.BOOK]
    return tokens.make_token(cast.system, name="script", scopes=scopes, person_id=cast.people["Ben"].id)[1]


def test_every_door_says_that_the_database_is_gone(synced, cast):
    """Readyz 503, healthz 200, the doorbell 503, the interface a problem with a remedy; then all is as before."""
    secret = token(cast)
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {secret}"}
    notices = json.dumps({"value": [{"subscriptionId": "x", "changeType": "updated", "resource": "y"}]})
    with without_a_database():
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "unreachable")
        assert client.post("/notices/any", notices, content_type="application/json").status_code == 503
        for answer in (
            client.get("/api/v1/bookings", headers=headers),
            client.post("/api/v1/bookings", "{}", content_type="application/json", headers=headers),
        ):
            assert answer.status_code == 503
            assert answer["Content-Type"] == "application/problem+json"
            told = answer.json()
            assert told["code"]
            assert told["remedy"]
            assert "gone" not in json.dumps(told), "the database's name is nobody's business"
        client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
        page = client.get("/")
        assert page.status_code == 503
        assert "Traceback" not in page.content.decode()
    assert client.get("/api/v1/bookings", headers=headers).status_code == 200


@pytest.mark.invariant("I12", "I24")
@pytest.mark.parametrize("at_request", [1, 2, 3])
def test_a_worker_whose_database_goes_away_in_the_middle_recovers(synced, cast, at_request):
    """F74, F75: the server kills our session between two requests; the next tending finishes, once."""
    cast.book("Aquarium", at(9), title="Ours")
    synced.room().create_event("Theirs", utc(12), utc(13))
    count = 0

    def killed(name):
        nonlocal count
        count += 1
        if count == at_request:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (pid,) = cursor.fetchone()
            _superuser(f"SELECT pg_terminate_backend({pid})")

    synced.around_requests = killed
    try:
        synced.sync("Aquarium")
    except DatabaseError:
        connection.close()
    synced.around_requests = None
    connection.close()
    synced.engine = synced.new_engine()
    for _ in range(3):
        synced.pass_time(seconds=100)
        sweep.run_once()
        synced.work()

    assert sorted(event["subject"] for event in synced.room().events()) == ["Ours", "Theirs"]
    assert [booking.title for booking in standing(cast)] == ["Ours", "Theirs"]
    assert Lease.objects.filter(until__isnull=False).count() == 0
    assert_at_rest(synced, cast)


@contextmanager
def full_disk():
    """Every write of a booking fails with the very error that a full disk gives (53100)."""
    _superuser(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
        "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON bookings_booking EXECUTE FUNCTION full_disk()",
    )
    try:
        yield
    finally:
        _superuser("DROP TRIGGER full_disk ON bookings_booking", "DROP FUNCTION full_disk()")
        connection.close()


@contextmanager
def read_only():
    """A server that takes no writes: a standby, or one that guards its last bytes."""
    user = connection.settings_dict["USER"]
    connection.close()
    _superuser(f'ALTER ROLE "{user}" SET default_transaction_read_only = on')
    try:
        yield
    finally:
        _superuser(f'ALTER ROLE "{user}" RESET default_transaction_read_only')
        connection.close()


@pytest.mark.parametrize("trouble", [full_disk, read_only])
def test_a_database_that_takes_no_writes_is_said_and_loses_nothing(synced, cast, trouble):
    """F77, F79: the booking is refused as a whole with a remedy; then all works, on both sides."""
    secret = token(cast)
    client = Client(raise_request_exception=False)
    body = {"resource_id": str(cast.resource("Aquarium")), "title": "Tour", "zone": "Europe/Berlin",
            "start": "2026-03-03T09:00:00", "end": "2026-03-03T10:00:00"}  # fmt: skip

    def book():
        headers = {"Authorization": f"Bearer {secret}"}
        return client.post("/api/v1/bookings", body, content_type="application/json", headers=headers)

    with trouble():
        refused = book()
        assert refused.status_code == 503
        assert refused.json()["remedy"]
        assert "No space" not in refused.content.decode()
    assert standing(cast) == []
    assert book().status_code == 201
    synced.work()
    assert [event["subject"] for event in synced.room().events()] == ["Tour"]
    assert_at_rest(synced, cast)


@pytest.mark.invariant("I12", "I15")
def test_an_event_that_came_while_the_disk_was_full_is_taken_in_afterwards(synced, cast):
    """F77, I15: the page and its token are stored together or not at all."""
    synced.room().create_event("Came then", utc(12), utc(13))
    with full_disk():
        try:
            synced.sync("Aquarium")
        except DatabaseError:
            connection.close()
        assert standing(cast) == []
    for _ in range(3):
        synced.pass_time(seconds=100)
        sweep.run_once()
        synced.work()

    assert [booking.title for booking in standing(cast)] == ["Came then"]
    assert_at_rest(synced, cast)


def _superuser(*statements):
    real = connection.settings_dict
    with psycopg.connect(
        host=real["HOST"], port=real["PORT"] or None, dbname=real["NAME"], user=SUPERUSER, autocommit=True
    ) as session:
        for statement in statements:
            session.execute(statement)
