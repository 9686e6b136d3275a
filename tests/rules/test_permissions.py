"""What an administrator consents to: each permission by Microsoft's name with its use, all of them needed, no other used."""

import pytest

from holdfast.mirror import connections, mappings
from holdfast.mirror.discovery import discover
from holdfast.mirror.manners import Settings
from holdfast.mirror.status import statuses
from holdfast.reconcile.rules import Direction
from sim365.conduct.record import Misconduct
from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import standing

pytestmark = pytest.mark.database

RULES = {
    "Place.Read.All": "Read all company places",
    "User.Read.All": "Read all users' full profiles",
    "Calendars.ReadWrite": "Read and write calendars in all mailboxes",
    "MailboxSettings.Read": "Read all user mailbox settings",
}


@pytest.mark.rule("S008", "S009", "S010", "S012")
def test_each_permission_is_listed_by_its_microsoft_name_with_what_it_is_for():
    """S008, S009, S010, S012: places, users' profiles and calendars, each with our reason; a fourth for rooms' settings."""
    assert {one.scope: one.name for one in connections.PERMISSIONS} == RULES
    assert all(one.why.startswith("to ") for one in connections.PERMISSIONS)
    words = {one.scope: one.why for one in connections.PERMISSIONS}
    assert "rooms" in words["Place.Read.All"]
    assert "mailboxes" in words["User.Read.All"]
    assert ("read" in words["Calendars.ReadWrite"], "write" in words["Calendars.ReadWrite"]) == (True, True)


def the_main_job(harbour, cast):
    """Find, map, sync both ways with a fresh worker; answers what could not be asked."""
    harbour.engine = harbour.new_engine()
    problems = list(discover(cast.ada, harbour.connection.id, engine=harbour.engine).problems)
    try:
        harbour.map("Aquarium")
    except connections.NotReachable as error:
        return [*problems, str(error)]
    harbour.work()
    cast.book("Aquarium", at(9), title="Ours")
    harbour.room().create_event("Theirs", utc(12))
    harbour.sync("Aquarium")
    return problems


def registration(harbour):
    (app,) = harbour.simulator.company.tenants[0].apps.values()
    return app


@pytest.mark.rule("S012")
def test_with_these_permissions_everything_works_and_no_other_is_used(harbour, cast):
    """S012: the application holds these and no more."""
    assert set(registration(harbour).permissions) == {one.scope for one in connections.PERMISSIONS}
    assert the_main_job(harbour, cast) == []
    assert len(harbour.room().events()) == 2


@pytest.mark.rule("S008", "S009", "S010")
@pytest.mark.parametrize("scope", RULES)
def test_without_any_one_of_them_something_is_refused(harbour, cast, scope):
    """S008, S009, S010: none is asked for in vain."""
    registration(harbour).permissions.discard(scope)
    the_main_job(harbour, cast)

    offences = harbour.simulator.conduct.offences
    assert {offence.kind for offence in offences} == {Misconduct.UNKNOWN_PERMISSION_USE}
    offences.clear()


@pytest.mark.rule("S014", "S047")
def test_downwards_no_right_to_write_is_needed_and_upwards_it_is(harbour, cast):
    """S014, S047: the application may only read: what stands in Outlook comes in, with not one write tried; then the
    direction is opened upwards, and the refusal names the permission that is missing.
    """
    permissions = registration(harbour).permissions
    permissions.discard("Calendars.ReadWrite")
    permissions.add("Calendars.Read")
    harbour.engine = harbour.new_engine()
    harbour.room().create_event("Theirs", utc(12))
    harbour.map("Aquarium", direction=Direction.DOWN)
    harbour.work()
    harbour.pass_time(hours=2)
    harbour.sync("Aquarium")
    assert [each.title for each in standing(cast)] == ["Theirs"]
    assert {entry.method for entry in harbour.simulator.conduct.entries} == {"GET"}
    assert harbour.simulator.conduct.offences == []

    mappings.change_settings(cast.ada, harbour.mapped["Aquarium"].id, Settings())
    cast.book("Aquarium", at(9), title="Ours")
    harbour.work()
    (status,) = statuses(cast.ada)
    assert "Calendars.ReadWrite" in status.words
    harbour.simulator.conduct.offences.clear()
