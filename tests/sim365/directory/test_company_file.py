"""What a company file says of buildings, cards, and who may see whose calendar."""

import pytest

from sim365.company import CompanyFileError, read_company
from sim365.state import DeskMode, SpaceKind

HOUSE = """
company: {name: Quay, domain: quay.example}
people:
  - {name: Ada Lind, address: ada, city: Sofia, employer: Quay Ltd, phone: "+359 2 1", shows: limitedRead}
  - {name: Ben Okafor, address: ben, on_premises: true}
buildings:
  - name: Old Mill
    city: Sofia
    wifi: true
    floors:
      - name: First floor
        sections:
          - {name: By the wheel, desks: [{name: Desk 7}, {name: Desk 8, use: assigned, whose: ada}]}
rooms:
  - {name: Aquarium, in: By the wheel, shows: read}
"""


@pytest.fixture
def tenant():
    return read_company(HOUSE).company.tenants[0]


def test_a_building_is_written_with_all_that_stands_in_it(tenant):
    spaces = {space.display_name: space for space in tenant.spaces.values()}

    assert [space.kind for space in spaces.values()] == [
        SpaceKind.BUILDING, SpaceKind.FLOOR, SpaceKind.SECTION, SpaceKind.DESK, SpaceKind.DESK,
    ]  # fmt: skip
    assert spaces["By the wheel"].parent_id == spaces["First floor"].id
    assert spaces["Desk 8"].mode.kind is DeskMode.ASSIGNED
    assert tenant.find("aquarium@quay.example").place.parent_id == spaces["By the wheel"].id


def test_the_same_file_makes_the_same_places(tenant):
    assert list(tenant.spaces) == list(read_company(HOUSE).company.tenants[0].spaces)


def test_a_person_has_a_card_and_a_calendar_that_shows_something(tenant):
    ada, ben = tenant.find("ada@quay.example"), tenant.find("ben@quay.example")

    assert (ada.card.city, ada.card.company_name, ada.shows) == ("Sofia", "Quay Ltd", "limitedRead")
    assert (ben.card, ben.is_on_premises, ben.has_mailbox) == (None, True, False)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("rooms: [{name: Hall, in: Nowhere}]", "no floor or section"),
        ("rooms: [{name: Hall, shows: everything}]", "is not one of"),
        (
            "buildings: [{name: A, floors: [{name: F, sections: [{name: S, desks: [{name: D, use: assigned}]}]}]}]",
            "whose",
        ),
        ("buildings: [{name: A}, {name: A}]", "called 'A'"),
        (
            "buildings: [{name: A, floors: [{name: F}]}, {name: B, floors: [{name: F}]}]\nrooms: [{name: H, in: F}]",
            "2 floors or sections",
        ),
    ],
)
def test_what_cannot_stand_is_told(line, complaint):
    with pytest.raises(CompanyFileError, match=complaint):
        read_company(f"company: {{name: Quay, domain: quay.example}}\n{line}\n")
