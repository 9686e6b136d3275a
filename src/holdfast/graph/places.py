"""Rooms, room lists and workspaces of the tenant, from Microsoft Places.

New rooms show up here up to two days late, and equipment never does: an address given by hand must always do. A tenant
whose Places store was never set up answers an error instead of an empty list; that error is not taken for "no rooms".
"""

from holdfast.graph import limits, paths
from holdfast.graph.answers import Noun
from holdfast.graph.client import Ask, Line
from holdfast.graph.paging import Page, PageReader, pages, whole
from holdfast.graph.wire import Place

_reader = PageReader(Page[Place], Place)


def rooms(line: Line) -> list[Place]:
    return _listed(line, "/places/microsoft.graph.room")


def workspaces(line: Line) -> list[Place]:
    return _listed(line, "/places/microsoft.graph.workspace")


def room_lists(line: Line) -> list[Place]:
    return _listed(line, "/places/microsoft.graph.roomList")


def rooms_of(line: Line, list_address: str) -> list[Place]:
    """The rooms of one list, which is named by its e-mail address, not by its id."""
    return _listed(line, f"/places/{paths.segment(list_address)}/microsoft.graph.roomList/rooms")


def workspaces_of(line: Line, list_address: str) -> list[Place]:
    return _listed(line, f"/places/{paths.segment(list_address)}/microsoft.graph.roomList/workspaces")


def _listed(line: Line, path: str) -> list[Place]:
    ask = Ask(method="GET", path=path + paths.query(top=limits.PLACES_PAGE_SIZE), noun=Noun.DIRECTORY)
    return whole(pages(line, ask, _reader, version=lambda place: place.id))
