"""Resources, their units and places."""

import pytest

from holdfast.database.transactions import in_workspace
from holdfast.directory import resources
from holdfast.directory.errors import Invalid, NotAllowed, NotFound
from holdfast.directory.kinds import Kind
from holdfast.directory.models import Unit
from holdfast.directory.resources import NewResource
from holdfast.ports import ids

pytestmark = pytest.mark.database


def units(cast, name):
    with in_workspace(cast.workspace_id):
        return Unit.objects.filter(resource_id=cast.resource(name), active=True).count()


def test_a_room_has_one_unit_and_a_pool_as_many_as_it_has_desks(cast):
    assert units(cast, "Aquarium") == 1
    assert units(cast, "Desks") == 3


def test_a_pool_that_grows_again_takes_its_old_units_first(cast):
    resources.change_resource(cast.ada, cast.resource("Desks"), {}, units=1)
    resources.change_resource(cast.ada, cast.resource("Desks"), {}, units=5)

    assert units(cast, "Desks") == 5
    with in_workspace(cast.workspace_id):
        assert Unit.objects.filter(resource_id=cast.resource("Desks")).count() == 5


def test_a_resource_takes_the_zone_of_its_place_unless_it_has_its_own(cast):
    lisbon = resources.add_location(cast.ada, name="Lisbon", zone="Europe/Lisbon")

    there = resources.add_resource(cast.ada, NewResource(name="Tejo", kind=Kind.ROOM, location_id=lisbon.id))
    here = resources.add_resource(cast.ada, NewResource(name="Elbe", kind=Kind.ROOM))
    windows = resources.add_resource(
        cast.ada, NewResource(name="Spree", kind=Kind.ROOM, zone="W. Europe Standard Time")
    )

    assert (there.zone, here.zone, windows.zone) == ("Europe/Lisbon", "Europe/Berlin", "Europe/Berlin")


def test_a_member_manages_no_resources(cast):
    with pytest.raises(NotAllowed):
        resources.retire_resource(cast.ben, cast.resource("Aquarium"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"kind": "spaceship"}, "kind"),
        ({"buffer_after_s": -1}, "buffer_after_s"),
        ({"address": "no address"}, "address"),
        ({"seats": -4}, "seats"),
        ({"owner": "me"}, "owner"),
        ({"parent_id": ids.new()}, "parent_id"),
        ({"location_id": ids.new()}, "location_id"),
    ],
)
def test_a_change_that_cannot_be_names_its_field(cast, changes, field):
    with pytest.raises(Invalid) as caught:
        resources.change_resource(cast.ada, cast.resource("Aquarium"), changes)

    assert caught.value.field == field


def test_a_hall_cannot_be_inside_itself(cast):
    cast.add("Hall")
    cast.add("Stage", parent="Hall")

    with pytest.raises(Invalid) as caught:
        resources.change_resource(cast.ada, cast.resource("Hall"), {"parent_id": cast.resource("Stage")})

    assert caught.value.field == "parent_id"


def test_an_older_version_changes_nothing(cast):
    resources.change_resource(cast.ada, cast.resource("Aquarium"), {"seats": 9}, version=1)

    with pytest.raises(Invalid) as caught:
        resources.change_resource(cast.ada, cast.resource("Aquarium"), {"seats": 10}, version=1)

    assert caught.value.code == "changed_meanwhile"


def test_a_resource_next_door_is_not_found(cast, neighbours):
    with pytest.raises(NotFound):
        resources.retire_resource(cast.ada, neighbours.resource("Aquarium"))


def test_retired_resources_are_left_out_of_the_list(cast):
    resources.retire_resource(cast.ada, cast.resource("Aquarium"))

    with in_workspace(cast.workspace_id):
        names = [row.name for row in resources.resources(cast.workspace_id)]

    assert names == ["Boathouse", "Crow's Nest", "Desks", "Heron"]
