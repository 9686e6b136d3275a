"""How many statements a page costs: counted, because a page that asks once per room is slow only with many rooms."""

import pytest

from tests.cast import at

pytestmark = pytest.mark.database
PAGE_MAX = 12
GRID_MAX = 3
FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def counted(captured) -> list[str]:
    statements = [one["sql"] for one in captured.captured_queries]
    return [sql for sql in statements if not sql.startswith(FRAME)]


def fill(cast, rooms: int) -> None:
    for number in range(rooms):
        cast.add(f"Cabin {number}")
        cast.book(f"Cabin {number}", at(9), title=f"Meeting {number}")


@pytest.mark.parametrize("rooms", [1, 12])
def test_a_grid_costs_three_statements_whatever_the_number_of_rooms(cast, rooms):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from holdfast.database.transactions import in_workspace
    from holdfast.web import board

    fill(cast, rooms)
    with in_workspace(cast.workspace_id), CaptureQueriesContext(connection) as captured:
        read = board.read(cast.ada, zone="Europe/Berlin", first=at(9).start.date())
    assert len(read.bookings) == rooms
    assert len(counted(captured)) <= GRID_MAX


def test_a_page_costs_a_dozen_statements_at_most(cast, visitor):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    fill(cast, 6)
    ada = visitor("Ada")
    for address in ("/", "/bookings?after=", "/resources", "/news", "/day/2026-03-03/spans", "/settings"):
        with CaptureQueriesContext(connection) as captured:
            assert ada.get(address).status_code == 200
        assert len(counted(captured)) <= PAGE_MAX, "\n".join([address, *counted(captured)])


def test_nothing_new_is_told_without_a_page(cast, visitor):
    ada = visitor("Ada")
    tag = ada.get("/news")["ETag"]
    assert ada.get("/news", headers={"If-None-Match": tag}).status_code == 304
    cast.book("Aquarium", at(9))
    fresh = ada.get("/news", headers={"If-None-Match": tag})
    assert fresh.status_code == 200
    assert fresh["ETag"] != tag
