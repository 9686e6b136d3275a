"""Places: lists by kind, single places, the members of room lists, descendants (FACTS 2.1)."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from sim365.directory.places import (
    PROPERTIES,
    id_of,
    is_listed,
    mailbox_places,
    place_json,
    room_list_json,
    space_json,
)
from sim365.errors import GraphError, bad_request, unparsable_query
from sim365.http.filters import Lookup, names_in, satisfies
from sim365.http.odata import Options, page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.state import Mailbox, PlaceKind, RoomList, Space, SpaceKind

PAGE = {"room": 100, "workspace": 100, "roomList": 100, "building": 1000, "floor": 1000, "section": 1000, "desk": 1000}
"""Both the usual size of a page and the largest."""
ROLES = ("Place.Read.All", "Place.ReadWrite.All")
DEPTH_MAX = 10
"""Buildings, floors, sections and what stands in them are four levels; a longer chain of parents is a loop."""
_NESTED = {
    "address": frozenset({"street", "city", "state", "countryOrRegion", "postalCode"}),
    "geoCoordinates": frozenset({"latitude", "longitude", "accuracy", "altitude", "altitudeAccuracy"}),
}
_SINGLE_OPTIONS = frozenset({"$select", "$format"})

Found = Mailbox | RoomList | Space
Json = dict[str, Any]


def bind(routes: Routes) -> None:
    """`/places/microsoft.graph.room` and its kin, `/places/{id}`."""
    for kind in PAGE:
        pattern = f"places/microsoft.graph.{kind}"
        routes.add("GET", pattern, Route(f"places {kind}", _lister(kind), ROLES, is_directory=True))
        below = f"places/{{place}}/descendants/microsoft.graph.{kind}"
        routes.add("GET", below, Route(f"place descendants {kind}", _descendants(kind), ROLES, is_directory=True))
    for kind in ("room", "workspace"):
        inner = f"places/{{place}}/microsoft.graph.roomList/{kind}s"
        routes.add("GET", inner, Route(f"roomList {kind}s", _members(kind), ROLES, is_directory=True))
    routes.add("GET", "places", Route("places", refuse_bare, ROLES, is_directory=True))
    routes.add("GET", "places/{place}", Route("place get", get_place, ROLES, is_directory=True))
    every = Route("place descendants", _descendants(""), ROLES, is_directory=True)
    routes.add("GET", "places/{place}/descendants", every)
    routes.add_gap("places/{place}/checkIns", "check-ins at places")


def get_place(call: Call) -> Answer:
    """A place by id, placeId or address; `$select` is all that can be asked besides."""
    for name, _ in call.request.options():
        if name.startswith("$") and name.lower() not in _SINGLE_OPTIONS:
            raise bad_request(f"The query option '{name}' is not supported for a single place.")
    options = read_options(call.request, top=1)
    found = named_place(call, call.params["place"])
    return Answer(200, {"@odata.context": _entity(call), **typed(call, found, options)})


def refuse_bare(call: Call) -> Answer:
    """Without a type cast there is no listing (FACTS 2.1)."""
    del call
    text = "The resource 'places' must be cast to a type such as microsoft.graph.room."
    raise bad_request(text)


def named_place(call: Call, name: str) -> Found:
    """The place of this id, placeId or address; a room that does not show yet is not found."""
    _check_store(call)
    wanted = name.lower()
    lists = call.tenant.room_lists
    room_list = lists.get(wanted) or next((each for each in lists.values() if each.oid.lower() == wanted), None)
    space = call.tenant.spaces.get(wanted)
    if room_list is not None or space is not None:
        return cast("Found", room_list or space)
    for mailbox in call.tenant.mailboxes.values():
        place = mailbox.place
        if place is None or not is_listed(mailbox, call.world.now()):
            continue
        if wanted in {mailbox.place_id.lower(), id_of(mailbox, place), mailbox.address.lower()}:
            return mailbox
    raise no_place(name)


def no_place(name: str) -> GraphError:
    """There is none of this name, or none that shows."""
    return GraphError(404, "ErrorItemNotFound", f"The place '{name}' was not found.")


def kind_of(found: Found) -> str:
    """The type's short name."""
    match found:
        case RoomList():
            return "roomList"
        case Space():
            return found.kind.value
        case Mailbox():
            return PlaceKind.ROOM.value if found.place is None else found.place.kind.value


def shown_place(call: Call, found: Found) -> Json:
    """All properties."""
    match found:
        case RoomList():
            return room_list_json(found)
        case Space():
            return space_json(call.tenant, found)
        case Mailbox():
            if found.place is None:
                raise no_place(found.address)
            return place_json(found, found.place)


def typed(call: Call, found: Found, options: Options) -> Json:
    """A place among others of other types."""
    kind = kind_of(found)
    return {"@odata.type": f"#microsoft.graph.{kind}", **_chosen(shown_place(call, found), options, kind)}


def children_of(call: Call, parent: str) -> Iterator[Found]:
    """What stands directly in a place."""
    yield from (space for space in call.tenant.spaces.values() if space.parent_id == parent)
    for mailbox in call.tenant.mailboxes.values():
        if mailbox.place is not None and mailbox.place.parent_id == parent:
            yield mailbox


def _all_of(call: Call, kind: str) -> Iterator[Found]:
    match kind:
        case "roomList":
            yield from call.tenant.room_lists.values()
        case "room" | "workspace":
            for mailbox, _ in mailbox_places(call.tenant, PlaceKind(kind), call.world.now()):
                yield mailbox
        case _:
            yield from (space for space in call.tenant.spaces.values() if space.kind is SpaceKind(kind))


def _below(call: Call, parent: str, depth: int = 0) -> Iterator[Found]:
    for child in children_of(call, parent):
        yield child
        if isinstance(child, Space) and depth < DEPTH_MAX:
            yield from _below(call, child.id, depth + 1)


def _lister(kind: str) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        _check_store(call)
        return _listed(call, [shown_place(call, found) for found in _all_of(call, kind)], kind)

    return handler


def _members(kind: str) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        _check_store(call)
        room_list = call.tenant.room_lists.get(call.params["place"].lower())
        if room_list is None:
            # The list is addressed by its e-mail address; its id leads nowhere (FACTS 2.1).
            raise no_place(call.params["place"])
        members = (call.tenant.find(address) for address in room_list.members)
        shown = [
            place_json(mailbox, mailbox.place)
            for mailbox in members
            if mailbox is not None and mailbox.place is not None and mailbox.place.kind is PlaceKind(kind)
        ]
        return _listed(call, shown, kind)

    return handler


def _descendants(kind: str) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        ancestor = named_place(call, call.params["place"])
        if not isinstance(ancestor, Space):
            text = "Only buildings, floors and sections have descendants."
            raise bad_request(text)
        options = read_options(call.request, top=PAGE["desk"], top_max=PAGE["desk"])
        below = [found for found in _below(call, ancestor.id) if kind in {"", kind_of(found)}]
        shown = [typed(call, found, options) for found in below]
        return Answer(200, page_of(call.request, shown, options, context="Collection(microsoft.graph.place)"))

    return handler


def _listed(call: Call, shown: list[Json], kind: str) -> Answer:
    size = PAGE[kind]
    options = read_options(call.request, top=size, top_max=size)
    if options.filter is not None:
        wanted = options.filter
        for path in names_in(wanted):
            _check_path(path, kind)
        shown = [place for place in shown if satisfies(wanted, _lookup(place), lambda name, p=place: _tags(p, name))]
    if options.order is not None:
        name, descending = options.order
        _check_path(name, kind)
        shown.sort(key=lambda place: str(_lookup(place)(name) or "").lower(), reverse=descending)
    chosen = [_chosen(place, options, kind) for place in shown]
    return Answer(200, page_of(call.request, chosen, options, context=f"places/microsoft.graph.{kind}"))


def _lookup(place: Json) -> Lookup:
    def value_of(path: str) -> Any:
        name, _, inner = path.partition("/")
        value = place.get(name)
        return cast("Json", value).get(inner) if inner and isinstance(value, dict) else value

    return value_of


def _tags(place: Json, name: str) -> list[Lookup]:
    held = place.get(name)
    values = cast("list[Any]", held) if isinstance(held, list) else []
    return [(lambda path, value=value: value if path == "" else None) for value in values]


def _check_path(path: str, kind: str) -> None:
    name, _, inner = path.partition("/")
    if name not in PROPERTIES[kind] or (inner and inner not in _NESTED.get(name, frozenset())):
        raise unparsable_query(f"Could not find a property named '{path}' on type 'microsoft.graph.{kind}'.")


def _chosen(shown: Json, options: Options, kind: str) -> Json:
    for name in options.select - PROPERTIES[kind] - {"*"}:
        raise unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.{kind}'.")
    if not options.select or "*" in options.select:
        return shown
    return {name: value for name, value in shown.items() if name in options.select or name == "id"}


def _check_store(call: Call) -> None:
    """A tenant whose places were never set up answers with an error, not with an empty list (FACTS 2.1)."""
    if not call.tenant.has_places:
        raise GraphError(404, "UnknownError", "invalid_place: the places of this organization are not set up.")


def _entity(call: Call) -> str:
    return f"{call.request.origin}/v1.0/$metadata#places/$entity"
